"""Dating: does the claim give a day, month or year that the sources give to it?

A day passes as written, as a weekday counted from a date line, and as the date line itself. A month and a year pass
together unless every mention of the month in the sources bears another year. A month or year passes when what it is
given to stands under no other in the sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from rag.claims.dates import days_meant
from rag.claims.evidence import Evidence
from rag.claims.texts import MONTHS, Sentence, Sources

_MONTH_NAMES = "|".join(MONTHS)
_DAY = re.compile(rf"\b(?:({_MONTH_NAMES}) (\d{{1,2}})|(\d{{1,2}}) ({_MONTH_NAMES}))\b(?!%)")
_MONTH = re.compile(rf"\b({_MONTH_NAMES})\b(?:(?: \d{{1,2}})?,? ([12]\d{{3}})\b)?")
_YEAR = re.compile(r"(?<![\d.,$])\b((?:19|20)\d\d)\b(?![.,]?\d)")
_BOUND = re.compile(rf"\b(since|until|till) ({_MONTH_NAMES})\b", re.IGNORECASE)
_FIGURES = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})\b")
_LAST_YEAR = re.compile(r"\blast year\b", re.IGNORECASE)
_RELATIVE = "last year"
_LEAST_ELSEWHERE = 0.6
_LEAST_WORDS = 2


def check_dating(evidence: Evidence) -> str | None:
    """Why a date of the claim is not the sources', or None."""
    plain = _wrong_day(evidence) or _wrong_year(evidence) or _wrong_bound(evidence)
    return plain or _misplaced(evidence, _months) or _misplaced(evidence, _years)


def _wrong_day(evidence: Evidence) -> str | None:
    for month, day in days(evidence.claim.text):
        if (month, day) not in days_meant(evidence.sources) and not _stands(month, day, evidence.sources):
            return f"the date {MONTHS[month - 1]} {day} is not in the cited passage"
    return None


def days(text: str) -> Iterator[tuple[int, int]]:
    """(month, day) of each "October 7" and "7 October"."""
    for month, day, day_first, month_last in _DAY.findall(text):
        yield MONTHS.index(month or month_last) + 1, int(day or day_first)


def _stands(month: int, day: int, sources: Sources) -> bool:
    """True when one sentence has both, as "October 7, 12 and 21" has October 21, or has them in figures."""
    name = MONTHS[month - 1].lower()
    months = {name, name[:3], name[:4]}
    numbers = {str(day), f"{day:02}", f"{day}st", f"{day}nd", f"{day}rd", f"{day}th"}
    if any(not months.isdisjoint(s.words) and not numbers.isdisjoint(s.words) for s in sources.sentences):
        return True
    figures = {frozenset(map(int, found)) for s in sources.sentences for found in _FIGURES.findall(s.text)}
    return frozenset((month, day)) in figures


def _wrong_year(evidence: Evidence) -> str | None:
    for month, year in _MONTH.findall(evidence.claim.text):
        there = [(m, y) for s in evidence.sources.sentences for m, y in _MONTH.findall(s.text) if m == month]
        if year and there and all(y and y != year for _, y in there):
            return f'says "{month} {year}" where the cited passage says "{month} {there[0][1]}"'
    return None


def _wrong_bound(evidence: Evidence) -> str | None:
    """ "Since October" where the only "since" of the sources is another month's."""
    for word, month in _BOUND.findall(evidence.claim.text):
        pairs = {pair for s in evidence.sources.sentences for pair in _BOUND.findall(s.text)}
        there = [other for bound, other in pairs if bound.lower() == word.lower()]
        if len(there) == 1 and month != there[0]:
            return f'says "{word} {month}" where the cited passage says "{word} {there[0]}"'
    return None


# ------------------------------------------------------------------ the date of another thing
@lru_cache(maxsize=4096)
def _months(sentence: Sentence) -> frozenset[str]:
    return frozenset(month for month, _ in _MONTH.findall(sentence.text))


@lru_cache(maxsize=4096)
def _years(sentence: Sentence) -> frozenset[str]:
    relative = {_RELATIVE} if _LAST_YEAR.search(sentence.text) else set()
    return frozenset(_YEAR.findall(sentence.text)) | relative


def _misplaced(evidence: Evidence, dates_of: Callable[[Sentence], frozenset[str]]) -> str | None:
    """A date of the claim under which the sources have none of its words, while another date has most of them."""
    said = dates_of(evidence.claim)
    dated = [s for s in evidence.sources.sentences if dates_of(s)]
    others = [s for s in dated if not dates_of(s) & (said | {_RELATIVE})]
    for date in sorted(said):
        weight = _weights(evidence, date)
        under = [s for s in dated if dates_of(s) & {date, _RELATIVE}]
        if any(_is_date_line(s) for s in under):  # what bears no date is of the day of publication
            under += [s for s in evidence.sources.sentences if not dates_of(s)]
        own = {stem for s in under for stem in s.content()}
        best = max(others, key=lambda s: sum(w for stem, w in weight.items() if stem in s.stems), default=None)
        if best is None or not own:
            continue
        there = weight.keys() & set(best.stems)
        mass = sum(weight[stem] for stem in there)
        least = _LEAST_ELSEWHERE * sum(weight.values())
        if len(there - own) >= _LEAST_WORDS and mass >= least and not weight.keys() & own - there:
            return f'says "{date}" where the cited passage says "{min(dates_of(best))}"'
    return None


def _is_date_line(sentence: Sentence) -> bool:
    return all(word.isdigit() or word.capitalize() in MONTHS for word in sentence.words)


def _weights(evidence: Evidence, date: str) -> dict[str, float]:
    words = zip(evidence.claim.words, evidence.claim.stems, evidence.weights, strict=True)
    return {stem: w for word, stem, w in words if w and not stem.isdigit() and word != date.lower()}
