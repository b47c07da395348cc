"""Actors: do the sources have the same one say or do what the claim reports?

Precise rather than complete: it speaks up only when the source sentence that holds the rest of the claim
names another actor of the same verb, and nothing ties the claim's actor to that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rag.claims.evidence import Evidence
from rag.claims.names import SPEECH_VERBS, names
from rag.claims.stems import IRREGULAR, comparable_stem
from rag.claims.texts import FUNCTION_WORDS, Sentence, Sources, comparable_word

_LEAST_SHARE = 0.5
_NEARLY_BEST = 0.8
_NEARBY = 2
_MOST_ACTORS = 8
_SPEAKS = "says"
_BETWEEN = frozenset(
    "will would has had have is was are were also then later has been be did does do not could may might can".split()
)
_UNCHANGED = frozenset("cut put set let hit shut quit spread beat hurt split cast".split())
_PREPOSITIONS = frozenset("on of in at by for with to from against over about into".split())
_PASSIVE = frozenset("is are was were be been being".split())
_MUTUAL = frozenset(
    comparable_stem(verb) for verb in "met meet married joined faced played talked agreed spoke fought merged".split()
) | {_SPEAKS}
_AFFILIATED = frozenset(
    """spokesman spokeswoman spokesperson official officials executive chief minister company firm representative
    director head leader member lawyer attorney agent statement report secretary officer president""".split()
)
_ANYONE = frozenset(
    """he she they it we i you who which that this company firm group official officials authorities authority
    government statement report reports spokesman spokeswoman spokesperson source sources people police analysts
    experts study researchers article paper newspaper agency ministry department office court one some many others
    critics data figures state media""".split()
)
_GOVERNMENTS = tuple(
    frozenset(words.split())
    for words in (
        "washington usa us u.s. america american americans",
        "beijing china chinese",
        "brussels eu european europe",
        "london britain british uk u.k.",
        "moscow kremlin russia russian",
        "tokyo japan japanese",
        "taipei taiwan taiwanese",
        "seoul korea korean",
        "hague netherlands dutch",
    )
)
"""The words by which news names one government: its seat, its country, its people."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One who says or does something in a sentence: a name or a noun such as "the union".

    Attributes:
        words: Lower-cased words that identify the actor.
        act: Stem of the verb; all verbs of speech count as one.
        place: Index of the actor's first word in the sentence.
    """

    shown: str
    words: frozenset[str]
    act: str
    place: int
    initials: frozenset[str] = frozenset()


def actors(sentence: Sentence) -> Iterator[Actor]:
    """Names, nouns with "the" and opening nouns, each directly before its verb, or after "said"."""
    named: set[int] = set()
    for name in names(sentence):
        end = name.start + len(name.words)
        named.update(range(name.start, end))
        words = frozenset(comparable_word(word) for word in name.words if word[0].isupper()) - FUNCTION_WORDS
        act = _verb_after(sentence, end) or _speech_before(sentence, name.start)
        if act and words:
            yield Actor(name.shown, words, act, name.start, frozenset(letters for letters, _ in name.initials()))
    for at, word in enumerate(sentence.words):
        if at not in named and sentence.stems[at] and word not in _ANYONE and word not in SPEECH_VERBS:
            act = _act_of_noun(sentence, at)
            if act:
                shown = sentence.surfaces[at] if at == 0 else f"the {word}"
                yield Actor(shown, frozenset((word,)), act, at)


def _act_of_noun(sentence: Sentence, at: int) -> str:
    """The act of an opening noun, of "the union", and of the speaking "the fishing union"."""
    if at == 0:
        return _verb_after(sentence, 1)
    if not sentence.surfaces[at].islower():
        return ""
    act = _verb_after(sentence, at + 1)
    if sentence.words[at - 1] == "the":
        return act or _speech_before(sentence, at - 1)
    before = (
        w for w, clause in zip(sentence.words[:at], sentence.clauses, strict=False) if clause == sentence.clauses[at]
    )
    return act if act == _SPEAKS and "the" in list(before)[-3:] else ""


def _verb_after(sentence: Sentence, at: int) -> str:
    """The act of the verb after a noun, skipping auxiliaries, in the same clause; passives are acts of their own."""
    first = at
    while at < len(sentence.words) and sentence.words[at] in _BETWEEN:
        at += 1
    if at >= len(sentence.words) or sentence.clauses[at] != sentence.clauses[first - 1]:
        return ""
    word = sentence.words[at]
    if word in SPEECH_VERBS:
        return _SPEAKS
    verb = at > first or word.endswith(("ed", "s")) or word in IRREGULAR or word in _UNCHANGED
    if not (verb and sentence.stems[at] and sentence.surfaces[at].islower()):
        return ""
    return sentence.stems[at] + ("~" if _PASSIVE & set(sentence.words[first:at]) else "")


def _speech_before(sentence: Sentence, at: int) -> str:
    """The act in "..., said Wen Ku" and "according to Wen Ku", not in "Finn said Wen Ku"."""
    if sentence.words[max(0, at - 2) : at] == ("according", "to"):
        return _SPEAKS
    if at == 0 or sentence.words[at - 1] not in SPEECH_VERBS:
        return ""
    before = sentence.text[: sentence.starts[at - 1]].rstrip()
    return _SPEAKS if before.endswith((",", '"', "'", "?", "!")) else ""


def check_actors(evidence: Evidence) -> str | None:
    """Why the sources have someone else say or do it, or None."""
    for actor in islice(actors(evidence.claim), _MOST_ACTORS):
        other = _other_actor(actor, evidence)
        if other is not None:
            verb = "said" if actor.act == _SPEAKS else "did"
            return f'has "{actor.shown}" as the one who {verb} it where the cited passage has "{other.shown}"'
    return None


def _other_actor(actor: Actor, evidence: Evidence) -> Actor | None:
    """Who acts in the sentence that holds the rest of the claim, when that cannot be the claim's actor."""
    sentences = evidence.sources.sentences
    shares = _shares_without(actor, evidence)
    best = max(shares, key=lambda n: (shares[n], -n), default=0)
    if shares.get(best, 0.0) < _LEAST_SHARE or not _mentioned(actor, sentences):
        return None
    others = [a for a in actors(sentences[best]) if a.act == actor.act]
    swapped = [other for other in others if _swapped(actor, other, evidence.claim, sentences[best])]
    if swapped and len(swapped) == len(others):
        return swapped[0]
    if not _is_governed(actor, evidence.claim) and _did_not(actor, others, sentences, best):
        return others[0]
    rivals = [n for n, share in shares.items() if share >= _NEARLY_BEST * shares[best]]
    if any(_may_act(actor, sentences, n) for n in rivals):
        return None
    told = any(other.words.issubset(evidence.claim.words) for other in others)
    if not others or told or any(_tied(actor, other, evidence.sources) for other in others):
        return None
    return others[0]


