"""Limits in the admin. What single people were given is not there, and on no page but their own."""

from django.contrib import admin

from brickmod.access.admin_base import AuditedAdmin
from moderation.care.models import Limit


@admin.register(Limit)
class LimitAdmin(AuditedAdmin):
    list_display = ("name", "severity", "an_hour", "a_shift")
