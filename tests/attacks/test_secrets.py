"""A marked key on every way that a key can take: it arrives at the configured server and appears nowhere else."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from eval.__main__ import main as eval_main
from rag import open_chatbot
from rag.__main__ import main
from rag.chatbot import Chatbot
from rag.endpoint import Endpoint, configured_endpoint
from rag.errors import GroundwireError, SettingsError
from rag.llm import open_chat_model
from rag.openai_llm import OpenAIChatModel
from rag.redaction import StreamRedactor
from rag.settings import Settings, load_settings
from tests.attacks.checking import exchange_of
from tests.fake_llm_server import FakeLlmServer, Reply, answer, body, chunk, error, events, script, silent
from tests.rag.model_talk import QUICK
from web.api import ask_router
from web.chatbots import Chatbots
from web.exchange import Exchange, failed
from web.export import Kind, export_conversation
from web.rendering import messages
from web.server import build_app
from web.sources import panel_html

ROOT = Path(__file__).parents[2]
KEY = "gw-marked-7d1e44b0c2f95a38"
PASSWORD = "pw-marked-51cc9e07"
MARKED = (KEY, PASSWORD, KEY[:12], KEY[-12:])
QUESTION = "How many companies did the October 2019 blacklist target?"
ECHO = f"You sent Authorization: Bearer {KEY}, that is {KEY[:12]} and {KEY[-12:]}."
HEADERS: dict[str, Any] = {"X_Echo": f"Bearer {KEY}", "Set_Cookie": f"k={KEY}", "Retry_After": "0"}
KINDS: tuple[Kind, ...] = ("markdown", "json", "html")

FAULTS: dict[str, Reply] = {
    "401": error(401, ECHO, code=KEY, **HEADERS),
    "403": error(403, ECHO, kind=KEY, **HEADERS),
    "404": error(404, ECHO, code="model_not_found", **HEADERS),
    "400": error(400, ECHO, **HEADERS),
    "429": error(429, ECHO, **HEADERS),
    "500": error(500, ECHO, **HEADERS),
    "500 in a page": body(f"<pre>{ECHO}</pre>".encode(), status=500, kind="text/html", **HEADERS),
    "500 in a list": body(json.dumps([ECHO]).encode(), status=500),
    "invalid JSON": body(f"{{{ECHO}".encode(), **HEADERS),
    "page instead of a stream": body(ECHO.encode(), kind="text/html", **HEADERS),
    "status line": lambda connection: connection.send(f"HTTP/1.1 200 {ECHO}\r\nbad {KEY}\r\n\r\n".encode()),
    "no HTTP": lambda connection: connection.send(f"{KEY} {ECHO}\r\n\r\n".encode()),
    "event": events({"error": {"message": ECHO, "code": KEY}}),
    "malformed event": events(f"{{{KEY}"),
    "dropped": events(chunk(f"The blacklist named {KEY}")),
    "dropped amid a key": script(chunk("A key: " + KEY[:20]), None),
    "error event later": events(chunk("Twenty-eight."), {"error": {"message": ECHO}}),
    "model says it": answer(f"Your key is {KEY}.", " It named 28 bodies. [1]"),
    "model says it in pieces": answer(*(f"Your key is {KEY}. [1]")),
    "fields": events({**chunk("Yes. [1]", finish=KEY), "id": KEY, "model": KEY, "usage": {KEY: KEY}}, "[DONE]"),
    "timeout": silent(3),
}


def leaks(text: str) -> list[str]:
    """The marked words in a text, plain or in base64."""
    coded = [base64.b64encode(f"{prefix}{KEY}".encode()).decode()[4:24] for prefix in ("", "a", "ab", "Bearer ")]
    return [word for word in (*MARKED, *coded) if word in text]


def in_files(folder: Path) -> list[str]:
    """What leaked into the files below a folder, with their names."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [f"{file.name}: {word}" for file in files for word in leaks(file.read_bytes().decode(errors="replace"))]


def told(fault: BaseException) -> str:
    """An exception as a log would show it at its most talkative: the whole chain, with what every function holds."""
    shown = traceback.TracebackException.from_exception(fault, capture_locals=True)
    shown.stack = traceback.StackSummary.from_list([f for f in shown.stack if f.filename != __file__])
    return "".join(shown.format()) + repr(fault) + str(vars(fault))


def model_of(server: FakeLlmServer) -> OpenAIChatModel:
    return OpenAIChatModel("fake-model", lambda: Endpoint(server.url, KEY), context_window=4096, limits=QUICK)


def bot_at(server: FakeLlmServer, library: Path) -> Chatbot:
    settings = load_settings(llm_api_key=KEY, llm_base_url=f"http://me:{PASSWORD}@127.0.0.1:9/v1")
    return open_chatbot(library, settings=settings, llm=model_of(server))


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Importing the client takes seconds on a busy machine, which belong to no fault's time."""
    import openai  # noqa: F401


