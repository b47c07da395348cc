"""The keyword index: BM25 over title and passage, by tantivy. A cache of the store."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.date_words import date_words
from rag.errors import LibraryNotWritable
from rag.index.cache_state import Cache, CacheState, read_state, write_state
from rag.index.catalogue import NO_DAYS, TEXT_FIELDS, day_range, text_filters
from rag.index.keyword_check import drop_leftovers, is_intact
from rag.index.store import Store, StoredPassage
from rag.records import Filters
from rag.tokens import STOP_WORDS, tokens

LAYOUT = "2"
"""Kept as the state's fingerprint: an index of other fields is built anew."""

_WRITER_BYTES = 128_000_000
_PRIOR_PASSAGES, _PRIOR_RATE = 1000, 0.01
_NO_END = NO_DAYS[0] - 1


class Keywords(Cache):
    """Passages ranked by BM25 of their English stems."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._index: Any = None

    def open(self, store: Store) -> bool:
        """Opens the index; False when it is missing, damaged or not of this library."""
        state = read_state(self._directory)
        if not state.usable_for(store) or state.fingerprint != LAYOUT or not is_intact(self._directory):
            return False
        import tantivy

        try:
            self._index = tantivy.Index.open(str(self._directory))
            self._index.reload()
        except (ValueError, OSError):
            return False
        self.state = state
        return True

    def load(self, store: Store) -> None:
        """Builds the index in memory, where no file can be had."""
        import tantivy

        generation = store.generation
        self._index = tantivy.Index(_schema())
        _write(self._index, store, since=-1)
        self._index.reload()
        self.state = CacheState(store.library_id, generation)

    def update(self, store: Store) -> None:
        """Brings the index to the store's generation: what was removed goes, what was added comes.

        Safe to repeat after a kill: a passage is always deleted before it is added.

        Raises:
            LibraryNotWritable: tantivy cannot write its files.
        """
        state = read_state(self._directory)
        if self.open(store):
            drop_leftovers(self._directory)
        else:
            shutil.rmtree(self._directory, ignore_errors=True)
            state = CacheState()
        generation = store.generation
        try:
            _write(_create_or_open(self._directory), store, state.generation)
        except ValueError as error:
            raise LibraryNotWritable(
                f"the keyword index in {self._directory} cannot be written ({error}). Make room."
            ) from None
        write_state(self._directory, CacheState(store.library_id, generation, clean=True, fingerprint=LAYOUT))

    def search(self, question: str, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """The k passages of highest BM25, best first, as (number, BM25); empty when no word is known."""
        return list(zip(*self.ranked(question, k, filters), strict=True))

    def ranked(self, question: str, k: int, filters: Filters | None = None) -> tuple[list[int], list[float]]:
        """As `search`, the numbers and their BM25 apart."""
        terms = question_terms(question)
        if not terms or self._index is None:
            return [], []
        query = self._index.parse_query(" ".join(terms), ["text"])
        return self._run([query, *_conditions(self._index.schema, filters or Filters())], k)

    def scores(self, question: str, passages: Sequence[int]) -> dict[int, float]:
        """BM25 of each of the passages; those that share no word with the question are left out."""
        terms = question_terms(question)
        if not terms or self._index is None or not passages:
            return {}
        import tantivy

        query = self._index.parse_query(" ".join(terms), ["text"])
        # For numbers of this many, a third of the time that a term set takes.
        numbers = [tantivy.Query.term_query(self._index.schema, "number", number) for number in passages]
        among = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in numbers])
        return dict(zip(*self._run([query, among], len(passages)), strict=True))

    def _run(self, queries: Sequence[Any], k: int) -> tuple[list[int], list[float]]:
        """The best that all queries match; the first one gives the score."""
        searcher = self._index.searcher()
        hits = searcher.search(_all_of(queries), k, count=False).hits
        return searcher.fast_field_values("number", [address for _, address in hits]), [score for score, _ in hits]

    def idf(self, stem: str) -> float:
        """How rare a stem is, smoothed so that a small library does not take every unseen word for a rarity.

        ln((N + 1000) / (n + 10)) for a stem in n of N passages: as if 1000 more passages had been seen, one
        in a hundred of them with the stem.
        """
        if self._index is None:
            return 1.0
        searcher = self._index.searcher()
        n = searcher.doc_freq("text", stem)
        return math.log((searcher.num_docs + _PRIOR_PASSAGES) / (n + _PRIOR_RATE * _PRIOR_PASSAGES))


def question_terms(question: str) -> list[str]:
    """The words of a question worth looking up: no stop words, each once, plain word characters only."""
    words = (part for token in tokens(question) if token not in STOP_WORDS for part in _plain(token))
    return list(dict.fromkeys(words))


def _plain(token: str) -> list[str]:
    # The query parser reads punctuation, AND, OR and NOT as syntax; lower-cased word characters are safe.
    return "".join(c if c.isalnum() else " " for c in token).split()


def _all_of(queries: Sequence[Any]) -> Any:
    import tantivy

    if len(queries) == 1:
        return queries[0]
    silent = [tantivy.Query.const_score_query(query, 0.0) for query in queries[1:]]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in (queries[0], *silent)])


def _conditions(schema: Any, filters: Filters) -> list[Any]:
    import tantivy

    conditions = [tantivy.Query.term_set_query(schema, field, wanted) for field, wanted in text_filters(filters)]
    for field, low, high in (
        ("last_day", day_range(filters.since)[0] if filters.since else 0, _NO_END),
        ("first_day", 0, day_range(filters.until)[1] if filters.until else _NO_END),
    ):
        if (low, high) != (0, _NO_END):
            conditions.append(tantivy.Query.range_query(schema, field, tantivy.FieldType.Integer, low, high))
    return conditions


def _document(stored: StoredPassage) -> Any:
    import tantivy

    head = stored.article
    text = f"{head.title}\n{head.outlet or ''}\n{date_words(head.published)}\n{stored.passage.text}"
    first, last = day_range(head.published)
    fields = {name: value for name, of in TEXT_FIELDS.items() if (value := of(head))}
    return tantivy.Document(number=stored.number, text=" ".join(tokens(text)), first_day=first, last_day=last, **fields)


def _create_or_open(directory: Path) -> Any:
    import tantivy

    if directory.is_dir() and any(directory.iterdir()):
        return tantivy.Index.open(str(directory))
    directory.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(_schema(), path=str(directory))


def _schema() -> Any:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True, indexed=True, fast=True)
    schema.add_text_field("text", stored=False, tokenizer_name="en_stem")
    for name in TEXT_FIELDS:
        schema.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    for name in ("first_day", "last_day"):
        schema.add_integer_field(name, indexed=True, fast=True)
    return schema.build()


def _write(index: Any, store: Store, since: int) -> None:
    writer = index.writer(_WRITER_BYTES, 1)
    for number in store.removed_since(since):
        writer.delete_documents_by_term("number", number)
    for stored in store.passages_since(since):
        writer.delete_documents_by_term("number", stored.number)
        writer.add_document(_document(stored))
    writer.commit()
    writer.wait_merging_threads()
