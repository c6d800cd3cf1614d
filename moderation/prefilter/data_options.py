"""The data options that all commands on labelled data share, and the items that they name."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from moderation.prefilter import evaluation


def add_data_options(parser: ArgumentParser) -> None:
    parser.add_argument("--positive", nargs="+", default=[], help="folders, or with --csv values of the label")
    parser.add_argument("--negative", nargs="+", type=Path, default=[], help="folders")
    parser.add_argument("--csv", type=Path, help="a file with a header, in UTF-8")
    parser.add_argument("--text", help="column of the text")
    parser.add_argument("--label", help="column of the label")
    parser.add_argument("--language", default="", help="BCP 47 tag that the texts are declared with")


def items_of(options: dict[str, Any]) -> list[evaluation.Item]:
    """What the options name, each labelled yes or no. Raises CannotEvaluate."""
    if options["csv"]:
        if not (options["text"] and options["label"] and options["positive"]):
            raise evaluation.CannotEvaluate("With --csv give --text COL, --label COL and --positive VALUE[,VALUE].")
        values = ",".join(options["positive"]).split(",")
        return list(evaluation.of_csv(options["csv"], options["text"], options["label"], values, options["language"]))
    if not (options["positive"] or options["negative"]):
        raise evaluation.CannotEvaluate("Give folders with --positive and --negative, or a file with --csv.")
    return evaluation.of_folders(map(Path, options["positive"]), options["negative"])
