"""Mentions: where sentences name somebody, and what they say of whom.

A segment speaks of those it names, and of its sentence's subject unless it has one of its own. A pronoun, or a
noun such as "the company", stands for those named shortly before; rather too many than too few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.claims.names import SPEECH_VERBS, Name, calendar_kind, is_title, names, nation_of
from rag.claims.segments import content_of, segments
from rag.claims.texts import FUNCTION_WORDS, Sentence, Sources, comparable_word

_PERSON_PRONOUNS = frozenset("he she his her him".split())
_PRONOUNS = _PERSON_PRONOUNS | frozenset("it its they their them itself themselves".split())
_GENERIC = frozenset(
    """company companies firm firms group ministry department agency academy app bureau party bank court union club
    team university government country spokesman spokeswoman spokesperson minister secretary president founder chief
    newspaper embassy association organisation organization body institute start-up startup maker carrier airline
    former latter two both""".split()
)
_OFFICES = frozenset("ministry embassy government administration court parliament army police military".split())
VOICES = frozenset(
    """analysts critics experts scholars researchers observers economists lawyers residents witnesses investors
    campaigners activists traders scientists doctors""".split()
)
"""Plural nouns that news lets speak; they are no one else's voice."""
_PERSON_REACH, _THING_REACH = 3, 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a sentence.

    Attributes:
        keys: Lower-cased words that identify whom it names; a country has one key for all its words.
        start, end: Word indexes, end exclusive.
        is_country: True when all it names is a country or its people.
    """

    shown: str
    keys: frozenset[str]
    start: int
    end: int
    is_country: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A segment and those of whom it speaks.

    Attributes:
        named: Those named in it or, without own subject, before it in its sentence.
        meant: Those a pronoun in it may stand for.
        content: Stems of its content words.
    """

    sentence: Sentence
    span: range
    named: tuple[Mention, ...]
    meant: tuple[Mention, ...]
    content: frozenset[str]

    def speaks_of(self, keys: frozenset[str]) -> bool:
        """True when it may speak of somebody known by one of the keys."""
        return any(not keys.isdisjoint(m.keys) for m in (*self.named, *self.meant))


def mentions(sentence: Sentence, known: frozenset[str]) -> tuple[Mention, ...]:
    """The names of a sentence in order; a word that opens it or a quotation is one when it is `known` as a name."""
    found = [_mention(name) for name in names(sentence)]
    covered = {at for m in found for at in range(m.start, m.end)}
    for at, surface in enumerate(sentence.surfaces):
        if at not in covered and surface[0].isupper() and comparable_word(surface) in known:
            found.append(_mention(Name((surface,), (0,), at)))
    found += (
        Mention(sentence.surfaces[at], frozenset((word,)), at, at + 1, False)
        for at, word in enumerate(sentence.words)
        if word in VOICES and at not in covered
    )
    return tuple(_with_office(m, sentence) for m in sorted(found, key=lambda m: m.start) if m.keys)


def _with_office(mention: Mention, sentence: Sentence) -> Mention:
    """ "The Chinese embassy" is known by its office, not by its country alone."""
    if not mention.is_country:
        return mention
    for at in range(mention.end, min(mention.end + 2, len(sentence.words))):
        if sentence.words[at] in _OFFICES and sentence.clauses[at] == sentence.clauses[mention.start]:
            shown = " ".join(sentence.surfaces[mention.start : at + 1])
            return Mention(shown, mention.keys | {sentence.words[at]}, mention.start, at + 1, False)
    return mention


def _mention(name: Name) -> Mention:
    """ "Treasury Secretary Janet Yellen" is known by what follows the title, "Commerce Department" by what precedes."""
    titles = [at for at, word in enumerate(name.words) if is_title(word)]
    parts = [at for at in name.parts if not titles or at > titles[-1]] or list(name.parts)
    words = [name.words[at] for at in parts if not calendar_kind([name.words[at]])]
    countries = [nation_of(comparable_word(word)) for word in words]
    keys = frozenset(
        f"country {number}" if number is not None else comparable_word(word)
        for word, number in zip(words, countries, strict=True)
    )
    end = name.start + len(name.words)
    return Mention(name.shown, keys, name.start, end, bool(words) and None not in countries)


@lru_cache(maxsize=64)
def known_names(sources: Sources) -> frozenset[str]:
    """Words that the sources write with a capital inside sentences and never in lower case."""
    inside = {
        comparable_word(n.words[at])
        for s in sources.sentences
        for n in names(s)
        for at in n.parts
        if not calendar_kind([n.words[at]])
    }
    lower = {word for s in sources.sentences for word, form in zip(s.words, s.surfaces, strict=True) if form.islower()}
    return frozenset(inside - lower - FUNCTION_WORDS)


@lru_cache(maxsize=64)
def statements(sources: Sources) -> tuple[Statement, ...]:
    """Every segment of the sources with those it speaks of."""
    known = known_names(sources)
    named = [mentions(sentence, known) for sentence in sources.sentences]
    found: list[Statement] = []
    for number, sentence in enumerate(sources.sentences):
        before = [m for ms in named[max(0, number - _THING_REACH) : number] for m in ms]
        people = [m for ms in named[max(0, number - _PERSON_REACH) : number] for m in ms if not m.is_country]
        found += _of_sentence(sentence, named[number], before, people)
    return tuple(found)


def claimed(claim: Sentence, sources: Sources) -> tuple[Statement, ...]:
    """The segments of a claim with those they speak of."""
    return tuple(_of_sentence(claim, mentions(claim, known_names(sources)), (), ()))


def _of_sentence(
    sentence: Sentence, named: Sequence[Mention], before: Sequence[Mention], people: Sequence[Mention]
) -> Iterator[Statement]:
    others = [m for m in named if not m.is_country]
    speaker = _speaker(sentence, others)
    for span in segments(sentence):
        own = [m for m in named if m.start in span]
        earlier = [m for m in named if m.start < span.start]
        if not (own and own[0].start <= span.start + 2 and not own[0].is_country):
            own += [m for m in (*earlier[:1], *earlier[-1:]) if m not in own]
        if not any(not m.is_country for m in own):
            own += others[:1]
        own += [m for m in speaker if m not in own]
        meant = tuple(_meant(sentence, span, earlier, before, people))
        yield Statement(sentence, span, tuple(own), meant, content_of(sentence, span))


def _meant(
    sentence: Sentence, span: range, earlier: Sequence[Mention], before: Sequence[Mention], people: Sequence[Mention]
) -> Sequence[Mention]:
    """Those a pronoun or a noun such as "the company" can stand for; of a sentence without names, those before it."""
    words = set(sentence.words[span.start : span.stop])
    if any(not m.is_country for m in earlier) and not words & _GENERIC:
        return earlier
    far = people if words & (_PERSON_PRONOUNS | _GENERIC) or not earlier else ()
    return (*earlier, *before, *far) if words & (_PRONOUNS | _GENERIC) or not earlier else ()


def _speaker(sentence: Sentence, named: Sequence[Mention]) -> Sequence[Mention]:
    """The one named whose words the sentence reports: the last before a verb of speech, or right after it."""
    verbs = [at for at, word in enumerate(sentence.words) if word in SPEECH_VERBS]
    if not verbs:
        at = next((at for at, pair in enumerate(pairwise(sentence.words)) if pair == ("according", "to")), -1)
        return [m for m in named if at >= 0 and m.start > at][:1]
    after = [m for m in named if verbs[-1] < m.start <= verbs[-1] + 3]
    return [m for m in named if m.start < verbs[0]][-1:] or after[:1]
