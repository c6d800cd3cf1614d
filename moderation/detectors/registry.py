"""The catalogue of detectors. A detector joins by `@register` in its own folder; a doubled name is an error."""

from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

from moderation.detectors.base import Detector

_classes: dict[str, type[Detector]] = {}
D = TypeVar("D", bound=type[Detector])


def register(cls: D) -> D:
    """Add a detector class under its card's name."""
    name = cls.card.name
    if name in _classes and _classes[name].__module__ != cls.__module__:
        raise ValueError(f"two detectors call themselves {name!r}: {_classes[name].__module__} and {cls.__module__}")
    _classes[name] = cls
    return cls


def list_detectors(pattern: str = "*") -> list[str]:
    """Names of all detectors that match a shell pattern, sorted."""
    _discover()
    return sorted(name for name in _classes if fnmatch(name, pattern))


@cache
def get_detector(name: str) -> Detector:
    """The one instance of this detector in this process (not yet loaded). KeyError: unknown; says what is there."""
    _discover()
    if name not in _classes:
        raise KeyError(f"no detector {name!r}; there are: {', '.join(sorted(_classes))}")
    return _classes[name]()


@cache
def _discover() -> None:
    package = import_module("moderation.detectors")
    for module in iter_modules(package.__path__):
        if module.ispkg and module.name not in {"management", "migrations"}:
            import_module(f"moderation.detectors.{module.name}.detector")
