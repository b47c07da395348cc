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
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

from rag.errors import SettingsError
from web.chatbots import Chatbots
from web.guard import Guard, is_wildcard
from web.page import build_page
from web.theme import CSS, ICON, SCRIPT, theme

MAX_UPLOAD = "50mb"


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
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror}. {advice}") from None
    return listener


def build_app(chatbots: Chatbots, host: str = "127.0.0.1") -> FastAPI:
    """The ASGI app: `/healthz`, then the page, all behind the guard."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, host=host)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        counts = chatbots.first.library.counts()
        return {"status": "ok", "articles": counts.articles, "generation": counts.generation}

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(chatbots),
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MAX_UPLOAD,
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


def serve(chatbots: Chatbots, listener: socket.socket, host: str) -> None:
    """Serves until interrupted; prints the address when the page can be opened."""
    uploads = Path(tempfile.mkdtemp(prefix="groundwire-"))
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that `finally` runs on `kill` too
    try:
        config = uvicorn.Config(
            build_app(chatbots, host), log_level="warning", server_header=False, timeout_graceful_shutdown=3
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
