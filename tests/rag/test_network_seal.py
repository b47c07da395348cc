"""Nothing but this machine and what is configured can be reached, by any way that Python has to reach it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from rag import network_seal
from rag.destinations import Destination, destinations, destinations_of
from rag.errors import GroundwireError, NetworkSealed
from rag.network_seal import allowing, refused
from rag.settings import load_settings

ROOT = Path(__file__).parents[2]
ELSEWHERE = "192.0.2.1"
"""TEST-NET-1 (RFC 5737): nobody has it."""
NOBODY = "somebody.invalid"
QUESTION = "How many companies did the October 2019 blacklist target?"

REPORTS_AT_EXIT = f"""
import atexit, socket, sys

def phone_home():
    try:
        socket.create_connection(("{ELSEWHERE}", 9), timeout=3).close()
    except OSError as error:
        print(f"{{type(error).__name__}}: {{error}}", file=sys.stderr)

atexit.register(phone_home)
"""
"""A `sitecustomize` that connects elsewhere when its process ends, as a dependency might."""


def udp(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"?", address)


def message() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendmsg([b"?"], [], 0, (ELSEWHERE, 9))


def tcp(host: str | bytes, family: socket.AddressFamily = socket.AF_INET) -> None:
    with socket.socket(family) as connecting:
        connecting.settimeout(1)
        connecting.connect((host, 9))


def no_exception(host: str) -> None:
    with socket.socket() as connecting:
        connecting.settimeout(1)
        connecting.connect_ex((host, 9))


def bound(host: str) -> None:
    with socket.socket() as listening:
        listening.bind((host, 0))


async def opened(host: str) -> None:
    await asyncio.open_connection(host, 9)


WAYS: dict[str, Callable[[], object]] = {
    "connect": lambda: tcp(ELSEWHERE),
    "connect to a name": lambda: tcp(NOBODY),
    "connect to a name in bytes": lambda: tcp(NOBODY.encode()),
    "connect_ex": lambda: no_exception(ELSEWHERE),
    "connect_ex to a name": lambda: no_exception(NOBODY),
    "UDP to a name": lambda: udp((NOBODY, 9)),
    "bind to a name": lambda: bound(NOBODY),
    "create_connection": lambda: socket.create_connection((ELSEWHERE, 9), timeout=1),
    "IPv6": lambda: tcp("2001:db8::1", socket.AF_INET6),
    "IPv4 in IPv6": lambda: tcp(f"::ffff:{ELSEWHERE}", socket.AF_INET6),
    "UDP": lambda: udp((ELSEWHERE, 9)),
    "UDP message": message,
    "broadcast": lambda: udp(("<broadcast>", 9)),
    "name": lambda: socket.getaddrinfo(NOBODY, 80),
    "name of a host": lambda: socket.gethostbyname(NOBODY),
    "name of a host, longer": lambda: socket.gethostbyname_ex(NOBODY),
    "reverse": lambda: socket.gethostbyaddr(ELSEWHERE),
    "reverse with a port": lambda: socket.getnameinfo((ELSEWHERE, 80), 0),
    "asyncio": lambda: asyncio.run(opened(ELSEWHERE)),
    "asyncio with a name": lambda: asyncio.run(opened(NOBODY)),
}


@pytest.mark.connects
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_every_way_out_is_closed(way: Callable[[], object]) -> None:
    with pytest.raises(NetworkSealed) as caught:
        way()
    words = str(caught.value)
    assert words.startswith("network seal: ")
    assert "GROUNDWIRE_NETWORK_SEAL=false" in words
    assert "\n" not in words
    assert refused()[-1] == words
    assert isinstance(caught.value, GroundwireError)
    assert isinstance(caught.value, OSError)


@pytest.mark.connects
def test_who_wanted_to_connect_is_named() -> None:
    with pytest.raises(httpx.ConnectError, match=f"wanted to connect to {ELSEWHERE} port 80"):
        httpx.get(f"http://{ELSEWHERE}/")
    assert f"wanted to look up {NOBODY}" in _kept(lambda: httpx.get(f"https://{NOBODY}/"))
    namespace = {"__name__": "leaky.telemetry", "socket": socket}
    exec(f"def send(): socket.create_connection(('{ELSEWHERE}', 443))", namespace)
    assert "network seal: leaky wanted to connect" in _kept(namespace["send"])  # type: ignore[arg-type]


def _kept(connect: Callable[[], object]) -> str:
    with pytest.raises(Exception, match="network seal"):
        connect()
    return refused()[-1]


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for name in ("127.0.0.1", "localhost", "0.0.0.0"):
            socket.create_connection((name, port), timeout=5).close()
    near, far = socket.socketpair()
    with near, far:
        near.sendall(b"x")
    assert socket.getaddrinfo(None, 80)


@pytest.mark.connects
def test_what_is_allowed_can_be_looked_up_and_connected_to_and_nothing_beside_it() -> None:
    looked_up = socket.getaddrinfo
    try:
        socket.getaddrinfo = lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ELSEWHERE, 0))]
        network_seal._remember_lookups()  # over a resolver that knows the name
        with allowing(Destination("models.invalid", 8443), Destination(".files.invalid")):
            socket.getaddrinfo("models.invalid", 8443)
            with pytest.raises(NetworkSealed, match="port 9,"):
                tcp(ELSEWHERE)
            network_seal._check_address(_Inet, (ELSEWHERE, 8443))
            network_seal._check_name("eu.files.invalid")
            for other in ("files.invalid", "othermodels.invalid", "models.invalid.net"):
                with pytest.raises(NetworkSealed):
                    network_seal._check_name(other)
        with pytest.raises(NetworkSealed):
            network_seal._check_name("models.invalid")
        with pytest.raises(NetworkSealed):
            network_seal._check_address(_Inet, (ELSEWHERE, 8443))
    finally:
        socket.getaddrinfo = looked_up


class _Inet:
    family = socket.AF_INET


@pytest.mark.connects
def test_a_proxy_carries_only_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3999")
    monkeypatch.setenv("http_proxy", f"http://me:secret@{ELSEWHERE}:3998")
    for proxy in (("127.0.0.1", 3999), (ELSEWHERE, 3998)):
        with pytest.raises(NetworkSealed):
            network_seal._check_address(_Inet, proxy)
        with allowing(Destination("models.invalid", 443)):
            network_seal._check_address(_Inet, proxy)
    network_seal._check_address(_Inet, ("127.0.0.1", 3997))


def test_settings_name_the_destinations() -> None:
    configured = load_settings(llm_base_url="https://me:pw@Models.invalid/v1")
    assert destinations(configured) == [Destination("models.invalid", 443)]
    assert destinations(load_settings(llm_api_key="k")) == [Destination("api.openai.com", 443)]
    assert destinations(load_settings()) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@db.invalid/news?sslmode=require", [Destination("db.invalid", 5432)]),
        ("postgresql://a.invalid,b.invalid:6000/x", [Destination("a.invalid", 5432), Destination("b.invalid", 6000)]),
        ("http://[2001:db8::5]:8000", [Destination("2001:db8::5", 8000)]),
        ("ray://head.invalid", [Destination("head.invalid", 10001)]),
        ("head.invalid:6379", [Destination("head.invalid", 6379)]),
        ("http://bad.invalid:port/", []),
        ("auto", []),
        ("library/folder", []),
        (None, []),
    ],
)
def test_hosts_of_urls(url: str | None, expected: list[Destination]) -> None:
    assert destinations_of(url) == expected


# ------------------------------------------------------------------ whole processes
@pytest.fixture
def leaky(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process wants to connect elsewhere at its end."""
    (tmp_path / "sitecustomize.py").write_text(REPORTS_AT_EXIT)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


