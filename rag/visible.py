"""Text from outside → the characters of it that a reader sees."""

from __future__ import annotations

_JOINERS = "\u200c\u200d"
_FIRST_JOINED = "\u0600"
"""Scripts from Arabic on spell words with joiners; before them a joiner only hides."""


def visible(text: str) -> str:
    """Without control codes, direction overrides, zero-width and other characters that act or hide.

    What neither prints nor is white space goes: a terminal would obey it, and a reader would not see it.
    """
    if text.isprintable():
        return text
    kept: list[str] = []
    for char in text:
        joins = char in _JOINERS and bool(kept) and kept[-1] >= _FIRST_JOINED and not kept[-1].isspace()
        if joins or char.isprintable() or char.isspace():
            kept.append(char)
    return "".join(kept)
