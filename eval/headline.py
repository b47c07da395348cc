"""What a reader must know before any figure: how many, who judged, and who graded its own work."""

from __future__ import annotations

from eval.judge_check import Agreement
from eval.runs import Facts


def headline(facts: Facts) -> str:
    """One line: questions, model, judge, library."""
    models = ", ".join("quotations only, no language model" if m == "none" else m for m in facts.models) or "no answer"
    parts = [f"{facts.cases} questions", models, f"judge: {facts.judge}"]
    if facts.library:
        parts.append("library of {articles} articles in {stories} stories".format(**facts.library))
    if facts.self_graded:
        parts.append(f"{facts.self_graded.upper()} GRADED ITSELF")
    return " · ".join(parts)


def cautions(facts: Facts) -> list[str]:
    """Sentences that limit what the figures say."""
    found = []
    if facts.self_graded:
        found.append(
            f"{facts.self_graded[:1].upper()}{facts.self_graded[1:]} judged its own work: "
            "groundedness and the citation figures say how it sees itself."
        )
    if facts.failed:
        found.append(
            f"{facts.failed} of {facts.cases} questions raised an error; they are unscored and lower `completed`."
        )
    if facts.ignored:
        found.append(f"The chatbot was not passed the questions' {' and '.join(facts.ignored)}.")
    if facts.repeats:
        found.append(str(facts.repeats))
    found.append(agreement_line(facts.agreement) if facts.agreement else _not_measured(facts.judge))
    return found


def agreement_line(agreement: Agreement) -> str:
    """How a judge agrees with people, in one sentence."""
    area = "AUC not defined"
    if agreement.auc is not None:
        area = f"AUC {agreement.auc:.2f}"
        if agreement.auc_interval:
            area += f" [{agreement.auc_interval.low:.2f}, {agreement.auc_interval.high:.2f}]"
    kappa = "" if agreement.kappa is None else f", kappa {agreement.kappa:.2f}"
    accuracy = "" if agreement.balanced_accuracy is None else f", balanced accuracy {agreement.balanced_accuracy:.2f}"
    return (
        f"Judge {agreement.judge} against human labels ({agreement.file}, {agreement.claims} claims, "
        f"{agreement.base_rate:.0%} supported): {area}{accuracy}{kappa}."
    )


def _not_measured(judge: str) -> str:
    return f"The agreement of judge {judge} with human labels was not measured in this run (--human FILE does)."
