"""Documents of any LlamaIndex reader → articles.

documents = SimpleDirectoryReader("news").load_data()
ingest_articles(articles_from_documents(documents), settings)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ingest.articles import to_article
from ingest.records import Found, RawDocument, Skipped
from rag.records import Article

if TYPE_CHECKING:
    from llama_index.core.schema import Document

_FIELDS = {
    "title": ("title",),
    "outlet": ("outlet", "source", "publisher", "site_name"),
    "author": ("author", "authors"),
    "published": ("published", "date", "published_date", "publishedAt"),
    "updated": ("updated", "last_updated"),
    "url": ("url", "link", "source_url"),
    "language": ("language", "lang"),
}
"""Our field → the metadata keys that readers use for it, first present wins. Ingestion and file times are none."""


def articles_from_documents(documents: Iterable[Document]) -> Iterator[Article | Skipped]:
    """The documents as articles; a document's `doc_id` is kept as the article's id."""
    for document in documents:
        metadata = document.metadata or {}
        found = {name: _first(metadata, keys) for name, keys in _FIELDS.items()}
        fields = {name: Found(value, "document metadata") for name, value in found.items() if value}
        fields["id"] = Found(document.doc_id, "document id")
        origin = str(metadata.get("file_path") or document.doc_id)
        yield to_article(RawDocument(origin, document.doc_id, "text", document.text, fields))


def _first(metadata: dict[str, object], keys: tuple[str, ...]) -> str | None:
    return next((str(metadata[key]) for key in keys if metadata.get(key)), None)
