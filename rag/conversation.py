"""History + follow-up → a question that stands alone.

Rules for the common shapes of follow-ups; no language model. "And in 2025?" or "What about Huawei?" takes the
previous question with one part exchanged; "Why?" asks it again; "Who said that?" takes the last answer along;
what still leans on the conversation is read after the question that its topic began with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rag.follow_ups import (
    FEW_WORDS,
    PRONOUN,
    asks_who_said_so,
    bare,
    is_chatter,
    is_follow_up,
    is_phrase,
    is_time,
    leads_on,
    leans_back,
    names_its_subject,
    question_word,
    without_lead,
)
from rag.records import Turn
from rag.rewriting import (
    NAME,
    PREPOSITION,
    asked_again,
    is_country,
    names_in,
    subject_of,
    with_ordinal,
    with_subject,
    with_time,
)
from rag.tokens import content_stems

_RETURNS = re.compile(
    r"^(?:(?:going|coming|getting)? ?back|returning) to (?P<topic>[^:,?]+)[:,] *(?P<rest>.+)", re.I | re.S
)
_CHANGES = re.compile(
    r"^(?:(?:an?other|a different|a new|new|different) (?:question|topic|subject|matter|thing)"
    r"|something (?:else|different)|by the way|changing the (?:topic|subject))(?: entirely)?[:,.] +(?=\w)",
    re.I,
)
_ASKING_WORDS = re.compile(
    r"^(?:why|when|where|who|how (?:many|much|long|often|fast|far)|how|which|what|until when|since when)\b"
    r"(?: (?:did|does|do|is|are|was|were|has|have|had|will)\b)?",
    re.I,
)
_KINDS = dict.fromkeys(["he", "him", "his", "she", "her", "hers"], "person") | dict.fromkeys(["it", "its"], "thing")
_ACTS = re.compile(
    r"\b(?:did|does|has|will|would|can) it (?:say|repl|respond|react|answer|den|call|announce|pay|paid|sell|buy|plan"
    r"|want|expect|claim|demand|ask|promise|argue|comment|explain|lose|earn|produce|make)|\bits\b",
    re.I,
)
"""Only somebody does or owns these; "it" can be anything else than the subject where it "lasts" or "costs"."""
_SPEAKS = re.compile(r"\b(?:say|said|think|call|claim|announce|propose|write|tell|told|want|accuse|argue|warn)\b")
_ASKS_FOR_NAME = re.compile(r"^(?:who|which|what) ", re.I)
_ANSWERED_NAME = re.compile(rf"(?P<name>(?:[Tt]he )?{NAME}?)(?:[\u2019']s)?(?:(?: of |, )[a-z].*)?")
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_SHORT_ANSWER, _QUOTED_ANSWER = 7, 30
"""Words of an answer that can take the place of what was asked for, and of one that "that" can stand for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A turn as understood.

    Attributes:
        own: The question of the turn itself, with what could be put in its place.
        topic: The question that it has to be read with, if any.
        thread: The question that later turns are read with.
        answer: What it was answered with.
        subject: What took the place of another subject in it.
        meant: What "he" and "it" stand for in it: kind → name.
    """

    own: str
    topic: str | None
    thread: str
    answer: str = ""
    subject: str | None = None
    meant: Mapping[str, str] = field(default_factory=dict)

    @property
    def standalone(self) -> str:
        return f"{self.topic} {self.own}" if self.topic else self.own


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked to somebody who heard nothing before: one question, or two.

    Returns the question itself when it does not lean on the history. The work grows with the number of turns;
    of an answer only the first sentence counts, and only a short one.
    """
    earlier: list[_Asked] = []
    for turn in history:
        if turn.question.strip():
            earlier.append(_understood(_one_line(turn.question), earlier, turn.answer))
    return _understood(_one_line(question), earlier).standalone


def sought_answer(question: str, standalone: str) -> str:
    """The question that the found passages are read for.

    Passages are searched with the whole conversation, but read for what was asked last: "How old is he?" is
    not answered by a sentence that answers the question before it. What says little takes along what it is about.
    """
    asked = re.split(r"(?<=\?) +(?=[A-Z])", standalone)
    if standalone == _one_line(question) or len(asked) == 1:
        return standalone
    *_, topic, own = asked
    about = [] if names_in(own) else [name for name in names_in(topic) if not is_country(name)][:1]
    if len(content_stems(own)) < FEW_WORDS:
        about = [_ASKING_WORDS.sub("", topic).strip(" ?")]
    return f"{own.rstrip(' ?')}: {about[0]}?" if about else own


def _understood(question: str, earlier: Sequence[_Asked], answer: str = "") -> _Asked:
    if is_chatter(question):
        return _Asked(question, None, earlier[-1].thread if earlier else question, answer)
    if changed := _CHANGES.match(question):
        question, earlier = _capitalised(question[changed.end() :]), ()
    if returns := _RETURNS.match(question):
        thread, question = _thread_about(returns["topic"], earlier), _capitalised(returns["rest"])
        return _Asked(question, thread, thread or question, answer)
    if not earlier or not is_follow_up(question):
        return _Asked(question, None, question, answer)
    last = earlier[-1]
    asked = _asked_again(question, last) or _asked_of_another(question, last) or _in_context(question, last)
    return replace(asked, answer=answer)