def _shares_without(actor: Actor, evidence: Evidence) -> dict[int, float]:
    """Share of the claim's content, its actor left out, in each sentence that holds some."""
    held: dict[int, float] = {}
    total = 0.0
    for word, root, weight in zip(evidence.claim.words, evidence.claim.stems, evidence.weights, strict=True):
        if root and word not in actor.words and word not in SPEECH_VERBS:
            total += weight
            for number in evidence.sources.by_stem.get(root, ()):
                held[number] = held.get(number, 0.0) + weight
    return {number: weight / total for number, weight in held.items()} if total else {}


def _mentioned(actor: Actor, sentences: tuple[Sentence, ...]) -> bool:
    return any(not actor.words.isdisjoint(s.words) for s in sentences)


def _may_act(actor: Actor, sentences: tuple[Sentence, ...], number: int) -> bool:
    """True when the actor is mentioned in the sentence, or shortly before it other than as another's rival."""
    if not actor.words.isdisjoint(sentences[number].words):
        return True
    affiliated = not _AFFILIATED.isdisjoint(sentences[number].words)
    before = [s for s in sentences[max(0, number - _NEARBY) : number] if not actor.words.isdisjoint(s.words)]
    acting = [any(actor.words & a.words for a in actors(s)) for s in before]
    return bool(before) and (affiliated or not all(acting))


def _swapped(actor: Actor, other: Actor, claim: Sentence, best: Sentence) -> bool:
    """True for "the airline sued the union" beside "the union sued the airline"."""
    if actor.act in _MUTUAL or actor.act.endswith("~") or actor.words & other.words:
        return False
    return other.words <= set(claim.words[actor.place :]) and actor.words <= set(best.words[other.place :])


def _did_not(actor: Actor, others: list[Actor], sentences: tuple[Sentence, ...], best: int) -> bool:
    """True when the best sentence names the claim's actor, but has another before the verb, as all sentences have."""
    if actor.act in _MUTUAL or actor.words.isdisjoint(sentences[best].words) or not others:
        return False
    if any(_is_governed(other, sentences[best]) for other in others):
        return False
    if any(_is_same(actor, other) for other in others):
        return False
    return not any(a.act == actor.act and actor.words & a.words for s in sentences for a in actors(s))


def _is_governed(actor: Actor, sentence: Sentence) -> bool:
    """True for "Cork" in "the mill in Cork cut jobs"."""
    return actor.place > 0 and sentence.words[actor.place - 1] in _PREPOSITIONS


def _is_same(actor: Actor, other: Actor) -> bool:
    if actor.words & other.words or actor.words & other.initials or other.words & actor.initials:
        return True
    return any(actor.words & names and other.words & names for names in _GOVERNMENTS)


def _tied(actor: Actor, other: Actor, sources: Sources) -> bool:
    """True when both are one, or some sentence mentions both, as "Wen Ku of the ministry" does."""
    if _is_same(actor, other):
        return True
    return any(not (actor.words.isdisjoint(s.words) or other.words.isdisjoint(s.words)) for s in sources.sentences)
