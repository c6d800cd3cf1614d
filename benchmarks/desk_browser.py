"""Two hundred decisions by keyboard in Chromium: how long from the key to the next picture, and does memory grow?

A whole BrickMod with 220 uploads that wait, each with a picture of its own. The time runs from the keydown event to the
frame in which the next picture is decoded and on the screen. The heap is measured after the garbage was taken out, at
the beginning and at the end.
"""

import io
import shutil
import time
from datetime import timedelta

from _common import Row, parser, percentile, report, say
from _stack import stack

DECISIONS, QUICK = 200, 40
WATCH = """() => {
  window.times = [];
  document.addEventListener("keydown", (event) => {
    const from = event.timeStamp, before = document.querySelector("#desk-place article")?.dataset.submission;
    const look = async () => {
      const article = document.querySelector("#desk-place article");
      const img = article?.querySelector(".view.current img");
      if (!article || article.dataset.submission === before || !img) return requestAnimationFrame(look);
      await img.decode();
      requestAnimationFrame(() => requestAnimationFrame(() => window.times.push(performance.now() - from)));
    };
    look();
  }, true);
}"""


def wait_in_line(count: int) -> None:
    from django.core.files.base import ContentFile
    from django.utils import timezone
    from PIL import Image

    from brickmod.access.models import App
    from moderation.intake.models import Part, State, Submission

    app, _ = App.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})
    now = timezone.now()
    for n in range(count):
        noise = Image.effect_noise((320, 240), 60 + n % 40).resize((1280, 960)).convert("RGB")
        file = io.BytesIO()
        noise.save(file, "JPEG", quality=85)
        one = Submission.objects.create(
            app=app, external_id=f"k{n}", author=f"a{n % 50}", market="DK", language="da", state=State.QUEUED,
            received_at=now, prefiltered_at=now, review_due_at=now + timedelta(seconds=900 + n),
        )  # fmt: skip
        part = Part(submission=one, kind="image", position=0, width=1280, height=960, digest="")
        part.file.save("p.jpg", ContentFile(file.getvalue()), save=False)
        part.preview.save("p.jpg", ContentFile(file.getvalue()), save=False)
        part.save(force_insert=True)


def main() -> None:
    args = parser(__doc__).parse_args()
    decisions = QUICK if args.quick else DECISIONS
    with stack() as trial:
        from django.contrib.auth.models import Group

        from brickmod.access.models import User
        from moderation.desk.models import Decision

        User.objects.create_user("mia", password="a brick upon a brick").groups.add(Group.objects.get(name="moderator"))
        wait_in_line(decisions + 20)
        times, before, after = _drive(trial.url, decisions)
        until = time.monotonic() + 60
        while (kept := Decision.objects.count()) < decisions and time.monotonic() < until:
            time.sleep(0.2)
        say(f"{kept} decisions in the database")
        report(
            "desk_browser",
            [
                Row("key to next picture", percentile(times, 50), unit="ms p50"),
                Row("key to next picture p95", percentile(times, 95), unit="ms p95"),
                Row("slowest", max(times), unit="ms"),
                Row("lost", decisions - kept, unit="decisions"),
                Row("heap", after, before, "the heap before", "MB"),
            ],
        )


def _drive(url: str, decisions: int) -> tuple[list[float], float, float]:
    """(milliseconds a decision, MB of the heap before, after)."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/login/?next=/desk/")
        page.fill("input[name=username]", "mia")
        page.fill("input[name=password]", "a brick upon a brick")
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("#desk-place article .view.is-there")
        page.evaluate(WATCH)
        session = page.context.new_cdp_session(page)
        heap = [_heap(session)]
        for n in range(decisions):
            # As a person: the next is looked at for a moment, and it is there when the key is pressed.
            page.wait_for_timeout(250)
            page.keyboard.press("a" if n % 4 else "5")
            while page.evaluate("window.times.length") <= n:  # the page's policy forbids waiting by a string of code
                page.wait_for_timeout(20)
        heap.append(_heap(session))
        times = page.evaluate("window.times")
        browser.close()
    return times, heap[0], heap[1]


def _heap(session: object) -> float:
    session.send("HeapProfiler.enable")  # type: ignore[attr-defined]
    session.send("HeapProfiler.collectGarbage")  # type: ignore[attr-defined]
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
