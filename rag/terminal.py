"""How articles and passages are named in one line of a terminal."""

from __future__ import annotations

from rag.visible import visible


def origin(outlet: str | None, published: str | None) -> str:
    """ "Outlet, date: " as far as they are known."""
    known = [part for part in (outlet, published) if part]
    return visible(f"{', '.join(known)}: ") if known else ""


def shorten(text: str, most: int = 160) -> str:
    """The beginning of a text in one line, cut between words."""
    plain = " ".join(visible(text).split())
    return plain if len(plain) <= most else plain[: most - 1].rsplit(" ", 1)[0] + "…"
