"""The first characters, so that a fresh installation has somebody who can like. Once: people look after them."""

import tomllib
from pathlib import Path

from django.db import migrations

CAST = Path(__file__).parent.parent / "cast.toml"


def plant(apps, schema_editor):
    Character = apps.get_model("characters", "Character")
    rows = tomllib.loads(CAST.read_text())["character"]
    Character.objects.using(schema_editor.connection.alias).bulk_create([Character(**row) for row in rows])


class Migration(migrations.Migration):
    dependencies = [("characters", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
