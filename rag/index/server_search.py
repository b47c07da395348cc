"""Asks a Chroma server while it holds what the store holds; a reader's view of it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from rag.errors import LibraryError
from rag.index.chroma_server import ServerVectors
from rag.index.exact import ExactVectors
from rag.index.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)
_BEHIND_SECONDS, _TROUBLE_SECONDS = 0.5, 10.0
"""Until the server is looked at again: when it is behind, and when it cannot be used."""
_SAME = 1e-3


class ServerSearch:
    """A server that answers when it can be trusted to.

    Attributes:
        problem: Why it does not answer now; None while it does or is only behind.
    """

    def __init__(self, server: ServerVectors) -> None:
        self._server = server
        self.problem: str | None = None
        self._shows = -1
        self._look_again = 0.0

    def search(
        self, store: Store, exact: ExactVectors, vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]] | None:
        """About the k passages of highest cosine, best first, as (number, cosine); None when it cannot say.

        Args:
            exact: What it must agree with, of the generation that is wanted.
        """
        try:
            if not self._is_current(store, exact.generation):
                return None
            found = self._server.search(vector, k)
        except LibraryError as error:
            self._give_up(str(error))
            return None
        known = exact.cosines(vector, [number for number, _ in found])
        if any(abs(known.get(number, cosine) - cosine) > _SAME for number, cosine in found):
            self._give_up(f"the Chroma server at {self._server.name} holds other vectors than the store's.")
            return None
        return found

    def _is_current(self, store: Store, generation: int) -> bool:
        if self._shows != generation and time.monotonic() >= self._look_again:
            problem = self._server.problem(store)
            if problem is not None:
                self._give_up(f"the Chroma server at {self._server.name} cannot be asked: {problem}.")
                return False
            state = self._server.state
            self.problem = None
            self._shows = -1 if state.through else state.generation
            self._look_again = time.monotonic() + _BEHIND_SECONDS
        return self._shows == generation

    def _give_up(self, problem: str) -> None:
        if problem != self.problem:
            _LOG.warning("%s The exact scan answers; python -m rag doctor fills the server.", problem)
        self.problem, self._shows = problem, -1
        self._look_again = time.monotonic() + _TROUBLE_SECONDS
