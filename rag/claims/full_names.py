"""Full names: a name whose words the sources have, but never together, is nobody's: "Tony Snook"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rag.claims.evidence import Evidence
from rag.claims.mentions import known_names
from rag.claims.names import Name, calendar_kind, is_title, names, nation_of
from rag.claims.texts import FUNCTION_WORDS, Sentence, Sources, comparable_word

_REACH = 2
_LONGEST = 12


def check_full_names(evidence: Evidence) -> str | None:
    """Why a name joins words that the sources do not join, or None."""
    known = known_names(evidence.sources)
    for name in names(evidence.claim):
        for one, other in _pairs(name, evidence.claim):
            if {comparable_word(one), comparable_word(other)} <= known and not _stand_together(
                comparable_word(one), comparable_word(other), evidence.sources
            ):
                return f'the name "{one} {other}" is not in the cited passage, its words are'
    return None


def _pairs(name: Name, claim: Sentence) -> Iterator[tuple[str, str]]:
    """Adjacent words of a name, leaving out titles, countries, dates and owners, and what they part."""
    for at, (one, other) in enumerate(pairwise(name.words[:_LONGEST]), start=name.start):
        owner = claim.text.startswith("'s", claim.starts[at] + len(one))
        if not owner and all(word[0].isupper() and len(word) > 2 and not _is_common(word) for word in (one, other)):
            yield one, other


def _is_common(word: str) -> bool:
    plain = comparable_word(word)
    return is_title(word) or nation_of(plain) is not None or bool(calendar_kind([word])) or plain in FUNCTION_WORDS


def _stand_together(one: str, other: str, sources: Sources) -> bool:
    if (one, other) in sources.by_bigram:
        return True
    return any(other in s.words[at + 1 : at + 1 + _REACH] for s in sources.sentences for at in _places(s.words, one))


def _places(words: tuple[str, ...], word: str) -> Iterator[int]:
    return (at for at, found in enumerate(words) if found == word)
