"""Plain text → sentences of comparable words, and the index of a claim's sources over them.

A word is compared lower-cased, without accents and final 's; a content word by its stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from rag.claims.stems import comparable_stem
from rag.sentences import split_sentences
from rag.tokens import STOP_WORDS, normalise

FUNCTION_WORDS = (STOP_WORDS - {"news"}) | frozenset(
    """also although amid among amongst around as ever every is may might mr mrs ms dr much must per shall since though
    upon us via whether yet yes 'll 're 've 'd even just really still within without toward towards unless whereas
    any according added noted $ £ € ¥ %""".split()
)
"""Words that carry no content of their own; modals and "not" are compared by `polarity`, not here."""

MONTHS = "January February March April May June July August September October November December".split()
_NAMES_IN_CAPITALS = {"US": "usa", "USA": "usa", "WHO": "w.h.o"}
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:'[^\W\d_]+)?|[$£€¥%]")
_NOT = re.compile(r"\b(?:(wo)n't|(ca)n(?:'t|not)\b|(sha)n't|(\w+)n't)", re.IGNORECASE)
_WHOLE_AUXILIARY = {"wo": "will", "ca": "can", "sha": "shall"}
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_CLAUSE_MARK = re.compile(r"[,;:()\[\]]|\s-+\s")

_THIN_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_TYPED_QUOTE = re.compile(r"``\s?|\s?''")
_WHOLE_THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")
_SPLIT_THOUSANDS = re.compile(
    r"(\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? )?(?<![\w.,-])(\d{1,3}), (\d{3})(?![\d-])"
)
_SPLIT_DECIMAL = re.compile(r"(?<![\w.,-])(\d{1,3})\. (\d{1,2})(?![\d:])")
_ISO_DATE = re.compile(r"\b([12]\d{3})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?:T[\d:.+Z-]*)?(?![\d-])")
_PER_CENT = re.compile(r"\s?\b(?:per\s?cent|pct)\b|(?<=\d)\spc\b", re.IGNORECASE)
_ACCENT = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")
_LOWER_CASE_START = re.compile(r"(?<=[^\W_]{3}[.!?])([\"')\]]*)\s+(?=[\"'(\[]*[a-z])|(?<=[.!?]\")\s+(?=[\"'(\[]*[a-z])")
_ABBREVIATED = re.compile(r"\b(?:inc|ltd|corp|dept|approx|est|etc|govt|sept|prof|capt|univ)\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence as parallel tuples, one entry per word.

    Attributes:
        text: The sentence tidied, with "won't" spelled "will not".
        starts: Where each word starts in `text`.
        surfaces: The words as written, without final 's.
        words: The words as compared, function words included.
        stems: The stem of a content word, "" for a function word.
        clauses: Number of the stretch between commas, colons or brackets that a word stands in, from 0.
    """

    text: str
    starts: tuple[int, ...]
    surfaces: tuple[str, ...]
    words: tuple[str, ...]
    stems: tuple[str, ...]
    clauses: tuple[int, ...]

    def content(self) -> list[str]:
        """Stems of the content words in order, repeats kept."""
        return [s for s in self.stems if s]

    def bigrams(self) -> list[tuple[str, str]]:
        """Adjacent pairs of all words."""
        return list(pairwise(self.words))


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The sentences of all cited texts in order, with where each word, stem and word pair stands.

    Attributes:
        by_stem, by_bigram: Indexes of the sentences that hold it, ascending, without repeats.
        stream: All words in one string, `END` after each sentence, for finding copied runs.
    """

    sentences: tuple[Sentence, ...]
    words: frozenset[str]
    by_stem: dict[str, list[int]] = field(default_factory=dict)
    by_bigram: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    stream: str = ""


LONGEST_SENTENCE = 300
"""Words; a longer run without a full stop is read as several sentences."""

END = "|"
"""Stands for a sentence end in a word stream; no word holds it."""


def comparable_word(surface: str) -> str:
    """A word as it is compared: in lower case, but so that "US" is not the pronoun "us"."""
    return _NAMES_IN_CAPITALS.get(surface) or surface.lower().replace(",", "")


def tidy(text: str) -> str:
    """Text with one spelling of quotes, dashes, dates, per cent and split or thin-spaced numbers."""
    text = _TYPED_QUOTE.sub('"', _THIN_THOUSANDS.sub("", text).replace("\u2014", " - "))
    text = normalise(text)
    text = _ACCENT.sub("", unicodedata.normalize("NFD", text))
    text = _join_split_numbers(text)
    return _PER_CENT.sub("%", _ISO_DATE.sub(_spoken_date, text))


def _join_split_numbers(text: str) -> str:
    """Rejoin "735, 000" and "2. 4" of tokenised corpora, not the "5, 300" of "May 5, 300 people"."""
    whole = _WHOLE_THOUSANDS.search(text) is not None

    def join(match: re.Match[str]) -> str:
        split = not match[1] and (match[3] == "000" or not whole)
        return f"{match[2]},{match[3]}" if split else match[0]

    return _SPLIT_DECIMAL.sub(r"\1.\2", _SPLIT_THOUSANDS.sub(join, text))


def _spoken_date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    spoken = f"{MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {spoken}" if day else spoken


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text. Sentences without a word are left out."""
    pieces = (piece for whole in split_sentences(tidy(text)) for piece in _split_before_lower_case(whole))
    return tuple(_sentence(part) for piece in pieces for part in _bounded(piece) if _WORD.search(part))


