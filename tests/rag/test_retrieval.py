from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from rag.chatbot import Chatbot
from rag.embedder import open_embedder
from rag.errors import ModelMissing, SettingsError
from rag.index.library import Library
from rag.records import ArticleHead, Filters, Passage, Retrieved
from rag.reranking import as_reranker, open_reranker, reranked
from rag.retrieval import Retriever, merge


def test_ranks_count_up_and_scores_go_down(sample_bot: Chatbot) -> None:
    found = sample_bot.retriever.retrieve("What did Beijing say about the blacklist?", k=6)
    assert [r.rank for r in found] == [1, 2, 3, 4, 5, 6]
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert all(0 <= r.score <= 1 for r in found)


def test_no_story_takes_more_than_its_share(sample_bot: Chatbot) -> None:
    for question in ("What happened in October 2019?", "What did the ministry say in 2019 and in 2025?"):
        found = sample_bot.retriever.retrieve(question, k=20)
        stories = [r.article.story_id for r in found]
        assert max(stories.count(s) for s in stories) <= sample_bot.settings.per_story


def test_the_fullest_copy_speaks_for_its_story(sample_bot: Chatbot) -> None:
    library = sample_bot.library
    for item in sample_bot.retriever.retrieve("28 Chinese organisations barred over Xinjiang", k=20):
        copies = library.store.story(item.article.story_id)
        if len(copies) > 1:
            lengths: dict[str, Any] = {head.id: length for head, length in copies}
            assert lengths[item.article.id] == max(lengths.values())
            assert {c.article_id for c in item.also_in} == set(lengths) - {item.article.id}
            return
    pytest.fail("no copied story was found")


def test_the_time_in_a_question_moves_its_articles_up(sample_bot: Chatbot) -> None:
    def first_year(question: str) -> str:
        published = sample_bot.retriever.retrieve(question)[0].article.published
        return (published or "")[:4]

    assert first_year("How did China respond to the Entity List in October 2019?") == "2019"
    assert first_year("How did China respond to the Entity List in March 2025?") == "2025"


def test_words_of_time_count_from_the_day_of_asking(sample_bot: Chatbot) -> None:
    question = "What did China say about the Entity List this week?"
    for asked, year in (("2019-10-10", "2019"), ("2025-03-27", "2025")):
        found = sample_bot.retriever.search(question, date=asked)
        assert found.period is not None
        assert (found.retrieved[0].article.published or "").startswith(year)
    assert sample_bot.retriever.search(question).period is None


def test_each_stage_leaves_its_scores(sample_bot: Chatbot) -> None:
    best = sample_bot.retriever.retrieve("How many companies did the October 2019 blacklist target?")[0]
    assert {"cosine", "bm25", "fused_rank", "coverage", "time"} <= set(best.scores)
    assert "dense_rank" in best.scores or "keyword_rank" in best.scores
    assert 0 < best.scores["coverage"] <= 1


def test_both_sides_of_a_comparison_are_found(sample_bot: Chatbot) -> None:
    found = sample_bot.retriever.search(
        "How did China respond to the Entity List in October 2019 and in March 2025?", k=4
    )
    assert [part.question for part in found.parts] == [
        "How did China respond to the Entity List in October 2019?",
        "How did China respond to the Entity List in March 2025?",
    ]
    years = [(part.retrieved[0].article.published or "")[:4] for part in found.parts]
    assert years == ["2019", "2025"]
    assert {"2019", "2025"} <= {(r.article.published or "")[:4] for r in found.retrieved[:3]}
    assert [r.rank for r in found.retrieved] == [1, 2, 3, 4]
    assert [r.score for r in found.retrieved] == sorted((r.score for r in found.retrieved), reverse=True)


def test_a_question_of_one_thing_has_no_parts(sample_bot: Chatbot) -> None:
    assert sample_bot.retriever.search("Who leads Huawei?").parts == ()


def test_filters_hold_for_the_parts_too(sample_bot: Chatbot) -> None:
    found = sample_bot.retriever.search("What did China say in 2019 and in 2025?", filters=Filters(since="2025"))
    assert found.retrieved
    assert all((r.article.published or "") >= "2025" for r in found.retrieved)


# ------------------------------------------------------------------ merging
def item(article: str, score: float, start: int = 0) -> Retrieved:
    head = ArticleHead(article, article, story_id=article)
    return Retrieved(Passage(article, start, start + 1, "x", ()), head, 1, score)


def test_merging_takes_turns_and_keeps_scores_going_down() -> None:
    whole, first, second = [item("a", 0.9), item("b", 0.8)], [item("a", 0.95), item("c", 0.7)], [item("d", 0.99)]
    merged = merge([whole, first, second], k=4, per_story=3)
    assert [(r.article.id, r.rank, r.score) for r in merged] == [
        ("a", 1, 0.9),
        ("d", 2, 0.9),
        ("b", 3, 0.8),
        ("c", 4, 0.7),
    ]
    assert [r.scores["part"] for r in merged] == [0, 2, 0, 1]


