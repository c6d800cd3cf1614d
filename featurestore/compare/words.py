"""What a task looks for, in words for people. A task that is not here has "finds"."""

_FINDS = {
    "face": "faces",
    "nudity": "nude pictures",
    "profanity": "rude texts",
    "pii": "texts with personal details",
}


def finds(task: str) -> str:
    """In the plural, in the middle of a sentence."""
    return _FINDS.get(task, "finds")
