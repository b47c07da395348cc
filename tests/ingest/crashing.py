"""A writer to be killed, and what must hold afterwards.

`python -m tests.ingest.crashing ARTICLES LIBRARY LOG` ingests with an embedder that writes down what it
embeds, and prints the title of each article as it is acknowledged.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import ingest.indexing as indexing
from ingest.counting import INDEXING, READING, Progress
from ingest.report import IngestReport
from rag.command_line import run_command
from rag.index.health import check_library
from rag.index.library import Library, open_library
from rag.index.opening import open_store
from rag.index.place import Place, place_of
from rag.records import Filters
from rag.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
BASE, GROWN = 520, 1040
"""Articles of two passages: Chroma writes its index file at 1,000 passages and over it at 2,000."""
WORDS = [f"{a}{b}{c}" for a in ("bar", "dol", "fen", "gim", "kor") for b in "aeiou" for c in ("th", "nd", "lk", "rm")]


class HashEmbedder:
    """Vectors that depend on nothing but the text, at no cost; writes down the hash of each text in a file."""

    name, dimensions, max_tokens, engine = "hash", 32, 256, "hash"

    def __init__(self, log: Path) -> None:
        self._log = log

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._log.open("a") as log:
            log.write("".join(f"{text_hash(text)}\n" for text in texts))
        return np.stack([vector_of(text) for text in texts])

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def vector_of(text: str) -> NDArray[np.float32]:
    drawn = np.random.default_rng(int(text_hash(text)[:16], 16)).normal(size=32).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


@contextmanager
def hash_embedder(log: Path) -> Iterator[None]:
    """Puts the fake in the place of both engines, in this process."""
    engines = {name: getattr(indexing, name) for name in ("open_embedder", "open_bulk_embedder")}
    for name in engines:
        setattr(indexing, name, lambda *_: HashEmbedder(log))
    try:
        yield
    finally:
        for name, engine in engines.items():
            setattr(indexing, name, engine)


def write_articles(file: Path, numbers: Iterable[int], version: str = "first", sentences: int = 30) -> None:
    """Articles of about two passages; a word that no other has stands in the first of each."""
    with file.open("w") as out:
        for n in numbers:
            body = " ".join(
                f"In round {i} the {WORDS[(n * 7 + i) % 100]} of {WORDS[(n + i * i) % 100]} went to lot {n * i}."
                for i in range(1, sentences)
            )
            text = f"The {version} draw brought zq{n}{version} to the town. {body}"
            out.write(json.dumps({"id": f"n{n}", "title": f"Title {n} {version}", "text": text}) + "\n")


@dataclass(frozen=True, slots=True)
class Killed:
    """What a killed writer had said: the titles acknowledged, and whether it came to its end."""

    titles: list[str]
    finished: bool


class Writer:
    """A child process that ingests."""

    def __init__(self, articles: Path, library: Place | Path, log: Path) -> None:
        place = place_of(library)
        command = [sys.executable, "-m", "tests.ingest.crashing", str(articles), str(place.directory), str(log)]
        store = {"GROUNDWIRE_STORE": place.store.get_secret_value()} if place.store else {}
        self._child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | store
        )

    def acknowledged(self) -> Iterator[str]:
        """Titles, each as soon as the article is safe."""
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line != "finished\n":
                yield line.strip()

    def ended(self) -> tuple[int, str]:
        """Its exit code, and what it said of faults."""
        return self._child.wait(60), self._child.communicate()[1]

    @property
    def pid(self) -> int:
        return self._child.pid

    def __enter__(self) -> Writer:
        self._listener = threading.Thread(
            target=self._child.communicate
        )  # else it would wait for a reader of its words
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.join()

    @property
    def is_running(self) -> bool:
        return self._listener.is_alive()

    def kill_after(self, seconds: float) -> Killed:
        """Kills it some seconds after the first article was acknowledged."""
        assert self._child.stdout is not None
        first = self._child.stdout.readline()
        time.sleep(seconds)
        return self._kill(first)

    def kill_at_change(self, directory: Path, number: int) -> Killed:
        """Kills it when the files of a directory have been seen to change so many times."""
        seen, changes = _state(directory), 0
        while self._child.poll() is None and changes < number:
            now = _state(directory)
            changes += now != seen
            seen = now
            time.sleep(0.0002)
        return self._kill("")

    def _kill(self, said: str) -> Killed:
        assert self._child.stdout is not None
        self._child.send_signal(signal.SIGKILL)
        with self._child:
            lines = [line for line in [said.strip(), *self._child.stdout.read().split("\n")] if line]
        return Killed([line for line in lines if line != "finished"], "finished" in lines)


def _state(directory: Path) -> list[tuple[str, int, int]]:
    found = []
    for path in directory.rglob("*"):
        try:
            facts = path.stat()
        except OSError:
            continue
        found.append((str(path), facts.st_size, facts.st_mtime_ns))
    return sorted(found)


def assert_sound(where: Place | Path, acknowledged: Iterable[str], *, thorough: bool = False) -> None:
    """Every acknowledged article is stored and found by keyword and both vector searches; the index is healthy."""
    library = open_library(where)
    heads = {head.title: head.id for head in library.heads()}
    assert set(acknowledged) <= set(heads)
    numbers = library.store.passage_numbers()
    step = max(1, len(numbers) // 60)
    for stored in library.passages(numbers[::step]).values():
        assert_found(library, stored.article.title, stored.passage.text)
    findings = check_library(library.store, thorough=thorough)
    assert findings == [], findings


def assert_found(library: Library, title: str, passage: str) -> None:
    vector = vector_of(f"{title}. {passage}")
    for approximate in (False, True):
        candidates = library.candidates(title, vector, 3, Filters(), approximate=approximate)
        best = library.passages([n for n, rank in candidates.dense_ranks.items() if rank == 1])
        assert [stored.article.title for stored in best.values()] == [title]
    word = next((word for word in passage.split() if word.startswith("zq")), None)
    if word:
        keyword = library.candidates(word, vector, 3, Filters()).keyword_ranks
        assert [s.article.title for s in library.passages([n for n in keyword if keyword[n] == 1]).values()] == [title]


def embedded_twice(log: Path, stored_before: set[str]) -> set[str]:
    """Texts that were embedded although their vectors were stored; empties the log."""
    again = set(log.read_text().split()) & stored_before if log.exists() else set()
    log.write_text("")
    return again


def stored_hashes(library: Place | Path) -> set[str]:
    with closing(open_store(library)) as store:
        return {row[0].hex() for row in store.rows_after("vectors", None, 1_000_000)}


def write(articles: Path, library: Place | Path, log: Path, progress: Progress | None = None) -> IngestReport:
    """A run of the writer in this process, with the fake embedder."""
    place = place_of(library)
    with hash_embedder(log):
        settings = load_settings(library=place.directory, store=place.store)
        return indexing.ingest([articles], settings, progress=progress, remove_missing=True)


def _acknowledge(done: int, total: int, title: str) -> None:
    if not title.startswith((READING, INDEXING)):
        print(title, flush=True)


def _main() -> int:
    write(*map(Path, sys.argv[1:4]), progress=_acknowledge)
    print("finished", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(_main))
