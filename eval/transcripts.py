"""Gold case → transcript: what the chatbot answered, one JSON line per case, resumable.

A line is reused when the case asks the same (question, history, date) and the run is the same
(settings, model, library); a changed gold answer therefore needs no second answer. Later lines of a
case replace earlier ones. A line cut off by a crash is asked again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.answers import read_answer
from eval.cases import GoldCase
from rag.answer_records import Answer
from rag.errors import RunError

FILE_NAME = "transcripts.jsonl"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What came back for one case.

    Attributes:
        asked: `GoldCase.asked` of the case at that time.
        answer: None when the chatbot raised an error.
        error: "Type: message" of a GroundwireError.
        seconds: Wall-clock time of the call.
    """

    case_id: str
    asked: str
    answer: Answer | None
    error: str | None
    seconds: float


class TranscriptFile:
    """The transcripts of a run directory.

    Attributes:
        run_key: Names settings, model and library; lines written under another key are not reused.

    Raises:
        RunError: The file holds something else, or cannot be read or written.
    """

    def __init__(self, directory: Path, run_key: str) -> None:
        self.path = directory / FILE_NAME
        self.run_key = run_key
        self._answered: dict[str, Transcript] = {}
        try:
            directory.mkdir(parents=True, exist_ok=True)
            text = self.path.read_bytes().decode("utf-8", "surrogateescape") if self.path.exists() else ""
        except OSError as error:
            raise RunError(f"{self.path}: cannot be used ({error}). Choose another --out.") from None
        self._read(text)

    def answered(self, case: GoldCase) -> Transcript | None:
        """The transcript to reuse for a case; None when it must be asked (again)."""
        transcript = self._answered.get(case.id)
        return transcript if transcript and transcript.asked == case.asked and transcript.answer else None

    def add(self, transcript: Transcript) -> None:
        """Append; on disk before this returns."""
        line = json.dumps(_document(transcript, self.run_key), ensure_ascii=False)
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error}). Free some space or choose another --out."
            ) from None
        self._answered[transcript.case_id] = transcript

    def _read(self, text: str) -> None:
        whole, _, cut = text.rpartition("\n")
        for number, line in enumerate(whole.split("\n") if whole else [], start=1):
            try:
                document = json.loads(line)
                if document["run"] == self.run_key:
                    self._answered[document["id"]] = _transcript(document)
            except (ValueError, KeyError, TypeError):
                raise RunError(
                    f"{self.path}:{number}: is no transcript. Choose another --out or remove the file."
                ) from None
        if cut:
            self._drop(len(cut.encode("utf-8", "surrogateescape")))

    def _drop(self, size: int) -> None:
        with self.path.open("r+b") as file:
            file.truncate(self.path.stat().st_size - size)


def _document(transcript: Transcript, run_key: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "id": transcript.case_id,
        "asked": transcript.asked,
        "run": run_key,
        "answer": transcript.answer.to_json() if transcript.answer else None,
        "error": transcript.error,
        "seconds": round(transcript.seconds, 4),
    }


def _transcript(document: Mapping[str, Any]) -> Transcript:
    return Transcript(
        case_id=document["id"],
        asked=document["asked"],
        answer=read_answer(document["answer"]) if document["answer"] else None,
        error=document["error"],
        seconds=document["seconds"],
    )
