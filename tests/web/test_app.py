from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

APP = Path(__file__).parents[2] / "app.py"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GROUNDWIRE_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, str(APP), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60
    )


def test_help_is_quick_and_shows_examples(tmp_path: Path) -> None:
    started = time.monotonic()
    result = run("--help", cwd=tmp_path)
    assert time.monotonic() - started < 1.0, "0.15 s on an idle machine; Gradio alone takes two"
    assert result.returncode == 0
    assert "examples:" in result.stdout
    assert "python app.py --library" in result.stdout


def test_a_missing_library_is_one_line_and_exit_3(tmp_path: Path) -> None:
    result = run("--library", "nowhere", "--port", "0", cwd=tmp_path)
    assert result.returncode == 3
    assert len(result.stderr.strip().splitlines()) == 1
    assert "nowhere" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_busy_port_is_one_line_and_exit_3(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert result.returncode == 3
    assert len(result.stderr.strip().splitlines()) == 1
    assert "--port" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_first_start_makes_a_library_of_the_samples_and_a_kill_leaves_no_uploads_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GROUNDWIRE_", "OPENAI_"))}
    server = subprocess.Popen(
        [sys.executable, str(APP), "--port", "0", "--llm", "none"],
        cwd=tmp_path,
        env={**environment, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    with server:
        ready = server.stdout.readline()
        assert ready.startswith("Groundwire is ready: http://127.0.0.1:")
        assert list(temporary.glob("groundwire-*"))
        url = ready.split()[3]
        assert httpx.get(f"{url}/healthz").json()["articles"] > 10
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
    assert (tmp_path / "library").is_dir()
    assert not list(temporary.glob("groundwire-*"))


def test_an_unknown_option_is_wrong_usage(tmp_path: Path) -> None:
    assert run("--shiny", cwd=tmp_path).returncode == 2