@pytest.mark.parametrize("reply", FAULTS.values(), ids=FAULTS.keys())
def test_no_fault_of_a_server_shows_the_key(
    sample_library: Path, reply: Reply, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    with FakeLlmServer(reply) as server:
        bot = bot_at(server, sample_library)
        shown = []
        try:
            exchange, found = exchange_of(QUESTION, bot.stream(QUESTION))
            shown += [json.dumps(found.to_json()), repr(found)]
        except GroundwireError as fault:
            exchange = failed(Exchange(1, QUESTION), str(fault))
            shown += [told(fault)]
        assert any(f"Bearer {KEY}" in request.headers.values() for request in server.requests)
        api = FastAPI()
        api.include_router(ask_router(Chatbots(bot, lambda settings: bot)))
        asked = TestClient(api).post("/ask", json={"question": QUESTION})
        shown += [asked.text, str(asked.headers)]
    shown += [str(messages([exchange])), panel_html([exchange]), repr(exchange)]
    shown += [export_conversation([exchange], kind).text for kind in KINDS]
    shown += [caplog.text, *capfd.readouterr()]
    assert not [word for text in shown for word in leaks(text)]


def test_the_page_shows_no_key_and_no_password(sample_library: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeLlmServer(FAULTS["401"]) as server:
        bot = bot_at(server, sample_library)
        app = build_app(Chatbots(bot, lambda settings: bot), password=SecretStr(PASSWORD))
        shown = [repr(app.user_middleware), repr(app)]
        with TestClient(app, base_url="http://127.0.0.1") as page:
            for path in ("/", "/config", "/openapi.json", "/docs", "/healthz", "/gradio_api/info"):
                for password in (PASSWORD, "wrong"):
                    response = page.get(path, auth=("me", password))
                    shown += [response.text, str(response.headers)]
            asked = page.post("/ask", json={"question": QUESTION}, auth=("me", PASSWORD))
            refused = page.post("/ask", json={"question": KEY * 1000, "key": KEY}, auth=("me", PASSWORD))
            shown += [asked.text, refused.text]
    assert (asked.status_code, refused.status_code) == (503, 422)
    assert refused.json()["error"].startswith("question: ")
    assert not [word for text in (*shown, caplog.text) for word in leaks(text)]


def test_a_redirect_does_not_take_the_key_along() -> None:
    for status in (301, 302, 303, 307, 308):
        with FakeLlmServer(answer("Yes.")) as goal:
            for host in ("127.0.0.1", "localhost"):
                away = goal.url.replace("127.0.0.1", host) + f"/chat/completions?key={KEY}"
                with FakeLlmServer(body(b"", status=status, Location=away)) as server:
                    model = model_of(server)
                    with pytest.raises(GroundwireError) as fault:
                        list(model.stream([], max_tokens=5))
                    assert not leaks(told(fault.value))
            assert goal.requests == []


def test_a_model_list_that_repeats_the_key_names_no_model() -> None:
    with FakeLlmServer(answer("Yes."), models=(KEY, f"gpt-{KEY}", "honest-model")) as server:
        model = open_chat_model(Settings(llm_base_url=server.url, llm_api_key=SecretStr(KEY)))
    assert model is not None
    assert model.name == "honest-model"


# ------------------------------------------------------------------ settings
WRONG: dict[str, Callable[[], object]] = {
    "key with spaces": lambda: configured_endpoint(load_settings(llm_api_key=f"{KEY} {PASSWORD}")),
    "key of other letters": lambda: configured_endpoint(load_settings(llm_api_key=f"{KEY}é")),
    "address": lambda: configured_endpoint(load_settings(llm_base_url=f"ftp://me:{PASSWORD}@h/{KEY}", llm_api_key=KEY)),
    "port": lambda: configured_endpoint(load_settings(llm_base_url=f"http://me:{PASSWORD}@h:x/v1", llm_api_key=KEY)),
    "another setting": lambda: load_settings(llm_api_key=KEY, top_k=999),
    "misspelt setting": lambda: load_settings(llm_apikey=KEY),
    "of another type": lambda: load_settings(llm_api_key={"key": KEY}),
    "in a number": lambda: load_settings(top_k=KEY),
}


@pytest.mark.parametrize("use", WRONG.values(), ids=WRONG.keys())
def test_wrong_settings_are_named_without_their_values(use: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as fault:
        use()
    assert not leaks(str(fault.value))
    own = [frame for frame in traceback.extract_tb(fault.value.__traceback__) if "settings.py" not in frame.filename]
    assert own


@pytest.mark.parametrize("content", [f"llm_api_key = {KEY}\n", f'llm_api_key = "{KEY}', f'llm_apikey = "{KEY}"\n'])
def test_a_wrong_file_is_named_without_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "groundwire.toml").write_text(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert main(["ask", QUESTION]) == 3
    assert not [word for text in capsys.readouterr() for word in leaks(text)]
    monkeypatch.setenv("GROUNDWIRE_LLM_APIKEY", KEY)
    (tmp_path / "groundwire.toml").unlink()
    assert main(["ask", QUESTION]) == 3
    shown = capsys.readouterr()
    assert "GROUNDWIRE_LLM_APIKEY" in shown.err
    assert not leaks(shown.err)


def test_settings_are_shown_without_secrets() -> None:
    settings = load_settings(llm_api_key=KEY, llm_base_url=f"https://me:{PASSWORD}@models.invalid/v1?key={KEY}")
    other = load_settings(llm_api_key="other", llm_base_url="https://models.invalid/v1")
    assert settings.digest() == other.digest()
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert not leaks(shown)
    endpoint = configured_endpoint(settings)
    assert endpoint is not None
    assert not leaks(f"{endpoint!r} {endpoint} {endpoint.shown}")
    with pytest.raises(ValueError) as wrong:  # noqa: PT011  pydantic's own, raised past load_settings
        Settings(llm_apikey=KEY, top_k=KEY)  # type: ignore[call-arg, arg-type]
    assert not leaks(str(wrong.value))


@pytest.mark.parametrize("size", [1, 2, 5, 7, 24, 100])
def test_a_key_is_taken_out_of_a_stream_wherever_its_pieces_end(size: int) -> None:
    text = f"{KEY[:5]} first {KEY}{KEY} then {KEY[:-1]} and {KEY} {KEY[:9]}"
    redactor = StreamRedactor(KEY)
    pieces = [redactor.feed(text[i : i + size]) for i in range(0, len(text), size)] + [redactor.rest()]
    assert "".join(pieces) == text[:-9].replace(KEY, "***") + "***"
    assert "".join(pieces[:2]) or size < 24  # what cannot be a key is not kept waiting


# ------------------------------------------------------------------ whole programs
@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[FakeLlmServer], dict[str, str]]:
    """Puts key and address into the environment, as a user does; gives it with logs at their most talkative."""

    def use(server: FakeLlmServer) -> dict[str, str]:
        (tmp_path / "site").mkdir()
        program = "import logging; logging.basicConfig(level=logging.DEBUG); logging.debug('talkative')"
        (tmp_path / "site" / "sitecustomize.py").write_text(program)
        named = {
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": server.url.replace("//", f"//me:{PASSWORD}@"),
            "OPENAI_LOG": "debug",
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)]),
        }
        for name, value in named.items():
            monkeypatch.setenv(name, value)
        return {**os.environ, **named}

    return use


