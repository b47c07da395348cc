"""What came and went since the base of the vectors was written, in files that are appended to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import LibraryDamaged
from rag.index.base_vectors import BaseVectors, day_key
from rag.index.growing_file import append_rows, map_rows
from rag.index.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Block = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]

_COLUMNS = ("numbers", "days", "vectors", "short", "gone")
_BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the files counts.

    Attributes:
        base: Name of the base.
        added: Passages that came since it was written.
        gone: Passages, of the base or come since, that went.
    """

    base: str = ""
    added: int = 0
    gone: int = 0

    @classmethod
    def of(cls, mark: str, layout: str) -> Extent | None:
        """What `mark` gave; None for a mark of another layout."""
        match mark.split():
            case [found, base, added, gone] if found == layout:
                return cls(base, int(added), int(gone))
        return None

    def mark(self, layout: str) -> str:
        """In one line, for a cache's state."""
        return f"{layout} {self.base} {self.added} {self.gone}"

    def append(self, directory: Path, block: Block, short: NDArray[np.float32]) -> Extent:
        """Writes passages behind those that count.

        Raises:
            OSError: The files cannot be written.
        """
        columns: tuple[NDArray[Any], ...] = (*block, short)
        for column, rows in zip(_COLUMNS[:-1], columns, strict=True):
            append_rows(self._file(directory, column), self.added, rows)
        return replace(self, added=self.added + len(block[0]))

    def remove(self, directory: Path, numbers: NDArray[np.int64]) -> Extent:
        """Notes passages that went; raises as `append` does."""
        return replace(self, gone=append_rows(self._file(directory, "gone"), self.gone, numbers))

    def open(self, directory: Path, width: int, short_width: int) -> VectorTail:
        """Maps what counts.

        Raises:
            OSError, ValueError: The files are missing or damaged.
        """
        numbers = map_rows(self._file(directory, "numbers"), self.added, np.int64)
        days = map_rows(self._file(directory, "days"), self.added, np.int32)
        matrix = map_rows(self._file(directory, "vectors"), self.added, np.float32, width)
        short = map_rows(self._file(directory, "short"), self.added, np.float32, short_width)
        gone = map_rows(self._file(directory, "gone"), self.gone, np.int64)
        return VectorTail(numbers, days, matrix, short, gone)

    def forget(self, directory: Path) -> None:
        """Removes the files."""
        for column in _COLUMNS:
            self._file(directory, column).unlink(missing_ok=True)

    def _file(self, directory: Path, column: str) -> Path:
        return directory / f"{column}-{self.base}.rows"


@dataclass(frozen=True, slots=True)
class VectorTail:
    """Passages as they came.

    Attributes:
        numbers, days, matrix, short: As in `BaseVectors`.
        gone: Numbers of passages that went.
    """

    numbers: NDArray[np.int64]
    days: NDArray[np.int32]
    matrix: NDArray[np.float32]
    short: NDArray[np.float32]
    gone: NDArray[np.int64]


def no_tail(base: BaseVectors) -> VectorTail:
    """Nothing came or went since."""
    none = np.empty(0, dtype=np.int64)
    nothing = np.empty((0, base.matrix.shape[1]), dtype=np.float32)
    return VectorTail(none, none.astype(np.int32), nothing, nothing[:, : base.short.shape[1]], none)


def stored_vectors(store: Store, after: int = -1, width: int = 0) -> Iterator[Block]:
    """Numbers, days and vectors of the passages of articles written after a generation, in blocks, by number.

    Args:
        width: Numbers that a vector must have; 0 for as many as the first.

    Raises:
        LibraryDamaged: The store holds vectors of several lengths.
    """
    size = 4 * width
    numbers: list[int] = []
    days: list[int] = []
    vectors: list[bytes] = []
    for number, published, vector in store.vectors(after):
        size = size or len(vector)
        if len(vector) != size or size % 4:
            raise LibraryDamaged(f"the store in {store.directory} holds vectors of several lengths. Ingest anew.")
        numbers.append(number)
        days.append(day_key(published))
        vectors.append(vector)
        if len(numbers) == _BLOCK:
            yield _block(numbers, days, vectors)
            numbers, days, vectors = [], [], []
    if numbers:
        yield _block(numbers, days, vectors)


def _block(numbers: list[int], days: list[int], vectors: list[bytes]) -> Block:
    matrix = np.frombuffer(b"".join(vectors), dtype=np.float32).reshape(len(vectors), -1)
    return np.array(numbers, dtype=np.int64), np.array(days, dtype=np.int32), matrix
