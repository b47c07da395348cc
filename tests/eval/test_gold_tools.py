from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import eval as package
from eval import evaluate, load_cases, plain_ask
from eval.__main__ import main
from eval.cases import case_json, read_case
from eval.drafting import draft_cases, usable_question
from eval.gold_check import check_gold
from eval.gold_import import import_set
from eval.plain_answers import Source
from rag.chatbot import Chatbot
from rag.errors import GoldSetError
from rag.records import Turn
from tests.eval.building import ARTICLES, BUDGET, FERRY, HARBOUR, SHELF, gold
from tests.scripted_model import ScriptedModel

SAMPLE_GOLD = Path(__file__).resolve().parents[2] / "samples" / "gold.jsonl"


# ------------------------------------------------------------------ check
def test_the_same_question_twice_is_an_error_unless_the_conversation_differs() -> None:
    cases = [
        gold(id="a", quotes=(BUDGET,)),
        gold(id="b", question="how large is the BUDGET"),
        gold(id="c", history=(Turn("Which one?"),)),
    ]
    assert [(f.case_id, f.level, f.text) for f in check_gold(cases)] == [("b", "error", "asks the same as 'a'")]


def test_an_answer_that_its_quotes_do_not_hold_is_doubtful() -> None:
    (finding,) = check_gold([gold("five bridges", quotes=(BUDGET,))])
    assert (finding.level, finding.passage) == ("warning", BUDGET.text)


def test_the_sample_set_has_no_error_and_a_spoilt_one_is_told(sample_bot: Chatbot) -> None:
    cases = load_cases(SAMPLE_GOLD)[::12]
    assert [f for f in check_gold(cases, sample_bot) if f.level == "error"] == []
    good = next(c for c in load_cases(SAMPLE_GOLD) if c.id == "huawei-affiliates")
    quote = good.quotes[0]
    moved = replace(quote, start=quote.start + 3, end=quote.end + 3)
    lost = replace(quote, text="x" * len(quote.text))
    told = check_gold([replace(good, quotes=(moved,))], sample_bot)
    assert any(f.level == "warning" and f.text.startswith(f"the quote stands at {quote.start}:") for f in told)
    told = check_gold([replace(good, id="lost", quotes=(lost,), support=("gone",))], sample_bot)
    assert [f.text for f in told if f.level == "error"] == [
        "support article 'gone' is not in the library",
        f"article {quote.article} does not hold the quote",
    ]
    called = replace(good, id="un", answerable=False, answer=None, aliases=(), support=(), quotes=())
    several = [replace(called, id=c.id, question=c.question) for c in load_cases(SAMPLE_GOLD)[:6]]
    doubts = check_gold(several, sample_bot)
    assert len(doubts) >= 3
    assert all(doubt.level == "warning" and doubt.passage for doubt in doubts)
    withheld = replace(called, withheld=good.answers)
    assert "the withheld answer" in check_gold([withheld], sample_bot)[0].text


# ------------------------------------------------------------------ draft
def test_drafts_are_gold_cases_whose_answer_stands_in_their_quote() -> None:
    drafts = draft_cases(list(ARTICLES.values()), 10)
    assert 2 <= len(drafts) <= 10
    assert len({d.case.id for d in drafts}) == len(drafts)
    for draft in drafts:
        document = draft.to_json()
        assert (document["status"], document["drafted_by"]) == ("draft", "gap")
        assert read_case(document, "here") == draft.case
        (quote,) = draft.case.quotes
        assert ARTICLES[quote.article].text[quote.start : quote.end] == quote.text
        assert draft.case.answer is not None
        assert draft.case.answer in quote.text
        assert draft.case.answer not in draft.case.question
    assert draft_cases(list(ARTICLES.values()), 10) == drafts
    assert len(draft_cases(list(ARTICLES.values()), 1)) == 1
    assert draft_cases([], 3) == []


def test_a_model_words_the_question_and_a_bad_one_is_not_taken() -> None:
    model = ScriptedModel("No question", *["How large is the budget of the board?"] * 9)
    drafts = draft_cases([ARTICLES["harbour"], ARTICLES["market"]], 1, model)
    assert [(d.case.question, d.by) for d in drafts] == [("How large is the budget of the board?", "scripted")]
    assert "do not" not in drafts[0].case.question
    assert usable_question("Is it 12 percent?", "12 percent") is None
    assert usable_question("What?\nWhy?", "x") is None


