"""The tables of a library on PostgreSQL; the same as `rag.index.schema` but for the column `words`.

Text is compared byte by byte, as SQLite does, so that both give the same order. Migrations keep their own copy of each
version; a test compares.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

metadata = MetaData()
_TEXT = Text(collation="C")
WORDS = "to_tsvector('english'::regconfig, \"left\"((title || ' '::text) || text, 100000))"
"""What `words` holds: a tsvector is a megabyte at most, so the end of a text of more than 100,000 characters is left
out of it."""

facts = Table(
    "facts",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("id", _TEXT, nullable=False, unique=True),
    Column("title", _TEXT, nullable=False),
    *(Column(name, _TEXT) for name in ("outlet", "author", "published", "updated", "url", "language")),
    *(Column(name, _TEXT, nullable=False) for name in ("story_id", "text", "source", "content_hash", "provenance")),
    Column("signature", LargeBinary, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("words", TSVECTOR, Computed(WORDS, persisted=True)),
    Index("articles_story", "story_id"),
    Index("articles_generation", "generation"),
    Index("articles_words", "words", postgresql_using="gin"),
)

passages = Table(
    "passages",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("article", BigInteger, ForeignKey("articles.number", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", _TEXT, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),
    Index("passages_article", "article"),
    Index("passages_hash", "text_hash"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", LargeBinary, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

removed = Table(
    "removed",
    metadata,
    Column("passage", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Index("removed_generation", "generation"),
)
