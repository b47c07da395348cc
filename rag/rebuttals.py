"""Found sentences → those that the very next sentence disputes, or gives another speaker's figure for.

A reply often names what it replies to by a word only: "the association rejected the claim", "experts regard this
figure as too low", "the agency believes it is 118 million". Of two sentences that follow each other in one article
that is enough to set them side by side, where the words they share would not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.claims.quantities import Quantity
from rag.claims.stems import comparable_stem
from rag.extraction import ScoredSentence
from rag.figure_disagreements import asks_for_figures, measures, of_one_size
from rag.oppositions import Opposition, Statement, asked_stems, is_quoted, other_speakers
from rag.speakers import speaker_of
from rag.tokens import stem

_GAP = 4
"""Characters between two sentences that follow each other, paragraph breaks included."""
_SAID = (
    r"(?:the|this|that|these|those|any such|such an?|such) (?:[\w-]+ )?(?:claim|charge|accusation|allegation|figure"
    r"|number|estimate|criticism|report|view|argument|assertion|finding|suggestion|conclusion)s?"
    r"(?! (?:that|of|by|against|on|about|from|in)\b)"
)
_WRONG = (
    r"(?:(?:much |far |completely |totally |simply )?(?:too (?:low|high)|inaccurate|false|groundless|baseless|unfounded"
    r"|untrue|wrong|exaggerated|misleading|not true|slander\w*|absurd|ridiculous)|no basis)"
)
_REPLIES = re.compile(
    rf"\b(?:reject|den(?:y|ie)|dismiss|disput|refut|rebut|contest|question|challeng)\w* {_SAID}\b"
    rf"|\b(?:regard|call|describ|consider|deem|term)\w* {_SAID} (?:as )?{_WRONG}"
    rf"|\b(?:regard|call|describ|consider|deem|term)\w* (?:it|them|this|that) (?:as )?{_WRONG}"
    rf"|\b{_SAID},? (?:had|has|have|was|were|is|are) (?:all )?{_WRONG}",
    re.I,
)
_CLAIM = re.compile(_SAID, re.I)


def find_rebuttals(
    question: str, scored: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> Iterator[Opposition]:
    """Each pair of following sentences that oppose each other and of which one, or its figure, is quoted.

    Args:
        question: Figures are compared when it asks for one.
        scored: All sentences of the found passages.
    """
    wanted = [q for s in quoted for q in measures(s)] if asks_for_figures(question) else []
    for first, second in _following(scored):
        of_quoted = is_quoted(quoted, first) or is_quoted(quoted, second)
        if of_quoted and (opposition := _claim(first, second)):
            yield opposition
        elif wanted and (figures := _figures(first, second)) and (of_quoted or _any_same(wanted, figures)):
            yield _apart(question, figures, (first, second))


def _following(scored: Sequence[ScoredSentence]) -> Iterator[tuple[ScoredSentence, ScoredSentence]]:
    """Pairs of sentences of which the second follows the first in its article."""
    ordered = sorted(scored, key=lambda s: (s.retrieved.article.id, s.start, s.end))
    for first, second in pairwise(ordered):
        same = first.retrieved.article.id == second.retrieved.article.id
        if same and 0 <= second.start - first.end <= _GAP:
            yield first, second


def _claim(first: ScoredSentence, second: ScoredSentence) -> Opposition | None:
    """A statement and the reply that names it by a word."""
    reply = _REPLIES.search(second.text)
    replying = speaker_of(second.text)
    claiming = speaker_of(first.text)
    if reply is None or replying is None or (claiming is not None and not other_speakers(claiming, replying)):
        return None
    named = _CLAIM.search(reply[0])
    subject = named[0].split()[-1] if named else "what was said"
    return Opposition("claim", subject, (Statement(first, None, claiming), Statement(second, None, replying)))


def _figures(first: ScoredSentence, second: ScoredSentence) -> tuple[Quantity, Quantity] | None:
    """The figures of two speakers for one thing, which the second may leave unnamed."""
    amounts = measures(first), measures(second)
    if len(amounts[1]) != 1 or not other_speakers(speaker_of(first.text), speaker_of(second.text)):
        return None
    of_second = amounts[1][0]
    of_first = next((q for q in amounts[0] if _can_measure_the_same(q, of_second)), None)
    return None if of_first is None or any(_same(q, of_second) for q in amounts[0]) else (of_first, of_second)


def _can_measure_the_same(one: Quantity, other: Quantity) -> bool:
    same_noun = not (one.noun and other.noun) or comparable_stem(one.noun) == comparable_stem(other.noun)
    return one.unit == other.unit and same_noun and of_one_size(one, other)


def _same(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit and bool(set(one.readings) & set(other.readings))


def _any_same(wanted: Iterable[Quantity], figures: tuple[Quantity, Quantity]) -> bool:
    return any(_same(q, figure) for q in wanted for figure in figures)


def _apart(
    question: str, figures: tuple[Quantity, Quantity], sentences: tuple[ScoredSentence, ScoredSentence]
) -> Opposition:
    sides = [Statement(s, q.shown, speaker_of(s.text)) for s, q in zip(sentences, figures, strict=True)]
    nouns = (q.noun for q in figures if q.noun and stem(q.noun) in asked_stems(question))
    return Opposition("figure", next(nouns, "figure"), tuple(sides))
