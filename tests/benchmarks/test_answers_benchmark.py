from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from benchmarks.answers import Asked, main, report, sample
from benchmarks.baselines.answer_metrics import abstention_accuracy, supported_at_all
from benchmarks.baselines.answer_tables import Drafted, comparison_table, draft_table, figure_table
from benchmarks.baselines.replies import RememberedModel, ReplyMissing
from eval.cases import GoldCase
from eval.evidence import Evidence, gather
from eval.judgements import judge_answer
from eval.judges.lexical import LexicalJudge
from eval.metrics.catalog import BY_NAME
from eval.outcomes import NotApplicable, Outcome, Scored
from eval.support import Support
from eval.transcripts import Transcript
from rag.answer_records import Answer, Method, Sentence, VerdictState
from rag.index.library import Library
from rag.messages import Message, Piece
from rag.records import ArticleHead, Passage, Retrieved

engine = pytest.importorskip("benchmarks.baselines.citation_engine", reason="needs the bench extra")

TEXTS = ("The mill in Cork cut 60 jobs in May.", "A storm closed the bridge at Athlone.")


def found() -> list[Retrieved]:
    return [
        Retrieved(Passage(f"a{n}", 10, 10 + len(text), text, ()), ArticleHead(f"a{n}", f"Title {n}"), n, 1 / n)
        for n, text in enumerate(TEXTS, start=1)
    ]


class Scripted:
    """Says the scripted replies in turn, word by word."""

    name, context_window = "scripted", 4096

    def __init__(self, *replies: str, finish: str = "stop") -> None:
        self.replies = list(replies)
        self.finish = finish
        self.limits: list[int] = []

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        self.limits.append(max_tokens)
        for word in self.replies.pop(0).split(" "):
            yield Piece(word + " ")
        yield Piece(finish=self.finish, usage={"total_tokens": 7})


# ------------------------------------------------------------------ replies
def said(model: RememberedModel, prompt: str) -> str:
    return "".join(piece.text for piece in model.stream([Message("user", prompt)], max_tokens=9))


def test_a_reply_is_asked_for_once_and_kept_for_the_next_run(tmp_path: Path) -> None:
    first = RememberedModel(Scripted("one two"), tmp_path / "replies.jsonl")
    assert said(first, "a") == said(first, "a") == "one two "
    again = RememberedModel(Scripted(), tmp_path / "replies.jsonl", ask=False)
    pieces = list(again.stream([Message("user", "a")], max_tokens=9))
    assert [(p.text, p.finish, p.usage) for p in pieces] == [
        ("one two ", None, None),
        ("", "stop", {"total_tokens": 7}),
    ]
    with pytest.raises(ReplyMissing):
        said(again, "b")


def test_a_reply_cut_by_a_fault_is_asked_for_again(tmp_path: Path) -> None:
    model = RememberedModel(Scripted("cut", "whole", finish="deadline"), tmp_path / "replies.jsonl")
    assert [said(model, "a"), said(model, "a")] == ["cut ", "whole "]


def test_a_line_cut_by_a_stop_is_dropped_and_the_file_stays_readable(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    said(RememberedModel(Scripted("one"), file), "a")
    with file.open("a", encoding="utf-8") as out:
        out.write('{"key": "0')
    model = RememberedModel(Scripted("two"), file)
    assert [said(model, "a"), said(model, "b")] == ["one ", "two "]
    assert [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()] == ["one ", "two "]


# ------------------------------------------------------------------ the engine
def test_a_marker_cites_the_whole_passage_and_a_forged_one_is_rejected() -> None:
    answer = engine.read_reply("q", "The mill cut 60 jobs [1]. A bridge closed [2, 7]. It rained.", found(), "m")
    assert [(s.text, s.citations, s.shown) for s in answer.sentences] == [
        ("The mill cut 60 jobs.", (1,), True),
        ("A bridge closed.", (2,), True),
        ("It rained.", (), True),
    ]
    assert [(c.marker, c.article_id, c.quote, c.start) for c in answer.citations] == [
        (1, "a1", TEXTS[0], 10),
        (2, "a2", TEXTS[1], 10),
    ]
    assert [r.marker for r in answer.rejected_citations] == ["[7]"]
    assert answer.method is Method.GENERATED


def test_in_the_engines_favour_an_unmarked_sentence_cites_every_source() -> None:
    answer = engine.citing_all(engine.read_reply("q", "The mill cut 60 jobs [1]. A bridge closed.", found(), "m"))
    assert [s.citations for s in answer.sentences] == [(1,), (1, 2)]
    assert [c.marker for c in answer.citations] == [1, 2]
    refusal = engine.citing_all(engine.read_reply("q", "I cannot answer that.", found(), "m"))
    assert refusal.abstained
    assert not refusal.citations


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Empty Response",
        "I cannot answer this from the sources.",
        "None of the provided sources are helpful.",
        "The provided sources do not mention the mayor. The mill cut jobs [1].",
        "The sources don't provide any information about it.",
        "The name of the mayor is not mentioned in the sources.",
        "There is no information about the mayor.",
        "Based on the sources, it cannot be determined who won.",
        "Sorry, I am unable to find the name.",
    ],
)
def test_refusals_are_abstentions(text: str) -> None:
    answer = engine.read_reply("q", text, found(), "m")
    assert answer.abstained
    assert not answer.sentences
    assert not answer.citations


