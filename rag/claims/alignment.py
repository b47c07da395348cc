"""A claim laid word by word along the source sentence it was most likely copied from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from rag.claims.evidence import pair_window
from rag.claims.texts import Sentence, Sources


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the claim that stand in the place of other words of the source; either side may be empty.

    At the ends of the claim, as many words of the source as it has of its own.

    Attributes:
        claim, source: Word indexes, end exclusive.
    """

    claim: range
    source: range


@dataclass(frozen=True, slots=True)
class Alignment:
    """The longest common word sequence of a claim and a source sentence, and what differs inside it.

    Attributes:
        kept: Share of the claim's words in that sequence, in 0..1.
        pairs: Share of the claim's adjacent word pairs in the sentence, in 0..1.
        start, end: What part of the sentence the sequence spans, as word indexes.
    """

    sentence: Sentence
    kept: float
    pairs: float
    start: int
    end: int
    edits: tuple[Edit, ...]


@lru_cache(maxsize=256)
def align(claim: Sentence, sources: Sources) -> Alignment | None:
    """Along the sentence with most of the claim's word pairs; None when none has any."""
    window = pair_window(claim, sources, 1)
    best = sources.sentences[window.start]
    if not window.share:
        return None
    equal = [code for code in LCSseq.opcodes(claim.words, best.words) if code.tag == "equal"]
    first, last = equal[0], equal[-1]
    after = len(claim.words) - last.src_end
    edits = [Edit(range(first.src_start), range(max(0, first.dest_start - first.src_start), first.dest_start))]
    for one, other in pairwise(equal):
        edits.append(Edit(range(one.src_end, other.src_start), range(one.dest_end, other.dest_start)))
    edits.append(
        Edit(range(last.src_end, len(claim.words)), range(last.dest_end, min(len(best.words), last.dest_end + after)))
    )
    kept = sum(code.src_end - code.src_start for code in equal) / len(claim.words)
    changes = tuple(edit for edit in edits if edit.claim or edit.source)
    return Alignment(best, kept, window.share, first.dest_start, last.dest_end, changes)
