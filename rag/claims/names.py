"""Names: whom and what a claim names, and whether its sources do.

A name passes as written, in another case, as its demonym ("Chinese" for "China"), and as an
abbreviation whose letters the source spells out, or the reverse ("MIIT").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.claims.dates import WEEKDAYS
from rag.claims.evidence import Evidence
from rag.claims.stems import comparable_stem
from rag.claims.texts import FUNCTION_WORDS, MONTHS, Sentence, Sources, comparable_word
from rag.tokens import NUMBER_WORDS


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words of one sentence, with the linking words between them.

    Attributes:
        words: The run as written.
        parts: Indexes into `words` of those that must be named: no titles, no linking words.
        start: Index of the first word in the sentence.
    """

    words: tuple[str, ...]
    parts: tuple[int, ...]
    start: int

    @property
    def shown(self) -> str:
        """The name for a reader."""
        return " ".join(self.words[self.parts[0] : self.parts[-1] + 1])

    def initials(self) -> Iterator[tuple[str, list[int]]]:
        """First letters of all words, and of those that do not link, with the index each stands for."""
        for skipped in (frozenset[str](), _LINKS):
            places = [i for i, word in enumerate(self.words) if word.lower() not in skipped]
            yield "".join(self.words[i][0] for i in places).lower(), places


SPEECH_VERBS = frozenset(
    """said says saying told tells announced stated claimed argued argues warned warns denied denies confirmed confirms
    added adds insisted insists explained explains noted wrote writes acknowledged admitted admits alleged declared
    suggested urged urges asked vowed pledged promised predicted predicts criticised criticized condemned accused
    accuses replied responded revealed reported testified tweeted""".split()
)
"""Verbs whose subject speaks."""

_MONTHS = frozenset(month.lower() for month in MONTHS) | frozenset(month[:3].lower() for month in MONTHS)
_LINKS = frozenset("of the and for de del della la al el van von der bin ibn da di do du le & y".split())
_TITLES = frozenset(
    """mr mrs ms miss dr prof professor president minister prime senator sen representative rep congressman
    congresswoman governor gov chancellor king queen prince princess sir lord lady dame judge justice captain general
    colonel sergeant lieutenant major officer pope bishop archbishop chairman chairwoman chair chief executive ceo
    director secretary spokesman spokeswoman spokesperson mayor ambassador premier vice deputy former inspector
    superintendent constable detective rev reverend father saint st head coach manager ministry department government
    state county city university company inc corp corporation ltd limited group co plc council committee court party
    i united north south east west northern southern eastern western internet earth god tv""".split()
)
_OPENERS = frozenset(
    """despite although though since unlike like amid among following including regarding besides former current late
    new meanwhile yesterday today tomorrow last next earlier later both several many some few according via per upon
    within without across along around near inside outside beyond towards toward throughout until unless whereas
    whether once instead yet still then thus hence therefore moreover furthermore however nevertheless also
    additionally finally overall currently recently then now never even every each another other others certain
    as at by for from in into of on to with under over after before during between against about above below
    and but or nor so because if when where while who which what why how this that these those there here his her
    their its our my your he she it they we you i the a an no not most more first second third two three four
    officials police authorities researchers analysts critics experts people residents reporters journalists
    author singer actor actress director analyst economist lawyer attorney novelist billionaire president chairman
    founder coach manager striker captain born based""".split()
)
_COUNTRIES = {
    word: number
    for number, words in enumerate(
        ["usa america american americans states", "uk britain british britons kingdom",
         "france french", "netherlands dutch holland", "spain spanish spaniard", "germany german germans",
         "eu europe european europeans", "switzerland swiss", "greece greek greeks", "ireland irish",
         "wales welsh", "denmark danish dane", "norway norwegian", "philippines filipino philippine",
         "thailand thai", "england english", "un nations", "iraq iraqi", "cuba cuban", "peru peruvian",
         "poland polish pole", "china chinese prc", "turkey turkish turk"]
    )
    for word in words.split()
}  # fmt: skip
_SEATS = {"washington": "usa", "beijing": "china", "brussels": "eu", "london": "uk", "hague": "netherlands"}
_AMOUNT = re.compile(r"\d[\d.]*(?:[a-z]{0,3}|(?i:st|nd|rd|th|am|pm|k|mn?|bn?|tn?|km|kg|cm|mph|ft|lb))$")
_COMMON_NOUN = re.compile(r"(?:[^s]s|tion|ment|ness|ity|ance|ence|ism|ship|hood|age|ure|men|people)$")
_DEMONYM = re.compile(r"(?:ese|ians?|ish|ans?|is?|ns?|a|y|en|ey|e)$")


