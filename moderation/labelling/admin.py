"""What people are asked, switched on and off."""

from django.contrib import admin

from brickmod.access.admin_base import AuditedAdmin
from moderation.labelling.models import LabelTask


@admin.register(LabelTask)
class LabelTaskAdmin(AuditedAdmin):
    list_display = ["task", "on", "kind", "question", "target", "since"]
    list_filter = ["on", "kind"]
    fieldsets = [
        (None, {"fields": ["task", "kind", "question", "on"]}),
        ("Until the next training", {"fields": ["target", "since"]}),
        ("What is asked", {"fields": ["uncertain", "disagreeing", "unseen", "random", "twice", "blind"]}),
    ]
