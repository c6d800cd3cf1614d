import django.db.models.deletion
from django.db import migrations, models


def all_are_unsealed(apps, schema_editor):
    # In SQL: a feature's row is as wide as its vector, and none of it needs to come here.
    schema_editor.execute(
        "INSERT INTO featurestore_unsealed (feature_id, encoder_id, sealing) "
        "SELECT id, encoder_id, %s FROM featurestore_feature",
        [False],
    )


class Migration(migrations.Migration):
    dependencies = [("featurestore", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="label",
            name="labeller",
            field=models.CharField(blank=True, default="", help_text="The class of who said so, never a name.", max_length=20),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "feature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unsealed",
                        serialize=False,
                        to="featurestore.feature",
                    ),
                ),
                (
                    "encoder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="featurestore.encoderversion"
                    ),
                ),
                (
                    "sealing",
                    models.BooleanField(default=False, help_text="A compaction has begun that may write it."),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(sealing=True), fields=["encoder"], name="being_sealed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forgotten",
            fields=[("id", models.UUIDField(editable=False, primary_key=True, serialize=False))],
        ),
        migrations.RunPython(all_are_unsealed, migrations.RunPython.noop),
    ]
