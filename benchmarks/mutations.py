"""Seeded bugs: does the right metric fall when the chain is broken on purpose?

    python benchmarks/mutations.py [--limit N]

Asks the chatbot every question of the sample gold set, breaks a copy of its answers in one way at a time, and
compares the broken run with the sound one as `python -m eval compare` does. Prints metric x bug as a Markdown
table; a star marks p < 0.05 after Holm's correction over the metrics of the table. Exits with 1 if a bug is
not caught by the metric that should catch it. The sample gold set withholds no true answers, so the bug
"claims from memory" is given invented ones to say.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from eval.cases import GoldCase, load_cases  # noqa: E402
from eval.judges.lexical import LexicalJudge  # noqa: E402
from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.paired import PairedTest, compare_paired, holm  # noqa: E402
from eval.runs import ask_case  # noqa: E402
from eval.scoring import CaseResult, score_case  # noqa: E402
from eval.support import Articles, find_support  # noqa: E402
from eval.transcripts import Transcript  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.answer_records import Answer, Citation, Method, Sentence, VerdictState  # noqa: E402
from rag.chatbot import open_chatbot  # noqa: E402
from rag.sentences import sentence_spans  # noqa: E402
from rag.settings import load_settings  # noqa: E402

SAMPLES = ROOT / "samples"
LEVEL = 0.05
_NUMBER = re.compile(r"\d+")

Ask = Callable[..., Answer]
Break = Callable[[Answer, GoldCase, Articles], Answer]


@dataclass(frozen=True, slots=True)
class Bug:
    """One way to break the chain.

    Attributes:
        catches: The metric that must get worse.
        breaks: The answer as the broken chain would give it.
    """

    name: str
    catches: str
    breaks: Break


@dataclass(frozen=True, slots=True)
class Effect:
    """What a bug did to one metric; `p` is adjusted for the metrics of the table."""

    test: PairedTest
    p: float

    def worse(self, metric: str) -> bool:
        """Whether the metric got worse, and not by chance."""
        harm = self.test.difference if BY_NAME[metric].better == "lower" else -self.test.difference
        return harm > 0 and self.p < LEVEL


def drop_citations(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Sentences stay, what they rest on goes."""
    return replace(answer, citations=(), sentences=tuple(replace(s, citations=()) for s in answer.sentences))


