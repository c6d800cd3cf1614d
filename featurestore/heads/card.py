"""The model card of a trained head, in Markdown: for the page and for MLflow."""

from typing import Any

from featurestore.heads.metrics import Figure

NAMES = {
    "precision": "Precision: of what it flags, right",
    "recall": "Recall: of what it looks for, flagged",
    "f1": "F1",
    "auc": "AUC",
    "calibration_error": "Calibration error",
    "log_loss": "Log loss (nats)",
    "accuracy": "Accuracy",
}


def card(task: str, data: dict[str, Any], metrics: dict[str, Figure], threshold: float) -> str:
    """`data` is the manifest of training.train_head."""
    split = data["splits"]
    lines = [
        f"# Head: {task}",
        "",
        f"Says how likely a {data['view'] or 'thing'} is {data['positive']!r}. Reads vectors of `{data['encoder']}`.",
        "",
        "## How it was made",
        f"- Kind: {data['kind']}. {data['why']}",
        f"- Strength of the weights' penalty: C = {data['strength']:g}, by {data['folds']}-fold cross-validation within"
        " the train split, near-duplicates on one side.",
        f"- Both answers weigh the same in training. Calibrated by {data['calibration']} on {data['calibrated_on']}.",
        f"- Threshold {threshold:.3f}: the highest F1 on {data['calibrated_on']}.",
        f"- Seed {data['seed']}; labels `{data['labels_sha256'][:12]}`; {data['software']}.",
        "",
        "## Learned from",
        f"Label view `{data['label_view']}`, {data['days'][0]} to {data['days'][1]}.",
        "",
        f"| split | {data['positive']} | other | that differ |",
        "| --- | --- | --- | --- |",
        *(f"| {name} | {one['positive']} | {one['other']} | {one['groups']} |" for name, one in split.items()),
        "",
        "Labels come from: " + ", ".join(f"{name} ({count})" for name, count in data["sources"].items()) + ".",
        "",
        "## On the exam, which it has not seen",
        "| | value | 95 % interval |",
        "| --- | --- | --- |",
        *(
            f"| {NAMES.get(name, name)} | {v:.4f} | {low:.4f} to {high:.4f} |"
            for name, (v, low, high) in metrics.items()
        ),
        "",
        "## Limits",
        "Labels are people's decisions and rules, with their mistakes. The exam is of the same days and markets as the"
        " training data; on others it may do worse. Below the threshold is not a promise that nothing is there.",
    ]
    return "\n".join(lines) + "\n"
