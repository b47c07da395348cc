"""Which lines are captions of pictures: they stay in the text, but are no sentences of it (`ingest.passages`)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

_AGENCIES = (
    r"(?:Reuters|REUTERS|AFP|AP|EPA|EPA-EFE|Getty|Getty Images|Shutterstock|Xinhua|VCG|Bloomberg|Alamy|PA|PA Images|"
    r"TASS|Kyodo|ANSA|iStock|CNN|BBC|NASA|ZUMA|Anadolu(?: Agency)?|Imagn(?: Images)?|USA TODAY(?: Sports| Network)?|"
    r"NurPhoto|Sipa(?: USA)?|WireImage|FilmMagic|LightRocket|Handout)"
)
_CREDIT = r"(?:(?i:photo|photograph|picture|pic|image|credit|screenshot)s?(?: (?:credit|by|courtesy))?|PHOTO)"
_GALLERY_END = " Prev Next"
_LONGEST = 500
"""Characters; a longer line is no single caption."""
_MARKS = (
    *("Reuters", "REUTERS", "AFP", "/AP", ". AP", "| AP", "EPA", "Getty", "Shutterstock", "Xinhua", "VCG", "Bloomberg"),
    *(
        "Alamy",
        "/PA",
        ". PA",
        "| PA",
        "TASS",
        "Kyodo",
        "ANSA",
        "iStock",
        "CNN",
        "BBC",
        "NASA",
        "ZUMA",
        "Anadolu",
        "Imagn",
    ),
    *(
        "USA TODAY",
        "NurPhoto",
        "Sipa",
        "LightRocket",
        "Handout",
        "FilmMagic",
        "©",
        "FILE",
        "In pictures",
        "hoto",
        "PHOTO",
    ),
    *(_GALLERY_END, "Picture", "(Pic", "Pic:", "mage", "IMAGE", "redit", "CREDIT", "creenshot"),
)
"""One of these is in every caption that is told by its credit."""
_CAPTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        rf".{{0,280}}\b{_CREDIT} ?: ?(?!.*[.!?] ).{{2,60}}",
        r"(?i:.{0,400}\((?:File )?(?:Photo|Picture|Image|Pic|Screenshot)(?: credit)?"
        r"(?: ?[:/] ?| by | from | courtesy of )[^()]{2,60}\)\.?(?: [\w. /-]{2,60})?)",
        r"(?:FILE PHOTO|FILE|File photo|In pictures) ?[:-] .{0,280}",
        rf".{{0,450}}(?:^|[.?!)\"”’] |[|] ?|, )[\w.'’ -]{{2,40}}/(?:[\w.' -]{{1,30}}/)?{_AGENCIES}"
        r"(?: [Vv]ia .{2,30})?\)?",
        rf".{{0,450}}[|/] ?{_AGENCIES}(?: via .{{2,30}})\)?",
        rf".{{10,450}}[.?!][\"”’]? {_AGENCIES}(?: via [\w ]{{2,30}})?",
        r".{0,450}(?:/|via )Getty Images",
        r"© ?[A-Z][\w. ]{1,30}/ .{0,400}",
    )
)
_GALLERY = re.compile(rf"(?:.*\s)?(?i:in pictures|photos|gallery)\b.{{0,120}}{_GALLERY_END}")
"""The captions of a picture gallery run together, however many."""


def is_caption(line: str, site: str | None = None) -> bool:
    """True for a line that by itself is a caption with a credit, a lone credit, or the captions of a gallery.

    Args:
        site: Name of the site; a short line that ends in "- Name of the Site" is one of its captions.
    """
    return bool(caption_lines([line], site))


def caption_lines(lines: Sequence[str], site: str | None = None) -> frozenset[int]:
    """Indices of the lines that are captions; see `is_caption`."""
    tail = f" - {site}" if site else None
    marks = (*_MARKS, tail) if tail else _MARKS
    return frozenset(number for number in MarkedLines(lines)(marks) if _is_caption(lines[number], tail))


class MarkedLines:
    """Which of some lines hold a mark: looks through all of them at once, quick where few do."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n".join(lines)
        self._ends = [*accumulate(len(line) + 1 for line in lines)]

    def __call__(self, marks: Iterable[str]) -> set[int]:
        """Indices of the lines that hold any of the marks."""
        found: set[int] = set()
        for mark in marks:
            at = self._text.find(mark)
            while at >= 0:
                number = bisect_right(self._ends, at)
                found.add(number)
                at = self._text.find(mark, self._ends[number])
        return found


def _is_caption(line: str, tail: str | None) -> bool:
    if line.endswith(_GALLERY_END):
        return _GALLERY.fullmatch(line) is not None
    if len(line) > _LONGEST:
        return False
    return (tail is not None and line.endswith(tail)) or any(rule.fullmatch(line) for rule in _CAPTIONS)


def caption_spans(text: str, site: str | None = None) -> list[tuple[int, int]]:
    """Spans of the caption lines of a text, in order; none when nothing else would be left of it."""
    lines = text.split("\n")
    captions = caption_lines(lines, site)
    if not captions or not any(line.strip() for number, line in enumerate(lines) if number not in captions):
        return []
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    return [(starts[number], starts[number] + len(lines[number])) for number in sorted(captions)]


def without_captions(text: str) -> str:
    """The text without its caption lines."""
    lines = text.split("\n")
    captions = caption_lines(lines)
    return "\n".join(line for number, line in enumerate(lines) if number not in captions) if captions else text