def check_names(evidence: Evidence) -> str | None:
    """Why a name of the claim contradicts the sources, or None."""
    missing = missing_names(evidence)
    if not missing:
        return None
    listed = ", ".join(f'"{name.shown}"' for name in missing)
    if len(missing) == 1:
        return f"the name {listed} is not in the cited passage"
    return f"the names {listed} are not in the cited passage"


def missing_names(evidence: Evidence) -> list[Name]:
    """Names of the claim of which a part stands nowhere in the sources."""
    return [name for name in names(evidence.claim) if not is_named(name, evidence.sources)]


def agreed_names(claim: Sentence, sources: Sources) -> list[Name]:
    """Names of the claim that the sources hold, in whatever way they write them."""
    return [name for name in names(claim) if is_named(name, sources)]


def can_name(sentence: Sentence, at: int) -> bool:
    """True for a capitalised word that is a name or, where a sentence opens, could be one."""
    surface, word = sentence.surfaces[at], sentence.words[at]
    if not _is_capitalised(surface) or word in _OPENERS:
        return False
    return not _opens(sentence, at) or not _COMMON_NOUN.search(word)


def is_title(word: str) -> bool:
    """True for "Secretary" and for words such as "Department" that many names share."""
    return comparable_word(word) in _TITLES


def nation_of(word: str) -> int | None:
    """A number for the country whose name, people or seat a word as compared is: "china", "chinese", "beijing"."""
    return _COUNTRIES.get(_SEATS.get(word, word))


def calendar_kind(words: Sequence[str]) -> str:
    """ "day" for a weekday, "month" for a month, "" for another name."""
    lower = {word.lower() for word in words}
    return "day" if lower.intersection(WEEKDAYS) else "month" if lower & _MONTHS else ""


def may_name_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """True when two names share a word, a country or their initials."""
    for mine in one:
        for theirs in other:
            a, b = comparable_word(mine), comparable_word(theirs)
            if comparable_stem(a) == comparable_stem(b) or _root(a) == _root(b):
                return True
            if nation_of(a) is not None and nation_of(a) == nation_of(b):
                return True
    return not _initials(one).isdisjoint(w.lower() for w in other) or not _initials(other).isdisjoint(
        w.lower() for w in one
    )


def _initials(words: Sequence[str]) -> set[str]:
    """First letters of all words, and of those that do not link."""
    return {
        "".join(word[0] for word in kept).lower() for kept in (words, [w for w in words if w.lower() not in _LINKS])
    }


def whole_name(sentence: Sentence, places: Sequence[int]) -> Sequence[str]:
    """The words of the names of a sentence that stand at `places`, or those words alone."""
    spans = [range(name.start, name.start + len(name.words)) for name in names(sentence)]
    whole = {at for span in spans if any(place in span for place in places) for at in span} | set(places)
    return [sentence.surfaces[at] for at in sorted(whole)]


def is_named(name: Name, sources: Sources) -> bool:
    """True when every part of a name stands in the sources, or an abbreviation that covers it does."""
    missing = [at for at in name.parts if not _is_known(name.words[at], sources)]
    return not missing or all(at in _abbreviated(name, sources) for at in missing)


def _abbreviated(name: Name, sources: Sources) -> set[int]:
    """Indexes of the words of a name whose initials the sources give together, as "MIIT" does."""
    covered: set[int] = set()
    for letters, places in name.initials():
        for short in _abbreviations(sources):
            at = letters.find(short)
            if at >= 0 and (len(short) > 2 or short == letters):
                covered.update(places[at : at + len(short)])
    return covered


@lru_cache(maxsize=4096)
def names(sentence: Sentence) -> tuple[Name, ...]:
    """The names of a sentence in order; none in a sentence in capitals or title case."""
    capitals = [_is_capitalised(surface) for surface in sentence.surfaces]
    lower = sum(word.isalpha() and not capital for word, capital in zip(sentence.words, capitals, strict=True))
    if len(capitals) >= 5 and lower <= len(capitals) / 5:
        return ()
    found = (_name(sentence, start, end) for start, end in _runs(sentence, capitals))
    return tuple(name for name in found if name.parts)


