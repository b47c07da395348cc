"""How many wrong drafted sentences does the check let through, and how many right ones does it withhold?

    python benchmarks/drafts.py [--half dev] [--list] [--news LIBRARY --gold FILE --cache FILE]

Checks the sentences of `sets/drafts.jsonl` as an answer's are checked and compares with their labels. *Leak* is the
share of unsupported sentences that a policy shows, *withheld* the share of supported ones that it does not. The
sentences of the bundled model about news-dev are not part of this repository: with `--news` it writes them again.
Prints Markdown tables; intervals are Wilson's (1927), 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.labelled_drafts import (  # noqa: E402
    HALVES,
    KINDS,
    Draft,
    SampleTexts,
    agreement,
    digest,
    load_drafts,
    load_read,
)
from benchmarks.redrafting import news_quotes, news_sources, redraft  # noqa: E402
from eval.judges.lexical import LexicalJudge  # noqa: E402
from rag.answer_records import VerdictState  # noqa: E402
from rag.chatbot import open_chatbot  # noqa: E402
from rag.composition import SHOWN, Quote, one_line  # noqa: E402
from rag.errors import GroundwireError  # noqa: E402
from rag.grounding import LexicalVerifier, Verifier  # noqa: E402
from rag.lead_ins import lead_in  # noqa: E402
from rag.stand_ins import stand_ins  # noqa: E402

NUMBER_OR_NAME = ("wrong_number", "wrong_name")
MODEL = ("smollm2-samples", "smollm2-news")
LOST = (("none",), ("none", "part"))
"""Readers' labels of a right sentence that does not reach them, and that does not reach them whole."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A labelled sentence as the verifier found it.

    Attributes:
        instead: What the default policy quotes in its place, each with who published it when; none for a quotation.
    """

    draft: Draft
    state: VerdictState
    why: str
    judged: bool | None
    instead: tuple[str, ...] = ()

    def shown(self, policy: str) -> bool:
        """Whether a policy shows it, if it cites what it was checked against."""
        return self.state in SHOWN[policy]

    @property
    def shows(self) -> bool:
        """Whether the default policy shows it or something in its place."""
        return self.shown("verbatim") or bool(self.instead)

    @property
    def digest(self) -> str:
        """Of the sentence with what is quoted in its place: what a reader's label is about."""
        return digest("\n".join((self.draft.text, *self.instead)))


Sources = Callable[[Draft], Sequence[str]]
Quotes = Callable[[Draft], Sequence[Quote]]


def check(
    drafts: Iterable[Draft],
    sources: Sources,
    verifier: Verifier,
    quotes: Quotes = lambda _: (),
    idf: Callable[[str], float] = lambda _: 1.0,
) -> list[Checked]:
    """Verify each sentence, ask the independent judge about it, and see what is quoted in its place."""
    judge = LexicalJudge()
    checked = []
    for draft in drafts:
        texts = sources(draft)
        verdict = verifier.verify(draft.text, texts)
        judged = judge.supported(draft.text, texts).supported
        instead = () if verdict.state in SHOWN["verbatim"] else stand_ins(draft.text, verdict.state, quotes(draft), idf)
        shown = tuple(f"{lead_in(q.retrieved.article) or ''}: {one_line(q.text)}" for q in instead)
        checked.append(Checked(draft, verdict.state, verdict.why or "", judged, shown))
    return checked