def _asked_again(question: str, last: _Asked) -> _Asked | None:
    """ "Why?" and "Who said that?": about the last question and what it was answered with."""
    words = bare(question)
    if asks_who_said_so(words):
        said = _short(last.answer, _QUOTED_ANSWER)
        return replace(last, own=f"Who said “{_capitalised(said)}”?", topic=last.standalone) if said else None
    word = question_word(words)
    own = asked_again(word, last.own, _lowered(_short(last.answer, _SHORT_ANSWER))) if word else None
    if own is None:
        return None
    name = None if last.own.startswith("Who") else _name_answered(last)
    found = {"thing": name} if name and name in own else {}
    thread = own if found and not last.topic else last.thread
    return replace(last, own=own, thread=thread, meant={**last.meant, **found})


def _asked_of_another(question: str, last: _Asked) -> _Asked | None:
    """ "And in 2025?", "What about Huawei?", "And the third one?": the last question, or its topic, about that."""
    words = bare(question)
    change: Callable[[str], str | None]
    if is_time(words):
        change, subject = partial(with_time, time=words), last.subject
    elif is_phrase(question):
        change, subject = partial(_with_phrase, phrase=words, former=last.subject), words
    else:
        return None
    if own := change(last.own):
        return _Asked(own, last.topic, last.thread if last.topic else own, subject=subject)
    own = change(last.thread)
    return _Asked(own, None, own, subject=subject) if own else None


def _with_phrase(question: str, phrase: str, former: str | None) -> str | None:
    return with_ordinal(question, phrase) or with_subject(question, phrase, former)


def _in_context(question: str, last: _Asked) -> _Asked:
    """The follow-up after the question that its topic began with, with what its pronouns stand for."""
    if is_phrase(question):
        phrase = re.sub(rf"^{PREPOSITION} ", "", bare(question), flags=re.I)
        return replace(last, own=f"What about {phrase}?", topic=last.standalone)
    own, meant = _pronouns_replaced(_capitalised(without_lead(question)), last)
    alone = meant and not leads_on(question) and not leans_back(own)
    return replace(last, own=own, topic=None if alone else last.thread, subject=None, meant={**last.meant, **meant})


def _pronouns_replaced(question: str, last: _Asked) -> tuple[str, Mapping[str, str]]:
    pronoun = PRONOUN.search(question)
    kind = pronoun and _KINDS.get(pronoun[0].lower())
    name = kind and not names_its_subject(question) and _antecedent(kind, question, last)
    if not kind or not name:
        return question, {}
    same_kind = "|".join(word for word, its_kind in _KINDS.items() if its_kind == kind)
    pattern = re.compile(rf"\b(?:{same_kind})\b", re.I)
    return pattern.sub(lambda m: _inflected(name, m[0]), question, count=1), {kind: name}


def _antecedent(kind: str, question: str, last: _Asked) -> str | None:
    """What a pronoun stands for, where that is beyond much doubt."""
    if before := last.meant.get(kind):
        return before
    answered, asks_who = _name_answered(last), last.own.startswith("Who")
    subject = subject_of(last.own)
    is_person = subject is not None and " " in subject and subject[0] != "t" and bool(_SPEAKS.search(last.own))
    if kind == "person":
        return subject if is_person else answered if asks_who else None
    if answered and not asks_who:
        return answered
    acts = subject is not None and not is_person and not is_country(subject) and _ACTS.search(question)
    return subject if acts else None


def _name_answered(last: _Asked) -> str | None:
    """The name that a question for one was answered with."""
    said = _short(last.answer, _SHORT_ANSWER) if _ASKS_FOR_NAME.match(last.own) else None
    found = _ANSWERED_NAME.fullmatch(said) if said else None
    return _lowered(found["name"]) if found else None


def _thread_about(words: str, earlier: Sequence[_Asked]) -> str | None:
    wanted = set(content_stems(words))
    return next((a.thread for a in reversed(earlier) if wanted & set(content_stems(a.standalone))), None)


def _short(answer: str, most: int) -> str | None:
    """The first sentence of an answer without its markers, None when it has more words than `most`."""
    plain = re.sub(r"\s*\[\d+\]", "", answer).strip()
    first = _FIRST_SENTENCE.split(plain, maxsplit=1)[0].rstrip(".!? ")
    return first if 0 < len(first.split()) <= most else None


def _lowered(answer: str | None) -> str | None:
    pattern = r"^(?:The|An?|In|On|At|By|Its?|They|He|She|Up|About|From|No)\b"
    return answer and re.sub(pattern, lambda m: m[0].lower(), answer)


def _inflected(name: str, pronoun: str) -> str:
    return f"{name}'s" if pronoun.lower() in {"his", "its", "hers"} else name


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_line(text: str) -> str:
    return " ".join(text.split())
