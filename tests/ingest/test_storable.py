from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.records import Skipped
from ingest.storable import storable
from rag.records import Article

ARTICLE = Article(id="a", title="Fees rise", text="Fees rise 📉 in Torvik.", source="/news/a.txt", content_hash="1")


@pytest.mark.parametrize("item", [ARTICLE, Skipped("/news/b.txt", "empty")])
def test_what_a_store_can_take_is_left_alone(item: Article | Skipped) -> None:
    assert storable(item) is item


@pytest.mark.parametrize("character", ["\0", "\ud83d"])
@pytest.mark.parametrize("field", ["id", "title", "author", "text", "source"])
def test_a_character_that_no_store_keeps_is_told(field: str, character: str) -> None:
    skipped = storable(replace(ARTICLE, **{field: f"x{character}y"}))
    assert isinstance(skipped, Skipped)
    assert "surrogate" in skipped.reason
    assert skipped.source.isascii()
    assert skipped.source.isprintable()


def test_an_id_too_long_for_an_index_is_told() -> None:
    skipped = storable(replace(ARTICLE, id="ü" * 1001))
    assert isinstance(skipped, Skipped)
    assert "2,000 bytes" in skipped.reason
