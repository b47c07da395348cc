"""The same targets, led by the code that an input reaches: python -m tests.fuzz.guided TARGET [-max_total_time=600]

For who wants to look longer than `make test-all` does. Needs `pip install atheris` (no part of the set-up; wheels for
Linux). Options are libFuzzer's; inputs that reach something new are kept in runs/fuzz/corpus/TARGET and used again.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

atheris: Any = importlib.import_module("atheris")

with atheris.instrument_imports(include=["rag", "ingest", "eval", "web"]):
    from tests.fuzz.catalog import TARGETS

from tests.fuzz.mutating import LONGEST  # noqa: E402 - what is led comes first
from tests.fuzz.running import KEPT, attempt  # noqa: E402


def main(arguments: list[str]) -> None:
    """Runs until something breaks or the time is up; libFuzzer ends the process."""
    target = {t.name: t for t in TARGETS}[arguments[1]]
    corpus = KEPT / "corpus" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number:03}").write_bytes(seed[:LONGEST])
    folder = Path(tempfile.mkdtemp())
    options = [arguments[0], str(corpus), f"-artifact_prefix={KEPT}/", f"-max_len={LONGEST}", *arguments[2:]]
    atheris.Setup(options, lambda data: attempt(target, data, folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
