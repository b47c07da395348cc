"""What only a server can do to a library: refuse, fall, come back, take a connection away."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from rag.__main__ import main
from rag.errors import (
    GroundwireError,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
    LibraryNotWritable,
    LibraryUnreachable,
    SettingsError,
)
from rag.index.library import open_library
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.postgres_store import PostgresStore
from rag.index.upkeep import writing
from rag.records import Article, Filters, Passage
from tests.postgres_server import PASSWORD, QUOTED, PostgresServer

VECTOR = np.ones(4, dtype=np.float32) / 2


def put(store: PostgresStore, id: str, text: str = "Fees rise.") -> None:
    article = Article(id=id, title=f"Title {id}", text=text, source=id, content_hash=text, story_id=id)
    passage = Passage(id, 0, len(text), text, ((0, len(text)),))
    store.put(article, b"12345678", [(passage, f"{id}{text}".encode(), VECTOR)])


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_library()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[PostgresStore]:
    with closing(PostgresStore(Place(tmp_path, SecretStr(url)), create=True)) as opened:
        yield opened


@pytest.fixture
def own_server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The server, to be stopped; it runs again afterwards."""
    yield postgres_server
    postgres_server.stop(at_once=True)
    postgres_server.start()


def sessions_of(server: PostgresServer, *, writers: bool) -> list[int]:
    rows = server.execute("SELECT pid, application_name FROM pg_stat_activity WHERE application_name ~ '^(gr|pr)'")
    return [int(str(pid)) for pid, name in rows if str(name).startswith("process") is writers]


# ------------------------------------------------------------------ opening
@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ((QUOTED, "mistyped"), LibraryUnreachable, "Check user and password"),
        (("tester:", "nobody:"), LibraryUnreachable, "Check user and password"),
        ((r"/postgres\?", "/nosuch?"), LibraryMissing, "createdb nosuch"),
        ((r"\?options=", "?nonsense="), SettingsError, "nonsense"),
        ((r":\d+/", ":1/"), LibraryUnreachable, "start the server"),
        ((r"127.0.0.1:\d+", "127.0.0.1:port"), SettingsError, "postgresql://USER@HOST:PORT/DATABASE"),
    ],
)
def test_a_refusal_says_what_to_do_and_keeps_the_password(
    url: str, tmp_path: Path, change: tuple[str, str], error: type[GroundwireError], says: str
) -> None:
    place = Place(tmp_path, SecretStr(re.sub(*change, url, count=1)))
    with pytest.raises(error, match=says) as caught:
        open_store(place)
    for shown in (str(caught.value), repr(place), str(place)):
        assert "\n" not in shown
        assert not any(secret in shown for secret in (PASSWORD, QUOTED, "mistyped", "search_path"))
    assert caught.value.__suppress_context__


