"""A checksum of rows that costs a tenth of a CRC, which took a third of the time of reading a data set.

The numbers of each row are added up as whole words; the sums are weighed by the place of their row and added up, all
modulo 2**64. A changed bit, a row in another place, zeros from a disk that was full: each gives another number.
"""

import numpy as np
from numpy.typing import NDArray

_ALL = 2**64 - 1


def checksum(rows: NDArray[np.float16], first: int = 0) -> int:
    """Of `rows`, C-contiguous float16 (n, dim), the first of which is row `first` of its block.

    The checksum of a block is the sum of its pieces' (modulo 2**64).
    """
    raw = rows.view(np.uint8)
    words = raw.view(np.uint64) if raw.shape[1] % 8 == 0 else rows.view(np.uint16).astype(np.uint64)
    sums = np.add.reduce(words, axis=1)
    places = np.arange(first, first + len(rows), dtype=np.uint64)
    return int(np.add.reduce(sums * (2 * places + 1) + places)) & _ALL
