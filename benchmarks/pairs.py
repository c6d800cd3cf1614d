"""Reading a million pairs of two heads: from blocks, and the same from rows of the table.

python benchmarks/pairs.py [--quick]
"""

import os
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory

from _common import Row, parser, percentile, report, say

ROUNDS = 20
ROWS = 100_000  # so many stay rows; ten times their time is the peer


def main() -> None:
    quick = parser(__doc__).parse_args().quick
    with TemporaryDirectory() as folder:
        os.environ["BRICKMOD_VAR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ.setdefault("SECRET_KEY", "a-benchmark-keeps-no-secret-that-is-worth-one")
        os.environ["DJANGO_SETTINGS_MODULE"] = "brickmod.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        report("pairs", measure(5 if quick else ROUNDS))


def measure(rounds: int) -> list[Row]:
    from featurestore.compare.reading import pairs
    from featurestore.heads.models import HeadVersion

    heads = [
        HeadVersion.objects.create(task="face", version=str(n), encoder="e", view="face", onnx=b"", sheet={})
        for n in range(3)
    ]
    say("writing a million pairs into 90 blocks, and 100,000 as rows")
    size = write(*heads)
    wall, work = timed(lambda: len(pairs("face", heads[0].id, heads[1].id)), 1_000_000, rounds)
    rows, _ = timed(lambda: len(pairs("face", heads[0].id, heads[2].id)), ROWS, 3)
    return [
        Row("read 1,000,000 from 90 blocks, p50", wall, rows * 1_000_000 / ROWS, "rows of the table, times ten"),
        Row("the same, work", work, unit="ms of one core"),
        Row("bytes a pair", size / 1_000_000, unit="bytes"),
    ]


def write(champion: object, packed: object, live: object) -> int:
    """Blocks of champion and `packed`, rows of champion and `live`. Returns the blocks' bytes."""
    import numpy as np
    from _compare import made_up

    from featurestore.compare.actions import keep
    from featurestore.compare.blocks import Columns, pack, shuffled
    from featurestore.compare.models import Block, Pair, Stratum

    made, size = made_up(1_000_000), 0
    ms = np.random.default_rng(1).gamma(2, 0.2, len(made)).astype(np.float32)
    plain = {"a_score": made.a_score, "b_score": made.b_score, "a_hit": made.a_hit, "b_hit": made.b_hit}
    plain |= {"label": made.label, "stratum": made.stratum, "chance": made.chance, "a_ms": ms, "b_ms": ms[::-1]}
    plain |= {name: codes for name, (codes, _) in made.slices.items()}
    names = {name: said for name, (_, said) in made.slices.items()}
    for day in np.unique(made.day):
        here = made.day == day
        of_day = {name: np.asarray(array[here]) for name, array in plain.items()}
        of_day |= {name: of_day[name].view(np.uint8) for name in ("a_hit", "b_hit")}
        data, sha256 = pack(shuffled(Columns(of_day, names)))
        size += len(data)
        given = {"task": "face", "champion": champion, "challenger": packed, "day": day.item()}
        Block.objects.create(columns=data, sha256=sha256, count=int(here.sum()), **given)
    strata = list(Stratum.values)
    for at in range(0, ROWS, 10_000):
        keep(
            [
                Pair(
                    task="face",
                    champion=champion,
                    challenger=live,
                    day=made.day[n].item(),
                    champion_score=float(made.a_score[n]),
                    challenger_score=float(made.b_score[n]),
                    champion_hit=bool(made.a_hit[n]),
                    challenger_hit=bool(made.b_hit[n]),
                    stratum=strata[made.stratum[n]],
                    chance=float(made.chance[n]),
                    label=None if made.label[n] < 0 else bool(made.label[n]),
                    **{name: said[made.slices[name][0][n]] for name, said in names.items()},
                )
                for n in range(at, at + 10_000)
            ]
        )
    return size


def timed(read: Callable[[], int], expected: int, rounds: int) -> tuple[float, float]:
    """(median, work a round) in ms, after one round that is not counted."""
    assert read() == expected
    taken, worked = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        read()
        taken.append(1000 * (time.perf_counter() - began))
    return percentile(taken, 50), 1000 * (time.process_time() - worked) / rounds


if __name__ == "__main__":
    main()
