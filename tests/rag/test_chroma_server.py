"""Vectors on a Chroma server: a real one, which is stopped, restarted and robbed of its data while it is used."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from rag.errors import LibraryUnreachable
from rag.index import chroma_records, chroma_server, server_search
from rag.index.chroma_server import ServerState, ServerVectors
from rag.index.health import check_library, repair_library
from rag.index.library import Library, open_library
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.upkeep import finish_writing, writing
from rag.records import Filters
from rag.settings import load_settings
from tests.rag.chroma_process import ChromaProcess
from tests.rag.made_vectors import put, unit

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(5)
VECTORS = {f"n{i}": unit(RNG, 3) for i in range(20)}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    server = ChromaProcess(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(process: ChromaProcess) -> Iterator[ChromaProcess]:
    process.start()
    yield process
    process.start()


@pytest.fixture
def place(server: ChromaProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A library of 20 articles with 3 passages each, on the server."""
    monkeypatch.setattr(server_search, "_TROUBLE_SECONDS", 0.0)
    monkeypatch.setattr(server_search, "_BEHIND_SECONDS", 0.0)
    place = Place(tmp_path / "library", None, server.url)
    add(place, VECTORS)
    return place


def add(place: Place, articles: dict[str, Any], removed: Sequence[str] = ()) -> None:
    """What a writer does."""
    with writing(place, create=True) as store:
        for id, vectors in articles.items():
            put(store, id, vectors, "2024-01-01")
        for id in removed:
            store.remove(id)
        finish_writing(store)


def first(library: Library, vector: Any) -> str:
    """The article of the best passage by vector."""
    candidates = library.candidates("zzz", vector, 10, Filters())
    best = min(candidates.dense_ranks, key=candidates.dense_ranks.__getitem__)
    return candidates.facts[best].article_id


def server_answers(library: Library) -> bool:
    vector = VECTORS["n5"][1]
    library.refresh()
    assert library._server is not None
    found = library._server.search(library.store, library._exact, vector, 10)
    return found is not None and [n for n, _ in found] == [n for n, _ in library._exact.search(vector, 10)]


def findings(place: Place, *, thorough: bool = False) -> list[str]:
    with closing(open_store(place)) as store:
        return [f"{f.part}: {f.problem}" for f in check_library(store, thorough=thorough)]


def test_the_server_answers_what_the_exact_scan_answers(place: Place) -> None:
    library = open_library(place)
    assert server_answers(library)
    assert first(library, VECTORS["n5"][1]) == "n5"
    assert findings(place, thorough=True) == []
    assert not (place.directory / "index" / "chroma").exists()
    add(place, {"new": unit(RNG, 2)}, removed=["n5"])
    assert server_answers(library)
    assert first(library, VECTORS["n5"][1]) != "n5"


