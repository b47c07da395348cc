"""Judge agreement as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from eval.figures import MISSING, interval_text
from eval.judge_check import Agreement
from eval.pair_check import PairAgreement
from eval.published import Published
from eval.statistics import Interval
from eval.tables import new_table


def print_agreements(agreements: Sequence[Agreement], console: Console, published: Sequence[Published] = ()) -> None:
    """Per judge: its figures, the published ones beside them, what it said, its confusion matrix, its domains."""
    first = agreements[0]
    console.print(
        f"{first.file}: {first.claims} claims on {first.articles} articles, {first.base_rate:.1%} supported by people",
        style="bold",
        markup=False,
    )
    _print_figures(agreements, console)
    print_published(published, console)
    verdicts = new_table("judge", "verdict", ">claims", ">supported by people")
    for a in agreements:
        for word, said in a.said.items():
            verdicts.add_row(escape(a.judge), escape(word), str(said.claims), f"{said.share_supported:.3f}")
    console.print(verdicts)
    _print_confusions(agreements, console)
    _print_domains(agreements, console)


def print_pair_agreements(agreements: Sequence[PairAgreement], console: Console) -> None:
    """Per judge and aspect: correlation with people's preferences."""
    first = agreements[0]
    console.print(f"{first.file}: {first.pairs} pairs of answers", style="bold", markup=False)
    table = new_table("judge", "aspect", ">Pearson", "95 % interval", ">Spearman", ">unscored")
    for a in agreements:
        for aspect, c in a.aspects.items():
            unscored = str(a.unscored or "")
            interval = _interval(c.pearson_interval)
            table.add_row(escape(a.judge), aspect, _three(c.pearson), interval, _three(c.spearman), unscored)
    console.print(table)


def _print_figures(agreements: Sequence[Agreement], console: Console) -> None:
    table = new_table("judge", ">AUC", "95 % interval", ">bal. acc.", "95 % interval", ">kappa", ">unscored", ">ms")
    table.collapse_padding = True
    for a in agreements:
        table.add_row(
            escape(a.judge),
            _three(a.auc),
            _interval(a.auc_interval),
            _three(a.balanced_accuracy),
            _interval(a.decisions.balanced_accuracy_interval if a.decisions else None),
            _three(a.kappa),
            str(a.unscored or ""),
            f"{a.milliseconds:.2f}",
        )
    console.print(table)


def print_published(published: Sequence[Published], console: Console) -> None:
    """What others measured on the same set; nothing when nothing is known."""
    if not published:
        return
    table = new_table("published", ">value", "figure")
    for p in published:
        table.add_row(escape(p.system), f"{p.value:.3f}", p.figure)
    console.print(table)
    for source, differs in dict.fromkeys((p.source, p.differs) for p in published):
        console.print(f"  published by {source}" + (f"; {differs}" if differs else ""), style="dim", markup=False)


def _print_confusions(agreements: Sequence[Agreement], console: Console) -> None:
    table = new_table("judge", "people said", ">it: supported", ">it: not", ">right", "95 % interval")
    for a in agreements:
        if a.decisions is None:
            continue
        d, c = a.decisions, a.decisions.confusion
        yes = (c.true_supported, c.false_unsupported, d.sensitivity, d.sensitivity_interval)
        no = (c.false_supported, c.true_unsupported, d.specificity, d.specificity_interval)
        for word, (said_yes, said_no, rate, interval) in (("supported", yes), ("not", no)):
            table.add_row(escape(a.judge), word, str(said_yes), str(said_no), _three(rate), _interval(interval))
    console.print(table)


def _print_domains(agreements: Sequence[Agreement], console: Console) -> None:
    if not any(a.domains for a in agreements):
        return
    table = new_table("judge", "domain", ">claims", ">AUC", "95 % interval", ">bal. acc.")
    for a in agreements:
        for name, part in a.domains.items():
            table.add_row(
                escape(a.judge),
                escape(name or "(none)"),
                str(part.claims),
                _three(part.auc),
                _interval(part.auc_interval),
                _three(part.balanced_accuracy),
            )
    console.print(table)


def _three(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def _interval(interval: Interval | None) -> str:
    return escape(interval_text(interval, "share"))
