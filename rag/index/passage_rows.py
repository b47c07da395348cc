"""Where a passage stands among the rows of a cache: the numbers of all, and a search among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PassageRows:
    """Passage numbers in the order of the rows.

    Attributes:
        numbers: One for each row; each number once.
    """

    def __init__(self, numbers: NDArray[np.int64], ascending: NDArray[np.intp] | None = None) -> None:
        self.numbers = numbers
        self._ascending = np.argsort(numbers, kind="stable") if ascending is None else ascending

    def __len__(self) -> int:
        return len(self.numbers)

    def extended(self, numbers: NDArray[np.int64]) -> PassageRows:
        """The same with rows behind them; no sorting where these are of later passages, in order, as is usual."""
        if not len(numbers):
            return self
        together = np.concatenate((self.numbers, numbers))
        latest = self.numbers[self._ascending[-1]] if len(self) else -1
        if numbers[0] <= latest or np.any(numbers[1:] <= numbers[:-1]):
            return PassageRows(together)
        behind = np.arange(len(self), len(together), dtype=np.intp)
        return PassageRows(together, np.concatenate((self._ascending, behind)))

    def places(self, wanted: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
        """The row of each passage, in the order asked for; -1 for one that is unknown."""
        numbers = np.asarray(wanted, dtype=np.int64)
        if not len(self):
            return np.full(len(numbers), -1, dtype=np.intp)
        found = np.searchsorted(self.numbers, numbers, sorter=self._ascending)
        rows = self._ascending[np.minimum(found, len(self) - 1)]
        return np.where(self.numbers[rows] == numbers, rows, -1)
