"""Which lines are captions of pictures: they stay in the text, but are no sentences of it (`ingest.passages`)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence, Set
from itertools import accumulate

_AGENCIES = (
    r"(?:Reuters|REUTERS|AFP|AP|EPA|EPA-EFE|Getty|Getty Images|Shutterstock|Xinhua|VCG|Bloomberg|Alamy|PA|PA Images|"
    r"TASS|Kyodo|ANSA|iStock|CNN|BBC|NASA|ZUMA|Anadolu(?: Agency)?|Imagn(?: Images)?|USA TODAY(?: Sports| Network)?|"
    r"NurPhoto|Sipa(?: USA)?|WireImage|FilmMagic|LightRocket|Handout)"
)
_CREDIT = r"(?:(?i:photo|photograph|image|credit|screenshot)s?|Pictures?|Pics?)(?: (?i:credit|by|courtesy))?"
"""PICTURE in capitals labels a link or a list, as in "THE BIG PICTURE: …"."""
_GALLERY_END = " Prev Next"
_LONGEST = 500
"""Characters; a longer line is no single caption."""
Hint = tuple[str, ...] | re.Pattern[str]
"""What any line of a kind holds and few others do: one of some marks, or a match. Quick to look for."""
_CAPTIONS: tuple[tuple[Hint, re.Pattern[str]], ...] = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        (
            re.compile(r":(?= ?[^\n]{2,61}$)", re.MULTILINE),
            rf".{{0,280}}\b{_CREDIT} ?: ?(?!.*[.!?] ).{{2,60}}",
        ),
        (
            re.compile(r"\((?i:(?:File )?(?:Photo|Pic|Image|Screenshot))"),
            r"(?i:.{0,400}\((?:File )?(?:Photo|Picture|Image|Pic|Screenshot)(?: credit)?"
            r"(?: ?[:/] ?| by | from | courtesy of )[^()]{2,60}\)\.?(?: [\w. /-]{2,60})?)",
        ),
        (
            ("FILE", "File photo", "In pictures"),
            r"(?:FILE PHOTO|FILE|File photo|In pictures) ?[:-] .{0,280}",
        ),
        (
            ("/",),
            rf".{{0,450}}(?:^|[.?!)\"”’] |[|] ?|, )[\w.'’ -]{{2,40}}/(?:[\w.' -]{{1,30}}/)?{_AGENCIES}"
            r"(?: [Vv]ia .{2,30})?\)?",
        ),
        (
            ("/", "|"),
            rf".{{0,450}}[|/] ?{_AGENCIES}(?: via .{{2,30}})\)?",
        ),
        (
            re.compile(rf"[.?!][\"”’]? {_AGENCIES}(?: via [\w ]{{2,30}})?$", re.MULTILINE),
            rf".{{10,450}}[.?!][\"”’]? {_AGENCIES}(?: via [\w ]{{2,30}})?",
        ),
        (
            ("Getty Images",),
            r".{0,450}(?:/|via )Getty Images",
        ),
        (
            ("©",),
            r"© ?[A-Z][\w. ]{1,30}/ .{0,400}",
        ),
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
    hinted = HintedLines(lines)
    galleries = _ending_in(_GALLERY_END, lines, hinted)
    found = _ending_in(f" - {site}", lines, hinted) if site else set()
    for hint, rule in _CAPTIONS:
        found.update(n for n in hinted(hint) if len(lines[n]) <= _LONGEST and rule.fullmatch(lines[n]))
    captions = {number for number in found - galleries if len(lines[number]) <= _LONGEST}
    return frozenset(captions | {number for number in galleries if _GALLERY.fullmatch(lines[number])})


def _ending_in(tail: str, lines: Sequence[str], hinted: HintedLines) -> set[int]:
    return {number for number in hinted((tail,)) if lines[number].endswith(tail)}


class HintedLines:
    """Which of some lines a hint points to: looks through all of them at once, quick where it finds few."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n".join(lines)
        self._ends = [*accumulate([len(line) + 1 for line in lines])]

    def __call__(self, hint: Hint) -> set[int]:
        """Indices of the lines that hold any of the marks, or in which a match of the pattern begins."""
        if isinstance(hint, re.Pattern):
            return {bisect_right(self._ends, match.start()) for match in hint.finditer(self._text)}
        found: set[int] = set()
        for mark in hint:
            at = self._text.find(mark)
            while at >= 0:
                number = bisect_right(self._ends, at)
                found.add(number)
                at = self._text.find(mark, self._ends[number])
        return found


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
    return without_lines(text, {lines[number] for number in caption_lines(lines)})


def without_lines(text: str, lines: Set[str]) -> str:
    """The text without any line that is one of those."""
    return "\n".join(line for line in text.split("\n") if line not in lines) if lines else text
