"""The SQLite store: articles, passages and vectors. It is the source of truth; every index is a cache of it.

One transaction per article, write-ahead log: an article reported as added survives a killed process.
Each transaction raises the generation, a number by which caches and readers see that they are behind.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import LibraryDamaged, LibraryMissing
from rag.index.connection import connect, make_directory
from rag.index.schema import ARTICLE_COLUMNS, SCHEMA, SCHEMA_VERSION
from rag.index.transaction import Transaction
from rag.records import Article, ArticleHead, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STORE_FILE = "library.sqlite"
_HEAD_COLUMNS = ", ".join(f"a.{name}" for name in ArticleHead.__dataclass_fields__)
_IN_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its number, which is never used again, and its article's head."""

    number: int
    passage: Passage
    article: ArticleHead


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What planning a run needs to know of an article that is in the store."""

    id: str
    source: str
    content_hash: str
    story_id: str
    signature: bytes


class Store:
    """One connection to a library's database; use it from one thread at a time."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        """Opens the database of a library.

        Raises:
            LibraryMissing: There is none, and `create` is false.
            LibraryDamaged: The file is no Groundwire database, or of an unknown version.
            LibraryNotWritable: It is to be created and cannot be.
        """
        self.directory = directory
        path = directory / STORE_FILE
        if not create and not os.path.isfile(path):  # which, other than is_file, takes any name
            raise LibraryMissing(
                f"no library at {str(directory)!r}. Make one: python -m ingest PATH --library {directory}"
            )
        if create:
            make_directory(directory)
        self._db = connect(path)
        if create:
            self._db.executescript(SCHEMA)
        self._check_version()

    def _check_version(self) -> None:
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone() is None:
            raise LibraryMissing(
                f"the library in {str(self.directory)!r} was never finished. Make it: "
                f"python -m ingest PATH --library {self.directory}"
            )
        version = self.fact("schema")
        if version != str(SCHEMA_VERSION):
            known = f"has format {version}, this program reads {SCHEMA_VERSION}"
            raise LibraryDamaged(f"the library in {self.directory} {known}. Ingest the articles into a new library.")

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    # ------------------------------------------------------------------ facts about the library
    def fact(self, key: str) -> str | None:
        """What was recorded about the library under a key."""
        row = self._db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_fact(self, key: str, value: str) -> None:
        """Records something about the library."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """Rises with every change of content."""
        return int(self.fact("generation") or 0)

    @property
    def removals_from(self) -> int:
        """The generation after which `removed_since` knows every removal; a cache from before must be built anew."""
        return int(self.fact("removals_from") or 0)

    @property
    def library_id(self) -> str:
        """Random, made with the library: tells caches of this store from another's."""
        return self.fact("library_id") or ""

    @property
    def embedding_model(self) -> str | None:
        """Name of the model whose vectors are stored; None before the first article."""
        return self.fact("embedding_model")

    def set_embedding_model(self, name: str) -> None:
        """Records the model whose vectors are stored."""
        self.set_fact("embedding_model", name)

    def counts(self) -> tuple[int, int, int]:
        """Articles, passages, stories."""
        articles, stories = self._db.execute("SELECT count(*), count(DISTINCT story_id) FROM articles").fetchone()
        return articles, int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0]), stories

    def integrity(self) -> str:
        """SQLite's own check: "ok" or what is wrong, in one line."""
        try:
            return " ".join(str(self._db.execute("PRAGMA quick_check").fetchone()[0]).split())
        except LibraryDamaged as error:
            return str(error)

    # ------------------------------------------------------------------ writing
    def put(
        self, article: Article, signature: bytes, passages: Sequence[tuple[Passage, bytes, NDArray[np.float32] | None]]
    ) -> None:
        """Adds or replaces an article in one transaction.

        Args:
            signature: MinHash signature of the text.
            passages: With the hash of the embedded text and, unless already stored, its unit vector.
        """
        values = [getattr(article, name) for name in ArticleHead.__dataclass_fields__]
        values += [article.text, article.source, article.content_hash, json.dumps(dict(article.provenance)), signature]
        marks = ", ".join("?" * (len(values) + 1))
        with Transaction(self._db) as generation:
            self._delete(article.id, generation)
            cursor = self._db.execute(
                f"INSERT INTO articles ({', '.join(ARTICLE_COLUMNS)}, generation) VALUES ({marks})",
                [*values, generation],
            )
            for passage, text_hash, vector in passages:
                if vector is not None:
                    self._db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (text_hash, vector.tobytes()))
                self._db.execute(
                    "INSERT INTO passages (article, start, end, sentences, text_hash) VALUES (?, ?, ?, ?, ?)",
                    (cursor.lastrowid, passage.start, passage.end, json.dumps(passage.sentences), text_hash),
                )

    def remove(self, article_id: str) -> bool:
        """Removes an article; False when there was none."""
        if self._db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is None:
            return False
        with Transaction(self._db) as generation:
            return self._delete(article_id, generation)

    def move_source(self, article_id: str, source: str) -> None:
        """Records that an unchanged article is now read from elsewhere."""
        self._db.execute("UPDATE articles SET source = ? WHERE id = ?", (source, article_id))

    def drop_unused_vectors(self) -> None:
        """Forgets vectors that no passage uses any more."""
        self._db.execute("DELETE FROM vectors WHERE text_hash NOT IN (SELECT text_hash FROM passages)")

    def forget_removed(self, generation: int) -> None:
        """Forgets which passages were removed up to a generation that every cache has reached."""
        if self._db.execute("SELECT 1 FROM removed WHERE generation <= ?", (generation,)).fetchone():
            self.set_fact(
                "removals_from", str(generation)
            )  # first, so that a kill between the two costs a rebuild at most
            self._db.execute("DELETE FROM removed WHERE generation <= ?", (generation,))

    def _delete(self, article_id: str, generation: int) -> bool:
        row = self._db.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            return False
        self._db.execute("INSERT INTO removed SELECT number, ? FROM passages WHERE article = ?", (generation, row[0]))
        self._db.execute("DELETE FROM articles WHERE number = ?", row)
        return True

    # ------------------------------------------------------------------ reading articles
    def article(self, article_id: str) -> Article | None:
        """A whole article, or None."""
        query = f"SELECT {', '.join(ARTICLE_COLUMNS[:-1])} FROM articles WHERE id = ?"
        row = self._db.execute(query, (article_id,)).fetchone()
        if row is None:
            return None
        fields = dict(zip(ARTICLE_COLUMNS, row, strict=False))
        return Article(**fields | {"provenance": _parsed(fields["provenance"])})

    def heads(self) -> list[ArticleHead]:
        """All articles without their texts, newest first, undated last."""
        query = f"SELECT {_HEAD_COLUMNS} FROM articles a ORDER BY published IS NULL, published DESC, id"
        return [ArticleHead(*row) for row in self._db.execute(query)]

    def story(self, story_id: str) -> list[tuple[ArticleHead, int]]:
        """The articles of one story with the length of their texts, fullest first."""
        query = (
            f"SELECT {_HEAD_COLUMNS}, length(a.text) AS size FROM articles a WHERE story_id = ? ORDER BY size DESC, id"
        )
        return [(ArticleHead(*row[:-1]), row[-1]) for row in self._db.execute(query, (story_id,))]

    def known_articles(self) -> Iterator[KnownArticle]:
        """What planning needs, of every article."""
        query = "SELECT id, source, content_hash, story_id, signature FROM articles ORDER BY number"
        return (KnownArticle(*row) for row in self._db.execute(query))

    # ------------------------------------------------------------------ reading passages and vectors
    def stored_vectors(self, text_hashes: Iterable[bytes]) -> set[bytes]:
        """Those of the hashes whose vectors are stored."""
        return {
            h for h in text_hashes if self._db.execute("SELECT 1 FROM vectors WHERE text_hash = ?", (h,)).fetchone()
        }

    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by number; removed ones are missing from the result."""
        found: dict[int, StoredPassage] = {}
        for first in range(0, len(numbers), _IN_LIMIT):
            chunk = numbers[first : first + _IN_LIMIT]
            marks = ", ".join("?" * len(chunk))
            rows = self._db.execute(f"{_PASSAGE_QUERY} WHERE p.number IN ({marks})", [int(n) for n in chunk])
            found |= {stored.number: stored for stored in map(_stored_passage, rows)}
        return found

    def passages_since(self, generation: int) -> Iterator[StoredPassage]:
        """Passages of the articles written after a generation, in order of number."""
        rows = self._db.execute(f"{_PASSAGE_QUERY} WHERE a.generation > ? ORDER BY p.number", (generation,))
        return map(_stored_passage, rows)

    def passage_numbers(self) -> list[int]:
        """The numbers of all passages, ascending."""
        return [row[0] for row in self._db.execute("SELECT number FROM passages ORDER BY number")]

    def removed_since(self, generation: int) -> list[int]:
        """Numbers of the passages removed after a generation."""
        return [row[0] for row in self._db.execute("SELECT passage FROM removed WHERE generation > ?", (generation,))]

    def vectors(self, after: int = -1) -> Iterator[tuple[int, str | None, bytes]]:
        """(passage number, published, float32 bytes) of the articles written after a generation, by number."""
        query = (
            "SELECT p.number, a.published, v.vector FROM passages p JOIN articles a ON a.number = p.article "
            "JOIN vectors v ON v.text_hash = p.text_hash WHERE a.generation > ? ORDER BY p.number"
        )
        yield from self._db.execute(query, (after,))

    def passages_with_vectors(self, generation: int) -> Iterator[tuple[StoredPassage, bytes]]:
        """Passages of the articles written after a generation with their float32 vectors; one state of the store."""
        query = (
            f"SELECT {_PASSAGE_COLUMNS}, v.vector FROM {_PASSAGE_TABLES} JOIN vectors v ON v.text_hash = p.text_hash "
            "WHERE a.generation > ? ORDER BY p.number"
        )
        for *row, vector in self._db.execute(query, (generation,)):
            yield _stored_passage(tuple(row)), vector

    def article_of_passages(self) -> Iterator[tuple[int, int]]:
        """(passage number, article number) of every passage, by passage number."""
        yield from self._db.execute("SELECT number, article FROM passages ORDER BY number")

    def numbered_heads(self) -> Iterator[tuple[int, ArticleHead]]:
        """Every article's number, unique within the store, with its head."""
        for number, *head in self._db.execute(f"SELECT a.number, {_HEAD_COLUMNS} FROM articles a ORDER BY a.number"):
            yield number, ArticleHead(*head)

    def numbers_where(self, condition: str, values: Sequence[str]) -> list[int]:
        """Numbers of the passages whose articles (alias `a`) meet an SQL condition written by this package."""
        query = f"SELECT p.number FROM passages p JOIN articles a ON a.number = p.article WHERE {condition}"
        return [row[0] for row in self._db.execute(query, values)]


_PASSAGE_COLUMNS = (
    f"p.number, a.id, p.start, p.end, substr(a.text, p.start + 1, p.end - p.start), p.sentences, {_HEAD_COLUMNS}"
)
_PASSAGE_TABLES = "passages p JOIN articles a ON a.number = p.article"
_PASSAGE_QUERY = f"SELECT {_PASSAGE_COLUMNS} FROM {_PASSAGE_TABLES}"


def _stored_passage(row: tuple[Any, ...]) -> StoredPassage:
    number, article_id, start, end, text, sentences, *head = row
    spans = tuple((s, e) for s, e in _parsed(sentences))
    return StoredPassage(number, Passage(article_id, start, end, text, spans), ArticleHead(*head))


def _parsed(document: str) -> Any:
    try:
        return json.loads(document)
    except (TypeError, ValueError):
        raise LibraryDamaged(f"the store holds {str(document)[:40]!r} in place of JSON. Ingest anew.") from None