@pytest.mark.parametrize("name", ["401", "model says it in pieces"])
def test_commands_show_no_key(
    keyed: Callable[[FakeLlmServer], dict[str, str]], sample_library: Path, tmp_path: Path, name: str
) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": QUESTION}) + "\n")
    with FakeLlmServer(FAULTS[name]) as server:
        command = [sys.executable, "-m", "rag", "ask", "--batch", str(batch), "--json", "--llm", "fake-model"]
        command += ["--library", str(sample_library)]
        done = subprocess.run(
            command, env=keyed(server), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
        )
    assert done.stdout, done.stderr
    assert "DEBUG" in done.stderr
    assert len(server.asked) >= 1
    assert not leaks(done.stdout)
    assert not leaks(done.stderr)


@pytest.mark.parametrize("name", ["401", "model says it"])
def test_an_evaluation_keeps_no_key(
    keyed: Callable[[FakeLlmServer], dict[str, str]],
    sample_library: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    out = tmp_path / "run"
    with FakeLlmServer(FAULTS[name]) as server:
        keyed(server)
        command: list[Any] = ["run", ROOT / "samples" / "gold.jsonl", "--library", sample_library, "--limit", "2"]
        command += ["--llm", "fake-model", "--out", out, "--judge", "llm:fake-model", "--junit", tmp_path / "junit.xml"]
        assert eval_main([str(argument) for argument in command]) in (0, 1, 3)
        assert server.asked
        for kind in ("trec", "ragas", "csv"):
            eval_main(["export", str(out), "--format", kind, "--out", str(tmp_path / kind)])
    assert any(out.rglob("*.jsonl"))
    assert not in_files(tmp_path)
    assert not [word for text in capfd.readouterr() for word in leaks(text)]


def test_a_library_knows_no_key(
    keyed: Callable[[FakeLlmServer], dict[str, str]],
    sample_library: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with FakeLlmServer(answer("Yes.")) as server:
        keyed(server)
        for command in (["library"], ["library", "--json"], ["doctor", "--json"]):
            main([*command, "--library", str(sample_library)])
    assert not [word for text in capfd.readouterr() for word in leaks(text)]
    assert not in_files(sample_library)
