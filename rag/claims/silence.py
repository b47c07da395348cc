"""Silence: a claim about what the articles do not say is nothing that a passage can bear out.

"The article does not mention the price" is true or false of whole articles, and a model says it of passages that do.
That a person in the article "did not say" something is a claim like any other.
"""

from __future__ import annotations

import re

from rag.claims.evidence import Evidence

_TEXT = r"(?:the|this|these|those|any|no|neither|cited|provided|given|available|author|its?)"
_NOUN = r"(?:articles?|passages?|texts?|author|excerpts?|snippets?|documents?|sources? (?:cited|provided|given))"
_SILENT = re.compile(
    rf"\b{_TEXT}\s+(?:\w+\s+)?{_NOUN}\b[^.;]{{0,60}}?\b(?:not|no|never|without|nothing|neither|nor|unclear|fails?)\b"
    rf"|\b(?:no|nothing|none|not)\b[^.;]{{0,40}}?\b(?:in|by|of|from)\s+{_TEXT}\s+(?:\w+\s+)?{_NOUN}\b"
    r"|\bthere is no mention of\b|^\W*it is (?:un|not )clear\b"
    r"|\bno information (?:is|was) (?:given|provided|available)\b",
    re.IGNORECASE,
)


def check_silence(evidence: Evidence) -> str | None:
    """Why a claim about what is not said cannot be shown as found, or None."""
    match = _SILENT.search(evidence.claim.text)
    if match is None:
        return None
    return f'says what the articles do not say ("{match[0][:60].strip()}"), which no passage can bear out'
