"""Decoded text → the text that is stored and cited.

Only what is clearly not the story goes (see `ingest.boilerplate`); words are never changed, so a
quote from the stored text is a quote from the article. Captions stay where they are; `ingest.passages`
keeps them out of what is searched and quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.boilerplate import boilerplate_lines
from ingest.characters import unusual

_NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Zero-width, bidirectional and tag characters: invisible, so they can hide words or orders from a reader."""
_JOINER = re.compile("[\u200c\u200d]")
_JOINERS = re.compile("(?<![\u0600-\u109f\u1780-\u1cff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
"""Joiners outside the scripts and emoji that need them."""
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BLANK_LINES = re.compile(r"\n{3,}")
_SENTENCE_END = re.compile(r"[.!?…。！？:][\"'”’»)\]」』）]*$")
_MIN_WRAP, _MAX_WRAP = 40, 110
_HYPHENATED = re.compile(r"[^\W\d_]-$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text of an article with a count of what was taken out.

    Attributes:
        site: Name of the site, when its own captions give it away; else None.
        captions: The lines of the text that are captions.
    """

    text: str
    boilerplate: int = 0
    site: str | None = None
    captions: frozenset[str] = frozenset()


def clean(text: str, title: str | None = None) -> Cleaned:
    """Drops boilerplate lines and, when it repeats the title, the first line.

    Args:
        text: Text in normal characters and lines, see `normalise_characters`.
    """
    lines = text.split("\n")
    found = boilerplate_lines(lines)
    kept = [line for number, line in enumerate(lines) if number not in found.dropped]
    body = _tidy_blank_lines("\n".join(kept))
    head, _, rest = body.partition("\n")
    if title and rest and head == title:
        body = rest.lstrip("\n")
    return Cleaned(body, len(found.dropped), found.site, frozenset(lines[number] for number in found.captions))


def normalise_characters(text: str) -> str:
    r"""Lines end in \n, spaces are spaces, and nothing is invisible. Letters and marks stay as they are."""
    odd = unusual(text)
    if _NEWLINES.search(odd) or _CONTROLS.search(odd):
        text = _CONTROLS.sub("", _NEWLINES.sub("\n", text))
    if _INVISIBLE.search(odd) or _JOINER.search(odd):
        text = _JOINERS.sub("", _INVISIBLE.sub("", text))
    return tidy_lines(text)


def tidy_lines(text: str) -> str:
    """Single spaces, no space at line ends, at most one blank line in a row, none at the ends."""
    if "  " in text or _SPACES.search(unusual(text)):
        text = _SPACES.sub(" ", text)
    return _tidy_blank_lines("\n".join(map(str.strip, text.split("\n"))))


def _tidy_blank_lines(text: str) -> str:
    return (_BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def unwrap(text: str) -> str:
    """Joins lines that were broken to fit a page or a mail; leaves text with natural lines alone."""
    return "\n\n".join(_unwrap_block(block) for block in text.split("\n\n"))


def _unwrap_block(block: str) -> str:
    lines = block.split("\n")
    if not _is_wrapped(lines):
        return block
    width = max(map(len, lines))
    joined = [lines[0]]
    for before, line in pairwise(lines):
        ends = len(before) < 0.6 * width or (_SENTENCE_END.search(before) and len(before) < 0.85 * width)
        if ends:
            joined.append(line)
        elif _HYPHENATED.search(joined[-1]) and line[:1].islower():
            joined[-1] += line  # "self-" + "reliance": the hyphen may be real, so it stays
        else:
            joined[-1] += " " + line
    return "\n".join(joined)


def _is_wrapped(lines: list[str]) -> bool:
    """True for several lines of nearly one width, most of which stop in mid-sentence."""
    width = max(map(len, lines))
    inner = lines[:-1]
    if len(lines) < 2 or not _MIN_WRAP <= width <= _MAX_WRAP:
        return False
    full = sum(len(line) >= 0.75 * width for line in inner)
    unfinished = sum(not _SENTENCE_END.search(line) for line in inner)
    return full >= 0.6 * len(inner) and unfinished >= 0.6 * len(inner)
