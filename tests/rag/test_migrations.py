"""Tables made step by step are the tables made at once, and an older library loses nothing."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from rag.__main__ import main
from rag.errors import LibraryOutdated
from rag.index import upgrading, version
from rag.index.database import Database
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.schema import SCHEMA_VERSION
from rag.index.sqlite_store import STORE_FILE
from rag.index.upkeep import has_library, upgrade_library
from rag.records import Article, Passage
from tests.conftest import ROOT
from tests.postgres_server import PostgresServer

LATER = Path(__file__).parent / "later_versions"
_CATALOGUE = (
    "SELECT table_name, column_name, data_type, is_nullable, collation_name, is_identity, identity_generation, "
    "generation_expression FROM information_schema.columns WHERE table_schema = current_schema()",
    "SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema()",
    "SELECT conname, replace(pg_get_constraintdef(oid), current_schema() || '.', '') FROM pg_constraint "
    "WHERE connamespace = current_schema()::regnamespace",
)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes this program one of version 2."""

    def become() -> None:
        monkeypatch.setattr(version, "SCHEMA_VERSION", 2)
        monkeypatch.setattr(upgrading, "VERSIONS", (*upgrading.VERSIONS, LATER))

    return become


def filled(place: Place) -> Article:
    article = Article(
        id="a", title="Fees", text="Fees rise.", source="s", content_hash="h", story_id="a", provenance={}
    )
    with closing(open_store(place, create=True)) as store:
        store.put(article, b"8 bytes.", [(Passage("a", 0, 10, "Fees rise.", ((0, 10),)), b"h", np.ones(4, np.float32))])
    return article


def test_the_last_step_is_the_version_of_this_program() -> None:
    head = ScriptDirectory(str(upgrading.MIGRATIONS), version_locations=list(map(str, upgrading.VERSIONS)))
    assert head.get_current_head() == f"{SCHEMA_VERSION:04}"


def test_sqlite_tables_are_the_same_by_steps_and_at_once(tmp_path: Path) -> None:
    open_store(tmp_path, create=True).close()
    upgrading.upgrade_file(tmp_path / "steps.sqlite")

    def tables(file: Path) -> set[tuple[str, str]]:
        with closing(sqlite3.connect(file)) as database:
            rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        return {(name, re.sub(r"IF NOT EXISTS|\s", "", sql)) for name, sql in rows if name != "alembic_version"}

    assert tables(tmp_path / "steps.sqlite") == tables(tmp_path / STORE_FILE)
    assert len(tables(tmp_path / STORE_FILE)) > 8
    (tmp_path / "other").mkdir()
    (tmp_path / "steps.sqlite").rename(tmp_path / "other" / STORE_FILE)
    assert filled(Place(tmp_path / "other"))


def test_postgresql_tables_are_the_same_by_steps_and_at_once(postgres_server: PostgresServer, tmp_path: Path) -> None:
    found = []
    for by_steps in (False, True):
        url = postgres_server.new_library()
        if by_steps:
            engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
            with engine.begin() as connection:
                upgrading.upgrade(connection)
                connection.exec_driver_sql("DROP TABLE alembic_version")
            engine.dispose()
        place = Place(tmp_path, SecretStr(url))
        filled(place)
        with closing(Database(place)) as database:
            found.append([sorted(map(str, database.rows(text(query)))) for query in _CATALOGUE])
    assert found[0] == found[1]
    assert [len(rows) > 5 for rows in found[0]] == [True, True, True]


def test_an_older_library_is_brought_up_to_date_by_a_writer(place: Place, later: Callable[[], None]) -> None:
    article = filled(place)
    later()
    with pytest.raises(LibraryOutdated, match="python -m rag doctor"):
        open_store(place)
    upgrade_library(place)
    with closing(open_store(place)) as store:
        assert store.fact("schema") == "2"
        assert store.article("a") == article
        assert store.counts() == (1, 1, 1)
        assert store.rows_after("articles", None, 9)[0][1] == "a"
    upgrade_library(place)  # nothing is left to do


def test_a_step_that_fails_changes_nothing(
    place: Place, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    article = filled(place)
    with closing(open_store(place)) as store:
        store.set_fact("fail", "yes")
    later()
    with pytest.raises(ValueError, match="this step fails"):
        upgrade_library(place)
    with pytest.raises(LibraryOutdated):
        has_library(place)
    monkeypatch.setattr(version, "SCHEMA_VERSION", 1)  # back to the program that made it
    with closing(open_store(place)) as store:
        assert store.article("a") == article


def test_doctor_brings_an_older_library_up_to_date(
    tmp_path: Path, later: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    filled(Place(tmp_path))
    later()
    assert main(["library", "--library", str(tmp_path)]) == 3
    assert "doctor" in capsys.readouterr().err
    assert main(["doctor", "--library", str(tmp_path)]) == 0
    assert has_library(tmp_path)


def test_a_library_that_is_up_to_date_loads_no_migrations(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.index.upkeep import writing\n"
        "with writing(Path(sys.argv[1]), create=True): pass\n"
        "print([name for name in ('alembic', 'sqlalchemy', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
