"""One open chatbot per distinct settings, over one library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from rag.answer_records import Answer
from rag.events import Event
from rag.records import Filters, Turn
from rag.settings import Settings
from web.catalog import LibraryView
from web.turns import Turns

OPEN_AT_ONCE = 4
"""Chatbots kept open; a local model is the costly part of one."""


class Answering(Protocol):
    """The part of `rag.chatbot.Chatbot` the page uses."""

    @property
    def settings(self) -> Settings: ...
    @property
    def library(self) -> LibraryView: ...

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Answer: ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Iterator[Event]: ...


class Chatbots:
    """Opens a chatbot on first use of its settings and forgets the least recently used.

    Args:
        first: The chatbot of the settings the page was started with.
        open_for: Opens another one; raises GroundwireError.

    Attributes:
        turns: Whose question is answered next; all chatbots share the machine.
    """

    def __init__(self, first: Answering, open_for: Callable[[Settings], Answering]) -> None:
        self.first = first
        limits = first.settings
        self.turns = Turns(limits.answers_at_once, limits.answers_waiting, limits.answer_deadline)
        self._open_for = open_for
        self._open: dict[Settings, Answering] = {}
        self._lock = threading.Lock()

    def get(self, settings: Settings | None = None) -> Answering:
        """The chatbot for some settings; None and the first settings give the first chatbot.

        Raises:
            GroundwireError: The model these settings name cannot be opened.
        """
        if settings is None or settings == self.first.settings:
            return self.first
        with self._lock:
            chatbot = self._open.pop(settings, None) or self._open_for(settings)
            self._open[settings] = chatbot
            while len(self._open) >= OPEN_AT_ONCE:
                del self._open[next(iter(self._open))]
            return chatbot