def test_merging_respects_the_share_of_a_story_and_the_number_wanted() -> None:
    ranking = [item("a", 0.9, start) for start in range(5)] + [item("b", 0.1)]
    assert [r.article.id for r in merge([ranking, ranking], k=3, per_story=2)] == ["a", "a", "b"]
    assert merge([[], []], k=3, per_story=2) == ()


# ------------------------------------------------------------------ rerankers
class Longest:
    """Prefers long passages and leaves out the first it is given."""

    def relevance(self, question: str, retrieved: Sequence[Retrieved]) -> list[float | None]:
        return [None, *(float(len(r.passage.text)) for r in retrieved[1:])]


def test_a_reranker_changes_the_order_and_not_the_scale(sample_bot: Chatbot) -> None:
    question = "What did Beijing say about the blacklist?"
    retriever = Retriever(sample_bot.library, sample_bot.embedder, sample_bot.settings)
    plain = retriever.retrieve(question, k=20)
    retriever.rerank_with(Longest())
    found = retriever.retrieve(question, k=20)
    assert plain[0].passage not in [r.passage for r in found]
    lengths = [len(r.passage.text) for r in found]
    assert lengths == sorted(lengths, reverse=True)
    assert [r.score for r in found] == [r.score for r in plain[1:]]
    assert [r.scores["reranker"] for r in found] == lengths
    retriever.rerank_with(None)
    assert retriever.retrieve(question, k=20) == plain


@pytest.mark.filterwarnings("ignore")
def test_a_llamaindex_postprocessor_reranks(sample_bot: Chatbot) -> None:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    class Backwards(BaseNodePostprocessor):
        def _postprocess_nodes(self, nodes: list[Any], query_bundle: Any = None) -> list[Any]:
            assert query_bundle.query_str == question
            return nodes[:0:-1]  # the first one is dropped

    question = "chip imports"
    plain = sample_bot.retriever.retrieve(question, k=5)
    found = reranked(as_reranker(Backwards()), question, plain)
    assert [r.passage.id for r in found] == [r.passage.id for r in plain[:0:-1]]
    assert [r.rank for r in found] == [1, 2, 3, 4]


def test_what_is_no_reranker_is_refused() -> None:
    with pytest.raises(SettingsError, match="str has neither"):
        as_reranker("cross-encoder")
    with pytest.raises(SettingsError, match="'magic' is unknown"):
        open_reranker("magic", open_embedder())
    with pytest.raises(ModelMissing, match="no model in that directory"):
        open_reranker("cross-encoder:/nowhere/at/all", open_embedder())
    assert open_reranker("none", open_embedder()) is None


def test_a_cross_encoder_from_a_directory_reranks(tmp_path: Any) -> None:
    """A model of one tiny layer with random weights: what counts is that it is loaded and asked."""
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "chips", "apples", "harvest", "imports"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    config = transformers.BertConfig(vocab_size=len(words), num_labels=1, **size)
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    reranker = open_reranker(f"cross-encoder:{tmp_path}", open_embedder())
    assert reranker is not None
    found = reranked(reranker, "chips imports", [item("a", 0.9), item("b", 0.8)])
    assert sorted(r.article.id for r in found) == ["a", "b"]
    assert [r.score for r in found] == [0.9, 0.8]
    assert found[0].scores["reranker"] >= found[1].scores["reranker"]


def test_late_interaction_prefers_the_passage_that_says_it_in_other_words() -> None:
    reranker = open_reranker("late-interaction", open_embedder())
    assert reranker is not None
    texts = ["The orchard lost half of its fruit to ice.", "The bridge opens in June.", "Boats were lit at midnight."]
    passages = [
        replace(item(str(n), 0.5), passage=Passage(str(n), 0, len(text), text, ((0, len(text)),)))
        for n, text in enumerate(texts)
    ]
    for question, wanted in (("Which farm was hit by frost?", "0"), ("When can cars cross the river again?", "1")):
        assert reranked(reranker, question, passages)[0].article.id == wanted
    assert reranker.relevance("Who?", []) == []


def test_a_model_name_that_is_not_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match="cannot be loaded from this machine"):
        open_reranker("cross-encoder:nobody/no-such-model", open_embedder())


def test_a_removed_passage_is_replaced_by_the_next(sample_bot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "What did Beijing say about the blacklist?"
    plain = sample_bot.retriever.retrieve(question, k=6)
    kept = Library.passages

    def without_first(library: Library, numbers: Sequence[int]) -> dict[int, Any]:
        found = kept(library, numbers)
        return {n: s for n, s in found.items() if s.passage.id != plain[0].passage.id}

    monkeypatch.setattr(Library, "passages", without_first)
    assert [r.passage.id for r in sample_bot.retriever.retrieve(question, k=5)] == [r.passage.id for r in plain[1:]]
