"""What the desk is told of alerts: which open ones a submission is part of, and what was done with all of one."""

from django.urls import reverse
from django.utils.translation import gettext as _

from moderation.alerts.counts import members
from moderation.alerts.models import Alert, AlertState, BulkPart, PartState
from moderation.alerts.shown import rows
from moderation.desk.notices import Notice
from moderation.desk.timeline import Moment, name_of
from moderation.intake.models import Submission

MOST = 5  # open alerts of one app that are looked at: more at once is one great burst


def open_alerts(submission: Submission) -> list[Notice]:
    """One query where no alert is open, which is nearly always."""
    touching = [
        alert
        for alert in Alert.objects.filter(app=submission.app_id, state=AlertState.OPEN)[:MOST]
        if members(alert).filter(id=submission.id).exists()
    ]
    says = _("Part of an open alert: %(headline)s.")
    return (
        [Notice(says % {"headline": row.headline}, reverse("alert", args=[row.alert.id])) for row in rows(touching)]
        if touching
        else []
    )


def of(submission: Submission) -> list[Moment]:
    """What a lead did with many at once, this one among them."""
    parts = BulkPart.objects.filter(submission=submission).exclude(state=PartState.WAITS)
    return [
        Moment(
            part.bulk.at,
            f"With many others: {part.bulk.get_kind_display()} ({part.get_state_display()})",
            name_of(part.bulk.by),
            f"“{part.bulk.why}”" if part.bulk.why else "",
            "bulk",
        )
        for part in parts.select_related("bulk__by")
    ]
