"""Web, beat and courier start quickly and stay small: what only training and the workers need is not loaded there."""

import os
import subprocess
import sys

from django.conf import settings

HEAVY = ("torch", "torchvision", "transformers", "sklearn", "pandas", "mlflow")


def test_pages_and_tasks_can_be_named_without_the_heavy_libraries():
    code = (
        "import sys, django; django.setup(); import brickmod.urls; from brickmod.celery import app;"
        "app.loader.import_default_modules(); assert len(app.tasks) > 10;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "brickmod.settings", "SECRET_KEY": "k" * 40}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
