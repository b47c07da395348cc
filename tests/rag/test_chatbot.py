"""The chain from question to checked answer, with the sample articles and scripted models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag import Filters, Turn, open_chatbot
from rag.answer_records import Answer, Method, VerdictState
from rag.chatbot import Chatbot
from rag.errors import LibraryMissing, ModelUnavailable, QuestionError
from rag.events import AnswerCompleted, PassagesFound, SentenceChecked
from rag.llm import Piece
from rag.prompting import REFUSAL
from rag.settings import load_settings
from tests.scripted_model import ScriptedModel

QUESTION = "How many public security bureaus and companies were blacklisted in October 2019?"


def bot_with(library: Path, *replies: Any, **settings: Any) -> tuple[Chatbot, ScriptedModel]:
    model = ScriptedModel(*replies)
    return open_chatbot(library, settings=load_settings(**settings), llm=model), model


def assert_exact(bot: Chatbot, answer: Answer) -> None:
    """Every citation is verbatim in its article, every marker in the text is one of the citations."""
    for citation in answer.citations:
        article = bot.library.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
    for sentence in answer.sentences:
        assert set(sentence.citations) <= {c.marker for c in answer.citations}


# ------------------------------------------------------------------ without a language model
def test_the_answer_quotes_the_sentence_that_says_it(sample_bot: Chatbot) -> None:
    answer = sample_bot.ask(QUESTION)
    assert answer.method is Method.EXTRACTED
    assert "20" in answer.text
    assert "eight" in answer.text
    assert all(s.verdict is VerdictState.QUOTED and s.shown for s in answer.sentences)
    assert 1 <= len(answer.sentences) <= 3
    assert_exact(sample_bot, answer)


def test_copies_of_one_story_count_once_and_are_listed(sample_bot: Chatbot) -> None:
    answer = sample_bot.ask("What did Geng Shuang say about human rights in Xinjiang?")
    stories = {h.id: h.story_id for h in sample_bot.library.heads()}
    cited = [c for c in answer.citations if c.also_in]
    assert cited
    for citation in cited:
        assert {stories[copy.article_id] for copy in citation.also_in} == {stories[citation.article_id]}
    retrieved_by_story: dict[str, set[str]] = {}
    for item in answer.retrieved:
        retrieved_by_story.setdefault(item.article.story_id, set()).add(item.article.id)
    assert all(len(articles) == 1 for articles in retrieved_by_story.values())


def test_what_the_articles_do_not_say_is_not_answered(sample_bot: Chatbot) -> None:
    answer = sample_bot.ask("Who won the world chess championship?")
    assert answer.abstained
    assert answer.text == REFUSAL
    assert answer.reason
    assert answer.retrieved, "the closest passages are shown all the same"


def test_in_between_only_the_closest_passages_are_shown(sample_library: Path) -> None:
    bot = open_chatbot(sample_library, settings=load_settings(answer_threshold=1.0, closest_threshold=0.0), llm="none")
    answer = bot.ask(QUESTION)
    assert answer.abstained
    assert answer.text.startswith("The articles do not state this directly. The closest passages say:\n“")
    assert all(f"“{s.text}” [" in answer.text for s in answer.sentences)
    assert 2 <= len(answer.citations) <= 3
    assert_exact(bot, answer)


def test_filters_and_time_decide_which_articles_answer(sample_bot: Chatbot) -> None:
    question = "How did Beijing respond to the listing?"
    for filters in (Filters(since="2025"), Filters(until="2019")):
        found = sample_bot.ask(question, filters=filters).retrieved
        assert found
        years = {r.article.published[:4] for r in found if r.article.published}
        assert all((filters.since or "") <= year <= (filters.until or "9") for year in years)


def test_a_follow_up_is_understood_from_the_history(sample_bot: Chatbot) -> None:
    answer = sample_bot.ask("And in March 2025?", history=[Turn("Which firms were blacklisted in October 2019?", "…")])
    assert answer.standalone_question == "Which firms were blacklisted in March 2025?"
    assert answer.retrieved[0].article.published is not None
    assert answer.retrieved[0].article.published.startswith("2025")


@pytest.mark.parametrize("question", ["", " \n", "x" * 10_000])
def test_questions_that_are_none_are_refused(sample_bot: Chatbot, question: str) -> None:
    with pytest.raises(QuestionError):
        sample_bot.ask(question)


def test_a_stream_shows_passages_before_sentences_and_ends_with_the_answer(sample_bot: Chatbot) -> None:
    events = list(sample_bot.stream(QUESTION))
    assert isinstance(events[0], PassagesFound)
    assert all(isinstance(e, SentenceChecked) for e in events[1:-1])
    last = events[-1]
    assert isinstance(last, AnswerCompleted)
    assert [e.sentence for e in events[1:-1] if isinstance(e, SentenceChecked)] == list(last.answer.sentences)


def test_the_same_question_gives_the_same_answer(sample_bot: Chatbot) -> None:
    first, second = sample_bot.ask(QUESTION), sample_bot.ask(QUESTION)
    assert first.text == second.text
    assert first.citations == second.citations
    assert first.settings_digest == second.settings_digest


# ------------------------------------------------------------------ with a language model
def sentence_found(bot: Chatbot, rank: int = 1) -> str:
    """A sentence of the passage of that rank, as a careful model would copy it."""
    found = bot.retriever.retrieve(QUESTION)
    return max(found[rank - 1].passage.sentence_texts(), key=len)


def test_a_copied_sentence_is_shown_as_quoted(sample_library: Path, sample_bot: Chatbot) -> None:
    copied = sentence_found(sample_bot)
    bot, model = bot_with(sample_library, f"{copied} [1]")
    answer = bot.ask(QUESTION)
    assert answer.method is Method.GENERATED
    assert [s.verdict for s in answer.sentences] == [VerdictState.QUOTED]
    assert answer.text == f"{copied} [1]"
    assert answer.usage == {"prompt_tokens": 100, "completion_tokens": 20}
    assert answer.model == "scripted"
    assert QUESTION in model.asked[0]
    assert_exact(bot, answer)


def test_an_invented_number_is_withheld_and_repaired(sample_library: Path, sample_bot: Chatbot) -> None:
    copied = sentence_found(sample_bot)
    bot, model = bot_with(sample_library, "The list named 7,431 companies. [1]", f"{copied} [1]")
    answer = bot.ask(QUESTION)
    assert answer.method is Method.REPAIRED
    assert "7,431" not in answer.text
    assert answer.withheld[0].verdict is VerdictState.NOT_FOUND
    assert answer.withheld[0].why is not None
    assert "7,431" in answer.withheld[0].why
    assert "7,431" in model.asked[1], "the repair round shows the model what failed"
    assert answer.usage["completion_tokens"] == 40


def test_a_model_that_only_invents_is_replaced_by_quotations(sample_library: Path) -> None:
    bot, _ = bot_with(sample_library, "Exactly 7,431 firms were named. [1]", "It was 9,876 firms. [2]")
    answer = bot.ask(QUESTION)
    assert answer.method is Method.EXTRACTED
    assert len(answer.withheld) == 2
    assert "7,431" not in answer.text
    assert "9,876" not in answer.text
    assert_exact(bot, answer)


def test_invented_markers_and_missing_ones_are_findings(sample_library: Path) -> None:
    bot, _ = bot_with(sample_library, "China replied [99]. Beijing protested.", REFUSAL)
    answer = bot.ask(QUESTION)
    assert [r.marker for r in answer.rejected_citations] == ["[99]"]
    assert [s.why for s in answer.withheld] == ["cites no passage", "cites no passage"]


def test_strict_shows_no_paraphrase(sample_library: Path) -> None:
    paraphrase = "Washington has put Hikvision, SenseTime and Megvii on its list. [1][2][3]"
    answers = {}
    for policy in ("balanced", "strict", "verbatim"):
        bot, _ = bot_with(sample_library, paraphrase, REFUSAL, policy=policy)
        answers[policy] = bot.ask("Why was Hikvision blacklisted in October 2019?")
    assert answers["balanced"].sentences[0].verdict is VerdictState.PARAPHRASE
    assert answers["balanced"].sentences[0].shown
    assert not answers["strict"].sentences[0].shown
    assert not answers["verbatim"].sentences[0].shown
    assert all(s.verdict is VerdictState.QUOTED for s in answers["verbatim"].sentences if s.shown)


@pytest.mark.parametrize(
    ("finish", "reason"), [("lost", "connection was lost"), ("length", "token limit"), ("deadline", "time limit")]
)
def test_an_answer_that_was_cut_says_so(sample_library: Path, sample_bot: Chatbot, finish: str, reason: str) -> None:
    copied = sentence_found(sample_bot)
    bot, _ = bot_with(sample_library, [Piece(f"{copied} [1] And th"), Piece(finish=finish)])
    answer = bot.ask(QUESTION)
    assert not answer.complete
    assert answer.reason is not None
    assert reason in answer.reason
    assert answer.sentences[0].shown


def test_a_model_cut_before_its_first_sentence_leaves_the_quotations(sample_library: Path) -> None:
    bot, _ = bot_with(sample_library, [Piece("The l"), Piece(finish="lost")])
    answer = bot.ask(QUESTION)
    assert answer.method is Method.EXTRACTED
    assert answer.citations
    assert not answer.complete
    assert answer.reason == "the answer is incomplete: the connection was lost"


def test_a_model_that_is_down_leaves_the_passages_in_view(sample_library: Path) -> None:
    bot, _ = bot_with(sample_library, ModelUnavailable("the model at http://127.0.0.1:9 does not answer."))
    stream = bot.stream(QUESTION)
    assert isinstance(next(stream), PassagesFound)
    with pytest.raises(ModelUnavailable):
        next(stream)


def test_a_refusing_model_leads_to_what_the_articles_say(sample_library: Path) -> None:
    bot, _ = bot_with(sample_library, REFUSAL)
    answer = bot.ask("Who won the world chess championship?")
    assert answer.abstained
    assert answer.text == REFUSAL


# ------------------------------------------------------------------ opening
def test_a_missing_library_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="python -m ingest"):
        open_chatbot(tmp_path / "nowhere", llm="none")
