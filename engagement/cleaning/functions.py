"""What functions read of creations, and which version of them. Apart from the rounds, which load the models."""

import hashlib
import json
from dataclasses import asdict

from engagement.creations.models import Creation
from engagement.themes.voting import Example, Function


def checksum(rules: list[Function]) -> str:
    """The version of the functions: any change to one of them is another."""
    return hashlib.sha256(json.dumps([asdict(rule) for rule in rules]).encode()).hexdigest()[:12]


def examples(creations: list[Creation]) -> list[Example]:
    return [Example(f"{one.title} {one.text}".strip(), tuple(one.hashtags)) for one in creations]
