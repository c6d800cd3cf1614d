"""What the history of promotions says: who was champion before."""

from collections.abc import Iterator

from featurestore.heads.models import Alias, HeadVersion, Kind, PromotionEvent, Standing


def champions_before(task: str) -> Iterator[tuple[HeadVersion, float | None]]:
    """Those who were champion before the one of now and may still serve, the last one first, with the threshold that
    they had then. A roll back takes away what it undid, so that the next one goes one further."""
    line: list[tuple[str, float | None]] = []
    rows = PromotionEvent.objects.filter(task=task).order_by("id")
    for kind, old, served in rows.values_list("kind", "old__version", "served"):
        if Alias.CHAMPION not in served:
            continue
        version, threshold, _ = served[Alias.CHAMPION]
        if kind == Kind.ROLL_BACK:
            # Down to the one that is champion again; those between could no longer serve.
            while line and line[-1][0] != version:
                line.pop()
        elif kind == Kind.PROMOTE and old and not line:
            line.append((old, None))
        if line and line[-1][0] == version:
            line[-1] = (version, threshold)
        else:
            line.append((version, threshold))
    for version, threshold in reversed(line[:-1]):
        head = HeadVersion.objects.defer("onnx").filter(task=task, version=version, standing=Standing.READY).first()
        if head is not None:
            yield head, threshold
