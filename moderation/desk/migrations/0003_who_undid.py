from django.db import migrations
from django.db.models import F


def until_now_only_who_decided_could_undo(apps, schema_editor):
    decisions = apps.get_model("desk", "Decision").objects.using(schema_editor.connection.alias)
    decisions.filter(undone_at__isnull=False, undone_by=None).update(undone_by=F("moderator"))


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_passing_on_parts_and_reversals")]

    operations = [migrations.RunPython(until_now_only_who_decided_could_undo, migrations.RunPython.noop)]
