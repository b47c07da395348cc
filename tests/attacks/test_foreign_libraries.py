"""A library that somebody else made: nothing in it runs, is loaded by name, or leads out of its folder."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from ingest.indexing import ingest
from rag import open_chatbot
from rag.__main__ import main
from rag.errors import GroundwireError, LibraryDamaged, SettingsError
from rag.index import chroma_check, foreign
from rag.index.cache_state import read_state, write_state
from rag.index.chroma_check import fingerprint, names_foreign_code
from rag.index.connection import connect
from rag.settings import load_settings
from tests.attacks.checking import check_plain

ROOT = Path(__file__).parents[2]
STORE = "library.sqlite"
QUESTION = "How many companies did the October 2019 blacklist target?"
TOUCHED = "touched-by-a-library"


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(sample_library, tmp_path / "library"))


def changed(library: Path, *statements: str) -> None:
    with closing(sqlite3.connect(library / STORE)) as store, store:
        for statement in statements:
            store.execute(statement)


def asked(library: Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a question."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["ask", QUESTION, "--library", str(library), "--llm", "none"])
    return code, out.getvalue(), err.getvalue()


# ------------------------------------------------------------------ the store
ODD = {
    "trigger": "CREATE TRIGGER t AFTER UPDATE ON facts BEGIN DELETE FROM articles; END",
    "view": "CREATE VIEW v AS SELECT * FROM articles",
    "virtual table": "CREATE VIRTUAL TABLE f USING fts5(text)",
    "virtual table, spaced": " \n CREATE   VIRTUAL TABLE f USING fts5(text)",
    "name with control codes": 'CREATE VIEW "\x1b[2J\x07evil" AS SELECT 1',
}


@pytest.mark.parametrize("statement", ODD.values(), ids=ODD.keys())
def test_a_store_that_does_things_is_refused_in_one_line(library: Path, statement: str) -> None:
    changed(library, statement)
    code, out, err = asked(library)
    assert (code, out) == (3, "")
    assert "somebody else made it" in err
    assert err.count("\n") == 1
    check_plain(err.strip())


def test_a_schema_is_not_trusted(library: Path) -> None:
    with closing(connect(library / STORE)) as store:
        assert store.execute("PRAGMA trusted_schema").fetchone()[0] == 0
        assert store.execute("PRAGMA cell_size_check").fetchone()[0] == 1


def test_another_version_is_refused(library: Path) -> None:
    for version in ("999", "9" * 5000, "'\x1b[31m", "-1", ""):
        changed(library, f"UPDATE facts SET value = '{version.replace(chr(39), chr(39) * 2)}' WHERE key = 'schema'")
        code, out, err = asked(library)
        assert (code, out, err.count("\n")) == (3, "", 1)
        check_plain(err.strip())


# ------------------------------------------------------------------ names
def test_a_model_that_a_library_names_is_not_loaded(library: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]))
    (model / "evil.py").write_text(f"open({str(tmp_path / TOUCHED)!r}, 'w')")
    for named in (str(model), "owner/remote-model", "\x1b]0;owned\x07" + "x" * 500):
        with closing(sqlite3.connect(library / STORE)) as store, store:
            store.execute("UPDATE facts SET value = ? WHERE key = 'embedding_model'", (named,))
        with pytest.raises(SettingsError, match="says that its vectors are of") as refused:
            open_chatbot(library, llm="none")
        check_plain(str(refused.value))
        assert len(str(refused.value)) < 500
        assert not (tmp_path / TOUCHED).exists()


def test_settings_of_a_library_are_not_read(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (library / "groundwire.toml").write_text("top_k = 1\n")
    (library / ".env").write_text("CHROMA_API_IMPL=evil.Evil\nGROUNDWIRE_TOP_K=1\n")
    assert load_settings(library=library).top_k != 1


def test_what_a_library_says_cannot_steer_the_terminal(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steering = "\x1b[2J\x9b31m\x07\u202eevil"
    with closing(sqlite3.connect(library / STORE)) as store, store:
        store.execute("UPDATE articles SET title = ? || title, outlet = ?, author = ?", (steering,) * 3)
        store.execute("UPDATE facts SET value = ? WHERE key = 'library_id'", (steering,))
        id = store.execute("SELECT id FROM articles").fetchone()[0]
    for command in (["ask", QUESTION, "--llm", "none"], ["search", QUESTION], ["article", id], ["library"]):
        main([*command, "--library", str(library)])
        shown = capsys.readouterr()
        for sign in "\x1b\x9b\x07\u202e":
            assert sign not in shown.out + shown.err, command


# ------------------------------------------------------------------ links
LINKS: dict[str, str] = {
    "store": STORE,
    "write-ahead log": f"{STORE}-wal",
    "index": "index",
    "keywords": "index/keywords",
    "a file of the index": "index/vectors/numbers-1.npy",
    "uploads": "uploads",
    "an upload": "uploads/story.txt",
}


@pytest.mark.parametrize("name", LINKS.values(), ids=LINKS.keys())
def test_a_link_is_refused_and_what_it_points_to_stays_as_it_is(library: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    inside = library / name
    inside.parent.mkdir(exist_ok=True)
    if inside.is_dir():
        shutil.move(inside, outside)
    else:
        inside.unlink(missing_ok=True)
        with closing(sqlite3.connect(outside)) as other, other:
            other.execute("CREATE TABLE places (url TEXT)")
    before = _state(outside)
    inside.symlink_to(outside, target_is_directory=outside.is_dir())
    settings = load_settings(library=library)
    with pytest.raises(LibraryDamaged, match="holds a link"):
        open_chatbot(library, llm="none")
    with pytest.raises(LibraryDamaged, match="holds a link"):
        ingest([ROOT / "samples" / "README.md"], settings)
    assert main(["doctor", "--library", str(library)]) == 3
    assert _state(outside) == before


def _state(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {str(file): file.read_bytes() for file in files}


# ------------------------------------------------------------------ caches
class _Runs:
    """What runs a command when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (str(self.file),)


