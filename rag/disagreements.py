"""Found sentences → where they disagree: one quantity with several values, or claims that oppose each other.

Precise rather than complete, by rules. Figures disagree when sentences of different stories from the same weeks
give the same thing other values. Claims disagree when a sentence denies, rejects or condemns, by its own words,
what another speaker says about the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.extraction import ScoredSentence
from rag.figure_disagreements import figure_oppositions
from rag.oppositions import Opposition, Statement, asked_stems, is_quoted, oldest_first, other_speakers, overlap, topic
from rag.rebuttals import find_rebuttals
from rag.speakers import speaker_of
from rag.tokens import content_stems

RELEVANT = 0.7
"""Sentences looked at score at least this share of the best."""
MOST = 2
"""Disagreements shown at most."""
_MOST_SENTENCES = 24
_SAME_CLAIM = 0.3
_NAMED_SHARE = 0.5
_DISPUTES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut\w+|disput(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?"
    r"|oppos(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|slander\w*|smear\w*|groundless|baseless|unfounded|untrue|so-called"
    r"|pretext|no such thing|disagree\w*|contradict\w*|rebut\w*|deplor\w+|suppress(?:ion|ing)|bullying"
    r"|hit back|pushed back|countered|calls? (?:it|them|this) (?:false|wrong)|not true)\b",
    re.I,
)
_ASKS_FOR_CLAIMS = re.compile(
    r"\b(?:say|said|says|respon\w*|react\w*|dispute\w*|disagree\w*|den(?:y|ied|ies)|claim\w*|view\w*|position\w*"
    r"|stance|accus\w*|critici\w*|controvers\w*|argu\w*|true|why|reasons?|justif\w*|describ\w*|call(?:ed)?|sides?"
    r"|object\w*|oppos\w*|reject\w*|allegations?|alleged|dismiss\w*|conten\w*)\b|^(?:does|do|did|is|are|was|were|has"
    r"|have|can|will)\b",
    re.I,
)


def find_oppositions(
    question: str, scored: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> list[Opposition]:
    """Where the found sentences disagree with those that are quoted.

    Args:
        question: Figures are compared when it asks for one, claims when it asks what somebody says or why.
        scored: Best first.
        quoted: Those the answer shows; what disagrees with none of them is left out.
    """
    relevant = [s for s in scored[:_MOST_SENTENCES] if s.score >= RELEVANT * scored[0].score]
    found = [*figure_oppositions(question, relevant, quoted), *_claims(question, relevant, quoted)]
    found += [r for r in find_rebuttals(question, scored, quoted) if not any(_is_of(r, other) for other in found)]
    return found[:MOST]


def _is_of(one: Opposition, other: Opposition) -> bool:
    """True when both set out the same statement."""
    return any(a.sentence is b.sentence for a in one.sides for b in other.sides)


def _claims(
    question: str, relevant: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> Iterator[Opposition]:
    """A quoted claim with the best sentence that disputes it, or the other way round."""
    if not _ASKS_FOR_CLAIMS.search(question):
        return
    for one, other in combinations(relevant, 2):
        disputing = [bool(_DISPUTES.search(s.text)) for s in (one, other)]
        if disputing[0] == disputing[1] or not (is_quoted(quoted, one) or is_quoted(quoted, other)):
            continue
        speakers = (speaker_of(one.text), speaker_of(other.text))
        if other_speakers(*speakers) and (overlap(one, other) >= _SAME_CLAIM or _both_answer(question, one, other)):
            sides = [Statement(s, None, who) for s, who in zip((one, other), speakers, strict=True)]
            yield Opposition("claim", _shared_words(one, other), oldest_first(sides))
            return


def _both_answer(question: str, one: ScoredSentence, other: ScoredSentence) -> bool:
    """True when both sentences share with the question most of what it names, so that they speak of one thing."""
    asked = asked_stems(question)
    return all(len(asked & topic(s)) >= max(2, _NAMED_SHARE * len(asked)) for s in (one, other))


def _shared_words(one: ScoredSentence, other: ScoredSentence) -> str:
    """The words of the first that the other has as well, in order."""
    shared = topic(one) & topic(other)
    words = [w for w in re.findall(r"[\w'’-]+", one.text) if set(content_stems(w)) & shared]
    return " ".join(dict.fromkeys(words))
