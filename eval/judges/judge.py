"""What every judge is: a name and a verdict on (claim, sources)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """One judgement.

    Attributes:
        supported: None when the judge could not say; `reason` then tells why.
        score: 0..1, higher is more supported; orders claims, is no probability. None without one.
        reason: For a person to read.
        finer: The judge's own word where it tells more apart than yes and no, else empty.
    """

    supported: bool | None
    score: float | None
    reason: str
    finer: str = ""

    @property
    def word(self) -> str:
        """What the judge said, in a word or two."""
        return self.finer or {True: "supported", False: "not supported", None: "undecided"}[self.supported]


NO_SOURCE = JudgeVerdict(False, 0.0, "cites nothing")
"""The verdict on a claim without any source; no judge is asked."""


class Judge(Protocol):
    """Says whether the sources together support a claim."""

    @property
    def name(self) -> str:
        """As given to --judge; printed beside every figure."""

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The verdict on a claim (no markers) against at least one source text."""
