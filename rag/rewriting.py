"""A question with one part exchanged: its time, its subject, its ordinal, or the word it asks with.

Each function returns None where the question has no such part, so that the caller can try the next.
"""

from __future__ import annotations

import re

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
TIME = (
    r"(?:(?:in|on|by|since|during|for) )?(?:(?:early|mid|late) )?"
    rf"(?:(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}},?)?(?: (?:19|20)\d\d)?|(?:19|20)\d\d)"
)
"""A year or a month, with preposition, day and year if they are there."""
PREPOSITION = r"(?:about|for|from|in|of|to|with|by)"

_TIME_IN_QUESTION = re.compile(rf"\b{TIME}\b")
_TIME_PREPOSITION = re.compile(r"^(?:in|on|by|since|during|for) ", re.I)
_ORDINAL = r"first|second|third|fourth|fifth|sixth|last|latest|next|previous"
_ORDINAL_IN_QUESTION = re.compile(rf"\b(?:{_ORDINAL})\b")
_ONLY_ORDINAL = re.compile(rf"(?:the )?({_ORDINAL})(?: one)?", re.I)
_WORD = r"[^\W_][\w\u2019'-]*"
_CAPITAL = r"(?:[A-Z][\w\u2019'-]*|\d+[A-Z]\w*)"
NAME = rf"{_CAPITAL}(?:\.?(?: of)? (?:{_CAPITAL}|\d[\w\u2019'-]*)){{0,7}}"
"""Capitalised words that follow each other."""
_NAME = re.compile(rf"\b{NAME}")
_AUXILIARY = r"did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may"
_SUBJECT = rf"(?:(?:the|its|their) )?{NAME}"
_PLAIN_WH = r"Why|When|Where|How(?: (?:long|often|fast|far|badly))?|Until when|Since when"
_OBJECT_WH = rf"(?:Which|What|How many|How much) (?P<thing>(?:{_WORD} ){{0,4}}?{_WORD})"
_ASKS_PLAINLY = re.compile(rf"(?:{_PLAIN_WH}) (?P<rest>(?:{_AUXILIARY}) .+)\?", re.S)
_ASKS_FOR_OBJECT = re.compile(
    rf"{_OBJECT_WH} (?P<aux>did|does|do|has|have|had|will) (?P<who>{_SUBJECT}) (?P<verb>[a-z]+)\b(?P<rest>.*)\?", re.S
)
_ASKS_FOR_SUBJECT = re.compile(rf"{_OBJECT_WH} (?P<aux>is|are|was|were|has|have|will) (?P<rest>.+)\?", re.S)
_ASKS_WHAT_WAS_SAID = re.compile(
    rf"(?:What|How) (?P<aux>did|does) (?P<who>{_SUBJECT}) (?P<verb>say|think|claim|announce|reply|do|call)\b"
    r"(?P<rest>.*)\?",
    re.S,
)
_ASKS_WHO = re.compile(
    rf"(?:Who|(?:Which|What) (?:{_WORD} ){{0,3}}?{_WORD}) (?P<rest>(?:[a-z]+ed|called|said|told) .+)\?", re.S
)
_SAME_WORD = {"how come": "Why", "why so": "Why", "how so": "How"}
_SUBJECT_SLOT = re.compile(rf"\b(?:{_AUXILIARY}) (?P<name>{_SUBJECT})(?=\W|$)")
_NOUN_PHRASE = re.compile(rf"(?:the |an? |its |their )?(?:[a-z-]+ ){{0,2}}(?:{NAME}|[a-z-]+)")
_ACCORDING = re.compile(rf"\baccording to {NAME}")
_NOT_SUBJECTS = re.compile(rf"(?:{_MONTHS}|Entity List|Unverified List|I)\b")
_DEMONYMS = {
    "America": "American", "Britain": "British", "Canada": "Canadian", "China": "Chinese", "France": "French",
    "Germany": "German", "India": "Indian", "Iran": "Iranian", "Israel": "Israeli", "Italy": "Italian",
    "Japan": "Japanese", "Russia": "Russian", "South Korea": "South Korean", "Spain": "Spanish",
    "Taiwan": "Taiwanese", "Turkey": "Turkish", "Ukraine": "Ukrainian", "the Netherlands": "Dutch",
    "the United Kingdom": "British", "the United States": "American", "the US": "American",
}  # fmt: skip
_GOVERNMENTS = frozenset(["Beijing", "Berlin", "Brussels", "London", "Moscow", "Paris", "Seoul", "Tokyo", "Washington"])
_COUNTRY_OF = {demonym: country for country, demonym in _DEMONYMS.items()}


def with_time(question: str, time: str) -> str | None:
    """The question about another time: "of 2019" keeps its "of", "in 2019" becomes "on May 3"."""
    if not _TIME_IN_QUESTION.search(question):
        return None
    return _TIME_IN_QUESTION.sub(lambda former: _in_place_of(former[0], time), question, count=1)


def with_ordinal(question: str, words: str) -> str | None:
    """The question about "the third one", where it asked about the first."""
    ordinal = _ONLY_ORDINAL.fullmatch(words)
    if not ordinal or not _ORDINAL_IN_QUESTION.search(question):
        return None
    return _ORDINAL_IN_QUESTION.sub(ordinal[1].lower(), question, count=1)


