"""A question that asks for several things → the questions it consists of, by rules.

"What did China say in 2019 and in 2025?" → "What did China say in 2019?", "What did China say in 2025?". A search
finds one of the two and buries the other; two searches find both. A wrong cut costs little, because the question is
also searched as it stands and keeps its own first place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST = 4
"""Parts searched; each costs a search."""
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_TIME = rf"(?:(?:(?:\d{{1,2}} )?{_MONTH} (?:\d{{1,2}}, ?)?)?(?:19|20)\d\d)"
_TIMES = re.compile(
    rf"\b(?P<lead>in |on |during |of |from |between |since )?(?P<first>{_TIME})"
    rf"(?P<more>(?:, (?:in |on |during )?{_TIME})*)"
    rf",? (?:and|or|to|versus|vs\.?|compared (?:to|with)|with|but not) (?:in |on |during |then )?(?P<last>{_TIME})\b"
)
_NAME_WORD = r"(?:[A-Z][\w'\u2019.&-]*|U\.S\.)"
_NAME = rf"(?:[Tt]he )?{_NAME_WORD}(?: (?:(?:of|de|al|bin|van|von) )?{_NAME_WORD})*"
_BOTH = re.compile(rf"\b[Bb]oth (?P<first>{_NAME}) and (?P<last>{_NAME})")
_SUBJECTS = re.compile(
    rf"(?P<lead>\b(?:did|do|does|have|has|had|were|was|are|is|will|would|could|can|should) )"
    rf"(?P<first>{_NAME})(?P<more>(?:, {_NAME})*),? (?:and|versus|vs\.?) (?P<last>{_NAME})"
    r"(?= (?:each |both )?(?:say|said|tell|react|respond|reply|do|did|announce|decide|plan|differ|disagree|agree|report"
    r"|describe|claim|explain|argue|vote|propose|demand|want|promise|handle|treat|compare|view|see|think|put|give|call"
    r"|on\b|about\b|over\b|to the\b)\w*|\?|$)"
)
_COMPARE = re.compile(
    r"^\s*(?:please )?(?:compare|contrast|(?:what (?:is|are|was|were) the )?(?:main )?differences? between"
    r"|how (?:do|does|did|is|are|was|were) )\s*(?P<first>.+?)\s+"
    r"(?P<link>with|to|and|versus|vs\.?|differ from|compare (?:to|with)|different from)\s+(?P<last>.+?)[.?!]*\s*$",
    re.I,
)
_ASKS = r"(?:what|how|when|where|why|who|whom|which|did|does|do|is|are|was|were|has|have|had|will|can)\b"
_CLAUSES = re.compile(rf",? and (?={_ASKS})|(?<=\?)\s+(?={_ASKS})", re.I)
_POINTS_BACK = re.compile(r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|this|that|those|these|one)\b", re.I)
_STRONG_LINKS = ("with", "versus", "vs", "differ from", "different from", "compare to", "compare with")


def question_parts(question: str) -> tuple[str, ...]:
    """The parts in the order they are asked, each a question of its own; none when there is only one thing asked."""
    for rule in (_by_time, _by_both, _by_subject, _by_comparison, _by_clause):
        parts = list(dict.fromkeys(part.strip() for part in rule(question)))
        if len(parts) > 1:
            return tuple(parts[:_MOST])
    return ()


def _by_time(question: str) -> Sequence[str]:
    """In 2019 and in 2025."""
    if match := _TIMES.search(question):
        lead = match["lead"] or ""
        lead = "in " if lead.strip() in ("from", "between") else lead
        times = [match["first"], *re.findall(_TIME, match["more"]), match["last"]]
        return [_replaced(question, match, f"{lead}{time}") for time in times]
    return ()


def _by_both(question: str) -> Sequence[str]:
    """Both the US and China."""
    match = _BOTH.search(question)
    return [_replaced(question, match, match[side]) for side in ("first", "last")] if match else ()


def _by_subject(question: str) -> Sequence[str]:
    """What did China and the United States say?"""
    if match := _SUBJECTS.search(question):
        names = [match["first"], *re.findall(rf", ({_NAME})", match["more"]), match["last"]]
        return [_replaced(question, match, match["lead"] + name) for name in names]
    return ()


def _by_comparison(question: str) -> Sequence[str]:
    """Compare X with Y; how does X differ from Y?"""
    match = _COMPARE.search(question)
    if match is None:
        return ()
    asks = re.match(r"\s*how\b", question, re.I) is not None
    if asks and not match["link"].lower().startswith(_STRONG_LINKS[3:]):
        return ()
    named = match["first"].split()[-1]
    return [match["first"], re.sub(r"\bones?$", lambda _: named, match["last"])]


def _by_clause(question: str) -> Sequence[str]:
    """What did X announce and how did Y respond?"""
    clauses = _CLAUSES.split(question)
    starts_anew = all(re.match(rf"\s*{_ASKS}", clause, re.I) for clause in clauses)
    stands_alone = not any(_POINTS_BACK.search(clause) for clause in clauses[1:])
    return clauses if starts_anew and stands_alone and all(len(c.split()) > 2 for c in clauses) else ()


def _replaced(question: str, match: re.Match[str], by: str) -> str:
    return question[: match.start()] + by + question[match.end() :]
