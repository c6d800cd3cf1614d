import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def keep_the_names(apps, schema_editor):
    # What stands in the trail already names submissions by their id.
    apps.get_model("intake", "Submission").objects.update(trail=F("id"))


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("intake", "0003_what_must_be_looked_at_at_once")]

    operations = [
        migrations.AddField("submission", "trail", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(keep_the_names, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "submission",
            "trail",
            models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="Its name in the audit trail, and nowhere else: when this row is erased, the trail leads nowhere.",
                unique=True,
            ),
        ),
        migrations.CreateModel(
            name="ErasureReceipt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "counts",
                    models.JSONField(
                        default=dict, editable=False, help_text="How many parts, files, findings, features, events."
                    ),
                ),
                (
                    "scrubbed_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When what files and logs still held of deleted rows was overwritten.",
                        null=True,
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.app",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [
                    models.Index(condition=models.Q(scrubbed_at=None), fields=["at"], name="receipt_to_scrub"),
                ],
            },
        ),
    ]