def test_every_step_of_a_filling_may_take_long(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy server answers late; what is recorded in between must not shorten the limit of the rest."""
    monkeypatch.setattr(chroma_server, "_BATCH", 20)
    monkeypatch.setattr(chroma_server, "_BATCHES_PER_RECORD", 1)
    assert place.vectors is not None
    vectors, send, limits = ServerVectors(place.vectors, {}), chroma_server.upsert, []

    def sending(*arguments: Any) -> None:
        limits.append(vectors._client._server._session.timeout.read)
        send(*arguments)

    monkeypatch.setattr(chroma_server, "upsert", sending)
    with closing(open_store(place)) as store:
        vectors.update(store, anew=True)
    assert limits == [chroma_server._WRITE_SECONDS] * 3


def test_a_restart_is_survived(place: Place, server: ChromaProcess, caplog: pytest.LogCaptureFixture) -> None:
    library = open_library(place)
    assert server_answers(library)
    server.stop()
    for _ in range(2):
        assert first(library, VECTORS["n5"][1]) == "n5"
    assert [r.levelname for r in caplog.records if r.name == "rag.index.server_search"] == ["WARNING"]
    assert "127.0.0.1" in caplog.text
    [finding] = findings(place)
    assert finding.startswith("chroma server: the Chroma server at http://127.0.0.1")
    server.start()
    assert server_answers(library)
    assert findings(place, thorough=True) == []


def test_data_that_was_lost_is_filled_in_by_the_next_writer(place: Place, server: ChromaProcess) -> None:
    library = open_library(place)
    assert server_answers(library)
    server.stop()
    server.lose_data()
    server.start()
    assert first(library, VECTORS["n5"][1]) == "n5"
    assert not server_answers(library)
    assert findings(place) == [f"chroma server: {server.url}: it holds no vectors of this library"]
    add(place, {"new": unit(RNG, 2)})
    assert server_answers(library)
    assert findings(place, thorough=True) == []


def test_a_data_directory_deleted_in_use_loses_no_article(
    place: Place, server: ChromaProcess, caplog: pytest.LogCaptureFixture
) -> None:
    library = open_library(place)
    server.lose_data()
    new = unit(RNG, 2)
    add(place, {"new": new})
    assert first(library, new[0]) == "new"
    assert findings(place)
    assert "Articles are safe" in caplog.text
    server.stop()
    server.start()
    before, after = repair_library(place)
    assert [f.part for f in before] == ["chroma server"]
    assert after == []
    assert server_answers(library)


def test_a_server_that_is_down_at_ingest_is_filled_later(
    place: Place, server: ChromaProcess, caplog: pytest.LogCaptureFixture
) -> None:
    library = open_library(place)
    server.stop()
    new = unit(RNG, 2)
    add(place, {"new": new}, removed=["n5", "n6"])
    assert first(library, new[0]) == "new"
    assert [r.levelname for r in caplog.records if r.name == "rag.index.caches"] == ["WARNING"]
    server.start()
    assert [f.split()[2] for f in findings(place)] == ["shows"]  # behind, and what was removed is not forgotten
    add(place, {"newer": unit(RNG, 1)})
    assert server_answers(library)
    assert findings(place, thorough=True) == []


def test_a_killed_writer_goes_on_where_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_server, "_BATCH", 10)
    monkeypatch.setattr(chroma_server, "_BATCHES_PER_RECORD", 1)
    sent: list[int] = []

    def killed_after(batches: int) -> Any:
        def upsert(collection: Any, rows: Any) -> None:
            if len(sent) == batches:
                raise KeyboardInterrupt
            sent.append(len(rows))
            real(collection, rows)

        return upsert

    real = chroma_records.upsert
    with closing(open_store(place)) as store:
        monkeypatch.setattr(chroma_server, "upsert", killed_after(3))
        with pytest.raises(KeyboardInterrupt):
            ServerVectors(str(place.vectors), {}).update(store, anew=True)
        store.remove("n2")  # of what was sent
        store.remove("n15")
        sent.clear()
        monkeypatch.setattr(chroma_server, "upsert", killed_after(1000))
        again = ServerVectors(str(place.vectors), {})
        again.update(store)
        assert sum(sent) == 60 - 30 - 3
        assert again.problem(store, 20) is None
        assert again._collection.count() == 60 - 6
    assert server_answers(open_library(place))


def test_a_store_restored_from_a_copy_is_noticed(place: Place, tmp_path: Path) -> None:
    copy = Place(tmp_path / "copy", None, place.vectors)
    with closing(open_store(place)) as store:
        store._db.execute("VACUUM INTO ?", (str(tmp_path / "library.sqlite"),))  # type: ignore[attr-defined]
    copy.directory.mkdir()
    (tmp_path / "library.sqlite").rename(copy.directory / "library.sqlite")
    add(place, {"new": unit(RNG, 1)})  # the original goes on; the copy goes another way
    with closing(open_store(copy)) as store:
        assert "another state" in str(ServerVectors(str(place.vectors), {}).problem(store))
        put(store, "other", unit(RNG, 1))
        assert "another state" in str(ServerVectors(str(place.vectors), {}).problem(store))
    add(copy, {"more": unit(RNG, 1)})
    assert server_answers(open_library(copy))


def _create_raw(place: Place, **configuration: Any) -> None:
    with closing(open_store(place)) as store:
        name = f"groundwire-{store.library_id}"
    address = f"{place.vectors}/api/v2/tenants/default_tenant/databases/default_database/collections"
    httpx.delete(f"{address}/{name}").raise_for_status()
    httpx.post(address, json={"name": name, **configuration}).raise_for_status()


def test_a_collection_that_names_code_to_run_is_not_used(place: Place) -> None:
    loaded = set(sys.modules)
    code = {"type": "known", "name": "sentence_transformer", "config": {"trust_remote_code": True}}
    with closing(open_store(place)) as store:
        claimed = ServerState(store.library_id, store.generation)
    _create_raw(place, metadata=asdict(claimed), configuration={"embedding_function": code})
    library = open_library(place)
    assert not server_answers(library)
    assert findings(place) == [f"chroma server: {place.vectors}: its collection names an embedding function to be run"]
    assert "sentence_transformers" not in set(sys.modules) - loaded
    assert repair_library(place)[1] == []
    assert server_answers(library)


@pytest.mark.parametrize("metadata", [None, {"library_id": 7}, {"library_id": "other", "generation": 3}])
def test_a_foreign_collection_of_our_name_is_replaced(place: Place, metadata: dict[str, Any] | None) -> None:
    _create_raw(place, metadata=metadata)
    assert not server_answers(open_library(place))
    assert "not written by this library" in findings(place)[0]
    add(place, {"new": unit(RNG, 1)})
    assert server_answers(open_library(place))


def test_vectors_that_are_not_the_stores_are_not_served(place: Place) -> None:
    library = open_library(place)
    with closing(open_store(place)) as store:
        vectors = ServerVectors(str(place.vectors), {})
        assert vectors.problem(store) is None
        ids = [str(n) for n in store.passage_numbers()]
        vectors._collection.update(ids=ids, embeddings=[*unit(RNG, len(ids))])
    assert not server_answers(library)
    assert first(library, VECTORS["n5"][1]) == "n5"
    assert library._server is not None
    assert "other vectors" in str(library._server.problem)


# ------------------------------------------------------------------ faults on the way
class _Refusing(BaseHTTPRequestHandler):
    """A proxy that refuses and says what it was sent."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()
        self.wfile.write(str(self.headers).encode())

    def log_message(self, *_: Any) -> None:
        pass


def test_secrets_are_sent_and_never_shown(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Refusing) as proxy, closing(open_store(tmp_path, create=True)) as store:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://reader:pass123@127.0.0.1:{proxy.server_port}"
        with pytest.raises(LibraryUnreachable, match="401") as error:
            ServerVectors(url, {"Authorization": SecretStr("Bearer geheim")}).problem(store)
        proxy.shutdown()
    assert "pass123" not in str(error.value)
    assert "geheim" not in str(error.value)
    assert f"127.0.0.1:{proxy.server_port}" in str(error.value)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, closing(open_store(tmp_path, create=True)) as store:
        began = time.monotonic()
        with pytest.raises(LibraryUnreachable):
            ServerVectors(f"http://127.0.0.1:{deaf.getsockname()[1]}", {}).problem(store)
        assert time.monotonic() - began < 15


def test_headers_come_from_the_settings_and_stay_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    plain = load_settings()
    monkeypatch.setenv("GROUNDWIRE_VECTORS", "http://u:pass123@chroma:8000")
    monkeypatch.setenv("GROUNDWIRE_VECTORS_HEADERS", json.dumps({"X-Token": "geheim"}))
    settings = load_settings()
    assert settings.place.vectors_headers["X-Token"].get_secret_value() == "geheim"
    shown = f"{settings!r} {settings.place!r} {settings.model_dump(mode='json')}"
    assert "geheim" not in shown
    assert "pass123" not in shown
    assert settings.digest() == plain.digest()


# ------------------------------------------------------------------ several processes
_WRITER = """
import sys, time
from pathlib import Path
import numpy as np
from rag.index.place import Place
from rag.index.upkeep import finish_writing, writing
from tests.rag.made_vectors import put, unit
place, acknowledged = Place(Path({directory!r}), None, sys.argv[1]), open(sys.argv[2], "a")
end, number = time.time() + float(sys.argv[3]), 0
while time.time() < end:
    with writing(place, create=True) as store:
        for _ in range(5):
            put(store, f"w{{number}}", unit(np.random.default_rng(1000 + number), 2), "2024-01-01")
            print(number, time.time(), file=acknowledged, flush=True)
            number += 1
            time.sleep(0.1)
        finish_writing(store)
"""
_READER = """
import json, sys, time
from pathlib import Path
import numpy as np
from rag.index.library import open_library
from rag.index.place import Place
from rag.records import Filters
from tests.rag.made_vectors import unit
library = open_library(Place(Path({directory!r}), None, sys.argv[1]))
ready = time.time()
end, seen, number, lags, served = time.time() + float(sys.argv[3]), 0, 0, [0.0], 0
vector = unit(np.random.default_rng(1), 1)[0]
while time.time() < end or seen < number:
    lines = open(sys.argv[2]).read().splitlines()
    number = len(lines)
    if seen < number:
        vector = unit(np.random.default_rng(1000 + seen), 2)[0]
        began = time.time()
        facts = library.candidates("zzz", vector, 5, Filters()).facts
        if f"w{{seen}}" in {{fact.article_id for fact in facts.values()}}:
            at = float(lines[seen].split()[1])
            lags.append(time.time() - at if at > ready else 0.0)  # not what was written before there was a reader
            seen += 1
        elif began - float(lines[seen].split()[1]) > 20:
            break
    else:
        time.sleep(0.02)
        library.candidates("zzz", vector, 5, Filters())
        served += library._server._shows == library._exact.generation
print(json.dumps([seen, number, max(lags), served]))
"""


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_two_readers_find_what_one_writer_writes(place: Place, tmp_path: Path, seconds: int) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()

    def run(script: str) -> subprocess.Popen[str]:
        code = script.format(directory=str(place.directory))
        command = [sys.executable, "-c", code, str(place.vectors), str(acknowledged), str(seconds)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    processes = [run(_WRITER), run(_READER), run(_READER)]
    outputs = [process.communicate(timeout=seconds + 120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    written = len(acknowledged.read_text().splitlines())
    for out, errors in outputs[1:]:
        seen, number, lag, served = json.loads(out)
        assert seen == number, errors
        assert lag < 10  # 2 s on a machine that does nothing else
        assert served or seconds < 10
    assert written >= 5
    assert server_answers(open_library(place))


def test_what_the_server_says_of_itself_is_checked() -> None:
    state = ServerState("a", 3, 3, 0, 7, "5 abc")
    assert ServerState.of(asdict(state)) == state
    for broken in (None, {}, {"library_id": "a"}, {"library_id": "a", "generation": True}):
        assert ServerState.of(broken) == ServerState()
