"""Run hash → the articles that hold it, in 12 bytes a hash: a library of millions of runs fits in memory."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMMON = 100
"""A hash held by more articles is a stock phrase or a site's footer, and no hint of a copy."""
_SORT_AFTER = 200_000


class RunIndex:
    """Sorted arrays, and a dict of the latest additions until there are enough of them to sort in."""

    def __init__(self) -> None:
        import numpy as np

        self._runs: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._holders: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._recent: defaultdict[int, list[int]] = defaultdict(list)
        self._recent_count = 0

    def add(self, number: int, runs: array[int]) -> None:
        """Adds the run hashes of an article, each once, under the article's number."""
        for run in runs:
            self._recent[run].append(number)
        self._recent_count += len(runs)
        if self._recent_count > _SORT_AFTER:
            self._sort_in()

    def shared(self, runs: array[int]) -> Counter[int]:
        """How many of the given hashes each article holds, common ones left out."""
        import numpy as np

        wanted = np.frombuffer(runs.tobytes(), np.uint64)
        first = np.searchsorted(self._runs, wanted, "left")
        last = np.searchsorted(self._runs, wanted, "right")
        counts: Counter[int] = Counter()
        for run, start, end in zip(runs, first.tolist(), last.tolist(), strict=True):
            recent = self._recent.get(run, ())
            if end - start + len(recent) <= COMMON:
                counts.update(self._holders[start:end].tolist())
                counts.update(recent)
        return counts

    def _sort_in(self) -> None:
        import numpy as np

        holders = [number for numbers in self._recent.values() for number in numbers]
        runs = [run for run, numbers in self._recent.items() for _ in numbers]
        all_runs = np.concatenate([self._runs, np.array(runs, np.uint64)])
        order = np.argsort(all_runs, kind="stable")
        self._runs = all_runs[order]
        self._holders = np.concatenate([self._holders, np.array(holders, np.uint32)])[order]
        self._recent.clear()
        self._recent_count = 0
