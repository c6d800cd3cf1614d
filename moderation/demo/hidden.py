"""One case of something hidden, so that the page of cases can be tried: an innocent build, drawn like the others."""

from django.db import transaction

from brickmod.access.models import App, Role, User
from moderation.demo.plan import CLUB
from moderation.demo.sending import Shot
from moderation.desk.restricting import restrict
from moderation.intake.actions import Upload, submit
from moderation.intake.models import Submission
from moderation.restricted.models import Case
from moderation.restricted.preserving import preserve

EXTERNAL_ID = "demo-hidden"


def hide_one() -> Case | None:
    """By the very actions of the desk. None: it was there before. A vault that cannot be written makes a case that
    says so."""
    if Submission.objects.filter(external_id=EXTERNAL_ID).exists():
        return None
    upload = Upload(
        external_id=EXTERNAL_ID,
        author="bison-5",
        market="GB",
        language="en",
        app_version="5.3.0",
        title="A little house",
        text="Nothing is wrong with it: the demo hid it, so that there is a case to try.",
        images=[Shot("build", 77).file("house")],
    )
    with transaction.atomic():  # before a worker sees it
        submission, _ = submit(App.objects.get(slug=CLUB), upload)
        case = restrict(User.objects.get(username=Role.MODERATOR.value), submission)
    preserve(case)
    return case
