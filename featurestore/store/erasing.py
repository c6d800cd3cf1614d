"""Takes what was forgotten out of files too, whichever backend is in use: segments may be left of an earlier one."""

import structlog

from featurestore.models import Forgotten
from featurestore.store.base import Damaged
from featurestore.store.place import Busy, Place
from featurestore.store.sealing import compact

log = structlog.get_logger(__name__)


def drop_forgotten(place: Place | None = None) -> bool:
    """True: no segment here, nor where SEGMENTS_URL leads, holds what was forgotten before. False: another compaction
    is under way, which may have begun before; ask again."""
    if not Forgotten.objects.exists():
        return True
    try:
        done = compact(place)
    except Busy:
        return False
    except Damaged as error:
        # Somebody waits for their picture to be gone, and the database has all that is to stay.
        log.error("featurestore.segments_written_anew", why=str(error))
        try:
            done = compact(place, rebuild=True)
        except Busy:
            return False
    log.info("featurestore.forgotten_left_segments", removed=done.removed, features=done.features)
    return True
