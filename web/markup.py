"""Text → HTML. Everything from an article, a model or a reader passes through `escaped` or `inline`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote, urlsplit

from rag.instructions import WARNING
from rag.records import Copy, Filters

FRAGMENT_WORDS = 8
"""Longer quotes are named to a browser by their first and last words, which survive small edits between."""

_BLANK = re.compile(r"[^\S ]+")
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def escaped(text: object) -> str:
    """Text as HTML: markup characters, quotes, and `$`, `{`, `}`, `\\``, which templates read.

    Control characters and direction overrides, by which a title can masquerade, are left out.
    """
    plain = html.escape(_HIDDEN.sub("", str(text)), quote=True)
    return plain.replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;").replace("`", "&#96;")


def inline(text: object) -> str:
    """Escaped text on one line."""
    return escaped(_BLANK.sub(" ", str(text)))


def one_line(text: object) -> str:
    """Text on one line without what `escaped` leaves out; not escaped."""
    return " ".join(_HIDDEN.sub("", str(text)).split())


# ------------------------------------------------------------------ links
def web_address(url: str | None) -> str | None:
    """The address if a browser may be sent there: http or https, with a host, without white space."""
    if not url or url != url.strip() or any(c.isspace() or ord(c) < 32 for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def web_link(url: str | None, label: str, quoted: str = "") -> str:
    """A link to another site, only for addresses a browser may be sent to; nothing otherwise.

    Args:
        quoted: Words the browser should scroll to there, if the page still has them.
    """
    address = web_address(url)
    if address is None:
        return ""
    address += text_fragment(address, quoted)
    return f'<a class="gw-out" href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{inline(label)}</a>'


def text_fragment(url: str, quoted: str) -> str:
    """What makes a browser scroll to a quote: a text directive (WICG URL Fragment Text Directives)."""
    words = one_line(quoted).split(" ") if quoted.strip() else []
    if not words:
        return ""
    edge = FRAGMENT_WORDS // 2
    parts = [words] if len(words) <= FRAGMENT_WORDS else [words[:edge], words[-edge:]]
    # "-" and "," have a meaning of their own in a directive, and `quote` leaves the first.
    directive = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in parts)
    return ("" if urlsplit(url).fragment else "#") + f":~:text={directive}"


def open_button(article_id: str, start: int, end: int, label: str = "Open article") -> str:
    """Opens an article of the library at a span; read by `OPEN_ARTICLE_JS`."""
    return (
        f'<button type="button" class="gw-open" data-article="{inline(article_id)}" '
        f'data-start="{start}" data-end="{end}">{inline(label)}</button>'
    )


def table_head(*columns: str) -> str:
    """The head of a table, escaped."""
    return "<thead><tr>" + "".join(f'<th scope="col">{inline(column)}</th>' for column in columns) + "</tr></thead>"


WARNING_HTML = f'<p class="gw-warning">{inline(WARNING)}</p>'
"""Stands with a text that gives orders to a language model."""


# ------------------------------------------------------------------ words
def plural(count: int, noun: str) -> str:
    """ "1 passage", "2 passages", "3 stories"."""
    if count == 1:
        return f"1 {noun}"
    ies = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{count:,} {noun[:-1]}ies" if ies else f"{count:,} {noun}s"


def day(iso: str | None) -> str:
    """An ISO date in words at its own precision: "2019", "Oct 2019", "8 Oct 2019"."""
    if not iso:
        return ""
    try:
        padded = date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso[:10])
    except ValueError:
        return iso
    return {4: f"{padded:%Y}", 7: f"{padded:%b %Y}"}.get(len(iso), f"{padded.day} {padded:%b %Y}")


def byline_words(outlet: str | None, published: str | None) -> str:
    """Outlet and date, not escaped; says so when the article has neither."""
    return " · ".join(part for part in (outlet, day(published)) if part) or "outlet and date unknown"


def byline(outlet: str | None, published: str | None) -> str:
    """Outlet and date, escaped."""
    return inline(byline_words(outlet, published))


def copies_words(copies: Iterable[Copy]) -> str:
    """The outlets that carried copies of a story, each once, escaped."""
    return ", ".join(dict.fromkeys(inline(copy.outlet or "unnamed outlet") for copy in copies))


def copies_html(copies: Iterable[Copy]) -> str:
    """The other outlets that carried a story, folded, each opening its copy; nothing without copies."""
    by_outlet = {copy.outlet or "unnamed outlet": copy.article_id for copy in reversed(tuple(copies))}
    if not by_outlet:
        return ""
    buttons = "".join(f"<li>{open_button(id, 0, 0, outlet)}</li>" for outlet, id in reversed(by_outlet.items()))
    return (
        f'<details class="gw-copies"><summary>One story, also carried by {plural(len(by_outlet), "outlet")}</summary>'
        f"<ul>{buttons}</ul></details>"
    )


def filter_words(filters: Filters, asked_on: str | None = None) -> list[str]:
    """Active filters in words, not escaped: ["only Reuters or AP", "from 2019", "asked as of 8 Oct 2019"]."""
    words = ["only " + " or ".join(filters.outlets)] if filters.outlets else []
    words += ["by " + " or ".join(filters.authors)] if filters.authors else []
    words += ["in " + " or ".join(filters.languages)] if filters.languages else []
    words += [f"from {day(filters.since)}"] if filters.since else []
    words += [f"up to {day(filters.until)}"] if filters.until else []
    return words + ([f"asked as of {day(asked_on)}"] if asked_on else [])
