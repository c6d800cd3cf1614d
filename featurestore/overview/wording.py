"""How names and figures are written on the page."""


def brief(name: str) -> str:
    """Encoder versions are long; a chart has no room for them, the table shows them whole. What tells two versions
    apart stands at the end, so the middle is left out."""
    version, comma, view = name.partition(", ")
    return (version if len(version) <= 22 else f"{version[:12]}…{version[-9:]}") + comma + view


def megabytes(size: float) -> float:
    return round(size / 1e6, 1)


def percent(share: float) -> float:
    return round(100 * share, 1)
