"""Question → how the sentences of its answer belong together: plain, list, comparison or timeline."""

from __future__ import annotations

import re

from rag.answer_records import Form

_TIMELINE = re.compile(
    r"\b(?:timeline|chronology|chronological\w*|sequence of (?:events|measures|steps)|step by step|course of events"
    r"|over (?:time|the (?:past |last )?(?:years|months|weeks|decade))|history of"
    r"|how (?:has|have|had|did) (?:.{3,80}? )?(?:changed?|evolved?|develop(?:ed)?|shift(?:ed)?|progress(?:ed)?"
    r"|unfold(?:ed)?)"
    r"|what (?:has )?happened (?:with|to|in|between|since|after) .{3,80}\b(?:since|from|between|after)\b)",
    re.I,
)
_COMPARISON = re.compile(
    r"\b(?:compar\w+|differ(?:s|ed|ence|ences|ent(?:ly)?)?|versus|vs\.?|in contrast|both sides|each side|either side"
    r"|contrast\w*)\b",
    re.I,
)
_LIST = re.compile(
    r"\b(?:list (?:the|all|of)|name (?:the|all|some|three|two|four|five)|enumerate"
    r"|(?:which|what) (?:\w+ ){0,3}?(?:companies|firms|organi[sz]ations|entities|countries|measures|steps|reasons"
    r"|products|chips|sectors|groups|outlets|officials|governments|conditions|penalties|restrictions|sanctions"
    r"|responses|reactions|exceptions|exemptions|examples|technologies|materials|minerals|states|cities|names)\b"
    r"|(?:which|what) (?:\w+ ){0,3}?(?:are|were|have been|do|did all)\b.{0,60}\ball\b)",
    re.I,
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|last known|up to date|current(?:ly)?|as of|so far|to date)\b", re.I
)


def answer_form(question: str, parts: int = 1) -> Form:
    """The form that a question asks for.

    Args:
        parts: How many questions it was found to consist of; several compare something.
    """
    if _TIMELINE.search(question):
        return Form.TIMELINE
    if parts > 1 or _COMPARISON.search(question):
        return Form.COMPARISON
    return Form.LIST if _LIST.search(question) else Form.PLAIN


def asks_for_newest(question: str) -> bool:
    """True when of several answers the most recent one is meant."""
    return bool(_NEWEST.search(question))
