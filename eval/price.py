"""What a language model's tokens cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """Per million tokens, in any one currency."""

    prompt: float
    completion: float

    def of(self, usage: Mapping[str, int]) -> float | None:
        """The cost of a reply; None when the server did not report both kinds of tokens."""
        if "prompt_tokens" not in usage or "completion_tokens" not in usage:
            return None
        return self.tokens(usage["prompt_tokens"], usage["completion_tokens"])

    def tokens(self, prompt: float, completion: float) -> float:
        """The cost of so many tokens."""
        return (prompt * self.prompt + completion * self.completion) / 1_000_000
