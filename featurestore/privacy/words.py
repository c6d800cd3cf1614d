"""What the figures mean, in plain words. Each sentence follows from a figure, so that none can be kinder than it."""

from typing import Any

Row = dict[str, Any]


def findings(report: Row) -> list[str]:
    rows = {row["option"]: row for row in report["linkage"]}
    others = {row["option"]: row for row in report["others"]}
    plain, projected = rows["none"], rows["projection"]
    said = [
        f"Stored as it comes out of the encoder, a picture's vector is found in {_p(plain['direct']['first'])} of tries"
        f" among {report['samples']['stored']} by whoever has the picture: it is as good as the picture's name.",
        "With the projection the same attack, and the one that lays the axes of all vectors on each other, are "
        + ("no better than chance" if projected["safe"] else "BETTER THAN CHANCE: do not rely on it here")
        + f" ({_p(projected['strongest']['first'])} of tries; chance {_c(projected['strongest']['first'])}). Its cost:"
        f" a head's accuracy is {_p(projected['accuracy'])} instead of {_p(plain['accuracy'])}.",
    ]
    noisy = [row for row in report["linkage"] if row["option"].startswith("noise")]
    enough = next((row for row in noisy if row["safe"]), None)
    if enough is None:
        said.append("No noise that was tried brings linkage down to chance.")
    else:
        said.append(
            f"Noise brings linkage down to chance from {enough['option']} on, where a head's accuracy is"
            f" {_p(enough['accuracy'])} (guessing: {_c(enough['accuracy'])}). Less noise costs less, and hides less."
        )
    bare = others["none"]
    said.append(
        f"From vectors of texts the market is guessed in {_p(bare['market'])} of cases (chance {_c(bare['market'])}),"
        " since a text's language shows in its vector."
    )
    said.append(
        f"A decoder trained on public pictures draws something from a bare vector by which the right one of"
        f" {report['samples']['stored']} pictures is picked in {_p(drawn(bare))} of cases, and names"
        f" {_p(named(bare))} of a text's words. With the projection, and without its secret:"
        f" {_p(drawn(others['projection']))} and {_p(named(others['projection']))}."
    )
    return said


def unsafe(report: Row) -> list[str]:
    """What no option here prevents."""
    others = {row["option"]: row for row in report["others"]}
    hidden, stolen = others["projection"], others["projection, secret stolen"]
    said = []
    for row in report["known_pairs"]:
        if not row["no_better"]:
            said.append(
                f"Whoever knows {row['pairs']} pictures and which vectors are theirs learns the projection well enough"
                f" to find others in {_p(row['first'])} of tries. Who uploads, and reads the store that day, can."
            )
            break
    if not drawn(stolen)["no_better"]:
        said.append(
            f"Whoever has the secret too draws pictures as well as from bare vectors ({_p(drawn(stolen))}"
            " are picked rightly)."
        )
    if not hidden["author"]["first"]["no_better"]:
        said.append(
            f"Two pictures of one build are recognised as such within the store in {_p(hidden['author']['first'])} of"
            f" tries (chance {_c(hidden['author']['first'])}): hidden vectors of alike pictures are still alike, or no"
            " head could learn from them."
        )
    if not hidden["membership"]["no_better"]:
        said.append(
            f"A head gives away whether a vector was among those that it learned from, in {_p(hidden['membership'])} of"
            " comparisons (chance 50.0 %), when it learned from as few as here. Let nobody outside ask a head."
        )
    said.append(
        "All of this was measured on pictures drawn by this project and on its own demo texts. A better decoder, more"
        " data or photographs may give away more: these figures are the least that an attacker reaches, never the most."
    )
    return said


def drawn(row: Row) -> Row:
    """How often the right picture was picked, by the decoder that did it best."""
    return max((by["found"] for by in row["pictures"]["by"].values()), key=lambda figure: figure["value"])


def named(row: Row) -> Row:
    return max(row["texts"]["by"].values(), key=lambda figure: figure["value"])


def _p(figure: Row) -> str:
    return f"{100 * figure['value']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"


def _c(figure: Row) -> str:
    return f"{100 * figure['chance']:.1f} %"
