"""Quotation marks: what a claim puts in them must stand in a source, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.claims.evidence import Evidence
from rag.claims.texts import END, FUNCTION_WORDS, read

_SINGLE = re.compile(r"(?<![\w'])'(?=[^\W\d])([^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*)(?<=[\w.,!?])'(?!\w)")
_LEFT_OUT = re.compile(r"\.\.+|\[[^\]]*\]|\([^)]*\)")


def check_quotations(evidence: Evidence) -> str | None:
    """Why the words between the claim's quotation marks are no quotation, or None.

    Case, punctuation and the kind of marks are not compared; words left out must be marked by "..." or
    brackets. One word in marks must stand in a source, too; single marks count from two words on. A title,
    every word of it with a capital, is left to the check of names.
    """
    for quoted in quotations(evidence.claim.text):
        if _is_title(quoted):
            continue
        for piece in _LEFT_OUT.split(quoted):
            words = " ".join(word for sentence in read(piece) for word in sentence.words)
            if words and words not in FUNCTION_WORDS and not _stands(words, evidence.sources.stream):
                return f'the words in quotation marks "{piece.strip(" ,.;:")}" are not verbatim in the cited passage'
    return None


def _is_title(quoted: str) -> bool:
    words = [w for w in quoted.split() if w[0].isalpha() and w.lower() not in FUNCTION_WORDS]
    return all(word[0].isupper() for word in words)


def _stands(words: str, source: str) -> bool:
    """True when the words follow each other in the source, also across a sentence end."""
    return f" {words} " in source or f" {words} " in source.replace(f" {END} ", " ")


def quotations(text: str) -> Iterator[str]:
    """What stands between quotation marks in a tidied sentence.

    A mark without a partner quotes up to the end of the sentence that it faces. Inch marks are no quotes.
    """
    opened, last = -1, 0
    for mark in (i for i, c in enumerate(text) if c == '"'):
        faces_right = not text[mark + 1 : mark + 2].isspace() and mark + 1 < len(text)
        if opened >= 0:
            yield text[opened + 1 : mark]
            opened, last = -1, mark + 1
        elif faces_right:
            opened = mark
        elif not text[mark - 1 : mark].isdigit():
            yield text[last:mark]
    if opened >= 0:
        yield text[opened + 1 :]
    yield from (match[1] for match in _SINGLE.finditer(text) if " " in match[1].strip())
