"""Gold cases → an evaluation that runs in the background, one at a time, and can be watched and cancelled.

It belongs to the server, not to a browser: closing the page does not end it, and every reader sees the same one.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.cases import GoldCase, case_json
from eval.export import GOLD_NAME
from eval.report import write_report
from eval.runs import evaluate
from eval.transcripts import TranscriptFile
from rag.answer_records import Answer
from rag.errors import GroundwireError, RunError
from web.chatbots import Answering

_LOG = logging.getLogger(__name__)
_CALM_SECONDS = 0.2
"""Between two looks at a running evaluation, so that a quick one does not flood the page."""


class State(StrEnum):
    """How far an evaluation has come."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """An evaluation as it stands.

    Attributes:
        name: Of the run's directory.
        stage: "ask" or "judge".
        problem: Why it failed, one line safe to show.
    """

    name: str
    gold: str
    total: int
    state: State = State.RUNNING
    stage: str = "ask"
    done: int = 0
    problem: str | None = None


class _Cancelled(Exception):
    """Ends an evaluation from within; no GroundwireError, because those count as a question's answer."""


class Evaluations:
    """The evaluation of this server, and where the reports of all runs are.

    Args:
        runs: Directory of runs, as `python -m eval run` writes them.
    """

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self._changed = threading.Condition()
        self._current: Progress | None = None
        self._cancel = threading.Event()

    @property
    def current(self) -> Progress | None:
        """The running or the last evaluation."""
        return self._current

    def start(self, cases: Sequence[GoldCase], gold: str, chatbot: Answering) -> None:
        """Begins an evaluation.

        Raises:
            RunError: One is running already.
        """
        with self._changed:
            if self._current is not None and self._current.state is State.RUNNING:
                raise RunError("An evaluation is running already. Wait for it, or cancel it.")
            name = f"{datetime.now():%Y%m%d-%H%M%S}-{chatbot.settings.digest()}"
            self._current = Progress(name, gold, len(cases))
            self._cancel.clear()
        threading.Thread(target=self._work, args=(tuple(cases), chatbot, self.runs / name), daemon=True).start()

    def cancel(self) -> None:
        """Asks the running evaluation to end before its next question."""
        self._cancel.set()

    def watch(self) -> Iterator[Progress]:
        """The evaluation as it stands, again whenever it has moved on, until it has ended."""
        seen: Progress | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda before=seen: self._current != before, timeout=30)  # type: ignore[misc]
                now = self._current
            if now is None:
                return
            if now != seen:
                yield now
            if now.state is not State.RUNNING:
                return
            seen = now
            self._cancel.wait(_CALM_SECONDS)

    # ------------------------------------------------------------------ in its own thread
    def _work(self, cases: tuple[GoldCase, ...], chatbot: Answering, directory: Path) -> None:
        try:
            self._evaluate(cases, chatbot, directory)
        except _Cancelled:
            self._note(state=State.CANCELLED)
        except GroundwireError as error:
            self._note(state=State.FAILED, problem=str(error))
        except Exception:
            _LOG.exception("the evaluation failed")
            self._note(state=State.FAILED, problem="Something went wrong inside Groundwire. The terminal shows what.")
        else:
            self._note(state=State.DONE)

    def _evaluate(self, cases: tuple[GoldCase, ...], chatbot: Answering, directory: Path) -> None:
        def ask(question: str, **known: Any) -> Answer:
            self._stop_if_asked()
            return chatbot.ask(question, **known)

        library = chatbot.library
        counts = library.counts()
        transcripts = TranscriptFile(directory, f"{chatbot.settings.digest()}-{counts.generation}")
        _keep_gold(cases, directory)
        evaluation = evaluate(cases, ask, articles=library, transcripts=transcripts, progress=self._advance)
        held = {name: getattr(counts, name) for name in ("articles", "passages", "stories", "generation")}
        known = {**held, "embedding_model": counts.embedding_model}
        write_report(evaluation.with_facts(library=known), directory, articles=library)

    def _advance(self, stage: str, done: int, total: int) -> None:
        self._stop_if_asked()
        self._note(stage=stage, done=done, total=total)

    def _stop_if_asked(self) -> None:
        if self._cancel.is_set():
            raise _Cancelled

    def _note(self, **changes: Any) -> None:
        with self._changed:
            assert self._current is not None
            self._current = replace(self._current, **changes)
            self._changed.notify_all()


def _keep_gold(cases: Sequence[GoldCase], directory: Path) -> None:
    lines = "".join(json.dumps(case_json(case), ensure_ascii=False) + "\n" for case in cases)
    try:
        (directory / GOLD_NAME).write_text(lines, encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{directory.name}: cannot be written ({error.strerror}). Make room, and run it again."
        ) from None
