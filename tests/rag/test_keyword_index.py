"""The keyword index follows the store, whatever a killed writer left in its directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.index.caches import keyword_index
from rag.index.keywords import Keywords
from rag.index.opening import open_store
from rag.index.upkeep import writing
from tests.rag.made_vectors import put, unit

VECTORS = unit(np.random.default_rng(1), 1)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Three articles, indexed by keyword."""
    directory = tmp_path / "library"
    with writing(directory, create=True) as store:
        store.set_embedding_model("made")
        for id in ("lantern", "bridge", "orchard"):
            put(store, id, VECTORS)
        keyword_index(directory).update(store)
    return directory


def change(library: Path) -> None:
    """One article goes, another one comes."""
    with writing(library) as store:
        store.remove("orchard")
        put(store, "ferry", VECTORS)


def update(library: Path) -> Keywords:
    store = open_store(library)
    keyword_index(library).update(store)
    keywords = keyword_index(library)
    assert keywords.open(store)
    return keywords


def killed_before_the_commit(library: Path) -> Path:
    """Brings the index up to date and takes the commit back: every file is written, none is named."""
    index = library / "index"
    shutil.copytree(index, library / "before")
    update(library)
    for committed in ("keywords/meta.json", "keywords/.managed.json", "keywords.json"):
        shutil.copy(library / "before" / committed, index / committed)
    return index / "keywords"


def test_what_a_writer_left_that_was_killed_before_its_commit_is_written_again(library: Path) -> None:
    change(library)
    directory = killed_before_the_commit(library)
    left = {file.name for file in directory.iterdir()} - {file.name for file in (library / "before/keywords").iterdir()}
    assert any(name.endswith(".del") for name in left)
    keywords = update(library)
    assert keywords.generation == open_store(library).generation
    assert keywords.search("ferry", 3)
    assert not keywords.search("orchard", 3)
    assert keywords.search("lantern", 3)


def test_leftovers_are_deleted_and_nothing_else(library: Path) -> None:
    directory = library / "index" / "keywords"
    leftover = directory / f"{'0' * 32}.idx"
    leftover.write_bytes(b"half written")
    (directory / "note.txt").write_text("of somebody else")
    change(library)
    keywords = update(library)
    assert not leftover.exists()
    assert (directory / "note.txt").exists()
    assert keywords.search("bridge", 3)
