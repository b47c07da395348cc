"""The vectors of a library's passages in order of date, undated last: files that are written once and never changed.

Beside the vectors lies their short form (`rag.index.projection`) where there are enough of them to make it pay.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from rag.index import projection
from rag.index.passage_rows import PassageRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS = ("numbers", "days", "vectors", "short", "directions")
_BLOCK = 10_000
UNDATED = 99_999_999


@dataclass(frozen=True, slots=True)
class BaseVectors:
    """One set of files.

    Attributes:
        name: In the names of the files.
        rows: Passage numbers, by day and number.
        days: YYYYMMDD for each row, zeros for what a date leaves out, `UNDATED` without one.
        matrix: Unit vectors, float32, shape (rows, dimensions).
        short, directions: The short form of the matrix and its axes; both empty in a small library.
    """

    name: str
    rows: PassageRows
    days: NDArray[np.int32]
    matrix: NDArray[np.float32]
    short: NDArray[np.float32]
    directions: NDArray[np.float32]

    def shortened(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """The short form of other vectors along the same axes; of no columns where there is none."""
        if not len(self.short):
            return np.empty((len(matrix), 0), dtype=np.float32)
        return np.asarray(matrix @ self.directions, dtype=np.float32)


def day_key(published: str | None) -> int:
    """What rows are ordered by: YYYYMMDD, zeros for what a date leaves out; `UNDATED` for none and for what is none."""
    digits = (published or "").replace("-", "")[:8]
    return int(digits.ljust(8, "0")) if digits.isascii() and digits.isdecimal() else UNDATED


def no_vectors() -> BaseVectors:
    """A base of an empty library."""
    nothing = np.empty((0, 0), dtype=np.float32)
    empty = np.empty(0, dtype=np.int32)
    return BaseVectors("", PassageRows(empty.astype(np.int64)), empty, nothing, nothing, nothing)


def open_base(directory: Path, name: str) -> BaseVectors:
    """Maps the files of a base.

    Raises:
        OSError, ValueError: They are missing or damaged.
    """
    numbers, days, matrix, short, directions = (_mapped(directory / f"{part}-{name}.npy") for part in _PARTS)
    if [part.ndim for part in (numbers, days, matrix, short, directions)] != [1, 1, 2, 2, 2]:
        raise ValueError(f"the files of {name} have other dimensions")
    if not len(numbers) == len(days) == len(matrix) or len(short) not in (0, len(numbers)):
        raise ValueError(f"the files of {name} have different lengths")
    return BaseVectors(name, PassageRows(np.array(numbers)), days, matrix, short, directions)


def write_base(
    directory: Path,
    numbers: NDArray[np.int64],
    days: NDArray[np.int32],
    vectors_of: Callable[[NDArray[np.intp]], NDArray[np.float32]],
) -> BaseVectors:
    """Writes rows, given in any order, as a base of a new name, in little memory.

    Args:
        vectors_of: Gives the vectors of some rows.

    Raises:
        OSError: The files cannot be written; what was written is removed.
    """
    name = secrets.token_hex(4)
    try:
        order = np.lexsort((numbers, days))
        np.save(directory / f"numbers-{name}.npy", numbers[order])
        np.save(directory / f"days-{name}.npy", days[order])
        _save(directory / f"vectors-{name}.npy", len(order), (vectors_of(rows) for rows in _blocks(order)))
        matrix = _mapped(directory / f"vectors-{name}.npy")
        directions = _directions(matrix)
        np.save(directory / f"directions-{name}.npy", directions)
        rows = len(order) if len(directions) else 0
        _save_columns(directory / f"short-{name}.npy", rows, (block @ directions for block in _blocks(matrix[:rows])))
        return open_base(directory, name)
    except OSError:
        remove_base(directory, name)
        raise


def remove_base(directory: Path, name: str) -> None:
    """Removes the files of a base; a process that has mapped them keeps what it has."""
    for part in _PARTS:
        (directory / f"{part}-{name}.npy").unlink(missing_ok=True)


def _directions(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(matrix) < projection.WORTHWHILE:
        return np.empty((0, 0), dtype=np.float32)
    return projection.principal_directions(matrix)


def _blocks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for first in range(0, len(rows), _BLOCK):
        yield rows[first : first + _BLOCK]


def _save(file: Path, count: int, blocks: Iterator[NDArray[np.float32]]) -> None:
    """As `np.save` does, a block at a time; not into a memory map, where a full disk would end the process."""
    with file.open("wb") as out:
        first = next(blocks, None)
        width = 0 if first is None else first.shape[1]
        header = {"descr": "<f4", "fortran_order": False, "shape": (count, width)}
        np.lib.format.write_array_header_1_0(out, header)
        if first is not None:
            _put(out, first)
        for block in blocks:
            _put(out, block)


def _save_columns(file: Path, count: int, blocks: Iterator[NDArray[np.float32]]) -> None:
    """As `_save`, column by column: a product with all rows is a third faster so."""
    with file.open("wb") as out:
        first = next(blocks, np.empty((0, 0), dtype=np.float32))
        header = {"descr": "<f4", "fortran_order": True, "shape": (count, first.shape[1])}
        np.lib.format.write_array_header_1_0(out, header)
        begin, done = out.tell(), 0
        for block in chain([first], blocks):
            for column, values in enumerate(np.ascontiguousarray(block.T, dtype="<f4")):
                out.seek(begin + 4 * (column * count + done))
                out.write(values.tobytes())
            done += len(block)


def _put(out: BinaryIO, block: NDArray[np.float32]) -> None:
    out.write(np.ascontiguousarray(block, dtype="<f4").tobytes())


def _mapped(file: Path) -> NDArray[Any]:
    return np.asarray(np.load(file, mmap_mode="r"))
