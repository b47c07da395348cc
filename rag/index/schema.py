"""The tables of a library, and their version."""

from __future__ import annotations

from rag.records import ArticleHead

SCHEMA_VERSION = 1

ARTICLE_COLUMNS = (*ArticleHead.__dataclass_fields__, "text", "source", "content_hash", "provenance", "signature")
"""In the order of `Article`'s fields; `signature` last, because `Article` does not carry it."""

TABLES = {
    "articles": ("number", *ARTICLE_COLUMNS, "generation"),
    "passages": ("number", "article", "start", "end", "sentences", "text_hash"),
    "vectors": ("text_hash", "vector"),
}
"""What a copy of a library takes over, in an order that references allow; by each table's first column, its key."""

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO facts VALUES ('generation', '0');
INSERT OR IGNORE INTO facts VALUES ('library_id', lower(hex(randomblob(8))));
INSERT OR IGNORE INTO facts VALUES ('schema', '{SCHEMA_VERSION}');

CREATE TABLE IF NOT EXISTS articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, updated TEXT, url TEXT, language TEXT,
    story_id TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    provenance TEXT NOT NULL,
    signature BLOB NOT NULL,
    generation INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_story ON articles (story_id);
CREATE INDEX IF NOT EXISTS articles_generation ON articles (generation);

-- Passage numbers are never used again, so a cache can name a passage by its number alone.
CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentences TEXT NOT NULL,
    text_hash BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_article ON passages (article);
CREATE INDEX IF NOT EXISTS passages_hash ON passages (text_hash);

-- One vector per embedded text, whichever articles hold it.
CREATE TABLE IF NOT EXISTS vectors (text_hash BLOB PRIMARY KEY, vector BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS removed (passage INTEGER NOT NULL, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_generation ON removed (generation);
COMMIT;
"""
