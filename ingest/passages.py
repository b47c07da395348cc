"""Article → passages: runs of whole sentences that fit the embedding model, without overlap or gap.

Captions are in no passage and end one: they are read with the article, but neither searched nor quoted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.captions import caption_spans
from rag.records import Article, Passage
from rag.sentences import sentence_spans

RESERVE = 16
"""Tokens kept free for outlet, date and the model's own marks, which are embedded with every passage."""
PARAGRAPH_FILL = 0.6
"""A passage this full ends with its paragraph rather than open one it cannot hold."""
_CHARS_PER_TOKEN = 10
"""No real text has more; a word piece tokenizer counts a word of 100,000 letters as one unknown token."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of one that is too long for a passage."""

    start: int
    end: int
    tokens: int
    ends_paragraph: bool
    follows_caption: bool = False


def split_passages(article: Article, count_tokens: Callable[[str], int], limit: int) -> list[Passage]:
    """Splits an article so that a passage, embedded with its title, has at most `limit` tokens.

    Every character of the text that is neither white space nor in a caption is in exactly one passage, and
    `article.text[p.start:p.end] == p.text`. A sentence that does not fit is cut between words, and
    the passage's `sentences` then hold its pieces. A title may take half of the limit; the rest of a
    longer one is not counted.

    Args:
        count_tokens: Tokens of a text; called about once a sentence.
        limit: Tokens, at least 32.
    """
    title = min(count_tokens(article.title), limit // 2)
    budget = max(limit - title - RESERVE, 8)
    units = list(_units(article, count_tokens, budget))
    return [_passage(article, group) for group in _fill(units, budget)]


def _units(article: Article, count_tokens: Callable[[str], int], budget: int) -> Iterator[_Unit]:
    text = article.text
    stretch = 0
    for start, end in _stretches(text, caption_spans(text, article.outlet)):
        spans = [(start + s, start + e) for s, e in sentence_spans(text[start:end])]
        for number, (first, last) in enumerate(spans):
            following = spans[number + 1][0] if number + 1 < len(spans) else end
            ends_paragraph = "\n" in text[last:following] or following == end
            for piece_start, piece_end, tokens in _fitting_pieces(text, first, last, count_tokens, budget):
                opens = stretch > 0 and piece_start == spans[0][0]
                yield _Unit(piece_start, piece_end, tokens, ends_paragraph and piece_end == last, opens)
        stretch += bool(spans)


def _stretches(text: str, captions: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The text between the captions."""
    start = 0
    for caption_start, caption_end in captions:
        yield start, caption_start
        start = caption_end
    yield start, len(text)


def _fitting_pieces(
    text: str, start: int, end: int, count_tokens: Callable[[str], int], budget: int
) -> Iterator[tuple[int, int, int]]:
    """Halves a span between words until each piece fits; yields start, end and tokens."""
    waiting = [(start, end)]
    while waiting:
        start, end = waiting.pop()
        fits = end - start <= budget * _CHARS_PER_TOKEN
        tokens = count_tokens(text[start:end]) if fits else 0
        if (fits and tokens <= budget) or end - start == 1:
            yield start, end, tokens
            continue
        cut = _cut(text, start, end)
        left_end, right_start = cut, cut
        while left_end > start and text[left_end - 1].isspace():
            left_end -= 1
        while right_start < end and text[right_start].isspace():
            right_start += 1
        waiting += [(right_start, end), (start, left_end)]


def _cut(text: str, start: int, end: int) -> int:
    """Where to halve a span: at the white space nearest its middle, else after a mark, else between letters.

    The span has no white space at its ends, so both halves hold a character.
    """
    middle = (start + end) // 2
    before = max((text.rfind(space, start + 1, middle) for space in " \n\t"), default=-1)
    after = min((at for space in " \n\t" if (at := text.find(space, middle, end - 1)) >= 0), default=-1)
    near = [at for at in (before, after) if at > start]
    if near:
        return min(near, key=lambda at: abs(at - middle))
    for at in range(middle, max(start, middle - 80), -1):
        if unicodedata.category(text[at - 1]).startswith("P") and not _joins(text, at):
            return at
    return next((at for at in range(middle, max(start, middle - 16), -1) if not _joins(text, at)), middle)


def _joins(text: str, at: int) -> bool:
    """True when the character at a position belongs to the one before: an accent, a joiner, an emoji modifier."""
    here, before = text[at], text[at - 1]
    return (
        unicodedata.combining(here) > 0
        or here in "\u200d\ufe0f"
        or before == "\u200d"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


def _fill(units: list[_Unit], budget: int) -> Iterator[list[_Unit]]:
    """Groups units greedily, and rather at the end of a paragraph."""
    paragraph_tokens = _tokens_to_paragraph_end(units)
    group: list[_Unit] = []
    used = 0
    for number, unit in enumerate(units):
        full = used + unit.tokens > budget
        if group and group[-1].ends_paragraph and used > PARAGRAPH_FILL * budget:
            full = used + paragraph_tokens[number] > budget
        if group and (full or unit.follows_caption or unit.end - group[0].start > budget * _CHARS_PER_TOKEN):
            yield group
            group, used = [], 0
        group.append(unit)
        used += unit.tokens
    if group:
        yield group


def _tokens_to_paragraph_end(units: list[_Unit]) -> list[int]:
    """For each unit, its tokens and those of the units after it in its paragraph."""
    sums = [0] * len(units)
    following = 0
    for number in range(len(units) - 1, -1, -1):
        unit = units[number]
        following = unit.tokens + (0 if unit.ends_paragraph else following)
        sums[number] = following
    return sums


def _passage(article: Article, group: list[_Unit]) -> Passage:
    start, end = group[0].start, group[-1].end
    spans = tuple((unit.start, unit.end) for unit in group)
    return Passage(article.id, start, end, article.text[start:end], spans)
