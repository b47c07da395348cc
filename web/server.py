"""The page as an HTTP server: FastAPI around Gradio, guarded, on one socket."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import SecretStr

from rag.errors import LibraryError, SettingsError
from web.api import ask_router, explain_refusals
from web.api_docs import api_docs_html
from web.body_limit import BodyLimit
from web.chatbots import Chatbots
from web.guard import Guard, is_wildcard
from web.page import build_page
from web.password import Password
from web.past_runs import PastRuns
from web.theme import CSS, ICON, SCRIPT, theme

RUNS = Path("runs")
"""Where `python -m eval run` keeps reports too."""
ABOUT = "Answers from news articles; every sentence is checked against the passage it cites."


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Raises:
        SettingsError: The port is busy or the host is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        advice = (
            "Choose another with --port, or stop what uses it."
            if error.errno == errno.EADDRINUSE
            else "Check --host and --port."
        )
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror or error}. {advice}") from None
    return listener


def build_app(
    chatbots: Chatbots, host: str = "127.0.0.1", *, runs: Path = RUNS, password: SecretStr | None = None
) -> FastAPI:
    """The ASGI app: what programs use, then the page, all behind the guard.

    Args:
        runs: Where reports of evaluations are kept.
        password: Asked for by everything but `/healthz`.
    """
    app = FastAPI(title="Groundwire", description=ABOUT, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.add_middleware(BodyLimit)
    if password is not None:
        app.add_middleware(Password, password=password)
    app.add_middleware(Guard, host=host)  # the last one added is the outermost
    app.include_router(ask_router(chatbots))
    explain_refusals(app)
    _add_pages(app, chatbots, PastRuns(runs))
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(chatbots, runs),
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=chatbots.first.settings.max_upload_bytes,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        head=f"<style>{CSS.read_text(encoding='utf-8')}</style>",
        js=SCRIPT.read_text(encoding="utf-8"),
        favicon_path=ICON,
    )
    return mounted


def _add_pages(app: FastAPI, chatbots: Chatbots, past: PastRuns) -> None:
    """Health, the description for programs, and the reports of evaluations."""

    @app.get("/healthz", summary="Whether it serves, and how many articles it holds")
    def healthz() -> Response:
        try:
            counts = chatbots.first.library.counts()
        except LibraryError:  # whoever asks needs no password, and is not told more
            return JSONResponse({"status": "the library does not answer"}, 503)
        return JSONResponse({"status": "ok", "articles": counts.articles, "generation": counts.generation})

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(api_docs_html(app.openapi(), str(request.base_url).rstrip("/")))

    @app.get("/runs/{name}/report.html", include_in_schema=False)
    def report(name: str) -> Response:
        file = past.html_file(name)
        return PlainTextResponse("No such run.", 404) if file is None else FileResponse(file, media_type="text/html")


def serve(chatbots: Chatbots, listener: socket.socket, host: str, password: SecretStr | None = None) -> None:
    """Serves until interrupted; prints the address when the page can be opened."""
    uploads = Path(tempfile.mkdtemp(prefix="groundwire-"))
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that `finally` runs on `kill` too
    try:
        app = build_app(chatbots, host, password=password)
        # asyncio's own loop: uvloop connects in native code, which the network seal does not see
        config = uvicorn.Config(
            app, loop="asyncio", log_level="warning", server_header=False, timeout_graceful_shutdown=3
        )
        _Announcing(config, page_address(listener, host)).run(sockets=[listener])
    finally:
        shutil.rmtree(uploads, ignore_errors=True)


def page_address(listener: socket.socket, host: str) -> str:
    """The URL to open in a browser on this machine."""
    name = "127.0.0.1" if is_wildcard(host) else host
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
        await super().startup(sockets=list(sockets) if sockets else None)
        if self.started:
            print(f"Groundwire is ready: {self._address}   (Ctrl+C stops it)", flush=True)
