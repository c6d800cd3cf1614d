import uuid

from django.db import migrations, models


def cut_links(apps, schema_editor):
    # They are sealed under keys that leave with this migration.
    apps.get_model("prefilter", "FeatureLink").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("prefilter", "0001_initial")]

    operations = [
        migrations.RunPython(cut_links, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="DayKey"),
        migrations.RemoveField(model_name="featurelink", name="day"),
        migrations.AddField(
            model_name="featurelink",
            name="slot",
            field=models.DateTimeField(
                db_index=True, default=None, help_text="The beginning of the half hour in which it was made."
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Unsettled",
            fields=[
                ("feature", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("becomes", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("view", models.CharField(max_length=10)),
                ("market", models.CharField(blank=True, max_length=2)),
                ("day", models.DateField(db_index=True)),
                ("told_day", models.DateField(null=True)),
            ],
        ),
    ]
