"""Where files are kept: children's uploads, what is suspected to be illegal, and the pages' own. Read by settings."""

from pathlib import Path
from typing import Any

from brickmod import env


def storages(var: Path, as_they_are: bool) -> dict[str, dict[str, Any]]:
    """Django's STORAGES. `as_they_are`: static files are served without a manifest.

    Children's files are private: no URL leads to them but the permission-checked view of moderation.intake. What is
    suspected to be illegal is preserved apart from all other files, sealed (docs/restricted.md).
    """
    whitenoise = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    owner_alone = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {
        "default": _private("MEDIA", var / "media"),
        "vault": _private("VAULT", var / "vault", **owner_alone),
        "staticfiles": {"BACKEND": plain if as_they_are else whitenoise},
    }


def _private(name: str, folder: Path, **on_disk: int) -> dict[str, Any]:
    """An S3 bucket where NAME_S3_BUCKET says so, else a folder."""
    if bucket := env.text(f"{name}_S3_BUCKET", ""):
        endpoint = env.text("MEDIA_S3_ENDPOINT", "") or None
        options: dict[str, Any] = {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "default_acl": "private",
            "file_overwrite": False,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    on_a_disk: dict[str, Any] = {"location": env.text(f"{name}_FOLDER", folder), "base_url": None, **on_disk}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": on_a_disk}
