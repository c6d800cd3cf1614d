"""The tasks that heads have from the start."""

from django.db import migrations

TASKS = [
    ("face", "image", "Is a real person's face to be seen? A minifigure's does not count."),
    ("profanity", "text", "Is this rude, insulting or hurtful?"),
    ("quality", "image", "Is this picture too bad to show what was built?"),
]


def plant(apps, schema_editor):
    LabelTask = apps.get_model("labelling", "LabelTask")
    for task, kind, question in TASKS:
        LabelTask.objects.get_or_create(task=task, defaults={"kind": kind, "question": question})


class Migration(migrations.Migration):
    dependencies = [("labelling", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
