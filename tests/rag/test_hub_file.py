from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.errors import ModelMissing
from rag.hub_file import hub_file

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONTENT = b"GGUF of a small model"


class _Hub(BaseHTTPRequestHandler):
    """A hub that has one file of one repository."""

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def _reply(self, *, with_body: bool) -> None:
        known = (
            self.path == "/owner/repo/resolve/main/model.gguf"
            or self.path == f"/owner/repo/resolve/{COMMIT}/model.gguf"
        )
        content = CONTENT if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{COMMIT}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if not known:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Its address, with an empty cache."""
    from huggingface_hub import constants

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield url
    server.shutdown()
    server.server_close()


def test_a_file_is_downloaded_once_and_then_read_from_the_cache(hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = hub_file("hf:owner/repo:model.gguf")
    assert file.read_bytes() == CONTENT
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert hub_file("hf:owner/repo:model.gguf") == file


def test_a_file_that_the_hub_does_not_have_is_named(hub: str) -> None:
    with pytest.raises(ModelMissing, match=r"hf:owner/repo:other\.gguf: the hub answered 404"):
        hub_file("hf:owner/repo:other.gguf")


def test_without_a_network_the_error_says_what_to_do(hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelMissing, match="give its path to --llm"):
        hub_file("hf:owner/repo:model.gguf")


@pytest.mark.parametrize(
    "name", ["hf:model.gguf", "hf:owner/repo", "hf:owner/repo:../../x.gguf", "hf:a/b:c.bin", "hf:"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ModelMissing, match=r"hf:owner/repo:file\.gguf"):
        hub_file(name)