def _is_capitalised(surface: str) -> bool:
    if any(c.isdigit() for c in surface):
        return any(c.isalpha() for c in surface) and not _AMOUNT.match(surface)
    return len(surface) > 1 and surface[0].isupper()


def _runs(sentence: Sentence, capitals: list[bool]) -> Iterator[tuple[int, int]]:
    """Spans of capitalised words with the linking words between them."""
    at = 0
    while at < len(capitals):
        if not capitals[at] or (_opens(sentence, at) and not _opens_with_name(sentence, at, capitals)):
            at += 1
            continue
        end = at + 1
        while (step := _next_capital(sentence, capitals, end)) > end:
            end = step
        yield at, end
        at = end


def _next_capital(sentence: Sentence, capitals: list[bool], at: int) -> int:
    """End of the run when it goes on at `at`, directly or over one or two linking words."""
    for ahead in range(3):
        place = at + ahead
        if place >= len(capitals) or sentence.clauses[place] != sentence.clauses[at - 1]:
            return at
        if capitals[place]:
            return place + 1
        if sentence.words[place] not in _LINKS:
            return at
    return at


def _opens(sentence: Sentence, at: int) -> bool:
    """True for the first word of the sentence and of a quotation in it, whose capital says nothing."""
    before = sentence.text[: sentence.starts[at]].rstrip()
    return not before or before[-1] in "\"':"


def _opens_with_name(sentence: Sentence, at: int, capitals: list[bool]) -> bool:
    surface, word = sentence.surfaces[at], sentence.words[at]
    if word in _OPENERS or word in FUNCTION_WORDS or word in NUMBER_WORDS or word.endswith(("ly", "ing", "ed")):
        return False
    if not surface[1:].islower():
        return True
    if at + 1 < len(capitals) and capitals[at + 1] and sentence.clauses[at] == sentence.clauses[at + 1]:
        return True
    possessive = sentence.text.startswith("'s", sentence.starts[at] + len(surface))
    speaks = at + 1 < len(capitals) and sentence.words[at + 1] in SPEECH_VERBS
    return (possessive or speaks) and not _COMMON_NOUN.search(word)


def _name(sentence: Sentence, start: int, end: int) -> Name:
    words = sentence.surfaces[start:end]
    return Name(words, tuple(i for i, word in enumerate(words) if _must_be_named(word)), start)


def _must_be_named(word: str) -> bool:
    plain = comparable_word(word)
    return _is_capitalised(word) and plain not in _TITLES and plain not in FUNCTION_WORDS


# ------------------------------------------------------------------ what the sources name
# Each is worked out only once a name is not found as written, which is rare.
@lru_cache(maxsize=64)
def _abbreviations(sources: Sources) -> frozenset[str]:
    """Words in capitals, lower-cased."""
    return frozenset(
        s.lower() for sentence in sources.sentences for s in sentence.surfaces if len(s) > 1 and s.isupper()
    )


@lru_cache(maxsize=64)
def _initials_of_names(sources: Sources) -> frozenset[str]:
    return frozenset(i for sentence in sources.sentences for name in names(sentence) for i, _ in name.initials())


@lru_cache(maxsize=64)
def _roots(sources: Sources) -> frozenset[str]:
    return frozenset(_root(word) for word in sources.words if len(word) > 3)


@lru_cache(maxsize=64)
def _countries(sources: Sources) -> frozenset[int]:
    return frozenset(_COUNTRIES[word] for word in sources.words if word in _COUNTRIES)


def _is_known(part: str, sources: Sources) -> bool:
    word = comparable_word(part)
    if word in sources.words or comparable_stem(word) in sources.by_stem or _root(word) in _roots(sources):
        return True
    if _COUNTRIES.get(word, -1) in _countries(sources):
        return True
    letters = part.lower()
    return part.isupper() and len(part) > 1 and any(letters in initials for initials in _initials_of_names(sources))


@lru_cache(maxsize=20_000)
def _root(word: str) -> str:
    """A country or place without the ending that makes its demonym."""
    root = _DEMONYM.sub("", word)
    return root if len(root) >= 4 else word
