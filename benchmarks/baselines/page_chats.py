"""Invented towns and their works, and chats about them that speak to the page as a browser does."""

from __future__ import annotations

import html
import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

SUBJECTS = 12
"""Works of one town; each chat asks about one after the other."""
TURNS = 6
"""Of a conversation, before the chat begins a new one."""
ANSWER_SECONDS = 120.0

_WORKS = "bridge harbour library theatre railway hospital market museum stadium school lighthouse canal".split()
_STARTS, _MIDDLES, _ENDS = (
    "Vex Zor Quil Brax Thul Yev Drom Plask".split(),
    "a e i o u".split(),
    "by rud holm stad".split(),
)
_TAGS = re.compile(r"<[^>]+>")


# ------------------------------------------------------------------ what is told and asked
def town(number: int) -> str:
    """An invented town, another for each number below 160."""
    return _STARTS[number % 8] + _MIDDLES[number // 8 % 5] + _ENDS[number // 40 % 4]


@dataclass(frozen=True, slots=True)
class Story:
    """One work of one town."""

    town: str
    work: str
    cost: str
    builder: str

    @property
    def article(self) -> dict[str, str]:
        """As a line of a JSONL file."""
        text = (
            f"The new {self.work} of {self.town} cost {self.cost} crowns, the council said on Monday. "
            f"The new {self.work} was built by the firm {self.builder}. People came to see it before noon."
        )
        title = f"{self.town} opens its {self.work}"
        outlet, id = f"{self.town} Courier", f"{self.town}-{self.work}".lower()
        return {"id": id, "title": title, "outlet": outlet, "published": "2024-03-04", "text": text}

    @property
    def turns(self) -> tuple[tuple[str, str], ...]:
        """A question and a follow-up, each with what its answer holds."""
        return (
            (f"How many crowns did the new {self.work} of {self.town} cost?", self.cost),
            ("And which firm was it built by?", self.builder),
        )


def stories(number: int) -> list[Story]:
    """All of one town, with figures and names that stand nowhere else."""
    name = town(number)
    return [
        Story(name, work, f"{10_007 + 997 * number + 61 * place:,}", f"{name[:4]}{work[:3]}ko {number}{place}")
        for place, work in enumerate(_WORKS[:SUBJECTS])
    ]


# ------------------------------------------------------------------ one chat
@dataclass(frozen=True, slots=True)
class Turn:
    """One answer as the page showed it.

    Attributes:
        seconds: From the question to the whole answer.
        error: What went wrong; None where nothing did.
        mixed: What is another chat's; None where nothing is.
        right: It holds what was asked for.
    """

    seconds: float
    error: str | None = None
    mixed: str | None = None
    right: bool = False


class Page:
    """The page as one browser tab has it: a session of its own, and the two steps of a question."""

    def __init__(self, site: str) -> None:
        self._client = httpx.Client(base_url=site, timeout=ANSWER_SECONDS)
        config = self._client.get("/config").raise_for_status().json()
        self._prefix = config["api_prefix"]
        self._values = {c["id"]: c["props"].get("value") for c in config["components"]}
        self._box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "gw-question")
        chat = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "gw-conversation")
        calls = config["dependencies"]
        self._begin = next(c for c in calls if [self._box, "submit"] in c["targets"] and chat in c["outputs"])
        self._answer = next(c for c in calls if c.get("trigger_after") == self._begin["id"] and chat in c["outputs"])
        self._chat = self._answer["outputs"].index(chat)
        new = next(c["id"] for c in config["components"] if c["props"].get("value") == "New conversation")
        self._new = next(c for c in calls if [new, "click"] in c["targets"])
        self._session = secrets.token_hex(6)

    def anew(self) -> None:
        """Presses *New conversation*."""
        self._post("/run/predict", self._new, {}).raise_for_status()

    def ask(self, question: str) -> list[str]:
        """The conversation after the answer, as text: questions and answers in turn.

        Raises:
            httpx.HTTPError: The page did not answer in time, or with an error.
            RuntimeError: The queue said so.
        """
        self._post("/run/predict", self._begin, {self._box: question}).raise_for_status()
        self._post("/queue/join", self._answer, {}).raise_for_status()
        address = f"{self._prefix}/queue/data"
        with self._client.stream("GET", address, params={"session_hash": self._session}) as events:
            for line in events.iter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(str(message["output"].get("error"))[:200])
                    return [_text(bubble) for bubble in message["output"]["data"][self._chat]]
        raise RuntimeError("the stream ended without an answer")

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _post(self, path: str, call: Mapping[str, Any], given: Mapping[int, Any]) -> httpx.Response:
        data = [given.get(id, self._values[id]) for id in call["inputs"]]
        body = {"fn_index": call["id"], "session_hash": self._session, "data": data, "trigger_id": self._box}
        return self._client.post(f"{self._prefix}{path}", json=body)


def _text(bubble: Mapping[str, Any]) -> str:
    content = bubble["content"]
    shown = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    return " ".join(html.unescape(_TAGS.sub(" ", shown)).split())


def chat(site: str, number: int, others: Sequence[str], until: float) -> list[Turn]:
    """Asks about one town after its works until the time is up or an answer ends in an error."""
    page, turns, asked = Page(site), list[Turn](), list[str]()
    own = stories(number)
    try:
        while time.monotonic() < until:
            story = own[(len(turns) // 2) % len(own)]
            if len(asked) >= TURNS:
                page.anew()
                asked.clear()
            for question, answer in story.turns:
                asked.append(question)
                turns.append(take_turn(page, asked, answer, story.town, others))
                if turns[-1].error:
                    return turns
    finally:
        page.close()
    return turns


def take_turn(page: Page, asked: Sequence[str], answer: str, own: str, others: Sequence[str]) -> Turn:
    """One question and its answer; what of it is another chat's, or an error."""
    began = time.monotonic()
    try:
        bubbles = page.ask(asked[-1])
    except (httpx.HTTPError, RuntimeError) as error:
        return Turn(time.monotonic() - began, error=f"{type(error).__name__}: {error}"[:200])
    spent = time.monotonic() - began
    shown, last = bubbles[::2], bubbles[-1]
    if "No answer." in last:
        return Turn(spent, error=last[:200])
    foreign = [name for name in others if name in " ".join(bubbles)]
    mixed = f"shows {foreign[0]}" if foreign else None if list(shown) == list(asked) else f"shows {shown[-1:]}"
    searched = re.search(r"Searched for: (.*?\?)", last)
    if mixed is None and searched and own not in searched[1]:
        mixed = f"searched for {searched[1]}"
    return Turn(spent, mixed=mixed, right=answer in last)
