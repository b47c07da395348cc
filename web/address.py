"""The address of the page → the question and the filters in it; `static/page.js` writes them there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

MAX_VALUES = 20
MAX_FIELDS = 200
_MANY = ("outlet", "author", "language")
_ONE = ("since", "until", "date")


@dataclass(frozen=True, slots=True)
class Address:
    """What the address holds, as typed: it is checked where it is used."""

    question: str = ""
    outlet: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    date: str = ""

    @property
    def filters(self) -> tuple[tuple[str, ...] | str, ...]:
        """The filters in the order of `Sidebar.filter_inputs`."""
        return (*(getattr(self, name) for name in _MANY), *(getattr(self, name) for name in _ONE))


def read_address(query: str | None, longest: int) -> Address:
    """The question and filters of a query string such as "?q=Who&outlet=AP"; what it does not know it ignores.

    Args:
        longest: Characters of a question; a longer one is cut, because nobody typed it here.
    """
    typed = (query or "").removeprefix("?")
    values = parse_qs("&".join(typed.split("&", MAX_FIELDS)[:MAX_FIELDS])) if len(typed) < 20_000 else {}
    many = {name: tuple(values.get(name, ())[:MAX_VALUES]) for name in _MANY}
    one = {name: values.get(name, [""])[0][:10] for name in _ONE}
    return Address(values.get("q", [""])[0][:longest], **many, **one)  # type: ignore[arg-type]
