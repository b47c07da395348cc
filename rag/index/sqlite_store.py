"""The store as a SQLite file, in write-ahead-log mode, in the library's directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rag.errors import LibraryDamaged, LibraryMissing
from rag.index.connection import connect, make_directory
from rag.index.lock import WriterLock
from rag.index.place import Place, place_of
from rag.index.rows import HEAD_FIELDS, parsed, stored_passage
from rag.index.schema import ARTICLE_COLUMNS, SCHEMA, TABLES
from rag.index.store import KnownArticle, Store, StoredPassage
from rag.index.transaction import Transaction, one_transaction
from rag.index.version import is_current, require_current
from rag.records import Article, ArticleHead, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STORE_FILE = "library.sqlite"
_HEAD_COLUMNS = ", ".join(f"a.{name}" for name in HEAD_FIELDS)
_IN_LIMIT = 5000


class SqliteStore(Store):
    """One connection to a library's database."""

    def __init__(self, where: Place | Path, *, create: bool = False) -> None:
        """Opens the database of a library.

        Raises:
            LibraryMissing: There is none, and `create` is false.
            LibraryDamaged: The file is no Groundwire database, or of an unknown version.
            LibraryNotWritable: It is to be created and cannot be.
        """
        self._open(place_of(where), create)
        require_current(self.fact("schema"), self.place)

    def _open(self, place: Place, create: bool) -> None:
        self.place = place
        if create:
            make_directory(self.directory)
        else:
            _require(self.directory)
        self._db = connect(self.directory / STORE_FILE)
        if create:
            self._db.executescript(SCHEMA)
        self._require_tables()

    @classmethod
    @contextmanager
    def writing(cls, place: Place, *, create: bool = False, copy_of: str | None = None) -> Iterator[Self]:
        if create:
            make_directory(place.directory)
        else:
            _require(place.directory)
        with WriterLock(place.directory):
            store = cls.__new__(cls)
            store._open(place, create)
            with closing(store):
                store._bring_up_to_date(copy_of)
                yield store

    def writer_lock(self) -> WriterLock:
        return WriterLock(self.directory)

    def _require_tables(self) -> None:
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone() is None:
            raise LibraryMissing(
                f"the library in {str(self.directory)!r} was never finished. Make it: "
                f"python -m ingest PATH --library {self.directory}"
            )

    def _bring_up_to_date(self, copy_of: str | None) -> None:
        """The caller holds the lock."""
        if not is_current(self.fact("schema"), self.place, copy_of):
            import_module("rag.index.upgrading").upgrade_file(self.directory / STORE_FILE)

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    # ------------------------------------------------------------------ facts about the library
    def fact(self, key: str) -> str | None:
        """What was recorded about the library under a key."""
        row = self._db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def facts(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT key, value FROM facts"))

    def set_fact(self, key: str, value: str) -> None:
        """Records something about the library."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

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
        return Article(**fields | {"provenance": parsed(fields["provenance"])})

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
            found |= {stored.number: stored for stored in map(stored_passage, rows)}
        return found

    def passages_since(self, generation: int) -> Iterator[StoredPassage]:
        """Passages of the articles written after a generation, in order of number."""
        rows = self._db.execute(f"{_PASSAGE_QUERY} WHERE {_SINCE} ORDER BY p.number", (generation,))
        return map(stored_passage, rows)

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
            f"JOIN vectors v ON v.text_hash = p.text_hash WHERE {_SINCE} ORDER BY p.number"
        )
        yield from self._db.execute(query, (after,))

    def passages_with_vectors(self, generation: int) -> Iterator[tuple[StoredPassage, bytes]]:
        """Passages of the articles written after a generation with their float32 vectors; one state of the store."""
        query = (
            f"SELECT {_PASSAGE_COLUMNS}, v.vector FROM {_PASSAGE_TABLES} JOIN vectors v ON v.text_hash = p.text_hash "
            f"WHERE {_SINCE} ORDER BY p.number"
        )
        for *row, vector in self._db.execute(query, (generation,)):
            yield stored_passage(tuple(row)), vector

    def article_of_passages(self) -> Iterator[tuple[int, int]]:
        """(passage number, article number) of every passage, by passage number."""
        yield from self._db.execute("SELECT number, article FROM passages ORDER BY number")

    def numbered_heads(self) -> Iterator[tuple[int, ArticleHead]]:
        """Every article's number, unique within the store, with its head."""
        for number, *head in self._db.execute(f"SELECT a.number, {_HEAD_COLUMNS} FROM articles a ORDER BY a.number"):
            yield number, ArticleHead(*head)

    # ------------------------------------------------------------------ copying
    def last_key(self, table: str) -> Any:
        return self._db.execute(f"SELECT max({TABLES[table][0]}) FROM {table}").fetchone()[0]

    def rows_after(self, table: str, key: Any, limit: int) -> list[tuple[Any, ...]]:
        columns = ", ".join(TABLES[table])
        condition, values = ("", ()) if key is None else (f"WHERE {TABLES[table][0]} > ?", (key,))
        query = f"SELECT {columns} FROM {table} {condition} ORDER BY {TABLES[table][0]} LIMIT ?"
        return self._db.execute(query, (*values, limit)).fetchall()

    def add_rows(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(TABLES[table]))
        with one_transaction(self._db):
            for row in rows:
                self._db.execute(f"INSERT INTO {table} ({', '.join(TABLES[table])}) VALUES ({marks})", row)

    def end_copy(self, facts: Mapping[str, str]) -> None:
        with one_transaction(self._db):
            for key, value in facts.items():
                self.set_fact(key, value)


_PASSAGE_COLUMNS = (
    f"p.number, a.id, p.start, p.end, substr(a.text, p.start + 1, p.end - p.start), p.sentences, {_HEAD_COLUMNS}"
)
_PASSAGE_TABLES = "passages p JOIN articles a ON a.number = p.article"
_SINCE = (
    "p.number >= (SELECT number FROM passages WHERE article >= "
    "(SELECT number FROM articles WHERE generation > ?1 ORDER BY generation LIMIT 1) ORDER BY article, number LIMIT 1) "
    "AND a.generation > ?1"
)
"""Numbers rise with generations: without the first condition SQLite would go through all passages in their order."""
_PASSAGE_QUERY = f"SELECT {_PASSAGE_COLUMNS} FROM {_PASSAGE_TABLES}"


def _require(directory: Path) -> None:
    if not os.path.isfile(directory / STORE_FILE):  # which, other than is_file, takes any name
        raise LibraryMissing(f"no library at {str(directory)!r}. Make one: python -m ingest PATH --library {directory}")
