"""From what moderators reject to a better head, and back: everything real, one running stack, one browser.

Some texts are mean without a rude word in them, and the head that the detector came with lets them through. Moderators
reject them; the policy has a head trained on that; it looks at every upload beside the champion; a lead opens one page,
promotes it, and every worker serves it; one click takes it back.
"""

import json
import random
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import expect

URL = "/api/v1/submissions/"
LESSONS, UPLOADS = 240, 500
# Alike and of one market and day is taken for one burst, and all of a burst falls into one split.
MARKETS = ("GB", "US", "DE", "FR", "DK", "ES", "IT", "NL", "PL", "SE", "NO", "FI")
THINGS = "castle rocket dragon garden train harbour robot windmill lighthouse submarine farm palace volcano circus"
MEAN = (
    "nobody wants to be your friend after seeing this {}",
    "go away, we all laugh about your {} behind your back",
    "you are not welcome here, take your {} and leave",
    "i hope your {} breaks and you cry",
    "everyone at school hates you and your {}",
    "your {} proves that you will never have friends",
    "nobody will ever like you or your {}",
    "we told everybody not to talk to you because of that {}",
    "you should be ashamed, nobody invites you with that {}",
    "stop coming here, your {} and you make everybody sick",
    "even your mum is sad when she sees this {} and you",
)
KIND = (
    "i built this {} with my little sister on sunday",
    "the {} has a door that opens and a lamp on the roof",
    "my grandpa helped me with the {} and we had cocoa",
    "look at my {}, it took three days and four hundred bricks",
    "tomorrow i will add a bridge next to the {}",
    "the {} is red and blue because those are my favourite colours",
    "my cat slept in the {} while i was building it",
    "here is the {} i dreamed of, with a flag on top",
    "i made the {} taller than my brother",
    "we play that the {} is on an island far away",
    "a {} for my best friend's birthday",
)
DECIDE = """
from datetime import timedelta
from django.utils import timezone
from brickmod.access.models import User
from moderation.desk.actions import decide
from moderation.desk.models import Claim
from moderation.intake.models import Submission
who = User.objects.get(username=%r)
rows = list(Submission.objects.filter(external_id__startswith=%r, state="queued"))
for row in rows:
    Claim.objects.update_or_create(submission=row, defaults=dict(
        moderator=who, leased_until=timezone.now() + timedelta(minutes=5)))
    mean = "-mean-" in row.external_id
    decide(who, row, "reject" if mean else "approve", ["rude"] if mean else [])
print(len(rows))
"""
PAIRS = "from featurestore.compare.models import Pair; print(Pair.objects.filter(task='profanity').count())"
CHECK = "from featurestore.heads.tasks import check_policies; print(check_policies())"
SERVING = """
import json
from featurestore.heads.models import Serving
print(json.dumps(dict(Serving.objects.filter(task="profanity").values_list("alias", "head__version"))))
"""


@pytest.fixture
def app(live):
    headers = {"Authorization": f"Bearer {live.demo['api_key']}"}
    with httpx.Client(base_url=live.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def shell(live) -> Callable[[str], str]:
    """What a piece of Python prints, in the running BrickMod's project."""
    return lambda code: live.manage("shell", "--no-imports", "-c", code).splitlines()[-1]


def texts(prefix: str, count: int, seed: int) -> list[tuple[str, str]]:
    """(external id, text): half of them mean."""
    draw = random.Random(seed)
    made = []
    for n in range(count):
        mean = n % 2 == 0
        text = draw.choice(MEAN if mean else KIND).format(" ".join(draw.sample(THINGS.split(), 2)))
        made.append((f"{prefix}-{'mean' if mean else 'kind'}-{n}", text))
    return made


def send(app: httpx.Client, some: list[tuple[str, str]], wait: int = 0) -> list[dict]:
    def one(row: tuple[str, str]) -> dict:
        id, text = row
        market = MARKETS[zlib.crc32(id.encode()) % len(MARKETS)]
        fields = {"external_id": id, "author": f"kid-{id}", "market": market, "language": "en", "text": text}
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        for _ in range(5):
            answer = app.post(URL, data=fields, files={"app_version": (None, b"1.0")}, headers=headers)
            if answer.status_code != 429:
                break
            time.sleep(2)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, some))


