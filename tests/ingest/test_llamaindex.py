from __future__ import annotations

from pathlib import Path

import pytest

from ingest.indexing import ingest_articles
from ingest.llamaindex import articles_from_documents
from rag.index.sqlite_store import SqliteStore
from rag.settings import load_settings


@pytest.mark.filterwarnings("ignore")
def test_documents_of_a_llamaindex_reader_become_articles(tmp_path: Path) -> None:
    from llama_index.core import Document

    documents = [
        Document(
            doc_id="ferry-1",
            text="The town bought a ferry on Monday. It carries ninety cars.",
            metadata={
                "title": "Ferry bought",
                "source": "Harbour Courier",
                "date": "2024-05-06",
                "creation_date": "2026-01-01",
            },
        ),
        Document(doc_id="empty", text=" "),
    ]
    settings = load_settings(library=tmp_path / "library")
    report = ingest_articles(articles_from_documents(documents), settings)
    assert (report.added, [s.source for s in report.skipped]) == (1, ["empty"])
    article = SqliteStore(settings.library).article("ferry-1")
    assert article is not None
    assert (article.title, article.outlet, article.published) == ("Ferry bought", "Harbour Courier", "2024-05-06")
    assert ingest_articles(articles_from_documents(documents), settings).unchanged == 1
