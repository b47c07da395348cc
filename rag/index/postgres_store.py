"""The store on PostgreSQL: what `rag.index.sqlite_store` does, for many machines.

Every change of content first raises the generation and so holds its row until the end: transactions follow one another,
and numbers, generations and what becomes visible have one order.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import ProgrammingError

from rag.errors import LibraryError, LibraryMissing, LibraryNotWritable
from rag.index import tables
from rag.index.advisory_lock import writer_session
from rag.index.database import Database
from rag.index.place import Place
from rag.index.postgres_reads import PostgresReads
from rag.index.schema import ARTICLE_COLUMNS, SCHEMA_VERSION, TABLES
from rag.index.tables import articles, facts, metadata, removed, vectors
from rag.index.version import is_current, require_current
from rag.records import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_A, _P, _V = articles.c, tables.passages.c, vectors.c
_RAISE = (
    update(facts)
    .where(facts.c.key == "generation")
    .values(value=text("(value::bigint + 1)::text"))
    .returning(facts.c.value)
)


class PostgresStore(PostgresReads):
    """The tables of one library in one schema of a database."""

    writer_updates_caches: ClassVar[bool] = False

    def __init__(self, place: Place, *, create: bool = False) -> None:
        """Opens the library in a database; `create` makes its tables where they are missing.

        Raises:
            LibraryMissing: There is none, and `create` is false.
            LibraryUnreachable: The server does not answer, or refuses the user.
            LibraryDamaged: The tables are of another version.
            LibraryNotWritable: They are to be created and cannot be.
        """
        self.place = place
        self._database = Database(place)
        try:
            if create and not self._has_tables():
                with self.writer_lock():
                    self._prepare(create=True)
            self._require_tables()
            require_current(self.fact("schema"), self.place)
        except BaseException:
            self.close()
            raise

    @classmethod
    @contextmanager
    def writing(cls, place: Place, *, create: bool = False, copy_of: str | None = None) -> Iterator[Self]:
        store = cls.__new__(cls)
        store.place, store._database = place, Database(place)
        with closing(store), store.writer_lock():
            store._prepare(create=create, copy_of=copy_of)
            yield store

    def writer_lock(self) -> AbstractContextManager[None]:
        return writer_session(self._database)

    def close(self) -> None:
        self._database.close()

    # ------------------------------------------------------------------ version
    def _has_tables(self) -> bool:
        return bool(self._database.value(text("SELECT to_regclass('facts') IS NOT NULL")))

    def _require_tables(self) -> None:
        if not self._has_tables():
            raise LibraryMissing(
                f"no library in {self.place}. Make one: python -m ingest PATH, with the setting store as it is"
            )

    def _prepare(self, *, create: bool, copy_of: str | None = None) -> None:
        """Makes the tables, or brings them up to date; the caller holds the lock."""
        if create and not self._has_tables():
            self._make()
        self._require_tables()
        if not is_current(self.fact("schema"), self.place, copy_of):
            with self._database.transaction() as connection:
                import_module("rag.index.upgrading").upgrade(connection)

    def _make(self) -> None:
        if self._database.value(text("SHOW server_encoding")) != "UTF8":
            raise LibraryError(f"{self.place} is no UTF-8 database. Make one: createdb -E UTF8 -T template0 NAME")
        first = {"generation": "0", "library_id": secrets.token_hex(8), "schema": str(SCHEMA_VERSION)}
        try:
            with self._database.transaction() as connection:
                metadata.create_all(connection, checkfirst=False)
                connection.execute(insert(facts), [{"key": key, "value": value} for key, value in first.items()])
        except ProgrammingError as error:
            raise LibraryNotWritable(
                f"the tables of a library cannot be made in {self.place} ({str(error.orig).splitlines()[0]}). "
                "Use a database of its own."
            ) from None

    # ------------------------------------------------------------------ facts about the library
    def set_fact(self, key: str, value: str) -> None:
        with self._database.transaction() as connection:
            _set_fact(connection, key, value)

    # ------------------------------------------------------------------ writing
    def put(
        self, article: Article, signature: bytes, passages: Sequence[tuple[Passage, bytes, NDArray[np.float32] | None]]
    ) -> None:
        values = {name: getattr(article, name) for name in ARTICLE_COLUMNS[:-1]}
        values |= {"provenance": json.dumps(dict(article.provenance)), "signature": signature}
        with self._database.transaction() as connection:
            generation = int(connection.execute(_RAISE).scalar_one())
            _delete(connection, article.id, generation)
            added = insert(articles).values(**values, generation=generation).returning(_A.number)
            number = connection.execute(added).scalar_one()
            fresh = {text_hash: vector.tobytes() for _, text_hash, vector in passages if vector is not None}
            if fresh:
                _add_vectors(connection, fresh)
            if passages:
                connection.execute(insert(tables.passages), [_passage_row(number, p, h) for p, h, _ in passages])

    def remove(self, article_id: str) -> bool:
        with self._database.transaction() as connection:
            if connection.execute(select(_A.number).where(_A.id == article_id)).scalar() is None:
                return False
            return _delete(connection, article_id, int(connection.execute(_RAISE).scalar_one()))

    def move_source(self, article_id: str, source: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(update(articles).where(_A.id == article_id).values(source=source))

    def drop_unused_vectors(self) -> None:
        used = select(_P.text_hash).where(_P.text_hash == _V.text_hash).exists()
        with self._database.transaction() as connection:
            connection.execute(delete(vectors).where(~used))

    def forget_removed(self, generation: int) -> None:
        with self._database.transaction() as connection:
            if connection.execute(delete(removed).where(removed.c.generation <= generation)).rowcount:
                _set_fact(connection, "removals_from", str(generation))

    # ------------------------------------------------------------------ copying
    def add_rows(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        named = [dict(zip(TABLES[table], row, strict=True)) for row in rows]
        with self._database.transaction() as connection:
            connection.execute(insert(metadata.tables[table]), named)

    def end_copy(self, facts: Mapping[str, str]) -> None:
        with self._database.transaction() as connection:
            for table in ("articles", "passages"):
                last = f"(SELECT max(number) FROM {table})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), {last})"))
            for key, value in facts.items():
                _set_fact(connection, key, value)


def _passage_row(article: int, passage: Passage, text_hash: bytes) -> dict[str, Any]:
    spans = json.dumps(passage.sentences)
    return {"article": article, "start": passage.start, "end": passage.end, "sentences": spans, "text_hash": text_hash}


def _add_vectors(connection: Connection, fresh: dict[bytes, bytes]) -> None:
    added = upsert(vectors)
    added = added.on_conflict_do_update(index_elements=["text_hash"], set_={"vector": added.excluded.vector})
    connection.execute(added, [{"text_hash": text_hash, "vector": vector} for text_hash, vector in fresh.items()])


def _set_fact(connection: Connection, key: str, value: str) -> None:
    added = upsert(facts).values(key=key, value=value)
    connection.execute(added.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _delete(connection: Connection, article_id: str, generation: int) -> bool:
    number = connection.execute(select(_A.number).where(_A.id == article_id)).scalar()
    if number is None:
        return False
    gone = select(_P.number, text(str(int(generation)))).where(_P.article == number)
    connection.execute(insert(removed).from_select(["passage", "generation"], gone))
    connection.execute(delete(articles).where(_A.number == number))
    return True
