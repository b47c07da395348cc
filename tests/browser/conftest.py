"""One real server over the sample articles, one browser, and a fresh page for every test."""

from __future__ import annotations

import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from rag.errors import ModelUnavailable
from rag.events import PassagesFound
from tests.web import scenes
from tests.web.fakes import FakeChatbot, FakeLibrary, Script, answered, article, cite, found, script, sentence
from web.chatbots import Chatbots
from web.server import bind, build_app, page_address

APP = Path(__file__).parents[2] / "app.py"
CHROMIUM = Path("/usr/bin/chromium")
TIMEOUT = 100_000
"""Milliseconds; nothing takes long, but a busy machine may."""
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

SOURCE = article(
    "port", "The port reopened on Monday. Cranes moved at noon. Ships left by evening.", title="Port reopens"
)
"""What the scripted site knows."""


def missing_browser() -> str | None:
    """Why no browser can be driven here; None when one can."""
    if not CHROMIUM.exists():
        return f"{CHROMIUM} is missing: apt-get install --no-install-recommends chromium"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is missing: pip install -e '.[dev]'"
    return None


@dataclass
class Page:
    """A page, what it asked for, and what went wrong on it."""

    view: Any
    site: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self) -> Page:
        self.view.on("request", lambda request: self.requests.append(request.url))
        self.view.on("pageerror", lambda error: self.errors.append(str(error)))
        self.view.goto(self.site)
        self.view.wait_for_selector("#gw-question textarea")
        self.view.wait_for_function("() => window.groundwire !== undefined")
        return self

    def ask(self, question: str, turn: int = 1) -> Any:
        """Asks, waits for the whole answer and returns its bubble."""
        self.view.fill("#gw-question textarea", question)
        self.view.keyboard.press("Enter")
        return self.answer(turn)

    def answer(self, turn: int = 1) -> Any:
        answer = self.view.locator(".gw-answer").nth(turn - 1)
        answer.locator(".gw-method, .gw-problem").first.wait_for()
        return answer

    def in_view(self, selector: str) -> bool:
        """True when the middle of an element can be seen and nothing lies over it."""
        self.view.wait_for_timeout(50)
        return bool(
            self.view.evaluate(
                """(selector) => {
                  const box = document.querySelector(selector).getClientRects()[0];
                  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                  return !!top && !!top.closest(selector);
                }""",
                selector,
            )
        )

    def width(self) -> int:
        return int(self.view.evaluate("document.documentElement.scrollWidth"))

    def foreign_requests(self) -> list[str]:
        local = urlsplit(self.site).netloc
        return [u for u in self.requests if urlsplit(u).scheme not in ("data", "blob") and urlsplit(u).netloc != local]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Where the browser is. Without one these tests fail where they are required and are skipped elsewhere."""
    reason = missing_browser()
    if reason and (os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER") == "1"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    """Closed after each module: Playwright keeps an event loop running, and other tests start their own."""
    from playwright.sync_api import sync_playwright

    flags = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses to start as root with its isolation on
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python app.py` with a new library, as a reader starts it for the first time."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GROUNDWIRE_", "OPENAI_"))}
    log = (folder / "log").open("w+")
    server = subprocess.Popen(
        [sys.executable, str(APP), "--port", str(port), "--llm", "none"],
        cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(url, server, folder / "log")
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=15)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def scripted_site(chromium: Path) -> Iterator[tuple[str, FakeChatbot]]:
    """The page over a chatbot whose events a test lets through one by one, and that can fail on command."""
    bot = FakeChatbot(FakeLibrary(SOURCE), [three_sentences()])
    with served(bot) as url:
        yield url, bot


@pytest.fixture(scope="session")
def scene_site(chromium: Path) -> Iterator[str]:
    """The page over answers of every form, whoever asks."""
    with served(scenes.scripted()) as url:
        yield url


@contextmanager
def served(bot: FakeChatbot) -> Iterator[str]:
    """The page over a chatbot, in this process; gives its address."""
    listener = bind("127.0.0.1", 0)
    app = build_app(Chatbots(bot, lambda settings: bot))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield page_address(listener, "127.0.0.1")
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


def three_sentences() -> Script:
    quotes = ("The port reopened on Monday.", "Cranes moved at noon.", "Ships left by evening.")
    citations = [cite(SOURCE, quote, marker) for marker, quote in enumerate(quotes, 1)]
    return script(answered("When?", SOURCE, [sentence(q, m) for m, q in enumerate(quotes, 1)], citations))


def failing_script() -> Script:
    return [PassagesFound("When?", (found(SOURCE),)), ModelUnavailable("the model does not answer. Start it.")]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Page]]:
    """Opens pages; afterwards none may have asked for anything that is not local, or have had an error."""
    pages: list[Page] = []

    def opener(url: str, viewport: dict[str, int] | None = None, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport or DESKTOP, reduced_motion="reduce", **options)
        context.set_default_timeout(TIMEOUT)
        pages.append(Page(context.new_page(), url))
        return pages[-1].open()

    yield opener
    for page in pages:
        page.view.context.close()
    assert [url for page in pages for url in page.foreign_requests()] == []
    assert [error for page in pages for error in page.errors] == []


@dataclass
class Canary:
    """A local server that should never be asked for anything."""

    url: str
    hits: list[str]


@pytest.fixture
def canary() -> Iterator[Canary]:
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Canary(f"http://127.0.0.1:{server.server_address[1]}", hits)
    server.shutdown()
    server.server_close()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/healthz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"app.py did not become ready:\n{log.read_text()}")