def test_pickles_are_not_read(library: Path, tmp_path: Path) -> None:
    bait = pickle.dumps(_Runs(tmp_path / TOUCHED))
    arrays = [*library.glob("index/vectors/*.npy")]
    assert arrays
    for file in arrays:
        np.save(file, np.array([_Runs(tmp_path / TOUCHED)], dtype=object), allow_pickle=True)
    for folder in ("index/chroma/0b5fe4ae-4a7c-4a6a-9b3f-0d3dd8a8a001", "index/keywords", "index/vectors", "."):
        (library / folder).mkdir(exist_ok=True)
        (library / folder / "index_metadata.pickle").write_bytes(bait)
    assert asked(library)[0] == 0
    assert main(["doctor", "--library", str(library)]) == 0
    assert not (tmp_path / TOUCHED).exists()


def test_a_chroma_index_from_elsewhere_is_not_opened_however_well_its_mark_is_forged(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chroma = library / "index" / "chroma"
    made_here = read_state(chroma)
    assert made_here.fingerprint == fingerprint(chroma)
    monkeypatch.setattr(chroma_check, "key_of_this_user", lambda: b"another user's")
    elsewhere = fingerprint(chroma)
    assert elsewhere != made_here.fingerprint
    write_state(chroma, replace(made_here, fingerprint=elsewhere))
    monkeypatch.undo()
    planted = chroma / "planted"
    planted.write_text("goes with the index that it lies in")
    assert asked(library)[0] == 0
    assert read_state(chroma).fingerprint == fingerprint(chroma)
    assert not planted.exists(), "it was opened, not built anew"


@pytest.mark.parametrize(
    "configuration",
    [
        '{"embedding_function": {"type": "known", "name": "sentence_transformer"}}',
        '{"embedding_function": {"type":\t\n"known"}}',
        '{"embedding_function": {"\\u0074ype": "kno\\u0077n"}}',
        '{"a": [{"b": {"type": "known", "config": {"trust_remote_code": true}}}]}',
        "{not json",
        "[" * 100_000,
    ],
)
def test_every_spelling_of_an_embedding_function_is_seen(configuration: str) -> None:
    assert names_foreign_code(configuration)


def test_a_configuration_of_ours_names_none() -> None:
    assert not names_foreign_code('{"embedding_function": {"type": "legacy"}}', None, "", {"hnsw": {"space": "cosine"}})


def test_the_mark_is_this_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    key = foreign.key_of_this_user.__wrapped__
    first = key()
    (file,) = (tmp_path / "groundwire").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert key() == first
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert key() != first


SPOILED = {
    "tantivy meta names a file elsewhere": (
        "index/keywords/meta.json",
        b'{"segments": [{"segment_id": "../../../x"}]}',
    ),
    "tantivy meta is huge": ("index/keywords/meta.json", b"[" * 200_000),
    "tantivy holds more": ("index/keywords/evil.so", b"\x7fELF"),
    "state is a list": ("index/vectors.json", b"[1]"),
    "state is deep": ("index/keywords.json", b"[" * 200_000),
    "state of another type": ("index/chroma.json", b'{"library_id": 5, "generation": "x", "clean": "yes"}'),
}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED.keys())
def test_spoiled_caches_are_rebuilt(library: Path, spoiled: tuple[str, bytes]) -> None:
    (library / spoiled[0]).write_bytes(spoiled[1])
    code, out, err = asked(library)
    assert (code, err) == (0, "")
    assert "[1]" in out


@pytest.mark.parametrize(
    "array", [np.zeros((3, 2), dtype=np.float32), np.zeros(5), np.full((68, 384), np.nan, np.float32), np.array(7)]
)
def test_vectors_of_another_form_end_in_an_answer_or_in_one_line(library: Path, array: object) -> None:
    for file in library.glob("index/vectors/vectors-*.npy"):
        np.save(file, np.asarray(array))
    try:
        open_chatbot(library, llm="none").ask(QUESTION)
    except GroundwireError as error:
        check_plain(str(error))


def test_a_foreign_library_starts_no_process(library: Path) -> None:
    """Whatever a library holds, opening it starts nothing and opens no socket."""
    (library / "sitecustomize.py").write_text("raise SystemExit(9)")
    program = (
        "import sys; from rag import open_chatbot\n"
        "def hook(event, arguments):\n"
        "    if event in ('subprocess.Popen', 'os.exec', 'os.posix_spawn', 'os.system', 'pickle.find_class'):\n"
        "        sys.stderr.write(event)\n"
        f"bot = open_chatbot({str(library)!r}, llm='none'); sys.addaudithook(hook)\n"
        f"print(len(bot.ask({QUESTION!r}).citations))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0
