"""Text → sentence spans. Rule-based, because offsets must be exact and the query path fast.

A sentence ends at `.`, `!` or `?` with any closing quotes or brackets, followed by white space and
something that can open a sentence, or at the end of a line. Abbreviations, initials and ordinals do
not end one. Full-width marks end one without white space.
"""

from __future__ import annotations

import re

_ABBREVIATIONS = (
    "Mr Mrs Ms Dr Prof Rev Hon Gen Lt Col Maj Capt Cmdr Sgt Adm Gov Sen Rep Amb Pres Inc Ltd Co Corp vs St Mt Ft "
    "Jr Sr Ave Blvd Dept Univ approx est etc al ca cf"
).split()
_BEFORE_NUMBERS = "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec No Nos Fig".split()
_DOTTED = re.compile(r"(?:\b[A-Za-z]\.){2,}$|(?:^|[\s(\[\"“‘'])[A-Z]\.$")
_ABBREVIATION = re.compile(r"(?:^|[^\w])(?:" + "|".join(_ABBREVIATIONS) + r")\.$")
_NUMBERED = re.compile(r"(?:^|[^\w])(?:" + "|".join(_BEFORE_NUMBERS) + r")\.$")
_BOUNDARY = re.compile(
    r"""(?P<end>(?:(?<![.!?…])[.!?…]++["'”’»)\]]*+)(?=\s+["'“‘«(\[]*[A-Z0-9À-ÖØ-Þ$£€¥А-Я一-鿿ぁ-ヿ])"""
    r"""|[。！？]+["'”’」』）]*)|(?P<line>\n)""",
)
_NUMBER_NEXT = re.compile(r"\s+\d")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order, without surrounding white space.

    Spans do not overlap, none is empty, and everything between them is white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["end"] and _is_abbreviation(text, start, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def split_sentences(text: str) -> list[str]:
    """The sentences of a text as strings."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _is_abbreviation(text: str, start: int, match: re.Match[str]) -> bool:
    """True when the full stop belongs to an abbreviation and the sentence goes on."""
    mark = match["end"]
    if mark != ".":
        return False
    before = text[max(start, match.start() - 12) : match.start() + 1]
    if _NUMBERED.search(before):
        return bool(_NUMBER_NEXT.match(text, match.end()))
    # "Huawei Co. The" may end a sentence or not: prefer to go on, a long sentence harms less than a quote
    # that stops after "Co."
    return bool(_DOTTED.search(before) or _ABBREVIATION.search(before))
