"""Faults of parsers on damaged input → the reason of a `Skipped`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.records import Unreadable

_FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError),
    *(NotImplementedError, OSError, RecursionError, TypeError, ValueError),
)
"""Parsers let plain Python errors through on damaged input; their own are named by the caller."""


@contextmanager
def broken(what: str, *own: type[Exception]) -> Iterator[None]:
    """Turns what a vendor's parser raises inside the block into `Unreadable`.

    Args:
        what: The kind of file, as in "PDF".
        own: The vendor's own exceptions.
    """
    caught: tuple[type[Exception], ...] = (*_FAULTS, *own)
    try:
        yield
    except Unreadable:
        raise
    except caught as error:
        raise Unreadable(f"broken {what} ({type(error).__name__})") from None