@pytest.mark.parametrize(
    "text",
    [
        "The mill did not provide a pension [1].",
        "He cannot answer to the court before May [1].",
        "No one was hurt [2].",
        "The mill cut 60 jobs [1]. The sources do not say why.",
    ],
)
def test_denials_that_answer_are_no_abstentions(text: str) -> None:
    assert not engine.read_reply("q", text, found(), "m").abstained


def test_the_model_is_asked_as_a_chat_server_would_be() -> None:
    model = Scripted("It fell [1].")
    llm = engine.ChatModelLLM(model, 33)
    assert llm.complete("prompt").text == "It fell [1]. "
    assert model.limits == [33]
    assert (llm.metadata.context_window, llm.metadata.num_output, llm.metadata.model_name) == (4096, 33, "scripted")


# ------------------------------------------------------------------ sample and figures
def cases(answerable: int, not_answerable: int) -> list[GoldCase]:
    flags = [True] * answerable + [False] * not_answerable
    return [GoldCase(f"c{n}", f"question {n}?", flag, "yes" if flag else None) for n, flag in enumerate(flags)]


def test_every_beginning_of_the_sample_has_the_proportion_of_the_set() -> None:
    pool = cases(80, 20)
    drawn = sample(pool, None)
    assert sorted(c.id for c in drawn) == sorted(c.id for c in pool)
    assert all(abs(sum(not c.answerable for c in drawn[:n]) - n / 5) <= 1 for n in range(1, 101))
    assert sample(list(reversed(pool)), 10) != sample(pool, 10, seed=1)
    assert sample(pool, 10) == drawn[:10]


def evidence_of(case: GoldCase, answer: Answer) -> Evidence:
    return gather(case, answer, Support(()), judge_answer(answer, LexicalJudge()), None, 0.0)


def supported(answer: Answer) -> Outcome:
    return supported_at_all(LexicalJudge(), evidence_of(cases(1, 0)[0], answer))


def test_a_sentence_that_cites_nothing_can_still_be_supported_by_what_was_found() -> None:
    text = "The mill in Cork cut 60 jobs. The mill in Cork cut 70 jobs."
    assert supported(engine.read_reply("q", text, found(), "m")) == Scored(0.5)
    assert isinstance(supported(engine.read_reply("q", "", found(), "m")), NotApplicable)


ANSWERED, ABSTAINED = (engine.read_reply("q", text, found(), "m") for text in ("The mill cut 60 jobs [1].", ""))


@pytest.mark.parametrize(
    ("answerable", "answer", "right"),
    [(True, ANSWERED, 1.0), (True, ABSTAINED, 0.0), (False, ANSWERED, 0.0), (False, ABSTAINED, 1.0)],
)
def test_abstaining_is_right_on_unanswerable_questions_alone(answerable: bool, answer: Answer, right: float) -> None:
    case = cases(int(answerable), int(not answerable))[0]
    assert abstention_accuracy(evidence_of(case, answer)) == Scored(right)


class NoArticles:
    """As much of a library as a report asks for."""

    def article(self, article_id: str) -> None:
        return None

    def idf(self, term: str) -> float:
        return 1.0


def test_the_report_has_abstention_as_a_whole_as_figure_and_as_comparison() -> None:
    def answered(case: GoldCase, row: str) -> Transcript:
        too_careful = case.id == "c0"
        abstains = row.startswith("Groundwire") and (too_careful or not case.answerable)
        return Transcript(case.id, case.question, ABSTAINED if abstains else ANSWERED, None, 0.0)

    rows = ("CitationQueryEngine", "the same, unmarked sentences cite all sources")
    rows += ("Groundwire, same model", "Groundwire, no model")
    asked = [Asked(case, {row: answered(case, row) for row in rows}, None) for case in cases(12, 12)]
    lines = [line for line in report(asked, cast(Library, NoArticles())).splitlines() if "abstention_accuracy" in line]
    assert lines[0].count("| 0.50 (") == 2
    assert lines[0].count("| 0.96 (") == 2
    assert len(lines) == 5
    assert all(line.startswith("| abstention_accuracy | +0.46 | ") for line in lines[1:])
    assert all(line.endswith(" | 24 |") for line in lines[1:])


def test_the_tables_hold_figures_differences_and_what_became_of_the_drafts() -> None:
    metric = BY_NAME["answer_correct"]
    outcomes = {
        "engine": {metric.name: [Scored(0.0)] * 12},
        "ours": {metric.name: [Scored(1.0)] * 11 + [Scored(0.0)]},
    }
    clusters = [str(n) for n in range(12)]
    assert "| answer_correct | 0.00 (0.00-0.26), n=12 | 0.92 " in figure_table(outcomes, [metric], clusters)
    row = comparison_table(outcomes, "engine", "ours", [metric], clusters).splitlines()[-1]
    assert row.startswith("| answer_correct | +0.92 | ")
    assert float(row.split("|")[4].strip(" <")) < 0.01

    def sentence(shown: bool) -> Sentence:
        state = VerdictState.SUPPORTED if shown else VerdictState.NOT_FOUND
        return Sentence("It fell.", (), state, 0.0, shown)

    drafts = [
        Drafted(Method.REPAIRED, (sentence(False), sentence(True))),
        Drafted(Method.EXTRACTED, (sentence(False), sentence(False), sentence(True))),
    ]
    table = draft_table(drafts)
    assert "| all | 4 |" in table
    assert "| withheld | 3 (75%) |" in table
    assert "1 repaired, 1 extracted" in table
    assert "A sentence of the model's was shown in 1 of 2." in table


def test_absent_data_is_one_line_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.answers.DATA", tmp_path)
    assert main(["--library", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
