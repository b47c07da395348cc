"""What an answer costs and how long it is: wall-clock seconds, sentences, model tokens. All >= 0.

* `latency_p50`, `latency_p95`: percentiles (linear interpolation) of the wall-clock seconds of one question
  on the machine of the run; a resumed case keeps the time it took then. Lower is better.
* `answer_sentences`: shown sentences; answers that show nothing do not apply. Neither direction is better.
* `model_tokens`: prompt and completion tokens as the server reported them; without a language model, or
  a server that reports none, it does not apply. Lower is better.
* `model_cost`: the same tokens at the prices given (`--price-in`, `--price-out`, per million tokens), in the
  currency of the prices. Without prices it does not apply; a server that reports only a total leaves it unscored.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored


def latency(evidence: Evidence) -> Outcome:
    """Wall-clock seconds of the answer."""
    return Scored(evidence.seconds)


def answer_sentences(evidence: Evidence) -> Outcome:
    """Shown sentences."""
    return Scored(float(len(evidence.shown))) if evidence.shown else NotApplicable("no sentence is shown")


def model_tokens(evidence: Evidence) -> Outcome:
    """Prompt and completion tokens; `total_tokens` where the parts are not reported."""
    usage = evidence.answer.usage
    parts = [usage[k] for k in ("prompt_tokens", "completion_tokens") if k in usage]
    if not parts and "total_tokens" not in usage:
        return NotApplicable("no token count reported")
    return Scored(float(sum(parts) if parts else usage["total_tokens"]))


def model_cost(evidence: Evidence) -> Outcome:
    """Price of the prompt and completion tokens."""
    usage = evidence.answer.usage
    if evidence.price is None or not usage:
        return NotApplicable("no price given" if evidence.price is None else "no token count reported")
    cost = evidence.price.of(usage)
    return Unscored("the server reports no prompt and completion tokens apart") if cost is None else Scored(cost)