# ------------------------------------------------------------------ figures
@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`."""

    count: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "-"
        from scipy.stats import binomtest

        interval = binomtest(self.count, self.of).proportion_ci(method="wilson")
        return f"{self.count / self.of:.2f} ({interval.low:.2f}-{interval.high:.2f}), {self.count} of {self.of}"


def share(rows: Iterable[Checked], holds: Callable[[Checked], bool]) -> Share:
    """Of how many rows a condition holds."""
    found = [holds(row) for row in rows]
    return Share(sum(found), len(found))


def leak(rows: Sequence[Checked], policy: str, kinds: Sequence[str] = KINDS) -> Share:
    """Share of the unsupported sentences of some kinds that the policy shows."""
    return share((r for r in rows if r.draft.kind in kinds), lambda r: r.shown(policy))


def withheld(rows: Sequence[Checked], policy: str) -> Share:
    """Share of the supported sentences that the policy does not show."""
    return share((r for r in rows if r.draft.supported), lambda r: not r.shown(policy))


def groundedness(rows: Sequence[Checked], policy: str) -> Share:
    """Share of the shown sentences that the independent judge finds supported."""
    return share((r for r in rows if r.shown(policy)), lambda r: r.judged is True)


# ------------------------------------------------------------------ tables
def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["-"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def summary(groups: Sequence[tuple[str, Sequence[Checked]]]) -> str:
    """Leak, withheld and groundedness, a group and policy a line."""
    head = ("sentences", "policy", "leak, number or name", "leak, any kind", "right withheld", "shown held grounded")
    lines = [
        (name, policy, leak(rows, policy, NUMBER_OR_NAME), leak(rows, policy), withheld(rows, policy),
         groundedness(rows, policy))
        for name, rows in groups
        for policy in ("balanced", "strict")
    ]  # fmt: skip
    return table(head, lines)


def by_kind(halves: Sequence[tuple[str, Sequence[Checked]]]) -> str:
    """Leak under `balanced` by what is wrong."""
    lines = [(kind, *(leak(rows, "balanced", (kind,)) for _, rows in halves)) for kind in KINDS]
    return table(("kind", *(f"leak, {name}" for name, _ in halves)), lines)


def by_state(halves: Sequence[tuple[str, Sequence[Checked]]]) -> str:
    """Share of really supported sentences in each state."""
    lines = [
        (state, *(share((r for r in rows if r.state is state), lambda r: r.draft.supported) for _, rows in halves))
        for state in VerdictState
    ]
    return table(("state", *(f"supported, {name}" for name, _ in halves)), lines)


def conveyed(row: Checked, read: Mapping[str, str]) -> str:
    """How much of a sentence the default policy tells a reader: "all", "part", "none", or "unread".

    Args:
        read: Digest → what two readers found; see `load_read`.
    """
    if row.shown("verbatim"):
        return "all"
    return read.get(row.digest, "unread") if row.instead else "none"


def instead(halves: Sequence[tuple[str, Sequence[Checked]]], read: Mapping[str, str]) -> str:
    """What a reader gets of the right sentences when what they cite is quoted in their place."""
    lines = []
    for name, rows in halves:
        right = [r for r in rows if r.draft.supported]
        lost = [share(right, lambda r, of=of: conveyed(r, read) in of) for of in LOST]  # type: ignore[misc]
        unread = sum(conveyed(r, read) == "unread" for r in right)
        lines.append((name, leak(rows, "verbatim"), share(right, lambda r: not r.shows), *lost, unread))
    head = ("policy verbatim", "leak", "right with nothing shown", "right not conveyed", "or not all of it", "not read")
    return table(head, lines)


def judge_agreement(rows: Sequence[Checked]) -> str:
    """How the independent judge agrees with the labels."""
    of_right = share((r for r in rows if r.draft.supported), lambda r: r.judged is True)
    of_wrong = share((r for r in rows if not r.draft.supported), lambda r: r.judged is False)
    return f"The independent judge (lexical) says supported of right sentences: {of_right}; not of wrong: {of_wrong}."


def groups(rows: Sequence[Checked], halves: Sequence[str]) -> Iterator[tuple[str, list[Checked]]]:
    """The lines of the summary."""
    for half in halves:
        of_half = [r for r in rows if r.draft.half == half]
        yield half, of_half
        yield f"{half}, clear labels", [r for r in of_half if not r.draft.borderline]
        yield f"{half}, written", [r for r in of_half if r.draft.origin not in MODEL]
        yield f"{half}, bundled model", [r for r in of_half if r.draft.origin in MODEL]


def report(rows: Sequence[Checked], halves: Sequence[str], read: Mapping[str, str]) -> str:
    """All tables."""
    named = [(half, [r for r in rows if r.draft.half == half]) for half in halves]
    drafts = [r.draft for r in rows]
    counts = Counter(d.origin for d in drafts)
    same, kappa = agreement(drafts)
    unmarked = Share(sum(not d.marked for d in drafts if d.origin in MODEL), sum(d.origin in MODEL for d in drafts))
    lines = [
        f"{len(rows)} sentences ({', '.join(f'{n} {origin}' for origin, n in counts.items())}), "
        f"{sum(d.borderline for d in drafts)} borderline; both readings agree on {same:.3f} (kappa {kappa:.2f}).",
        f"Sentences of the bundled model without a marker: {unmarked}. They are "
        "checked against the passage that shares most words with them.",
        "",
        summary(list(groups(rows, halves))),
        by_kind(named),
        by_state(named),
        instead(named, read),
        judge_agreement(rows),
    ]
    return "\n".join(lines)


def mistakes(rows: Iterable[Checked]) -> Iterator[str]:
    """Wrong sentences shown and right ones withheld under `balanced`, one a line."""
    for row in rows:
        if row.shown("balanced") != row.draft.supported:
            kind = row.draft.kind or "RIGHT WITHHELD"
            yield f"{row.draft.id} [{kind}] {row.state}: {row.draft.text}\n    {row.why}"


# ------------------------------------------------------------------ command
def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; 1 when the sentences cannot be checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--half", choices=HALVES, help="only this half")
    parser.add_argument("--list", action="store_true", help="also list every mistake")
    parser.add_argument("--news", type=Path, metavar="LIBRARY", help="news-dev, ingested: adds the model's sentences")
    parser.add_argument("--gold", type=Path, default=ROOT / "../shared/data/news-dev/gold.jsonl")
    parser.add_argument("--cache", type=Path, default=ROOT / "runs" / "news-drafts.jsonl", help="keeps those sentences")
    options = parser.parse_args(arguments)
    halves = (options.half,) if options.half else HALVES
    drafts = [draft for draft in load_drafts() if draft.half in halves]
    try:
        samples = SampleTexts()
        rows = check(
            (d for d in drafts if d.text),
            samples.sources,
            LexicalVerifier(samples.idf),
            samples.quotes,
            samples.idf,
        )
        if options.news:
            rows += _check_news([d for d in drafts if not d.text], options.news, options.gold, options.cache)
    except (GroundwireError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(report(rows, halves, load_read()))
    if options.list:
        print("\n".join(mistakes(rows)))
    return 0


def _check_news(drafts: Sequence[Draft], library: Path, gold: Path, cache: Path) -> list[Checked]:
    cache.parent.mkdir(parents=True, exist_ok=True)
    bot = open_chatbot(library, llm="local")
    texts = redraft(drafts, bot, gold, cache)
    found = [replace(d, text=texts[d.sha256]) for d in drafts if d.sha256 in texts]
    print(f"{len(found)} of {len(drafts)} sentences about news-dev were found again.\n")
    news = bot.library
    return check(
        found,
        lambda draft: news_sources(draft, news),
        LexicalVerifier(news.idf),
        lambda draft: news_quotes(draft, news),
        news.idf,
    )


if __name__ == "__main__":
    sys.exit(main())
