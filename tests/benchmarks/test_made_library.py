"""Made libraries are as large as asked for, and their rows can be taken over into either engine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks import scale
from benchmarks.made_library import Sample, fill, take_over
from rag.index.copying import compare
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.upkeep import writing

RNG = np.random.default_rng(1)
SAMPLES = [
    [Sample(f"Town {n} builds", (f"The Harbour of Town cost {n}00 crowns.", "Nobody Came."), vector)]
    for n, vector in enumerate((RNG.normal(size=(8, 32)) / 6).astype(np.float32))
]


def test_a_made_library_is_taken_over_row_by_row(tmp_path: Path, place: Place) -> None:
    with writing(tmp_path / "made", create=True) as made:
        fill(made, SAMPLES, "model", 60)
    with writing(place, create=True) as copy, closing(open_store(tmp_path / "made")) as original:
        take_over(copy, tmp_path / "made")
        assert copy.counts()[1] >= 60
        assert copy.generation == original.generation
        assert copy.library_id != original.library_id
        assert compare(original, copy).is_equal


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("store", [[], ["--store", "server"]])
def test_a_small_library_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str], store: list[str]) -> None:
    assert scale.main(["--passages", "300", "--directory", str(tmp_path), *store]) == 0
    shown = capsys.readouterr().out
    assert "| search ms: none: p95 |" in shown
    assert "| visible s |" in shown
    assert ("table articles" in shown) == bool(store)
