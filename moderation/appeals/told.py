"""What the timeline of a submission is told of appeals."""

from moderation.appeals.models import Appeal, Outcome
from moderation.desk.timeline import Moment, name_of
from moderation.intake.models import Submission


def of(submission: Submission) -> list[Moment]:
    found = []
    for appeal in Appeal.objects.filter(submission=submission).select_related("decided_by"):
        found.append(Moment(appeal.made_at, "An appeal came in", submission.app.name, "", "appeal"))
        if appeal.decided_at:
            more = f"“{appeal.note}”" if appeal.note else ""
            what = "Appeal: the decision stays" if appeal.outcome == Outcome.KEPT else "Appeal: overturned"
            found.append(Moment(appeal.decided_at, what, name_of(appeal.decided_by), more, "appeal"))
    return found