def with_subject(question: str, new: str, former: str | None = None) -> str | None:
    """The question about somebody or something else.

    Args:
        new: A name or a short noun phrase, with the preposition it was given with ("of germanium").
        former: What takes its place, where that is known.
    """
    if former and (place := re.search(rf"\b{re.escape(former)}\b", question)):
        return _exchanged(question, place, new)
    if after := re.match(rf"({PREPOSITION}) (.+)", new):
        place = re.search(rf"\b{after[1]} (?:the )?(?:{NAME}|[a-z]+)\b(?![\u2019'])", question)
        return _exchanged(question, place, new) if place else None
    if re.fullmatch(r"[a-z]+", new):
        place = re.match(rf"(?:How many|How much|Which|What) (?P<name>(?!(?:{_AUXILIARY})\b)[a-z]+)\b", question)
    else:
        place = _replaceable(question, new) if _NOUN_PHRASE.fullmatch(new) else None
    return _exchanged(question, place, new) if place else None


def asked_again(word: str, question: str, answer: str | None) -> str | None:
    """ "Why?", "When?" or another bare question word, asked about what the question asked about.

    Args:
        answer: What the question was answered with, if that is short; it takes the place of what was asked for.
    """
    word = _SAME_WORD.get(word.lower(), word[:1].upper() + word[1:].lower())
    if word in ("Who", "Which"):
        return None
    if word in ("How many", "How much"):
        counted = _ASKS_FOR_OBJECT.fullmatch(question) or _ASKS_FOR_SUBJECT.fullmatch(question)
        return f"{word}{question[counted.start('thing') - 1 :]}" if counted else None
    if plain := _ASKS_PLAINLY.fullmatch(question):
        return f"{word} {plain['rest']}?"
    return _asked_about_answer(word, question, answer)


def _asked_about_answer(word: str, question: str, answer: str | None) -> str | None:
    if said := _ASKS_WHAT_WAS_SAID.fullmatch(question):
        if said["verb"] != "call":
            return f"{word} {said['aux']} {said['who']} {said['verb']} that{said['rest']}?"
        return f"{word} {said['aux']} {said['who']} call{said['rest']} {answer}?" if answer else None
    if wanted := _ASKS_FOR_OBJECT.fullmatch(question):
        thing = answer if answer and question.startswith(("Which", "What")) else wanted["thing"]
        return f"{word} {wanted['aux']} {wanted['who']} {wanted['verb']} {thing}{wanted['rest']}?"
    if wanted := _ASKS_FOR_SUBJECT.fullmatch(question):
        return f"{word} {wanted['aux']} {answer or wanted['thing']} {wanted['rest']}?"
    if answer and (who := _ASKS_WHO.fullmatch(question)):
        return f"{word} was it that {answer} {who['rest']}?"
    return None


def subject_of(question: str) -> str | None:
    """The name after the first auxiliary verb ("did Geng Shuang say"), the one a follow-up most often means."""
    slot = _SUBJECT_SLOT.search(question)
    return slot["name"] if slot else None


def names_in(question: str) -> list[str]:
    """The names in a question, its first word left out."""
    return [m[0] for m in _names(question)]


def is_country(name: str) -> bool:
    """True for the name of a country, or of a capital that stands for one, that the news speaks of much."""
    return name in _DEMONYMS or f"the {name}" in _DEMONYMS or name in _GOVERNMENTS


def _names(question: str) -> list[re.Match[str]]:
    according = [m.span() for m in _ACCORDING.finditer(question)]
    after_first_word = len(question.split(" ", 1)[0])
    found = (m for m in _NAME.finditer(question, after_first_word) if not _NOT_SUBJECTS.match(m[0]))
    return [m for m in found if not any(start <= m.start() < end for start, end in according)]


def _replaceable(question: str, new: str) -> re.Match[str] | None:
    """The name that `new` takes the place of: of the same kind, and the subject before others."""
    slot = _SUBJECT_SLOT.search(question)
    if not re.search(r"[A-Z]", new):
        spoken = slot and re.match(r" (?:say|think|claim|reply|react|respond|answer|comment)", question[slot.end() :])
        return slot if spoken else None
    names = _names(question)
    countries = [m for m in names if is_country(m[0]) or m[0] in _COUNTRY_OF]
    if is_country(new):
        return countries[0] if countries else None
    if slot and not is_country(slot["name"]) and not _NOT_SUBJECTS.match(slot["name"]):
        return slot
    others = [m for m in names if m not in countries]
    return others[0] if others else slot


def _exchanged(question: str, former: re.Match[str], new: str) -> str:
    start, end = former.span("name") if "name" in former.re.groupindex else former.span()
    text = question[start:end]
    owner = re.search(r"[\u2019']s$", text)
    if text in _COUNTRY_OF:
        new = _DEMONYMS.get(new) or _DEMONYMS.get(f"the {new}") or f"{new}'s"
    elif owner and not new.endswith("s"):
        new += owner[0]
    return question[:start] + new + question[end:]


def _in_place_of(former: str, time: str) -> str:
    bare = _TIME_PREPOSITION.sub("", time)
    if not _TIME_PREPOSITION.match(former):
        return bare
    return time if bare != time else f"in {time}"
