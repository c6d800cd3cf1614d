"""Takes the pictures of the docs: starts a BrickMod with its demo, opens each page, wide and narrow, light and dark.

python docs/pictures/take.py [PAGE …]
"""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from brickmod.run.trial import Trial  # noqa: E402

PAGES = {
    "login": "/login/",
    "desk": "/desk/",
    "queue": "/desk/queue/",
    "search": "/search/",
    "setup": "/setup/",
    "tour": "/desk/?tour",
    "flow": "/flow/",
    "features": "/features/",
    "labels": "/labels/",
    "privacy": "/privacy/",
    "models": "/models/",
    "models-compare": "/models/face/",
    "models-training": "/models/face/training/",
    "models-history": "/models/face/history/",
    "comments": "/comments/",
    "comments-second": "/comments/second/",
    "daily": "/daily/",
    "engagement": "/engagement/",
    "value": "/value/",
    "admin": "/admin/",
    "admin-submissions": "/admin/intake/submission/",
}
# What the demo's past has to be there for: it comes in beside the work, in some minutes.
OF_THE_PAST = {"comments", "comments-second", "daily", "engagement", "value", "models", "models-compare"}
PAST_SECONDS = 1800
SIZES = {"1440": (1440, 900), "390": (390, 844)}


def sign_in(page: Page, trial: Trial, role: str) -> None:
    person = next(user for user in trial.demo["users"] if user["role"] == role)
    page.goto(f"{trial.url}/login/")
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def main(wanted: list[str]) -> None:
    pages = {name: path for name, path in PAGES.items() if not wanted or name in wanted}
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as folder, Trial(Path(folder)) as trial, sync_playwright() as playwright:
        if "privacy" in pages:
            trial.manage("privacy_report")  # minutes
        if OF_THE_PAST & set(pages):
            until = time.monotonic() + PAST_SECONDS
            while "The demo's past is loaded" not in trial.said():
                if time.monotonic() > until:
                    raise SystemExit(f"the demo's past did not come in:\n{trial.tail()}")
                time.sleep(1)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for width, (across, down) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": across, "height": down}, color_scheme=scheme)
                page = context.new_page()
                for name, path in pages.items():
                    if name != "login" and "sessionid" not in {cookie["name"] for cookie in context.cookies()}:
                        sign_in(page, trial, "admin")
                    page.goto(trial.url + path)
                    page.wait_for_load_state("load")
                    page.wait_for_timeout(800)  # charts and pictures settle
                    page.screenshot(path=HERE / f"{name}-{width}-{scheme}.jpg", type="jpeg", quality=82)
                    print(f"{name}-{width}-{scheme}.jpg", file=sys.stderr)
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
