"""Which characters of a text are anything but plain: few in most articles, so rules look at them alone first."""

from __future__ import annotations

_PLAIN = bytes([0x0A, *range(0x20, 0x7F)])


def unusual(text: str) -> str:
    """All characters in order that are neither printable ASCII nor line feeds.

    >>> unusual("Fees rose 3 % – “a lot”")
    '–“”'
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")
