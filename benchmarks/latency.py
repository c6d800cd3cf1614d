"""How long an upload takes from the API to its stored verdict, against the bare models on the same input.

Bare: one thread opens the file, decodes it, preprocesses, runs the same models; nothing else. Ours: the whole way
of production, HTTP in, file checked and written anew, queued, looked at, verdict committed, HTTP out. The two take
turns in one run, so that a noisy machine is noisy for both.
"""

import io
import time

import httpx
import numpy as np
from _common import Row, parser, percentile, report
from _stack import new_key, stack
from PIL import Image

TEXT = (
    "I built this lighthouse for my little brother because he is afraid of the dark. It has a real lamp on top, a "
    "spiral staircase inside and a tiny boat that waits at the pier. What should I add?"
)[:200]


def photo() -> bytes:
    """A 1600x1200 JPEG of a build on a desk, with the noise of a phone's sensor."""
    from moderation.demo.bricks import render
    from moderation.demo.builds import build
    from moderation.demo.scene import Scene

    picture = render(build("fire engine", 7), Scene.by(7, (1600, 1200)))
    noise = np.random.default_rng(7).normal(0, 3, (1200, 1600, 1))
    pixels = (np.asarray(picture, np.float32) + noise).clip(0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=88)
    return out.getvalue()


class Bare:
    """The models alone."""

    def __init__(self) -> None:
        from featurestore.encoders import image_encoder, text_encoder
        from moderation.detectors.registry import get_detector

        self.face, self.profanity = get_detector("face"), get_detector("profanity")
        self.face.load()
        self.profanity.load()
        self.image, self.text = image_encoder(), text_encoder()

    def run(self, picture: bytes | None, text: str | None) -> None:
        from moderation.detectors.base import Picture, Text

        if picture is not None:
            opened = Image.open(io.BytesIO(picture)).convert("RGB")
            self.face.look_many([Picture(opened)])
            self.image.encode([opened])
        if text is not None:
            vector = self.text.encode([text])[0]
            self.profanity.look_many([Text(text, "en", {self.text.version: vector})])


def main() -> None:
    arguments = parser(__doc__).parse_args()
    rounds = 60 if arguments.quick else 300
    with stack() as trial:
        key, bare, picture = new_key(), Bare(), photo()
        cases = {"photo": (picture, None), "text": (None, TEXT), "photo+text": (picture, TEXT)}
        rows = []
        with httpx.Client(
            base_url=trial.url, headers={"Authorization": f"Bearer {key}", "Prefer": "wait=10"}
        ) as client:
            for case, (image, text) in cases.items():
                ours, peer = [], []
                for n in range(-8, rounds):  # the first ones warm up
                    data = {"external_id": f"{case}-{n}", "author": "bench", "market": "GB", "language": "en"}
                    started = time.perf_counter()
                    answer = client.post(
                        "/api/v1/submissions/",
                        data=data | ({"text": text} if text else {}),
                        # A part without a file name is a plain field: the request stays multipart without a picture.
                        files={"images": ("photo.jpg", image)} if image else {"hashtags": (None, b"lighthouse")},
                    )
                    took = time.perf_counter() - started
                    assert answer.status_code == 201, (answer.status_code, answer.text)
                    assert answer.json()["status"] == "queued", answer.text
                    started = time.perf_counter()
                    bare.run(image, text)
                    bare_took = time.perf_counter() - started
                    if n >= 0:
                        ours.append(took * 1000)
                        peer.append(bare_took * 1000)
                rows.append(Row(case, percentile(ours, 95), percentile(peer, 95), "bare models, one thread", "ms p95"))
                rows.append(
                    Row(f"{case} p50", percentile(ours, 50), percentile(peer, 50), "bare models, one thread", "ms p50")
                )
    report("latency", rows)


if __name__ == "__main__":
    main()