def test_the_command_line_names_the_server_in_one_line(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDWIRE_STORE", url.replace(QUOTED, "mistyped"))
    assert main(["library", "--library", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "postgresql://127.0.0.1" in said.err
    assert "mistyped" not in said.err


def test_tables_of_somebody_else_and_other_encodings_are_refused(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_server.new_database()
    postgres_server.execute("CREATE TABLE articles (id text)", url.rpartition("/")[2])
    with pytest.raises(LibraryNotWritable, match="Use a database of its own"):
        open_store(Place(tmp_path, SecretStr(url)), create=True)
    latin = postgres_server.new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(LibraryError, match="createdb -E UTF8"):
        open_store(Place(tmp_path, SecretStr(latin)), create=True)


# ------------------------------------------------------------------ writing
@pytest.mark.parametrize(
    "cause", ["ALTER ROLE {} SET default_transaction_read_only = on", "REVOKE INSERT ON {}.articles FROM {}"]
)
def test_a_writer_without_the_right_to_is_told(
    postgres_server: PostgresServer, store: PostgresStore, url: str, tmp_path: Path, cause: str
) -> None:
    schema = url.rpartition("%3D")[2]
    role = f"reader_{schema}"
    postgres_server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    postgres_server.execute(
        f"GRANT ALL ON SCHEMA {schema} TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}"
    )
    postgres_server.execute(cause.format(*([role] if "ALTER" in cause else [schema, role])))
    place = Place(tmp_path, SecretStr(url.replace(f"tester:{QUOTED}", f"{role}:x")))
    with pytest.raises(LibraryNotWritable, match="cannot be written"), writing(place) as writer:
        put(writer, "a")  # type: ignore[arg-type]
    assert store.counts() == (0, 0, 0)


def test_a_reader_needs_no_more_than_select(
    postgres_server: PostgresServer, store: PostgresStore, url: str, tmp_path: Path
) -> None:
    put(store, "a")
    schema = url.rpartition("%3D")[2]
    postgres_server.execute(f"CREATE ROLE only_{schema} LOGIN PASSWORD 'x'")
    postgres_server.execute(f"GRANT USAGE ON SCHEMA {schema} TO only_{schema}")
    postgres_server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO only_{schema}")
    library = open_library(Place(tmp_path, SecretStr(url.replace(f"tester:{QUOTED}", f"only_{schema}:x"))))
    assert library.candidates("fees", VECTOR, 1, Filters()).keyword_ranks
    with pytest.raises(LibraryNotWritable):
        library.store.remove("a")


def test_a_writer_that_lost_its_connection_lost_its_lock_and_cannot_write(
    postgres_server: PostgresServer, store: PostgresStore
) -> None:
    with pytest.raises(LibraryUnreachable, match="lost while writing"), writing(store.place) as first:  # noqa: PT012
        put(first, "kept")  # type: ignore[arg-type]
        [pid] = sessions_of(postgres_server, writers=True)
        postgres_server.execute(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(LibraryUnreachable):
            put(first, "lost")  # type: ignore[arg-type]
        with writing(store.place) as second:
            put(second, "other")  # type: ignore[arg-type]
            put(first, "unlocked")  # type: ignore[arg-type]
    assert [head.id for head in store.heads()] == ["kept", "other"]


def test_readers_never_miss_what_is_committed_late(store: PostgresStore) -> None:
    """Writers without the lock, at once: whatever a reader has not seen yet is above the generation it has seen."""
    seen: set[str] = set()
    generation = -1
    done = threading.Event()

    def write(writer: int) -> None:
        for n in range(25):
            put(store, f"{writer}-{n}")

    def read() -> None:
        nonlocal generation
        last = False
        while not last:
            last = done.is_set()
            now = store.generation
            seen.update(stored.article.id for stored in store.passages_since(generation))
            generation = now

    with ThreadPoolExecutor(6) as pool:
        reading = pool.submit(read)
        for writer in [pool.submit(write, n) for n in range(4)]:
            writer.result()
        done.set()
        reading.result()
    assert seen == {f"{writer}-{n}" for writer in range(4) for n in range(25)}
    numbers = store.passage_numbers()
    assert numbers == list(range(numbers[0], numbers[0] + 100))


def test_a_full_table_space_keeps_what_was_done(store: PostgresStore, postgres_server: PostgresServer) -> None:
    """`temp_file_limit` and quotas report as a full disk does; a statement that takes too long as a busy library."""
    schema = store.place.store.get_secret_value().rpartition("%3D")[2] if store.place.store else ""
    put(store, "a")
    for code, error in (("53100", LibraryNotWritable), ("57014", LibraryBusy)):
        postgres_server.execute(
            f"CREATE OR REPLACE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '{code}'; END $$"
        )
        postgres_server.execute(
            f"CREATE OR REPLACE TRIGGER full BEFORE INSERT ON {schema}.passages EXECUTE FUNCTION {schema}.refuse()"
            .replace("full", '"full"')
        )  # fmt: skip
        with pytest.raises(error, match="no space left"):
            put(store, "b")
    assert store.counts() == (1, 1, 1)


# ------------------------------------------------------------------ losing the server
def test_a_reader_goes_on_after_its_connections_were_ended(
    postgres_server: PostgresServer, store: PostgresStore
) -> None:
    put(store, "a")
    for pid in sessions_of(postgres_server, writers=False):
        postgres_server.execute(f"SELECT pg_terminate_backend({pid})")
    assert store.counts() == (1, 1, 1)


@pytest.mark.parametrize("at_once", [False, True])
def test_the_server_is_restarted_while_it_is_read(
    own_server: PostgresServer, store: PostgresStore, at_once: bool
) -> None:
    for n in range(10):
        put(store, f"{n}", "Fees rise again. " * 5000)
    generation = store.generation
    rows = store.passages_since(-1)
    next(rows)
    own_server.stop(at_once=at_once)
    with pytest.raises(LibraryUnreachable, match="cannot be reached"):
        list(rows)
    with pytest.raises(LibraryUnreachable):
        store.article("1")
    with pytest.raises(LibraryUnreachable):
        put(store, "unsaid")
    own_server.start()
    assert store.generation == generation
    assert [head.id for head in store.heads()] == [f"{n}" for n in range(10)]
    put(store, "after")


def test_a_killed_writer_frees_the_lock_at_once(store: PostgresStore, postgres_server: PostgresServer) -> None:
    with pytest.raises(LibraryUnreachable), writing(store.place) as writer:  # noqa: PT012
        put(writer, "a")  # type: ignore[arg-type]
        [pid] = sessions_of(postgres_server, writers=True)
        postgres_server.execute(f"SELECT pg_terminate_backend({pid})")
        started = time.monotonic()
        with writing(store.place):
            assert time.monotonic() - started < 10
        put(writer, "b")  # type: ignore[arg-type]


# ------------------------------------------------------------------ full text
def test_the_servers_full_text_search_finds_stems_of_title_and_text(store: PostgresStore) -> None:
    put(store, "ferry", "Ferries of Torvik were cancelled on Monday.")
    put(store, "fees", "The council raised its fees. " + "x " * 60_000 + "Ferry.")
    assert [id for id, _ in store.text_search("cancelled ferry", 5)] == ["ferry"]
    assert [id for id, _ in store.text_search("raising fees", 5)] == ["fees"]
    assert store.text_search("'); DROP TABLE articles; --", 5) == []
