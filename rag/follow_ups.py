"""Whether a question leans on what was said before, and on which shape of follow-up it is."""

from __future__ import annotations

import re

from rag.rewriting import NAME, PREPOSITION, TIME, names_in
from rag.tokens import content_stems

FEW_WORDS = 2
"""A question with fewer content words does not say what it is about."""

PRONOUN = re.compile(r"\b(he|him|his|she|her|hers|they|them|their|theirs|it|its)\b", re.I)

_LEAD = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?|well)\b,? +", re.I)
_ABOUT = re.compile(r"^(?:what|how) about +", re.I)
_JOINS = re.compile(r"^(?:and|but|so|also|then|what about|how about)\b", re.I)
_TIME = re.compile(TIME, re.I)
_BARE_WORD = re.compile(
    r"(why|when|where|how|since when|until when|how long|how come|(?:how|why) so|who|which|how many|how much)"
    r"(?: (?:was|is|did) (?:that|this))?",
    re.I,
)
_WHO_SAID = re.compile(r"(?:who|which \w+) (?:said|says|claims?|claimed|stated?) (?:that|so|this|it)", re.I)
_PHRASE = re.compile(rf"(?:{PREPOSITION} )?(?:(?:the|an?) )?[\w\u2019'$%.-]+(?: [\w\u2019'$%.-]+){{0,4}}", re.I)
_SENTENCE = re.compile(
    r"^(?:why|when|where|who|whose|how|which|what|until|since|really)\b"
    r"|\b(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should|may"
    r"|it|he|she|they|who|which|that)\b",
    re.I,
)
_CHATTER = re.compile(
    r"(?:(?:thanks?|thank you|ok(?:ay)?|yes|no|hello|hi|sure|great|good|right|interesting|i see|hm+)[ ,.!]*)+", re.I
)
_POINTS_BACK = re.compile(
    r"\b(?:(?:about|after|before|by|do|of|to|with|for|is|was|are|were|did|does|say|said|write|call|cost)"
    r" (?:that|this|these|those)"
    r"|(?:that|this|these|those|there|then)(?=\W*$)|(?:that|those|these) [a-z]+|the same|afterwards"
    r"|the next (?:day|week|month|year)|the (?:day|week|month|year) (?:before|after)"
    r"|(?:a|one) (?:day|week|month|year) (?:later|earlier)|at first|in the end|at the time|in all)\b",
    re.I,
)
_CLAUSE_OF_THAT = re.compile(rf"\bthat {NAME} ")
_STANDS_FOR_NAME_BEFORE = re.compile(
    r"(?:he|she|they|it) (?:\w+ed|will|would|is|are|was|were|has|have|had|can|could|may|might|does|do|did)\b"
    r"|(?:his|her|their|its) "
)
_DEFINITE = re.compile(r"\b(?:the|that|this|those|these|such) [a-z]+", re.I)


def is_follow_up(question: str) -> bool:
    """True when a question cannot be understood alone."""
    stems = content_stems(question)
    if len(stems) < FEW_WORDS or leans_back(question):
        return True
    return bool(_JOINS.match(question)) and len(stems) <= 3 * FEW_WORDS


def leans_back(question: str) -> bool:
    """True when a word of it points to something said before: "that day", "it", "the company"."""
    if _POINTS_BACK.search(question) and not _CLAUSE_OF_THAT.search(question):
        return True
    if PRONOUN.search(question) and not names_its_subject(question):
        return True
    return bool(_DEFINITE.search(question)) and not re.search(r"\d", question) and not names_in(question)


def names_its_subject(question: str) -> bool:
    """True when a name stands before the pronoun, which can stand for it: "Did Huawei say it would sue?"."""
    pronoun = PRONOUN.search(question)
    inside = pronoun and _STANDS_FOR_NAME_BEFORE.match(question, pronoun.start())
    return bool(inside and names_in(question[: inside.start()]))


def leads_on(question: str) -> bool:
    """True for a question that begins with "and", "what about" or the like."""
    return bool(_LEAD.match(question) or _ABOUT.match(question))


def without_lead(question: str) -> str:
    """Without "and", "but", "so" at its start."""
    return _LEAD.sub("", question)


def bare(question: str) -> str:
    """Without what leads on and without the question mark: "And what about DJI?" becomes "DJI"."""
    return _ABOUT.sub("", without_lead(question)).rstrip(" ?.!")


def is_chatter(question: str) -> bool:
    """True for thanks, greetings and other words that ask nothing."""
    return bool(_CHATTER.fullmatch(question))


def is_time(words: str) -> bool:
    """True for a time alone."""
    return bool(_TIME.fullmatch(words))


def is_phrase(question: str) -> bool:
    """True for "And DJI?" and "What about the third one?": something to ask the last question about."""
    words = bare(question)
    return bool(_PHRASE.fullmatch(words)) and words != question and not _SENTENCE.search(words)


def asks_who_said_so(words: str) -> bool:
    """True for "Who said that?"."""
    return bool(_WHO_SAID.fullmatch(words))


def question_word(words: str) -> str | None:
    """ "why" of "Why?" and "Why was that?", None for questions that say more."""
    found = _BARE_WORD.fullmatch(words)
    return found[1] if found else None
