from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.texts import read_claim, read_sources
from rag.grounding import compare

Beside = Callable[..., Evidence]


@pytest.fixture
def beside() -> Beside:
    """Lays a claim beside its sources, all words weighing the same."""

    def lay(claim: str, *sources: str) -> Evidence:
        return compare(read_claim(claim), read_sources(sources), lambda _: 1.0)

    return lay
