"""Files of equally long rows that only ever grow, so that what a reader has mapped of them stays as it is.

How many rows count is recorded elsewhere: what a killed writer left beyond them is overwritten by the next.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


def append_rows(file: Path, count: int, rows: NDArray[Any]) -> int:
    """Writes rows behind the first `count`; gives how many there are now.

    Raises:
        OSError: The file cannot be written.
    """
    with file.open("r+b" if file.exists() else "xb") as out:
        out.seek(count * rows[:1].nbytes)
        out.write(np.ascontiguousarray(rows).tobytes())
    return count + len(rows)


def map_rows(file: Path, count: int, dtype: DTypeLike, width: int | None = None) -> NDArray[Any]:
    """The first rows of a file: numbers, or vectors of a width.

    Raises:
        OSError, ValueError: The file is missing or shorter.
    """
    shape = (count,) if width is None else (count, width)
    if 0 in shape:
        return np.empty(shape, dtype)
    return np.asarray(np.memmap(file, dtype, mode="r", shape=shape))