@lru_cache(maxsize=512)
def read_claim(text: str) -> Sentence:
    """A claim as one sentence, whatever full stops it holds."""
    return _sentence(tidy(text))


@lru_cache(maxsize=64)
def read_sources(texts: tuple[str, ...]) -> Sources:
    """The cited texts as one index, in the order given."""
    sentences = tuple(s for text in texts for s in read(text))
    by_stem: dict[str, list[int]] = {}
    by_bigram: dict[tuple[str, str], list[int]] = {}
    for number, sentence in enumerate(sentences):
        for root in set(sentence.content()):
            by_stem.setdefault(root, []).append(number)
        for pair in set(sentence.bigrams()):
            by_bigram.setdefault(pair, []).append(number)
    words = frozenset(w for s in sentences for w in s.words)
    return Sources(sentences, words, by_stem, by_bigram, stream(sentences))


def stream(sentences: Sequence[Sentence]) -> str:
    """All words in order, single spaces between, `END` before the first and after each sentence."""
    return "".join([f" {END} ", *(" ".join(s.words) + f" {END} " for s in sentences)])


def shown(sentence: Sentence, start: int, end: int, most: int = 8) -> str:
    """Words `start` to `end` of a sentence as written, the rest of a long run as "...", for a reader."""
    words = sentence.surfaces[max(0, start) : end]
    return " ".join(words if len(words) <= most else (*words[:most], "..."))


def _split_before_lower_case(text: str) -> Iterator[str]:
    """Also split where a lower-cased corpus starts its sentences without a capital."""
    start = 0
    for match in _LOWER_CASE_START.finditer(text):
        if not _ABBREVIATED.search(text, max(0, match.start() - 8), match.start()):
            yield text[start : match.end()].strip()
            start = match.end()
    yield text[start:]


def _bounded(text: str) -> Iterator[str]:
    """Cut text without full stops into parts that can be compared in bounded time."""
    starts = [match.start() for match in _WORD.finditer(text)][::LONGEST_SENTENCE]
    return (text[a:b] for a, b in pairwise([0, *starts[1:], len(text)]))


def _sentence(text: str) -> Sentence:
    plain = _NOT.sub(_full_negation, _DOTTED.sub(lambda m: m[0].replace(".", ""), text))
    starts: list[int] = []
    surfaces: list[str] = []
    words: list[str] = []
    stems: list[str] = []
    clauses: list[int] = []
    clause, end = 0, 0
    for match in _WORD.finditer(plain):
        surface = match[0].removesuffix("'s").removesuffix("'S")
        word = comparable_word(surface)
        if words and _CLAUSE_MARK.search(plain, end, match.start()):
            clause += 1
        starts.append(match.start())
        surfaces.append(surface)
        words.append(word)
        stems.append("" if word in FUNCTION_WORDS else comparable_stem(word))
        clauses.append(clause)
        end = match.end()
    return Sentence(plain, tuple(starts), tuple(surfaces), tuple(words), tuple(stems), tuple(clauses))


def _full_negation(match: re.Match[str]) -> str:
    short = next(group for group in match.groups() if group)
    return f"{_WHOLE_AUXILIARY.get(short.lower(), short)} not"