# ------------------------------------------------------------------ import
def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_squad(tmp_path: Path) -> None:
    start = HARBOUR.index("4.2 million")
    qas = [
        {"id": "1", "question": "How much?", "answers": [{"text": "4.2 million euros", "answer_start": start}]},
        {"id": "2", "question": "Who?", "answers": [], "is_impossible": True},
        {"id": "3", "question": "When?", "answers": [{"text": "June", "answer_start": 3}]},
    ]
    squad = {"data": [{"title": "Harbour", "paragraphs": [{"context": HARBOUR, "qas": qas}]}]}
    found = import_set("squad", write(tmp_path / "squad.json", squad))
    assert [(c.id, c.answerable) for c in found.cases] == [("1", True), ("2", False)]
    assert found.cases[0].quotes[0].text == "4.2 million euros"
    assert found.skipped == ["3: has no answer, or one that is not at its offset"]
    assert list(found.articles.values()) == [("Harbour", HARBOUR)]


def test_hotpotqa(tmp_path: Path) -> None:
    row = {
        "_id": "h1", "question": "Which board met when the ferry was cancelled?", "answer": "The harbour board",
        "type": "bridge", "supporting_facts": [["A", 1], ["B", 0], ["B", 9]],
        "context": [["A", ["It rained.", " The board met."]], ["B", ["The ferry was cancelled."]]],
    }  # fmt: skip
    found = import_set("hotpotqa", write(tmp_path / "hotpot.json", [row]))
    (case,) = found.cases
    assert [q.text for q in case.quotes] == ["The board met.", "The ferry was cancelled."]
    for quote in case.quotes:
        assert found.articles[quote.article][1][quote.start : quote.end] == quote.text
    assert case.tags == ("hotpotqa", "bridge")


def test_beir(tmp_path: Path) -> None:
    write(tmp_path / "corpus.jsonl", '{"_id": "d1", "title": "Ferry", "text": "It was cancelled."}\n')
    write(tmp_path / "queries.jsonl", '{"_id": "q1", "text": "ferry"}\n{"_id": "q2", "text": "unjudged"}\n')
    write(tmp_path / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n")
    found = import_set("beir", tmp_path)
    assert [(c.id, c.support, c.tags) for c in found.cases] == [("q1", ("d1",), ("beir", "no-answer"))]
    assert found.articles["d1"] == ("Ferry", "It was cancelled.")


def test_ragas_and_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"user_input": "What was cancelled?", "reference": "The ferry", "reference_contexts": [FERRY]},
        {"user_input": "Who?", "reference": None},
    ]
    path = write(tmp_path / "ragas.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert main(["import", str(path), "--from", "ragas", "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["articles"], told["skipped"]) == (1, 1, ["line 2: has no reference answer"])
    (case,) = load_cases(tmp_path / "out" / "gold.jsonl")
    article = json.loads((tmp_path / "out" / "articles.jsonl").read_text())
    assert case.support == (article["id"],)
    assert article["text"] == FERRY


@pytest.mark.parametrize(("kind", "text"), [("squad", "[]"), ("hotpotqa", "{"), ("beir", ""), ("ragas", "[1]")])
def test_what_is_not_of_the_format_is_refused(tmp_path: Path, kind: str, text: str) -> None:
    with pytest.raises(GoldSetError):
        import_set(kind, write(tmp_path / "file", text))


def test_check_and_draft_from_the_command_line(
    sample_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "drafts.jsonl"
    assert main(["draft", "--library", str(sample_library), "-n", "3", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["drafts"] == 3
    assert main(["check", str(out)]) == 0
    assert "3 cases: 0 errors" in capsys.readouterr().out
    twice = write(tmp_path / "twice.jsonl", "".join(json.dumps({**case_json(gold(id=i))}) + "\n" for i in ("a", "b")))
    assert main(["check", str(twice), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["level"] == "error"


# ------------------------------------------------------------------ from Python
def test_public_names_exist_and_are_sorted() -> None:
    assert list(package.__all__) == sorted(package.__all__)
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


def test_any_function_can_be_evaluated_with_its_sources() -> None:
    def engine(question: str) -> tuple[str, list[Source]]:
        if "mayor" in question:
            return "I don't know.", []
        return "The board approved a budget of 4.2 million euros.", [Source(HARBOUR, "harbour"), Source("Other.")]

    cases = [gold(quotes=(BUDGET,)), gold(None, id="u", question="Who is the mayor?")]
    evaluation = evaluate(cases, plain_ask(engine, name="peer", refusal="I don't know"), articles=SHELF)
    figures = {name: summary.value for name, summary in evaluation.summaries.items()}
    assert (figures["hit@1"], figures["answer_correct"], figures["groundedness"]) == (1.0, 1.0, 1.0)
    assert (figures["abstention_recall"], figures["gold_span_hit"]) == (1.0, 1.0)
    assert evaluation.facts.models == ("peer",)
    silent = plain_ask(lambda question: "")("q")
    assert silent.abstained
