"""The Evaluation tab: ask a gold set, read the report, compare it with earlier runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from eval.cases import load_cases
from eval.comparison import compare_runs
from rag.errors import GroundwireError
from rag.settings import Settings
from web.chatbots import Chatbots
from web.evaluation_view import comparison_html, progress_html, report_html
from web.evaluations import Evaluations, Progress, State
from web.markup import inline
from web.past_runs import PastRuns
from web.theme import html

SAMPLE_GOLD = Path(__file__).resolve().parent.parent / "samples" / "gold.jsonl"
GOLD_TYPES = [".jsonl", ".gz", ".xz"]

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class EvaluationTab:
    """A gold set to choose, a run to watch, reports to read and to compare."""

    def __init__(self, chatbots: Chatbots, settings: gr.State, runs: Path) -> None:
        self._chatbots = chatbots
        self._settings = settings
        self._evaluations = Evaluations(runs)
        self._past = PastRuns(runs)
        html("<h2>Ask a gold set</h2>")
        html(
            '<p class="gw-note">Questions with known answers are asked, and every answer is judged. '
            "Without a file of your own, the sample questions are asked, which fit the sample articles.</p>"
        )
        with gr.Row(elem_id="gw-gold-row"):
            self.gold = gr.File(label="Gold file (JSON Lines)", file_types=GOLD_TYPES, elem_id="gw-gold", height=110)
            self.limit = gr.Number(label="Questions at most", info="0: all", value=0, minimum=0, precision=0)
        with gr.Row(elem_id="gw-run-row"):
            self.run = gr.Button("Run", variant="primary", scale=0, min_width=96, elem_id="gw-run")
            self.cancel = gr.Button("Cancel", variant="stop", visible=False, scale=0, elem_id="gw-cancel")
        self.progress = html(elem_id="gw-eval-progress")
        html("<h2>Reports</h2>")
        self.chosen = gr.Dropdown(label="Run", choices=[], value=None, elem_id="gw-run-chosen")
        self.report = html(elem_id="gw-report")
        html("<h2>Compare two runs</h2>")
        with gr.Row():
            self.a = gr.Dropdown(label="A, the earlier", choices=[], value=None)
            self.b = gr.Dropdown(label="B, the later", choices=[], value=None)
        self.compare = gr.Button("Compare", scale=0, min_width=110, elem_id="gw-compare")
        self.comparison = html(elem_id="gw-comparison")
        self._wire()

    def wire_looked_at(self, looked_at: Any) -> None:
        """Shows what is running, also when another browser started it, and the runs that are there now."""
        looked_at(self._list, outputs=[self.chosen, self.a, self.b], **_PRIVATE)
        looked_at(self._watch, outputs=self._watched, **_PRIVATE)

    @property
    def _watched(self) -> list[Any]:
        return [self.progress, self.run, self.cancel, self.chosen, self.a, self.b]

    def _wire(self) -> None:
        inputs = [self.gold, self.limit, self._settings]
        self.run.click(self._run, inputs=inputs, outputs=self._watched, **_PRIVATE)
        self.cancel.click(self._evaluations.cancel, queue=False, **_PRIVATE)
        self.chosen.change(self._show, inputs=self.chosen, outputs=self.report, **_PRIVATE)
        self.compare.click(self._compare, inputs=[self.a, self.b], outputs=self.comparison, **_PRIVATE)

    # ------------------------------------------------------------------ events
    def _run(self, gold: str | None, limit: float | None, settings: Settings) -> Iterator[tuple[Any, ...]]:
        path = Path(gold) if gold else SAMPLE_GOLD
        try:
            cases = load_cases(path)[: int(limit or 0) or None]
            self._evaluations.start(cases, path.name if gold else "sample questions", self._chatbots.get(settings))
        except GroundwireError as error:
            yield _problem(str(error).replace(str(path), path.name)), *(gr.skip() for _ in self._watched[1:])
            return
        yield from self._watch()

    def _watch(self) -> Iterator[tuple[Any, ...]]:
        for progress in self._evaluations.watch():
            yield self._shown(progress)

    def _shown(self, progress: Progress) -> tuple[Any, ...]:
        running = progress.state is State.RUNNING
        buttons = gr.update(visible=not running), gr.update(visible=running)
        runs = (gr.skip(),) * 3
        if progress.state is State.DONE:
            names = self._choices()
            runs = gr.update(choices=names, value=progress.name), gr.update(choices=names), gr.update(choices=names)
        return progress_html(progress), *buttons, *runs

    def _list(self) -> tuple[Any, ...]:
        return (gr.update(choices=self._choices()),) * 3

    def _choices(self) -> list[tuple[str, str]]:
        return [(run.label, run.name) for run in self._past.list()]

    def _show(self, name: str | None) -> str:
        if not name:
            return ""
        try:
            return report_html(name, self._past.report(name))
        except GroundwireError as error:
            return _problem(str(error))

    def _compare(self, a: str | None, b: str | None) -> str:
        if not a or not b or a == b:
            return _problem("Choose two different runs.")
        try:
            return comparison_html(compare_runs(self._past.directory(a), self._past.directory(b)))
        except GroundwireError as error:
            return _problem(str(error))


def _problem(words: str) -> str:
    return f'<p class="gw-problem" role="alert">{inline(words)}</p>'
