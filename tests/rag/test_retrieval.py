from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chatbot import Chatbot
from rag.retrieval import fuse


def test_fusion_by_hand() -> None:
    fused = fuse({1: 0.9, 2: 0.5, 3: 0.1}, {2: 8.0, 3: 4.0}, dense_weight=0.25)
    assert fused == pytest.approx({1: 0.25, 2: 0.125 + 0.75, 3: 0.375}, abs=1e-6)


scores = st.dictionaries(st.integers(0, 50), st.floats(-1, 1), min_size=1)


@given(scores, st.dictionaries(st.integers(0, 50), st.floats(0, 40)), st.floats(0, 1))
def test_fused_scores_lie_between_zero_and_one(cosine: dict[int, float], bm25: dict[int, float], weight: float) -> None:
    fused = fuse(cosine, bm25, weight)
    assert set(fused) == set(cosine)
    assert all(0 <= score <= 1 + 1e-6 for score in fused.values())


def test_nothing_to_fuse() -> None:
    assert fuse({}, {}, 0.5) == {}


def test_ranks_count_up_and_scores_go_down(sample_bot: Chatbot) -> None:
    found = sample_bot.retriever.retrieve("What did Beijing say about the blacklist?", k=6)
    assert [r.rank for r in found] == [1, 2, 3, 4, 5, 6]
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)


def test_no_story_takes_more_than_its_share(sample_bot: Chatbot) -> None:
    found = sample_bot.retriever.retrieve("What happened in October 2019?", k=20)
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
