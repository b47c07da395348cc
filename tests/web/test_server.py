from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from rag.errors import LibraryUnreachable, QuestionError, SettingsError
from rag.index.library import LibraryCounts
from rag.records import Turn
from tests.web.fakes import FakeChatbot, FakeLibrary, answered, article, cite, script, sentence
from web.chatbots import Chatbots
from web.page import build_page
from web.server import bind, build_app, page_address

SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")
ANSWER = answered("When?", SOURCE, [sentence()], [cite(SOURCE, "The port reopened on Monday.")])


@dataclass
class Site:
    url: str
    bot: FakeChatbot


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real app on a free port, over a scripted chatbot."""
    runs = tmp_path_factory.mktemp("runs")
    (runs / "today").mkdir()
    (runs / "today" / "report.html").write_text("<p>the report</p>")
    bot = FakeChatbot(FakeLibrary(SOURCE), [script(ANSWER)])
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(Chatbots(bot, lambda settings: bot), runs=runs), log_level="error", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Site(page_address(listener, "127.0.0.1"), bot)
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


def test_health_tells_articles_and_generation(site: Site) -> None:
    response = httpx.get(f"{site.url}/healthz")
    assert response.json() == {"status": "ok", "articles": 1, "generation": 1}


def test_health_is_bad_while_the_library_does_not_answer_and_says_no_more() -> None:
    class Unreachable(FakeLibrary):
        def counts(self) -> LibraryCounts:
            raise LibraryUnreachable("postgresql://db.internal/news cannot be reached")

    bot = FakeChatbot(FakeLibrary(SOURCE), [script(ANSWER)])
    client = TestClient(build_app(Chatbots(bot, lambda settings: bot)), base_url="http://127.0.0.1")
    bot.library = Unreachable(SOURCE)
    response = client.get("/healthz")
    assert (response.status_code, "db.internal" in response.text) == (503, False)


def test_the_page_is_served_with_its_safety_headers(site: Site) -> None:
    response = httpx.get(site.url)
    assert response.status_code == 200
    assert "Groundwire" in response.text
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert "server" not in response.headers or response.headers["server"] == "uvicorn"


@pytest.mark.parametrize("header", [{"host": "evil.example"}, {"origin": "http://evil.example"}])
@pytest.mark.parametrize("path", ["/", "/healthz", "/gradio_api/info", "/config"])
def test_foreign_hosts_and_origins_get_nothing(site: Site, header: dict[str, str], path: str) -> None:
    response = httpx.get(site.url + path, headers=header)
    assert response.status_code == 403
    assert len(response.text.splitlines()) == 1


def test_a_foreign_site_cannot_upload(site: Site) -> None:
    files = {"files": ("x.txt", b"hello")}
    foreign = httpx.post(f"{site.url}/gradio_api/upload", files=files, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403


def test_the_description_for_programs_loads_nothing_and_there_is_no_monitoring(site: Site) -> None:
    assert "/ask" in httpx.get(f"{site.url}/openapi.json").json()["paths"]
    docs = httpx.get(f"{site.url}/docs")
    assert "POST /ask" in docs.text
    assert not re.search(r"<script|<link|\ssrc=|swagger", docs.text)
    for path in ("/redoc", "/monitoring"):
        response = httpx.get(site.url + path)
        assert response.status_code in (403, 404) or "swagger" not in response.text.lower()


def test_post_ask_answers_and_refuses_what_is_too_long(site: Site) -> None:
    assert httpx.post(f"{site.url}/ask", json={"question": "When?"}).json()["citations"][0]["article_id"] == "a1"
    assert httpx.post(f"{site.url}/ask", content=b"x" * 2_000_001).status_code == 413
    foreign = {"origin": "http://evil.example"}
    assert httpx.post(f"{site.url}/ask", json={"question": "When?"}, headers=foreign).status_code == 403
    form = httpx.post(f"{site.url}/ask", content=b'{"question": "When?"}', headers={"content-type": "text/plain"})
    assert form.status_code == 422


def test_a_report_is_served_inert_and_only_by_its_runs_name(site: Site) -> None:
    response = httpx.get(f"{site.url}/runs/today/report.html")
    assert response.text == "<p>the report</p>"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    for name in ("..%2Ftoday", "nowhere", "%2e%2e"):
        assert httpx.get(f"{site.url}/runs/{name}/report.html").text != "<p>the report</p>"


def test_a_password_closes_the_page_and_its_interfaces() -> None:
    bot = FakeChatbot(FakeLibrary(SOURCE), [script(ANSWER)])
    client = TestClient(
        build_app(Chatbots(bot, lambda settings: bot), password=SecretStr("correct horse")), base_url="http://127.0.0.1"
    )
    for path in ("/", "/config", "/gradio_api/info", "/docs", "/runs/x/report.html"):
        assert client.get(path).status_code == 401
    assert client.get("/healthz").status_code == 200
    assert client.get("/", auth=("anyone", "correct horse")).status_code == 200
    assert "frame-ancestors" in client.get("/").headers["content-security-policy"]


def test_ask_is_the_only_endpoint_and_returns_the_answer_document(site: Site) -> None:
    import gradio_client  # type: ignore[import-untyped]

    client = gradio_client.Client(site.url, verbose=False)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/ask"}
    site.bot.scripts = [script(ANSWER)]
    assert client.predict("When?", api_name="/ask") == json.loads(json.dumps(ANSWER.to_json()))
    client.predict("And?", [{"question": "When?", "answer": "Monday."}], "2021-03-05", api_name="/ask")
    assert site.bot.asked[-1][:3] == ("And?", (Turn("When?", "Monday."),), "2021-03-05")
    site.bot.scripts = [[QuestionError("the question is empty.")]]
    with pytest.raises(Exception, match="the question is empty"):
        client.predict(" ", api_name="/ask")


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"port {port}.*--port") as caught:
            bind("127.0.0.1", port)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.connects
def test_an_unknown_host_is_one_clear_line() -> None:
    with pytest.raises(SettingsError, match="Check --host"):
        bind("no-such-host.invalid", 0)


@pytest.mark.parametrize(
    ("host", "start"), [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")]
)
def test_the_printed_address_can_be_opened(host: str, start: str) -> None:
    class Listener:
        def getsockname(self) -> tuple[str, int]:
            return (host, 7860)

    listener: Any = Listener()
    assert page_address(listener, host) == start + "7860"


def test_pages_that_were_opened_and_left_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.page.OPEN_PAGES", 3)
    bot = FakeChatbot(FakeLibrary(SOURCE), [script(ANSWER)])
    page = build_page(Chatbots(bot, lambda settings: bot), tmp_path)
    gr.mount_gradio_app(FastAPI(), page, path="/")
    for number in range(9):
        page.state_holder[f"visitor {number}"]
    assert list(page.state_holder.session_data) == ["visitor 6", "visitor 7", "visitor 8"]
