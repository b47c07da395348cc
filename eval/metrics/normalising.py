"""Text → canonical tokens, so that "twenty-five per cent", "25%" and "25 percent" are the same.

NFKC, lower case, accents and possessive 's off, a/an/the dropped, thousands commas off, number words to
digits, magnitudes multiplied out ("4.2 million" → 4200000), ordinals to 1st/2nd, month names in full,
"8 October" → "October 8", dotted initials joined. Lenient on purpose: for matching answers only.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from rag.tokens import NUMBER_WORDS, normalise

_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")
_CURRENCY_SUFFIX = re.compile(r"(?<=[$£€¥])\s?(\d[\d.,]*)\s?([kmb])\b")
_GLUED = re.compile(r"\b(\d[\d.,]*)(bn|mn|tn)\b")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")

_MAGNITUDES = {
    "hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "mn": 10**6, "bn": 10**9, "tn": 10**12,
}  # fmt: skip
_SUFFIX_WORDS = {"k": "thousand", "m": "million", "b": "billion"}
_ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {m[:3]: m for m in MONTHS} | {"sept": "september"} | {m: m for m in MONTHS}


def canonical_tokens(text: str) -> list[str]:
    """Canonical tokens in order."""
    plain = _fold_accents(normalise(text)).lower().replace("%", " percent ").replace("per cent", "percent")
    plain = _INITIALS.sub(lambda m: m[0].replace(".", ""), _THOUSANDS.sub("", plain))
    plain = _GLUED.sub(r"\1 \2", _CURRENCY_SUFFIX.sub(lambda m: f"{m[1]} {_SUFFIX_WORDS[m[2]]}", plain))
    words = [w for w in _TOKEN.findall(re.sub(r"'s\b", "", plain)) if w not in {"a", "an", "the"}]
    return _dates(_numbers([_MONTH.get(w, w) for w in words]))


def contains(text: list[str], part: list[str]) -> bool:
    """Whether the tokens of a part stand in the text as one run; an empty part does not."""
    return bool(part) and any(text[i : i + len(part)] == part for i in range(len(text) - len(part) + 1))


def _fold_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _numbers(words: list[str]) -> list[str]:
    found: list[str] = []
    index = 0
    while index < len(words):
        value, index_after = _number_at(words, index)
        found.append(_ORDINALS.get(words[index], words[index]) if value is None else _plain_decimal(value))
        index = index_after
    return found


def _number_at(words: list[str], index: int) -> tuple[Decimal | None, int]:
    """The number that starts at a word, and the index behind it; None for a word that is no number."""
    value = _digits(words[index])
    if value is None and words[index] in _MAGNITUDES:
        value = Decimal(1)  # "a million" lost its article
    elif value is None and words[index] in NUMBER_WORDS:
        value, index = _below_hundred(words, index)
    else:
        index += 1 if value is not None else 0
    if value is None:
        return None, index + 1
    while index < len(words) and words[index] in _MAGNITUDES:
        value, index = value * _MAGNITUDES[words[index]], index + 1
        if words[index - 1] == "hundred":
            value, index = _plus_remainder(value, words, index)
    return value, index


def _below_hundred(words: list[str], index: int) -> tuple[Decimal, int]:
    value = NUMBER_WORDS[words[index]]
    index += 1
    if value >= 20 and index < len(words) and 0 < NUMBER_WORDS.get(words[index], 0) < 10:
        return Decimal(value + NUMBER_WORDS[words[index]]), index + 1
    return Decimal(value), index


def _plus_remainder(value: Decimal, words: list[str], index: int) -> tuple[Decimal, int]:
    """ "two hundred (and) five": adds number words under a hundred."""
    start = index + 1 if index + 1 < len(words) and words[index] == "and" else index
    if start < len(words) and words[start] in NUMBER_WORDS:
        rest, after = _below_hundred(words, start)
        return value + rest, after
    return value, index


def _digits(word: str) -> Decimal | None:
    return Decimal(word) if word.isascii() and _DECIMAL.fullmatch(word) else None


def _plain_decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dates(words: list[str]) -> list[str]:
    """Day and month in one order, the day without its ordinal ending."""
    ordered = list(words)
    for i, word in enumerate(ordered):
        if word not in MONTHS:
            continue
        if i + 1 < len(ordered) and (day := _day(ordered[i + 1])):
            ordered[i + 1] = day
        elif i > 0 and (day := _day(ordered[i - 1])):
            ordered[i - 1], ordered[i] = word, day
    return ordered


def _day(word: str) -> str | None:
    ordinal = _ORDINAL.fullmatch(word)
    digits = ordinal[1] if ordinal else word
    return digits if digits.isdecimal() and 1 <= int(digits) <= 31 else None
