"""What workers are given in tests: tasks that end their own process, wait, fail or look around."""

from __future__ import annotations

import hashlib
import importlib.util
import ipaddress
import os
import signal
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.ray_workers import LOCAL, RayWorkers
from rag.errors import ModelMissing
from rag.index.opening import open_store
from rag.network_seal import is_sealed
from tests.ingest.crashing import HashEmbedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LISTENS = "0A"


def need_ray() -> None:
    """Skips the test where Ray is absent, and fails it in CI."""
    if importlib.util.find_spec("ray") is None:
        assert not os.environ.get("CI"), "CI must test ingestion on Ray: pip install 'groundwire[ray]'"
        pytest.skip("ray is not installed: pip install 'groundwire[ray]'")


def two_ray_workers() -> RayWorkers:
    """A Ray cluster of this machine."""
    need_ray()
    return RayWorkers(LOCAL, 2)


def double(work: list[int]) -> list[int]:
    return [2 * item for item in work]


def sleep_as_told(work: list[float]) -> list[float]:
    time.sleep(sum(work))
    return work


def die_once(marker: Path, work: list[int]) -> list[int]:
    """Is killed the first time it gets as far as item 3."""
    if 3 in work and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return double(work)


def die_on_three(work: list[int]) -> list[int]:
    if 3 in work:
        os.kill(os.getpid(), signal.SIGKILL)
    return double(work)


def miss_a_model(work: list[int]) -> list[int]:
    raise ModelMissing(f"no model for {work}")


def fill_memory(megabytes: int, work: list[int]) -> list[int]:
    kept = [bytes(1_000_000) for _ in range(megabytes if 3 in work else 0)]
    return double(work[: len(work) + len(kept)])


def look_around(work: list[int]) -> list[tuple[int, bool, list[str]]]:
    """Process id, whether it is sealed, and the files it has open."""
    files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)]
    return [(os.getpid(), is_sealed(), files) for _ in work]


def _is_open(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")


class PoisonedEmbedder(HashEmbedder):
    """Its process is killed over one text, in the middle of a work; with a marker only the first time."""

    def __init__(self, log: Path, poison: str, marker: Path | None = None) -> None:
        super().__init__(log)
        self._poison = poison
        self._marker = marker

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().embed(texts)
        if any(self._poison in text for text in texts) and not (self._marker and self._marker.exists()):
            if self._marker:
                self._marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return vectors


def descendants(pid: int) -> dict[int, str]:
    """All processes below one, with their command lines."""
    children: dict[int, list[int]] = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                parent = int((directory / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # gone meanwhile
                continue
            children.setdefault(parent, []).append(int(directory.name))
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found[child] = _command(child)
            waiting.append(child)
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def is_running(pid: int) -> bool:
    """False also for one that ended and is not buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def listening_addresses(pids: Iterable[int]) -> set[str]:
    """The addresses on which some processes accept connections over a network."""
    sockets = {os.readlink(fd) for pid in pids for fd in _files_of(pid) if os.path.lexists(fd)}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENS and f"socket:[{fields[9]}]" in sockets:
                words = [bytes.fromhex(fields[1][at : at + 8])[::-1] for at in range(0, len(fields[1]) - 5, 8)]
                found.add(str(_address(b"".join(words))))
    return found


def _files_of(pid: int) -> list[str]:
    try:
        return [f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []


def _address(packed: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(packed)
    return getattr(address, "ipv4_mapped", None) or address


def library_hash(library: Path) -> str:
    """Of articles with their stories, and of passages with their numbers."""
    with closing(open_store(library)) as store:
        known = [repr(article) for article in store.known_articles()]
        texts = [repr(store.article(head.id)) for head in store.heads()]
        passages = [repr(item) for item in sorted(store.passages(store.passage_numbers()).items())]
    return hashlib.sha256("\n".join(known + texts + passages).encode()).hexdigest()


def library_vectors(library: Path) -> NDArray[np.float32]:
    """In the order of the passages."""
    with closing(open_store(library)) as store:
        return np.stack([np.frombuffer(vector, np.float32) for _, _, vector in store.vectors()])
