"""The guard as judge: what `rag.grounding` itself says. With it the guard grades itself."""

from __future__ import annotations

from collections.abc import Sequence

from eval.judges.judge import JudgeVerdict
from rag.answer_records import VerdictState
from rag.grounding import Verifier

_SUPPORTED = {VerdictState.QUOTED, VerdictState.SUPPORTED}


class VerifierJudge:
    """Supported means quoted or supported; a paraphrase is not verified and counts as not supported."""

    name = "verifier"

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The verifier's own verdict, score and reason."""
        verdict = self.verifier.verify(claim, sources)
        if verdict.state is VerdictState.UNCHECKED:
            return JudgeVerdict(None, None, verdict.why or "the verifier did not check it", str(verdict.state))
        why = f": {verdict.why}" if verdict.why else ""
        return JudgeVerdict(verdict.state in _SUPPORTED, verdict.score, f"{verdict.state}{why}", str(verdict.state))
