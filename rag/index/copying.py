"""A library from one store to another, and the proof that both hold and find the same.

Rows are taken over as they are, numbers and generations too, so the same search gives the same passages. The copy has
an id of its own, because from then on the two go their own ways and no cache of one may serve the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import LibraryNotWritable, SettingsError
from rag.index.exact import ExactVectors
from rag.index.keywords import Keywords
from rag.index.opening import open_store, store_class
from rag.index.place import Place
from rag.index.schema import SCHEMA_VERSION, TABLES
from rag.index.store import Store
from rag.index.version import copy_mark

Progress = Callable[[int, int, str], None]
SEARCHES = 100
_ROWS = {"articles": 500, "passages": 5000, "vectors": 5000}
_OWN = ("library_id", "schema")
_FOUND = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """Both sides of a copy, FROM first.

    Attributes:
        counts: Articles, passages, stories and vectors.
        hashes: SHA-256 over all rows of articles, passages and vectors.
        searches: Questions made of stored titles, each with the vector of a stored passage.
        equal_searches: Those that gave the same passages with the same scores on both sides.
    """

    counts: tuple[tuple[int, int, int, int], tuple[int, int, int, int]]
    hashes: tuple[str, str]
    searches: int
    equal_searches: int

    @property
    def is_equal(self) -> bool:
        """True when nothing differs."""
        same = self.counts[0] == self.counts[1] and self.hashes[0] == self.hashes[1]
        return same and self.searches == self.equal_searches


def copy_library(source: Place, target: Place, progress: Progress) -> Proof:
    """Copies a library into a place without one, or goes on with a copy that was interrupted.

    Nobody can open the copy before it is found equal.

    Args:
        progress: Called with rows done, rows in all, and what is done.

    Raises:
        LibraryMissing: There is nothing to copy.
        LibraryBusy: One of the two is being written.
        LibraryNotWritable: The other place holds a library already, or cannot be written.
    """
    if source == target:
        raise SettingsError(f"{source} cannot be copied onto itself. Name another place.")
    with closing(open_store(source)) as original, original.writer_lock(), _begun(original, target) as copy:
        for table in TABLES:
            _take_over(original, copy, table, progress)
        copy.end_copy({key: value for key, value in original.facts().items() if key not in _OWN})
        progress(0, 0, "comparing")
        proof = compare(original, copy)
        if proof.is_equal:
            copy.set_fact("schema", str(SCHEMA_VERSION))
        return proof


@contextmanager
def _begun(original: Store, target: Place) -> Iterator[Store]:
    """The unfinished copy, locked."""
    mark = copy_mark(original.library_id, original.generation)
    with store_class(target).writing(target, create=True, copy_of=mark) as copy:
        if copy.fact("schema") != mark:
            if copy.generation:
                raise LibraryNotWritable(f"{target} holds a library already. Copy into a place without one.")
            copy.set_fact("schema", mark)
        yield copy


def _take_over(original: Store, copy: Store, table: str, progress: Progress) -> None:
    """Passages and vectors are about as many."""
    total = original.counts()[0 if table == "articles" else 1]
    done = copy.counts()[0 if table == "articles" else 1] if table != "vectors" else 0
    for rows in _batches(original, table, copy.last_key(table)):
        copy.add_rows(table, rows)
        done += len(rows)
        progress(done, max(done, total), table)


def _batches(store: Store, table: str, after: Any = None) -> Iterator[list[tuple[Any, ...]]]:
    while rows := store.rows_after(table, after, _ROWS[table]):
        yield rows
        after = rows[-1][0]


def compare(first: Store, second: Store) -> Proof:
    """Counts, hashes and searches of two stores; the indexes are built in memory, one after the other."""
    questions = list(_questions(first))
    found = [_answers(store, questions) for store in (first, second)]
    (one, one_vectors), (two, two_vectors) = (_fingerprint(store) for store in (first, second))
    return Proof(
        ((*first.counts(), one_vectors), (*second.counts(), two_vectors)),
        (one, two),
        len(questions),
        sum(a == b for a, b in zip(*found, strict=True)),
    )


def _fingerprint(store: Store) -> tuple[str, int]:
    """The hash of all rows, and the number of vectors."""
    digest, count = hashlib.sha256(), 0
    for table in TABLES:
        for rows in _batches(store, table):
            count = count + len(rows) if table == "vectors" else 0
            for row in rows:
                for value in row:
                    content = value if isinstance(value, bytes) else repr(value).encode()
                    digest.update(b"%d:%b," % (len(content), content))
    return digest.hexdigest(), count


def _questions(store: Store) -> Iterator[tuple[str, bytes]]:
    """Titles, each with the vector of a passage of its article, evenly from the whole store."""
    step = max(1, store.counts()[1] // SEARCHES)
    chosen = {number: vector for row, (number, _, vector) in enumerate(store.vectors()) if row % step == 0}
    passages = store.passages(list(chosen)[:SEARCHES])
    for number in sorted(passages):
        yield passages[number].article.title, chosen[number]


def _answers(store: Store, questions: list[tuple[str, bytes]]) -> list[Any]:
    """What each question finds by vector and by keyword: the passages, whole, with their scores."""
    nowhere = Path("nowhere")
    exact, keywords = ExactVectors(nowhere), Keywords(nowhere)
    exact.load(store)
    keywords.load(store)
    answers = []
    for title, vector in questions:
        hits = exact.search(np.frombuffer(vector, dtype=np.float32), _FOUND) + keywords.search(title, _FOUND)
        passages = store.passages([number for number, _ in hits])
        answers.append([(passages[number], score) for number, score in hits])
    return answers
