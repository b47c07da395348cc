"""Invented articles with words of their own, and app servers that are asked for them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import httpx

from benchmarks.baselines.servers import free_port

ROOT = Path(__file__).parents[2]
GIVEN_UP, ANSWER_SECONDS = 30.0, 60.0
"""Seconds after which an article counts as missing, and of an answer."""
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_AGAIN_SECONDS = 0.05


# ------------------------------------------------------------------ articles
def word(number: int) -> str:
    """An invented word, another for each number below 24 million."""
    letters = ""
    for _ in range(4):
        number, syllable = divmod(number, 70)
        letters = _CONSONANTS[syllable // 5] + _VOWELS[syllable % 5] + letters
    return f"{letters}x".capitalize()


def article(number: int) -> dict[str, str]:
    """An article as a line of a JSONL file, with words that no other has; its id is the first of them."""
    own = [word(12 * number + place) for place in range(12)]
    return {
        "id": own[0],
        "title": f"{own[0]} names {own[1]}",
        "text": f"The firm {own[0]} named {own[1]} of {own[2]} as its head on Monday. It sells {own[3]} to {own[4]} "
        f"and {own[5]}. Nobody from {own[6]} or {own[7]} came to see {own[8]}. The town of {own[9]} had asked "
        f"{own[10]} for {own[11]} before.",
    }


def question(id: str) -> str:
    """What only one article answers."""
    return f"Whom did the firm {id} name as its head?"


# ------------------------------------------------------------------ one app server, asked
@dataclass(slots=True)
class Asking:
    """Asks one app server for each article until its passage comes.

    Attributes:
        found: When, by the id of the article.
        errors: Answers that were none, in short.
    """

    site: str
    found: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    _waiting: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    def add(self, id: str | None) -> None:
        """One more article; None says that it was the last."""
        self._waiting.put(id)

    def run(self) -> None:
        """Until the last one is found or given up."""
        with httpx.Client(base_url=self.site, timeout=ANSWER_SECONDS) as client:
            while (id := self._waiting.get()) is not None:
                last = time.monotonic() + GIVEN_UP
                while id not in self.found and time.monotonic() < last:
                    if self._shows(client, id):
                        self.found[id] = time.monotonic()

    def _shows(self, client: httpx.Client, id: str) -> bool:
        try:
            reply = client.post("/ask", json={"question": question(id)})
            retrieved = reply.raise_for_status().json()["retrieved"]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            self.errors.append(f"{type(error).__name__}: {error}"[:200])
            time.sleep(_AGAIN_SECONDS)
            return False
        return any(passage["article_id"] == id for passage in retrieved)


@contextmanager
def app_server(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of `python app.py` with its caches in a folder, once it answers.

    Raises:
        RuntimeError: It does not start.
    """
    port, log = free_port(), folder.with_suffix(".log")
    command = [sys.executable, str(ROOT / "app.py"), "--library", str(folder), "--port", str(port), "--llm", "none"]
    site = f"http://127.0.0.1:{port}"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=folder.parent, env=dict(environment), stdout=out, stderr=out)
    try:
        last = time.monotonic() + 180
        while articles_of(site) is None:
            if process.poll() is not None or time.monotonic() > last:
                raise RuntimeError(f"the app server did not start: {log.read_text()[-500:]}")
            time.sleep(0.2)
        yield site
    finally:
        process.terminate()
        process.wait(30)


def articles_of(site: str) -> int | None:
    """How many articles an app server counts; None when it does not answer."""
    with suppress(httpx.HTTPError, KeyError):
        return int(httpx.get(f"{site}/healthz", timeout=10).json()["articles"])
    return None
