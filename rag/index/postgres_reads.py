"""What readers ask of a store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from rag.index.database import Database
from rag.index.rows import HEAD_FIELDS, parsed, stored_passage
from rag.index.schema import ARTICLE_COLUMNS, TABLES
from rag.index.store import KnownArticle, Store, StoredPassage
from rag.index.tables import articles, facts, metadata, passages, removed, vectors
from rag.records import Article, ArticleHead

_HEAD = [articles.c[name] for name in HEAD_FIELDS]
_A, _P, _V = articles.c, passages.c, vectors.c
_SLICE = func.substr(_A.text, _P.start + 1, _P.end - _P.start)
_PASSAGES = select(_P.number, _A.id, _P.start, _P.end, _SLICE, _P.sentences, *_HEAD).join_from(passages, articles)
_NUMBERS = bindparam("numbers", type_=ARRAY(BigInteger))
_HASHES = bindparam("hashes", type_=ARRAY(LargeBinary))


class PostgresReads(Store):
    """The reading half of `rag.index.postgres_store.PostgresStore`."""

    _database: Database

    # ------------------------------------------------------------------ facts about the library
    def fact(self, key: str) -> str | None:
        found = self._database.value(select(facts.c.value).where(facts.c.key == bindparam("name")), {"name": key})
        return None if found is None else str(found)

    def facts(self) -> dict[str, str]:
        return {key: value for key, value in self._database.rows(select(facts.c.key, facts.c.value))}

    def counts(self) -> tuple[int, int, int]:
        stories = func.count(_A.story_id.distinct())
        held = select(func.count(), stories).select_from(articles).subquery()
        [row] = self._database.rows(select(held, select(func.count()).select_from(passages).scalar_subquery()))
        return row[0], row[2], row[1]

    def integrity(self) -> str:
        """The server guards its files; what is asked is whether every passage has its vector."""
        vector = select(_V.text_hash).where(_V.text_hash == _P.text_hash)
        count = self._database.value(select(func.count()).select_from(passages).where(~vector.exists()))
        return "ok" if count == 0 else f"{count} passages without a vector"

    # ------------------------------------------------------------------ reading articles
    def article(self, article_id: str) -> Article | None:
        columns = [_A[name] for name in ARTICLE_COLUMNS[:-1]]
        rows = self._database.rows(select(*columns).where(_A.id == article_id))
        if not rows:
            return None
        fields = dict(zip(ARTICLE_COLUMNS, rows[0], strict=False))
        return Article(**fields | {"provenance": parsed(fields["provenance"])})

    def heads(self) -> list[ArticleHead]:
        query = select(*_HEAD).order_by(_A.published.is_(None), _A.published.desc(), _A.id)
        return [ArticleHead(*row) for row in self._database.stream(query)]

    def story(self, story_id: str) -> list[tuple[ArticleHead, int]]:
        size = func.length(_A.text)
        query = select(*_HEAD, size).where(_A.story_id == story_id).order_by(size.desc(), _A.id)
        return [(ArticleHead(*row[:-1]), row[-1]) for row in self._database.rows(query)]

    def known_articles(self) -> Iterator[KnownArticle]:
        query = select(_A.id, _A.source, _A.content_hash, _A.story_id, _A.signature).order_by(_A.number)
        return (KnownArticle(*row) for row in self._database.stream(query))

    def numbered_heads(self) -> Iterator[tuple[int, ArticleHead]]:
        for number, *head in self._database.stream(select(_A.number, *_HEAD).order_by(_A.number)):
            yield number, ArticleHead(*head)

    def text_search(self, question: str, k: int) -> list[tuple[str, float]]:
        """Articles by the server's own full text search, for tools beside Groundwire; best first, as (id, rank)."""
        query = func.websearch_to_tsquery("english", question)
        rank = func.ts_rank_cd(_A.words, query)
        found = select(_A.id, rank).where(_A.words.op("@@")(query)).order_by(rank.desc(), _A.id).limit(k)
        return [(id, float(score)) for id, score in self._database.rows(found)]

    # ------------------------------------------------------------------ reading passages and vectors
    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        query = _PASSAGES.where(_P.number == func.any(_NUMBERS))
        rows = self._database.rows(query, {"numbers": [int(n) for n in numbers]}) if len(numbers) else []
        return {row[0]: stored_passage(row) for row in rows}

    def passage_numbers(self) -> list[int]:
        return [row[0] for row in self._database.stream(select(_P.number).order_by(_P.number))]

    def article_of_passages(self) -> Iterator[tuple[int, int]]:
        query = select(_P.number, _P.article).order_by(_P.number)
        return ((number, article) for number, article in self._database.stream(query))

    def passages_since(self, generation: int) -> Iterator[StoredPassage]:
        return (stored_passage(row) for row in self._database.stream(_since(_PASSAGES, generation)))

    def passages_with_vectors(self, generation: int) -> Iterator[tuple[StoredPassage, bytes]]:
        query = _PASSAGES.add_columns(_V.vector).join(vectors, _V.text_hash == _P.text_hash)
        for *row, vector in self._database.stream(_since(query, generation)):
            yield stored_passage(tuple(row)), vector

    def removed_since(self, generation: int) -> list[int]:
        query = select(removed.c.passage).where(removed.c.generation > generation)
        return [row[0] for row in self._database.stream(query)]

    def stored_vectors(self, text_hashes: Iterable[bytes]) -> set[bytes]:
        wanted = list(dict.fromkeys(text_hashes))
        query = select(_V.text_hash).where(_V.text_hash == func.any(_HASHES))
        return {row[0] for row in self._database.rows(query, {"hashes": wanted})} if wanted else set()

    def vectors(self, after: int = -1) -> Iterator[tuple[int, str | None, bytes]]:
        query = select(_P.number, _A.published, _V.vector).join_from(passages, articles)
        query = query.join(vectors, _V.text_hash == _P.text_hash)
        return (
            (number, published, vector) for number, published, vector in self._database.stream(_since(query, after))
        )

    # ------------------------------------------------------------------ copying
    def last_key(self, table: str) -> Any:
        key = metadata.tables[table].c[TABLES[table][0]]
        return self._database.value(select(key).order_by(key.desc()).limit(1))

    def rows_after(self, table: str, key: Any, limit: int) -> list[tuple[Any, ...]]:
        columns = [metadata.tables[table].c[name] for name in TABLES[table]]
        query = select(*columns).order_by(columns[0]).limit(limit)
        return self._database.rows(query if key is None else query.where(columns[0] > key))


def _since(query: Select[Any], generation: int) -> Select[Any]:
    return query.where(_A.generation > generation).order_by(_P.number)
