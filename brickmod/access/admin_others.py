"""Admin pages of the libraries, in our look and in our trail."""

from typing import Any

from axes.admin import AccessAttemptAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin as BeatPeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin

for model in (
    PeriodicTask,
    IntervalSchedule,
    CrontabSchedule,
    SolarSchedule,
    ClockedSchedule,
    AccessAttempt,
    AccessLog,
    AccessFailureLog,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class TaskWidget(UnfoldAdminSelectWidget, TaskSelectWidget):
    """The list of the worker's tasks."""


class TaskForm(PeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regtask"].widget = TaskWidget()
        self.fields["task"].widget = UnfoldAdminTextInputWidget()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(BeatPeriodicTaskAdmin, AuditedAdmin):
    form = TaskForm
    date_hierarchy = None
    list_filter = ("enabled", "one_off")


@admin.register(IntervalSchedule)
class IntervalAdmin(AuditedAdmin):
    list_display = ("__str__", "every", "period")


@admin.register(CrontabSchedule)
class CrontabAdmin(AuditedAdmin):
    list_display = ("__str__", "human_readable")


@admin.register(AccessAttempt)
class AttemptAdmin(AccessAttemptAdmin, ReadOnlyAdmin):
    """Who failed to log in, and is locked out. Deleting a row opens the door again."""

    date_hierarchy = None
    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    list_filter = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("axes.delete_accessattempt"))


@admin.register(AccessLog)
class LogAdmin(AccessLogAdmin, ReadOnlyAdmin):
    date_hierarchy = None
    list_display = ("attempt_time", "username", "ip_address", "logout_time")
    list_filter = ()
