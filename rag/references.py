"""Quoted sentence → the sentences before it that name what it only refers to.

"The ministry said it would respond" needs the sentence that says which ministry. The quotation is begun
earlier, so it stays one verbatim span.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.spans import SpanT
from rag.tokens import STOP_WORDS, normalise

_PERSON = re.compile(r"\b(?:he|she|they|his|her|hers|their|theirs|him|them)\b", re.I)
_OPENS = re.compile(
    r"^\W*(?:it|its|this|that|these|those|such|both|neither|the (?:latter|former|same|other|two|pair))\b"
    r"(?! (?:is|was) (?:not )?(?:clear|unclear|possible|likely|unlikely|important|hard|difficult|known|believed))"
    r"(?!'s )(?! (?:year|month|week|weekend|spring|summer|autumn|fall|winter|season|morning|time|January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b)",
    re.I,
)
_OF_NAMES_ONLY = re.compile(
    r"^\W*(?:[A-ZÀ-ÖØ-Þ][\w'’-]*,? (?:and )?)+"
    r"(?:(?:has|have|had|is|are|was|were|been|be|not|also|already|still|long|\w+ed) )+"
    r"(?:about|against|by|for|from|in|of|on|over|to|under|with) (?:it|them|this|these|those)\b"
)
"""Names, verbs and "on it": nothing within that it could be."""
_ROLE = re.compile(
    r"^\W*(?:(?:but|and|in|on|at|for|however|meanwhile),? )?the (?:\w+ )?(?:company|firm|ministry|department|agency"
    r"|bureau|commission|committee|court|judge|group|organi[sz]ation|government|minister|secretary|president|senator"
    r"|governor|mayor|officials?|spokes\w+|chief|suspect|victims?|man|woman|team|bank|retailer|chain|chipmaker"
    r"|manufacturer|airline|maker)\b",
    re.I,
)
_NAMED_SOON = 25
"""Characters within which "the company Acme" or "the firm, Acme," still names it."""
_FULL_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_FIRST = re.compile(r"[\W_]*([A-ZÀ-ÖØ-Þ][\w'’-]*)")
_TWO_CAPITALS = re.compile(r"[\W_]*(?:[A-Z][\w'’.-]*[\s,]+){2}")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÀ-ÖØ-Þ][\w'’-]*")


def refers_outside(sentence: str, around: str = "") -> bool:
    """True when a sentence speaks of somebody or something that only an earlier sentence names.

    Args:
        around: Text of the same article; a first word that is capitalised within its sentences is a name.
    """
    plain = normalise(sentence).strip()
    if _OPENS.search(plain) or _OF_NAMES_ONLY.search(plain):
        return True
    named = _first_name(plain, normalise(around))
    role = _ROLE.search(plain)
    if role is not None and named > role.end() + _NAMED_SOON:
        return True
    person = _PERSON.search(plain)
    return person is not None and person.start() < named


def _first_name(plain: str, around: str) -> int:
    """Where the first name stands; far behind the end when there is none. Every sentence capitalises its first word."""
    first = _FIRST.match(plain)
    if first is not None and first[1].lower() not in STOP_WORDS:
        known = {m[0] for m in _NAME.finditer(around)}
        if first[1] in known or _TWO_CAPITALS.match(plain):
            return 0
    names = (m.start() for m in _NAME.finditer(plain) if m[0].lower() not in STOP_WORDS)
    return next(names, len(plain) + _NAMED_SOON + 1)


def with_antecedent(candidate: SpanT, most: int = 2) -> SpanT:
    """The quotation begun up to `most` sentences earlier, where what it refers to is named.

    The candidate itself when it names what it speaks of, or when nothing before it in its passage does.
    """
    passage = candidate.retrieved.passage
    texts = passage.sentence_texts()
    around = f"{candidate.retrieved.article.title}\n{passage.text}"
    at = first = [start for start, _ in passage.sentences].index(candidate.start)
    while first > max(0, at - most) and refers_outside(texts[first], around) and _ends(texts[first - 1]):
        first -= 1
    if first == at or refers_outside(texts[first], around):
        return candidate
    start = passage.sentences[first][0]
    return replace(candidate, start=start, text=passage.text[start - passage.start : candidate.end - passage.start])


def _ends(text: str) -> bool:
    """True for a sentence, False for a heading or a caption."""
    return bool(_FULL_STOP.search(text))
