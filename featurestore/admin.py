"""How much the store has, by encoder version. Single features are nothing that a person could read."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from featurestore.models import EncoderVersion


@admin.register(EncoderVersion)
class EncoderVersionAdmin(ReadOnlyAdmin):
    list_display = ["version", "dim"]
