"""Runs of the writer: what is added, changed, kept, removed and skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.counting import INDEXING, READING
from ingest.indexing import ingest, ingest_articles
from ingest.records import Skipped
from ingest.report import IngestReport
from rag.errors import LibraryBusy, LibraryMissing, SettingsError, SourceError
from rag.index.library import open_library
from rag.index.lock import WriterLock
from rag.index.sqlite_store import STORE_FILE, SqliteStore
from rag.records import Article
from rag.settings import Settings, load_settings


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "dam.txt").write_text("Dam opened\n\nThe river dam was opened on Friday. It took nine years to build.\n")
    (folder / "zoo.md").write_text("---\nid: zoo\ntitle: Zoo\n---\nThe zoo has bought two tapirs. They came by ship.\n")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(library=tmp_path / "library")


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_a_second_run_changes_nothing(news: Path, settings: Settings) -> None:
    assert counts(ingest([news], settings)) == (2, 0, 0, 0)
    generation = SqliteStore(settings.library).generation
    assert counts(ingest([news], settings)) == (0, 0, 2, 0)
    assert SqliteStore(settings.library).generation == generation


def test_a_changed_file_replaces_its_article_even_when_its_text_named_it(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    before = {h.id for h in SqliteStore(settings.library).heads()}
    (news / "dam.txt").write_text("Dam opened\n\nThe river dam was opened on Saturday. It took ten years to build.\n")
    assert counts(ingest([news], settings)) == (0, 1, 1, 0)
    store = SqliteStore(settings.library)
    assert {h.id for h in store.heads()} == before
    dam = next(id for id in before if id.startswith("dam"))
    article = store.article(dam)
    assert article is not None
    assert "Saturday" in article.text


def test_files_that_are_gone_go_only_on_request(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    (news / "zoo.md").unlink()
    assert counts(ingest([news], settings)) == (0, 0, 1, 0)
    assert counts(ingest([news], settings, remove_missing=True)) == (0, 0, 1, 1)
    assert SqliteStore(settings.library).article("zoo") is None


def test_a_file_that_cannot_be_read_today_is_not_gone(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    (news / "zoo.md").write_bytes(bytes(range(256)) * 20)
    report = ingest([news], settings, remove_missing=True)
    assert report.removed == 0
    assert [s.source for s in report.skipped] == [str(news / "zoo.md")]
    assert SqliteStore(settings.library).article("zoo") is not None


def titles(settings: Settings) -> set[str]:
    return {h.title for h in SqliteStore(settings.library).heads()}


def test_a_line_put_before_others_does_not_take_the_place_of_one(tmp_path: Path, settings: Settings) -> None:
    first, second, new = (
        json.dumps({"title": t, "text": f"{t} is a town on the river. It has {n} bridges."}) + "\n"
        for n, t in enumerate(("Aston", "Burl", "Corby"))
    )
    file = tmp_path / "towns.jsonl"
    file.write_text(first + second)
    ingest([file], settings)
    file.write_text(new + first + second)
    assert counts(ingest([file], settings)) == (1, 0, 2, 0)
    assert titles(settings) == {"Aston", "Burl", "Corby"}


def test_a_new_file_in_the_place_of_a_moved_one_does_not_replace_it(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    (news / "old").mkdir()
    (news / "dam.txt").rename(news / "old" / "dam.txt")
    (news / "dam.txt").write_text("Dam painted\n\nThe river dam was painted green. Forty painters took part.\n")
    assert counts(ingest([news], settings)) == (1, 0, 2, 0)
    assert titles(settings) >= {"Dam opened", "Dam painted"}


def test_missing_files_of_a_glob_go_and_others_stay(
    news: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (news / "deep").mkdir()
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        (news / name).write_text(f"About {name}\n\nThe ferry {name} sank in the storm. It was insured.\n")
    monkeypatch.chdir(news)
    ingest([Path(".")], settings)
    (news / "a.txt").unlink()
    (news / "deep" / "c.txt").unlink()
    assert ingest([Path("*.txt")], settings, remove_missing=True).removed == 1
    assert ingest([Path("**/*")], settings, remove_missing=True).removed == 1


def test_a_skipped_folder_is_not_gone_when_named_relatively(
    news: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news.parent)
    [article] = [a for a in read_articles([Path("news")], settings) if isinstance(a, Article) and a.id == "zoo"]
    ingest_articles([article], settings)
    skipped = [Skipped("news", "cannot be opened: Permission denied")]
    assert ingest_articles(skipped, settings, remove_missing_under=[Path("news")]).removed == 0


def test_a_dry_run_says_what_would_happen_and_makes_no_library(news: Path, settings: Settings) -> None:
    assert counts(ingest([news], settings, dry_run=True)) == (2, 0, 0, 0)
    assert not settings.library.exists()
    ingest([news], settings)
    (news / "zoo.md").unlink()
    assert counts(ingest([news], settings, dry_run=True, remove_missing=True)) == (0, 0, 1, 1)
    assert SqliteStore(settings.library).article("zoo") is not None


def test_copies_share_a_story(news: Path, settings: Settings) -> None:
    text = " ".join(
        f"Sentence {n} tells of the harbour, its {n} cranes and the {n * 7} ships it served." for n in range(12)
    )
    for outlet in ("Harbour Courier", "Pacific Ledger"):
        (news / f"{outlet}.txt").write_text(
            f"---\nid: {outlet}\ntitle: {outlet} on cranes\noutlet: {outlet}\n---\n{text}\n"
        )
    ingest([news], settings)
    heads = {h.id: h.story_id for h in SqliteStore(settings.library).heads()}
    assert heads["Harbour Courier"] == heads["Pacific Ledger"]
    assert len(set(heads.values())) == 3


def test_every_passage_stands_in_its_article(sample_library: Path) -> None:
    store = SqliteStore(sample_library)
    for stored in store.passages(store.passage_numbers()).values():
        article = store.article(stored.article.id)
        assert article is not None
        assert article.text[stored.passage.start : stored.passage.end] == stored.passage.text
        for start, end in stored.passage.sentences:
            assert stored.passage.start <= start < end <= stored.passage.end


def test_a_busy_library_is_left_alone(news: Path, settings: Settings) -> None:
    settings.library.mkdir(parents=True)
    with WriterLock(settings.library), pytest.raises(LibraryBusy):
        ingest([news], settings)


def test_vectors_of_another_model_are_not_mixed_in(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    SqliteStore(settings.library).set_embedding_model("another model")
    (news / "new.txt").write_text("A new harbour crane arrived on Monday. It is red.")
    with pytest.raises(SettingsError, match="another model"):
        ingest([news], settings)


def test_a_path_that_does_not_exist_is_named(settings: Settings) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        ingest([Path("nowhere")], settings)
    assert not (settings.library / "library.sqlite").exists()


def test_the_report_is_the_contract_s_document(news: Path, settings: Settings) -> None:
    (news / "empty.txt").write_text("")
    document = json.loads(json.dumps(ingest([news], settings).to_json()))
    assert set(document) == {
        "added", "updated", "unchanged", "removed", "skipped", "articles", "passages", "stories", "seconds",
    }  # fmt: skip
    assert document["skipped"] == [{"source": str(news / "empty.txt"), "reason": "empty"}]


def test_progress_counts_what_was_read_and_says_what_it_does(news: Path, settings: Settings) -> None:
    steps: list[tuple[int, int, str]] = []
    ingest([news], settings, progress=lambda *step: steps.append(step))
    assert [title for _, _, title in steps[:2]] == [f"{READING} {news / name}" for name in ("dam.txt", "zoo.md")]
    assert steps[2:] == [(1, 2, "Dam opened"), (2, 2, "Zoo"), (2, 2, INDEXING)]


def test_a_report_names_every_article_it_counts(news: Path, settings: Settings) -> None:
    ingest([news], settings)
    (news / "dam.txt").write_text("Dam opened\n\nThe river dam was opened on Saturday. It took ten years to build.\n")
    (news / "zoo.md").unlink()
    report = ingest([news], settings, remove_missing=True)
    assert [(c.outcome, c.name, c.source) for c in report.changes] == [
        ("updated", "Dam opened", str(news / "dam.txt")),
        ("removed", "zoo", str(news / "zoo.md")),
    ]


def test_an_interrupted_library_is_finished_by_the_next_run(news: Path, settings: Settings) -> None:
    settings.library.mkdir()
    (settings.library / STORE_FILE).touch()  # killed before its tables were made
    with pytest.raises(LibraryMissing, match="never finished"):
        SqliteStore(settings.library)
    assert ingest([news], settings, dry_run=True).added == 2
    assert ingest([news], settings).added == 2


def test_a_file_alone_is_cleaned_as_it_was_among_others_of_its_outlet(tmp_path: Path, settings: Settings) -> None:
    house = "Follow the Harbour Ledger for more stories about ships and trade."
    folder = tmp_path / "ledger"
    folder.mkdir()
    for n, word in enumerate(("tin", "salt", "rope", "coal", "tar")):
        lines = [f"Outlet prices of {word} rose by {n + 3} percent on Monday.", house, f"Traders of {word} were calm."]
        record = {"title": f"Prices of {word}", "outlet": "Harbour Ledger", "text": "\n".join(lines)}
        (folder / f"{word}.json").write_text(json.dumps(record))
    ingest([folder], settings)
    assert house not in "".join(a.text for a in map(open_library(settings.library).article, _ids(settings)) if a)
    assert ingest([folder / "tin.json"], settings).unchanged == 1


def _ids(settings: Settings) -> list[str]:
    return [head.id for head in open_library(settings.library).heads()]
