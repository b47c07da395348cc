"""Text → tokens, stems, numbers and names: the words that retrieval, extraction and checks compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

# Each pattern begins with the character that tells, so that a search can jump to it.
_TOKEN = re.compile(r"\w++(?:[.,][0-9]++)*+(?:'[^\W\d]++)?+")
_PLAIN = {
    "`": "'",
    "‘": "'",
    "’": "'",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\u200b": "",
}
_STEMMER = Stemmer.Stemmer("english")
_UNITED_STATES = re.compile(r"U(?<!\wU)(?:SA?|\.S\.(?:A\.)?)(?!\w)")
_DOTTED = re.compile(r"\.(?<=\b[^\W\d_]\.)(?:[^\W\d_]\.)+")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")

STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both
    but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each few for from further
    had hadn't has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its
    it's itself just let's many me more most much my myself no nor not now of off on once only or other our ours
    ourselves out over own same she should shouldn't so some such than that the their theirs them
    themselves then there these they
    this those through to too under until up upon us very was wasn't we were weren't what when where which while who
    whom whose why will with won't would wouldn't you your yours yourself yourselves
    said say says saying told tell according article articles news""".split()
)
"""English function and question words, and the words by which news reports speech."""

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}


def normalise(text: str) -> str:
    """NFKC with straight quotes, plain dashes and plain spaces. Changes length: never use it for offsets."""
    text = unicodedata.normalize("NFKC", text)
    for mark, plain in _PLAIN.items():  # most do not occur, which costs less to see than to translate every character
        text = text.replace(mark, plain)
    return text


def tokens(text: str) -> list[str]:
    """Lower-cased words and numbers in order; numbers lose thousands commas, words lose a final 's.

    "US" and "U.S." become "usa", so that the country is not the pronoun; "p.m." becomes "pm".
    """
    plain = _UNITED_STATES.sub("usa", normalise(text))
    plain = _DOTTED.sub(lambda m: m[0].replace(".", ""), plain)
    plain = _THOUSANDS.sub("", plain).lower().replace("_", " ")
    return [t.removesuffix("'s") for t in _TOKEN.findall(plain)]


@lru_cache(maxsize=200_000)
def stem(token: str) -> str:
    """Snowball English stem of a lower-cased token."""
    return str(_STEMMER.stemWord(token))


def content_stems(text: str) -> list[str]:
    """Stems of the tokens that are no stop words, in order, repeats kept."""
    return [stem(t) for t in tokens(text) if t not in STOP_WORDS]
