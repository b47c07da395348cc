"""History + follow-up → a question that stands alone.

Rules for the common shapes of follow-ups; no language model. "And in 2025?" takes the previous question with
its time replaced; "Why?" or "What did he say?" is read together with the previous question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.records import Turn
from rag.tokens import content_stems

_TIME = (
    r"(?:(?:in|on|by|since|during|for) )?(?:(?:early|mid|late) )?"
    r"(?:(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{1,2},?)?(?: (?:19|20)\d\d)?|(?:19|20)\d\d)"
)
_TIME_IN_QUESTION = re.compile(rf"\b{_TIME}\b")
_ONLY_TIME = re.compile(rf"^(?:and|but|what about|how about|and what about)?,?\s*({_TIME})\s*\??$", re.I)
_LEADS_ON = re.compile(
    r"^(?:and|but|so|also|then|what about|how about|what else|who else|why|how come|how so|really)\b", re.I
)
_REFERS_BACK = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its|this|these|those|there|then|the same"
    r"|(?:about|after|by|do|of|to|with|is|was|are|were|did|does) that|that(?=\W*$))\b",
    re.I,
)
_PREPOSITION = re.compile(r"^(?:in|on|by|since|during|for) ", re.I)
_FEW_WORDS = 2


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked to somebody who heard nothing before.

    Returns the question itself when it does not lean on the history.
    """
    question = " ".join(question.split())
    earlier = next((t.question for t in reversed(history) if t.question.strip()), None)
    if earlier is None or not is_follow_up(question):
        return question
    earlier = standalone_question(earlier, history[: _position(history, earlier)])
    only_time = _ONLY_TIME.match(question)
    if only_time and _TIME_IN_QUESTION.search(earlier):
        return _TIME_IN_QUESTION.sub(lambda former: _in_place_of(former[0], only_time[1]), earlier, count=1)
    return f"{earlier} {_without_lead(question)}"


def sought_answer(question: str, standalone: str) -> str:
    """The question that the found passages are read for.

    Passages are searched with the whole conversation, but read for what was asked last: "How old is he?" is
    not answered by a sentence that answers the question before it.
    """
    last = _without_lead(" ".join(question.split()))
    leans = standalone.endswith(last) and standalone != last
    return last if leans and content_stems(last) else standalone


def is_follow_up(question: str) -> bool:
    """True when a question cannot be understood alone."""
    if _LEADS_ON.match(question) and len(content_stems(question)) <= 3 * _FEW_WORDS:
        return True
    if _REFERS_BACK.search(question) and not _names_its_subject(question):
        return True
    return len(content_stems(question)) < _FEW_WORDS


def _names_its_subject(question: str) -> bool:
    """True when a name stands before the referring word, so that it refers within the question."""
    match = _REFERS_BACK.search(question)
    before = question[: match.start()] if match else question
    return bool(re.search(r"\s[A-Z][\w'’-]+", before))


def _in_place_of(former: str, time: str) -> str:
    """The time with a preposition where the former one had its own: "of 2019" keeps its "of"."""
    bare = _PREPOSITION.sub("", time)
    if not _PREPOSITION.match(former):
        return bare
    return time if bare != time else f"in {time}"


def _without_lead(question: str) -> str:
    stripped = re.sub(r"^(?:and|but|so|also|then),?\s+", "", question, flags=re.I)
    return stripped[:1].upper() + stripped[1:]


def _position(history: Sequence[Turn], question: str) -> int:
    return max(i for i, turn in enumerate(history) if turn.question == question)