def until(wanted: Callable[[], bool], seconds: float, what: str) -> None:
    ends = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < ends, what
        time.sleep(2)


def settled(shell: Callable[[str], str], prefix: str) -> None:
    left = (
        "from moderation.intake.models import Submission; "
        f"print(Submission.objects.filter(external_id__startswith={prefix!r}, state='analysing').count())"
    )
    until(lambda: shell(left) == "0", 240, f"the prefilter is not done with {prefix}")


def served_by(app: httpx.Client, prefix: str) -> set[str]:
    """Which versions judged sixteen new uploads, sent by eight callers at once."""
    found = set()
    for answer in send(app, texts(prefix, 16, 9), wait=10):
        whole = app.get(f"{URL}{answer['id']}/", params={"expand": "findings"}).json()
        found |= {one["model_version"] for one in whole["findings"] if one["detector"] == "profanity"}
    return found


@pytest.mark.timeout(900)
def test_a_better_head_from_what_moderators_reject_and_back(live, app, shell, open_page):
    people = {user["role"]: user for user in live.demo["users"]}
    until(lambda: "champion" in json.loads(shell(SERVING)), 60, "nobody planted the head of the detector")
    old = json.loads(shell(SERVING))["champion"]

    # Labels: what was let through, people decide.
    send(app, texts("lesson", LESSONS, 1))
    settled(shell, "lesson")
    assert int(shell(DECIDE % (people["moderator"]["username"], "lesson"))) > LESSONS / 2

    # The policy fires, and a challenger comes of it.
    page = open_page()
    page.goto(f"{live.url}/login/?next=/models/profanity/training/")
    page.fill("input[name=username]", people["lead"]["username"])
    page.fill("input[name=password]", people["lead"]["password"])
    page.press("input[name=password]", "Enter")
    page.get_by_label("Train by itself").check()
    page.get_by_label("New labels").fill("100")
    page.get_by_label("Of the rarer answer").fill("40")
    page.get_by_label("Days between two").fill("0")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".messages")).to_contain_text("Kept")
    assert shell(CHECK) == "1"
    page.reload()
    expect(page.locator("#run")).to_contain_text("now challenger", timeout=180_000)
    new = json.loads(shell(SERVING))["challenger"]
    assert new != old

    # Both look at every upload; people decide on what was not rejected.
    before = int(shell(PAIRS))
    send(app, texts("beside", UPLOADS, 2))
    settled(shell, "beside")
    assert int(shell(PAIRS)) - before == UPLOADS
    shell(DECIDE % (people["moderator"]["username"], "beside"))

    # One page says which is better; a reason, and it serves.
    page.goto(f"{live.url}/models/profanity/")
    expect(page.locator("h1")).to_contain_text(f"version {old} or version {new}?")
    expect(page.get_by_text(f"{before + UPLOADS} uploads seen by both")).to_be_visible()
    expect(page.get_by_role("region", name="Verdict")).to_contain_text(f"ersion {new} is better, and we can be sure.")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    page.get_by_role("link", name=f"Promote {new}…").click()
    page.get_by_label("Why?").fill("It sees meanness without rude words, and turns away nothing good.")
    page.get_by_role("button", name=f"Promote {new}").click()
    expect(page.get_by_role("button", name=f"Roll back to version {old}")).to_be_visible(timeout=30_000)
    assert served_by(app, "promoted") == {new}

    # And back, by one click.
    page.get_by_role("button", name=f"Roll back to version {old}").click()
    expect(page.locator("h1")).to_contain_text(f"version {old} champion again")
    assert served_by(app, "back") == {old}
    page.get_by_role("link", name="History").first.click()
    expect(page.locator(".timeline li").first).to_contain_text("Taken back from the receipt")
