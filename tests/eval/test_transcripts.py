from __future__ import annotations

from pathlib import Path

import pytest

from eval.answers import read_answer
from eval.transcripts import FILE_NAME, Transcript, TranscriptFile
from rag.answer_records import Answer, Disagreement, Method, RejectedCitation, Seconds, Side
from rag.errors import RunError
from rag.records import Copy
from tests.eval.building import abstain, answer, cite, gold, passage, say


def full_answer() -> Answer:
    return answer(
        say("It was cancelled.", 1),
        say("It sank.", shown=False),
        citations=[cite(1, "ferry", "The ferry to Brackwater was cancelled on Friday.")],
        retrieved=[passage("ferry", 1), passage("harbour", 2, also_in=("wire",))],
        method=Method.REPAIRED,
        rejected_citations=(RejectedCitation("[9]", "no such passage"),),
        disagreements=(Disagreement("figure", "metres", (Side("It is 12 metres.", "12", None, "Wire", None, 1),) * 2),),
        reason="cut",
        confidence=0.25,
        model="tiny",
        settings_digest="abc",
        usage={"prompt_tokens": 7},
        seconds=Seconds(0.1, 0.2, 0.3, 0.6),
        complete=False,
        id="c1",
    )


def test_an_answer_document_reads_back_as_the_same_document() -> None:
    document = full_answer().to_json()
    again = read_answer(document)
    assert again.to_json() == document
    assert again.retrieved[1].also_in == (Copy("Wire", "wire"),)
    assert again.method is Method.REPAIRED


def test_a_second_opening_reuses_what_was_answered(tmp_path: Path) -> None:
    case = gold()
    first = TranscriptFile(tmp_path, "key")
    assert first.answered(case) is None
    first.add(Transcript(case.id, case.asked, full_answer(), None, 1.5))
    again = TranscriptFile(tmp_path, "key").answered(case)
    assert again is not None
    assert again.seconds == 1.5
    assert again.answer is not None
    assert again.answer.to_json() == full_answer().to_json()


def test_other_settings_another_question_or_an_error_are_asked_again(tmp_path: Path) -> None:
    case = gold()
    transcripts = TranscriptFile(tmp_path, "key")
    transcripts.add(Transcript("c1", case.asked, abstain(), None, 1.0))
    transcripts.add(Transcript("c2", gold(id="c2").asked, None, "ModelUnavailable: down", 1.0))
    assert TranscriptFile(tmp_path, "other").answered(case) is None
    assert TranscriptFile(tmp_path, "key").answered(gold(question="Another one?")) is None
    assert TranscriptFile(tmp_path, "key").answered(gold(id="c2")) is None
    assert TranscriptFile(tmp_path, "key").answered(gold("a better gold answer")) is not None


def test_a_line_cut_by_a_crash_is_dropped_and_the_file_goes_on(tmp_path: Path) -> None:
    transcripts = TranscriptFile(tmp_path, "key")
    transcripts.add(Transcript("c1", gold().asked, abstain(), None, 1.0))
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes() + '{"schema": 1, "id": "c2", "answer": "é'.encode()[:-1])
    resumed = TranscriptFile(tmp_path, "key")
    assert resumed.answered(gold()) is not None
    resumed.add(Transcript("c2", gold(id="c2").asked, abstain(), None, 1.0))
    assert TranscriptFile(tmp_path, "key").answered(gold(id="c2")) is not None
    assert path.read_text(encoding="utf-8").count("\n") == 2


def test_unicode_line_separators_in_an_answer_do_not_split_its_line(tmp_path: Path) -> None:
    text = "One\u2028two\x85three\nfour"
    TranscriptFile(tmp_path, "key").add(Transcript("c1", gold().asked, abstain(answer=text), None, 1.0))
    again = TranscriptFile(tmp_path, "key").answered(gold())
    assert again is not None
    assert again.answer is not None
    assert again.answer.answer == text


def test_a_file_of_something_else_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"hello": 1}\n')
    with pytest.raises(RunError, match=r"transcripts\.jsonl:1: is no transcript"):
        TranscriptFile(tmp_path, "key")


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="--out"):
        TranscriptFile(tmp_path / "file" / "run", "key")
