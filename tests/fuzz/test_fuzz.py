"""Every target takes damaged inputs: some at each run, for ten minutes in all in `make test-all`.

FUZZ_SECONDS is the time for each target, FUZZ_SEED what the slow run begins with (else the clock); both are printed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.fuzz.catalog import TARGETS
from tests.fuzz.running import Target, attempt, fuzz

TOTAL_SECONDS = 660.0
FEW = 12
EACH = pytest.mark.parametrize("target", TARGETS, ids=[t.name for t in TARGETS])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all inputs: they write the same few files again."""
    return tmp_path_factory.mktemp("fuzz")


@EACH
def test_valid_and_a_few_damaged_inputs_end_in_order(target: Target, folder: Path) -> None:
    for data in target.seeds[:5]:
        attempt(target, data, folder)
    fuzz(target, folder, seconds=0.0, seed=1, least=FEW)


@pytest.mark.slow
@pytest.mark.timeout(0)
@EACH
def test_damaged_inputs_end_in_order(target: Target, folder: Path) -> None:
    seconds = float(os.environ.get("FUZZ_SECONDS") or TOTAL_SECONDS / len(TARGETS))
    fuzz(target, folder, seconds, int(os.environ.get("FUZZ_SEED") or time.time()))