COMMANDS = {
    "rag": ["-m", "rag", "library"],
    "ingest": ["-m", "ingest", "samples/README.md", "--dry-run"],
    "eval": ["-m", "eval", "check", "samples/gold.jsonl"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_every_command_is_sealed(leaky: dict[str, str], sample_library: Path, arguments: list[str]) -> None:
    command = [sys.executable, *arguments, "--library", str(sample_library)]
    done = subprocess.run(command, cwd=ROOT, env=leaky, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (0, 1), done.stderr
    assert f"NetworkSealed: network seal: sitecustomize wanted to connect to {ELSEWHERE} port 9" in done.stderr


def test_the_seal_can_be_taken_off(leaky: dict[str, str], sample_library: Path) -> None:
    command = [sys.executable, "-m", "rag", "library", "--library", str(sample_library)]
    leaky["GROUNDWIRE_NETWORK_SEAL"] = "false"
    leaky["PYTHONPATH"] = leaky["PYTHONPATH"].partition(os.pathsep)[2]  # without the part that would connect
    probe = "import runpy, sys; from rag.network_seal import is_sealed; sys.argv = ['rag', *sys.argv[1:]]\n"
    probe += "try: runpy.run_module('rag', run_name='__main__')\nfinally: print(is_sealed(), file=sys.stderr)"
    for value, sealed in (("false", "False"), ("true", "True")):
        leaky["GROUNDWIRE_NETWORK_SEAL"] = value
        done = subprocess.run(
            [sys.executable, "-c", probe, *command[3:]],
            cwd=ROOT,
            env=leaky,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.strip() == sealed


def test_opening_a_chatbot_seals_nothing_and_a_function_does(sample_library: Path) -> None:
    program = (
        "import sys; from rag import open_chatbot, seal_network; from rag.network_seal import is_sealed\n"
        f"bot = open_chatbot({str(sample_library)!r}, llm='none'); assert not is_sealed()\n"
        "seal_network(); assert is_sealed(); assert bot.ask('What was fined?').text"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_is_sealed(leaky: dict[str, str], sample_library: Path) -> None:
    command = [sys.executable, "app.py", "--library", str(sample_library), "--port", "0", "--llm", "none"]
    page = subprocess.Popen(command, cwd=ROOT, env=leaky, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(100, page.kill)
    watchdog.start()
    try:
        assert page.stdout is not None
        address = page.stdout.readline().split()[3]
        answer = httpx.post(f"{address}/ask", json={"question": QUESTION}, timeout=60, trust_env=False)
        assert answer.json()["citations"]
        page.send_signal(signal.SIGTERM)
        _, told = page.communicate(timeout=30)
    finally:
        watchdog.cancel()
        page.kill()
    assert told.count("network seal: ") == 1, told
    assert f"sitecustomize wanted to connect to {ELSEWHERE}" in told


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_a_question_is_answered_without_any_network(sample_library: Path) -> None:
    alone = ["unshare", "--map-root-user", "--net"]
    try:
        subprocess.run([*alone, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine does not let users make network namespaces")
    command = [sys.executable, "-m", "rag", "ask", QUESTION, "--library", str(sample_library), "--llm", "none"]
    done = subprocess.run([*alone, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[1]" in done.stdout


def test_the_kernel_sees_no_connection_either(sample_library: Path, tmp_path: Path) -> None:
    """Native code too: ONNX Runtime looked up its maker's host here before it was told not to."""
    trace = tmp_path / "trace"
    seen = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    try:
        subprocess.run([*seen, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("strace is not here or may trace nothing")
    command = [*seen, sys.executable, "-m", "ingest", "samples/articles", "--library", str(tmp_path / "library")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    assert [line for line in lines if "AF_INET" in line or "sendto" in line or "sendmsg" in line] == []
