"""Whatever lies in a folder, every file ends in a correct article or in a reason, and the run goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.passages import split_passages
from ingest.records import Skipped
from rag.records import Article
from rag.settings import Settings
from tests.ingest.malformed_files import ARCHIVES, DOCUMENTS, LINES, TABLES
from tests.ingest.malformed_texts import PAGES, TEXTS, Case

CASES = {**TEXTS, **PAGES, **LINES, **TABLES, **DOCUMENTS, **ARCHIVES}
GOOD = "The last file of the folder is always read, whatever came before it."
MOST_SECONDS = 30.0
"""A hundred times what a case takes; what grows with the square of its input takes minutes."""


def read_folder(folder: Path, settings: Settings | None = None) -> tuple[list[Article], list[Skipped]]:
    """Articles and reasons of everything in a folder but a good file, which must be there too."""
    (folder / "zz-good.txt").write_text(GOOD)
    items = list(read_articles([folder], settings or Settings()))
    articles = [item for item in items if isinstance(item, Article) and item.text != GOOD]
    assert len(articles) < sum(isinstance(item, Article) for item in items), "the run stopped early"
    skipped = [item for item in items if isinstance(item, Skipped)]
    check(articles, skipped)
    return articles, skipped


def check(articles: list[Article], skipped: list[Skipped]) -> None:
    """What holds of every article and reason."""
    assert len({a.id for a in articles}) == len(articles)
    for article in articles:
        assert article.source.isprintable()
        assert article.title.isprintable()
        assert 0 < len(article.id) <= 200
        article.text.encode("utf-8")
        assert not set(article.text) & {"\0", "\r", "\ufeff", "\u200b", "\u202e"}
        passages = split_passages(article, lambda text: 1 + len(text) // 4, 200)
        assert all(article.text[p.start : p.end] == p.text for p in passages)
        assert "".join("".join(p.text.split()) for p in passages) == "".join(article.text.split())
    for item in skipped:
        assert item.source.isprintable()
        assert item.reason.isprintable()
        assert 0 < len(item.reason) < 600


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_malformed_file_ends_in_an_article_or_a_reason(tmp_path: Path, case: Case) -> None:
    (tmp_path / case.name).write_bytes(case.data)
    started = time.perf_counter()
    articles, skipped = read_folder(tmp_path)
    assert time.perf_counter() - started < MOST_SECONDS
    assert len(articles) == case.expected, skipped
    whole = "\n".join(article.text for article in articles)
    assert [text[:80] for text in case.has if text not in whole] == [], whole[:500]
    assert [text for text in case.lacks if text in whole] == []
    reasons = [item.reason for item in skipped]
    assert any(case.skip in r for r in reasons) if case.skip is not None else not reasons, reasons
