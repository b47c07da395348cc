"""The default judge: are the claim's words and numbers in the sources?

Deliberately plain and written apart from the guard (`rag.grounding`), so that the guard does not grade
itself. It cannot see swapped roles, reversed meaning or free paraphrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from eval.judges.judge import JudgeVerdict

MIN_RECALL = 0.8
"""Least share of the claim's content words found in the sources; by meaning, not fitted."""

_SPLIT_NUMBER = re.compile(r"(?<=\d)(,) (?=\d{3}(?!\d))|(?<=\d)(\.) (?=\d)")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDINGS = ("ingly", "edly", "ings", "ies", "ing", "ied", "ed", "es", "ly", "s", "e", "y")
_FUNCTION_WORDS = """an the and or but if of to in on at by for from with as is are was were be been being has have had
    do does did it its he him his she her they them their this that these those who which what when where than then
    there here will would can could shall should may might must said says also into over about after before we our you
    your us so such not no nor up out off more most some any all other mr mrs ms dr"""
_NO_CONTENT = frozenset(_FUNCTION_WORDS.split())


class LexicalJudge:
    """Supported when >= 80 % of the content words and every number of the claim are in the sources."""

    name = "lexical"

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """Score = share of content words found x share of numbers found; 1 for a claim with neither."""
        source = " ".join(sources)
        lost_numbers = sorted(_numbers(claim) - _numbers(source))
        wanted = _words(claim)
        lost_words = sorted(wanted.keys() - _words(source).keys())
        recall = _share_found(len(wanted), len(lost_words))
        score = recall * _share_found(len(_numbers(claim)), len(lost_numbers))
        if lost_numbers:
            return JudgeVerdict(False, score, f"number not in the source: {', '.join(lost_numbers)}")
        missing = ", ".join(wanted[stem] for stem in lost_words[:6])
        found = f"{recall:.0%} of the content words are in the source"
        return JudgeVerdict(recall >= MIN_RECALL, score, found + (f"; not: {missing}" if missing else ""))


def _share_found(wanted: int, lost: int) -> float:
    return 1.0 if not wanted else (wanted - lost) / wanted


def _plain(text: str) -> str:
    # Tokenised corpora write "735, 000" and "2. 4": rejoined, or every such number would be lost.
    return _SPLIT_NUMBER.sub(r"\1\2", unicodedata.normalize("NFKC", text))


def _numbers(text: str) -> set[str]:
    return {n.replace(",", "") for n in _NUMBER.findall(_plain(text))}


def _words(text: str) -> dict[str, str]:
    """Crude stem → a word that has it, function words left out."""
    found = (w for w in _WORD.findall(_plain(text).lower()) if w not in _NO_CONTENT)
    return {_crude_stem(w): w for w in found}


def _crude_stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
