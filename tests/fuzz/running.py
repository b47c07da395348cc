"""Runs a target on damaged inputs until the time is up; the first one that breaks it is kept and shown."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.errors import GroundwireError
from tests.fuzz.mutating import Mutator

KEPT = Path(__file__).parents[2] / "runs" / "fuzz"
"""Where inputs that broke something are kept."""
MOST_SECONDS = 10.0
"""Of processor time for one input; all take milliseconds, and what is quadratic takes minutes."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes from outside.

    Attributes:
        seeds: Valid inputs, or such that once broke it.
        run: Gives one input to it and checks what comes of it; may write to the folder.
    """

    name: str
    seeds: Sequence[bytes]
    run: Callable[[bytes, Path], None]


class Broken(AssertionError):
    """An input broke its target."""


def fuzz(target: Target, folder: Path, seconds: float, seed: int, least: int = 0) -> int:
    """Gives a target damaged inputs, and returns how many.

    Args:
        least: How many there are at least, however long they take.

    Raises:
        Broken: One broke it: another error than ours, or a check that did not hold, or too much time.
    """
    print(f"fuzz {target.name}: seed {seed}")
    mutator = Mutator(target.seeds, seed)
    until = time.monotonic() + seconds
    count = 0
    while count < least or time.monotonic() < until:
        count += 1
        attempt(target, mutator.draw(), folder)
    print(f"fuzz {target.name}: {count} inputs")
    return count


def attempt(target: Target, data: bytes, folder: Path) -> None:
    """One input. It is kept while it runs, so that one which ends or stalls the process can be found."""
    running = folder / f"{target.name}.running"
    running.write_bytes(data)
    started = time.thread_time()
    try:
        target.run(data, folder)
    except GroundwireError:
        pass
    except (pytest.fail.Exception, Exception) as error:
        raise Broken(_found(target, data, f"{type(error).__name__}: {error}"[:500])) from error
    spent = time.thread_time() - started
    if spent > MOST_SECONDS:
        raise Broken(_found(target, data, f"took {spent:.1f} s"))


def text_of(data: bytes) -> str:
    """An input as text, lone surrogates included."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _found(target: Target, data: bytes, what: str) -> str:
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    file.write_bytes(data)
    return f"{target.name}: {what}\n{len(data)} bytes in {file}: {data[:300]!r}"