def swap_numbers(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Every number in what is said is another one."""

    def other(match: re.Match[str]) -> str:
        return str(int(match[0]) + 13)

    return replace(answer, sentences=tuple(replace(s, text=_NUMBER.sub(other, s.text)) for s in answer.sentences))


def answer_anything(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Never abstains: the first passage's first sentence is the answer."""
    if not answer.abstained or not answer.retrieved:
        return answer
    passage = answer.retrieved[0].passage
    start, end = sentence_spans(passage.text)[0]
    quote = passage.text[start:end]
    head = answer.retrieved[0].article
    citation = Citation(
        1, passage.article_id, head.title, head.outlet, head.published, head.url,
        passage.start + start, passage.start + end, quote,
    )  # fmt: skip
    said = Sentence(quote, (1,), VerdictState.QUOTED, 1.0, shown=True)
    return replace(answer, method=Method.EXTRACTED, answer=f"{quote} [1]", sentences=(said,), citations=(citation,))


def shuffle_passages(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """The ranking is random."""
    order = list(answer.retrieved)
    random.Random(case.id).shuffle(order)
    return replace(answer, retrieved=tuple(replace(r, rank=rank) for rank, r in enumerate(order, start=1)))


def shift_offsets(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Quotes keep their text, their offsets are one character late."""
    return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def cite_neighbours(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Each citation is a real sentence, but the one beside the right one."""
    return replace(answer, citations=tuple(_neighbour(c, articles) for c in answer.citations))


def claim_from_memory(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """Where the articles hold no answer, the withheld one is said."""
    if case.answerable or not case.withheld:
        return answer
    said = Sentence(f"It is {case.withheld[0]}.", (), VerdictState.SUPPORTED, 1.0, shown=True)
    return replace(answer, method=Method.GENERATED, answer=said.text, sentences=(said,), citations=())


def cut_answers(answer: Answer, case: GoldCase, articles: Articles) -> Answer:
    """The reply ends in the middle."""
    return replace(answer, complete=False, reason="cut")


def _neighbour(citation: Citation, articles: Articles) -> Citation:
    article = articles.article(citation.article_id)
    spans = sentence_spans(article.text) if article else []
    after = [span for span in spans if span[0] >= citation.end]
    before = [span for span in spans if span[1] <= citation.start]
    if article is None or not (after or before):
        return citation
    start, end = after[0] if after else before[-1]
    return replace(citation, start=start, end=end, quote=article.text[start:end])


BUGS = (
    Bug("drops citations", "citation_recall", drop_citations),
    Bug("swaps numbers", "unsupported_numbers", swap_numbers),
    Bug("answers unanswerables", "answered_unanswerable", answer_anything),
    Bug("shuffles passages", "mrr", shuffle_passages),
    Bug("offsets off by one", "citation_exact", shift_offsets),
    Bug("cites the neighbour", "gold_span_hit", cite_neighbours),
    Bug("claims from memory", "memory_leak", claim_from_memory),
    Bug("cuts answers", "completed", cut_answers),
)

SHOWN = (
    "completed", "mrr", "gold_span_hit", "citation_exact", "groundedness", "citation_recall", "answer_correct",
    "unsupported_numbers", "answered_unanswerable", "memory_leak",
)  # fmt: skip


def mutation_table(
    cases: Sequence[GoldCase], ask: Ask, articles: Articles, bugs: Sequence[Bug] = BUGS
) -> dict[str, dict[str, Effect]]:
    """Bug → metric → effect, over the same answers of the sound chain."""
    cases = [_withholding(case) for case in cases]
    sound = [ask_case(case, ask)[0] for case in cases]
    before = _score(cases, sound, articles)
    table = {}
    for bug in bugs:
        broken = [_broken(t, bug, case, articles) for case, t in _pairs(cases, sound)]
        table[bug.name] = effects(before, _score(cases, broken, articles))
    return table


def effects(before: Sequence[CaseResult], after: Sequence[CaseResult]) -> dict[str, Effect]:
    """Metric → effect, for the metrics shown that both runs have."""
    clusters = [result.case.id for result in before]
    tests = {}
    for name in SHOWN:
        ours, theirs = ([result.outcomes[name] for result in results] for results in (before, after))
        test = compare_paired(BY_NAME[name], ours, theirs, clusters)
        if test:
            tests[name] = test
    adjusted = holm([test.p for test in tests.values()])
    return {name: Effect(test, p) for (name, test), p in zip(tests.items(), adjusted, strict=True)}


def missed(table: Mapping[str, Mapping[str, Effect]], bugs: Sequence[Bug] = BUGS) -> list[str]:
    """The bugs that the metric named for them did not catch."""
    return [b.name for b in bugs if b.catches not in table[b.name] or not table[b.name][b.catches].worse(b.catches)]


def markdown(table: Mapping[str, Mapping[str, Effect]], bugs: Sequence[Bug] = BUGS) -> str:
    """Metrics down, bugs across; bold is the metric that must catch the bug, a dot is no change."""
    lines = ["| metric | " + " | ".join(bug.name for bug in bugs) + " |", "|---" * (len(bugs) + 1) + "|"]
    for metric in SHOWN:
        cells = [_cell(table[bug.name].get(metric), bold=bug.catches == metric) for bug in bugs]
        lines.append(f"| `{metric}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(effect: Effect | None, *, bold: bool) -> str:
    if effect is None:
        return "n/a"
    text = f"{effect.test.difference:+.2f}{'*' if effect.p < LEVEL else ''}" if effect.test.difference else "·"
    return f"**{text}**" if bold else text


def _pairs(cases: Sequence[GoldCase], transcripts: Sequence[Transcript]) -> list[tuple[GoldCase, Transcript]]:
    return list(zip(cases, transcripts, strict=True))


def _broken(transcript: Transcript, bug: Bug, case: GoldCase, articles: Articles) -> Transcript:
    answer = transcript.answer
    return transcript if answer is None else replace(transcript, answer=bug.breaks(answer, case, articles))


def _score(cases: Sequence[GoldCase], transcripts: Sequence[Transcript], articles: Articles) -> list[CaseResult]:
    judge = LexicalJudge()
    return [score_case(c, t, find_support(c, articles), judge, articles) for c, t in _pairs(cases, transcripts)]


def _withholding(case: GoldCase) -> GoldCase:
    return case if case.answerable or case.withheld else replace(case, withheld=("Orlin Vesterbrook",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a bug was not caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--limit", type=int, help="only every n-th question, to this many")
    options = parser.parse_args(arguments)
    cases = load_cases(SAMPLES / "gold.jsonl")
    cases = cases[:: max(1, len(cases) // options.limit)] if options.limit else cases
    with tempfile.TemporaryDirectory(prefix="groundwire-", ignore_cleanup_errors=True) as folder:
        ingest([SAMPLES / "articles"], load_settings(library=Path(folder)))
        bot = open_chatbot(folder, llm="none")
        table = mutation_table(cases, bot.ask, bot.library)
    print(
        f"{len(cases)} sample questions, quotations only, judge: lexical. Change against the sound chain; * p < 0.05."
    )
    print()
    print(markdown(table))
    lost = missed(table)
    print(f"\nnot caught: {', '.join(lost)}" if lost else "\nEvery bug is caught by its metric (bold).")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
