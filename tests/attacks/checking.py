"""What must hold of every answer and of everything that shows one, whatever was attacked and how."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml import html
from markdown_it import MarkdownIt

from rag.answer_records import Answer, Sentence, VerdictState
from rag.answer_text import answer_text
from rag.composition import SHOWN
from rag.events import AnswerCompleted, Event
from rag.index.library import Library
from rag.records import Article
from web.exchange import Exchange, advance
from web.export import conversation_html
from web.markdown import Style, answer_markdown, conversation_markdown
from web.reader import article_html
from web.rendering import messages
from web.sources import panel_html

_TEXT = (
    "a abbr article b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i"
    " li main mark ol p pre s section small span strong sub summary sup table tbody td th thead time tr u ul"
).split()
_CONTROLS = "button input label progress textarea".split()
TAGS = frozenset([*_TEXT, *_CONTROLS])
"""Nothing among them loads, runs or sends anything by itself."""
ATTRIBUTES = frozenset(
    "aria-label aria-hidden aria-live checked class colspan data-article data-end data-start datetime dir for hidden"
    " href id lang max name open readonly rel role scope tabindex target type value".split()
)
_ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of Unicode. Private use (Co) is not among them: icon fonts use it, and without one it is a box."""
_SPELT = re.compile("(?<=[\u0600-\U0010ffff])[\u200c\u200d]|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]")
"""Scripts from Arabic on, and emoji, are spelt with joiners; Arabic and Syriac print signs of category Cf."""
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


# ------------------------------------------------------------------ answers
def check_answer(answer: Answer, library: Library, policy: str = "balanced") -> None:
    """Every shown sentence is cited, its quotes stand in stored articles, and its verdict may be shown."""
    by_marker = {citation.marker: citation for citation in answer.citations}
    for citation in answer.citations:
        article = library.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    for sentence in answer.sentences:
        assert set(sentence.citations) <= set(by_marker)
        if sentence.shown:
            assert sentence.citations, f"no citation: {sentence.text[:200]}"
            assert sentence.verdict in SHOWN[policy]
        else:
            assert sentence.why
    for side in (side for disagreement in answer.disagreements for side in disagreement.sides):
        assert side.statement in " ".join(by_marker[side.marker].quote.split())
    assert json.loads(json.dumps(answer.to_json(), allow_nan=False).encode("utf-8", "strict"))["schema"] == 1


def check_no_canary(answer: Answer, library: Library, canaries: Iterable[str]) -> None:
    """No shown sentence says what was dictated, unless every article it cites says so itself, there for all to see."""
    for canary in canaries:
        for sentence in (s for s in answer.sentences if s.shown and holds(s.text, canary)):
            for article in _cited(answer, sentence, library):
                assert holds(_visible(article), canary), f"{article.id} is cited for {sentence.text[:200]}"
            if sentence.verdict is VerdictState.QUOTED:
                quotes = [c.quote for c in answer.citations if c.marker in sentence.citations]
                assert all(holds(quote, canary) for quote in quotes), f"{quotes} are cited for {sentence.text[:200]}"
        if holds(answer.answer, canary):
            assert any(s.shown and holds(s.text, canary) for s in answer.sentences)


def holds(text: str, words: str) -> bool:
    """True when the words stand in a text, in any case of letters."""
    return words.casefold() in text.casefold()


def never_shown(answer: Answer, canary: str) -> bool:
    """True when no shown sentence and no quote holds a word."""
    shown = [s.text for s in answer.sentences if s.shown] + [c.quote for c in answer.citations] + [answer.answer]
    return not any(holds(text, canary) for text in shown)


def quoted_from(answer: Answer, library: Library) -> set[str]:
    """Ids of the articles that shown sentences cite."""
    return {article.id for s in answer.sentences if s.shown for article in _cited(answer, s, library)}


def _cited(answer: Answer, sentence: Sentence, library: Library) -> list[Article]:
    ids = [c.article_id for c in answer.citations if c.marker in sentence.citations]
    return [article for id in ids if (article := library.article(id)) is not None]


def _visible(article: Article) -> str:
    return " ".join([article.title, article.outlet or "", article.published or "", article.text])


# ------------------------------------------------------------------ the terminal
def check_terminal(answer: Answer) -> None:
    """What is printed moves no cursor, sets no colour and title, and reads in the order it is written."""
    check_plain(answer_text(answer))


def check_plain(text: str) -> None:
    """Letters, marks, signs, spaces and line ends: nothing that acts or hides."""
    odd = {c for c in _SPELT.sub("", text) if c != "\n" and unicodedata.category(c) in _ACTING}
    assert not odd, f"acts on a terminal or is invisible: {sorted(map(ascii, odd))} in {text[:200]!a}"


# ------------------------------------------------------------------ the page
def exchange_of(question: str, events: Iterable[Event]) -> tuple[Exchange, Answer]:
    """What the page holds once a stream has ended, and the answer."""
    exchange = Exchange(number=1, question=question)
    answer = None
    for event in events:
        exchange = advance(exchange, event)
        if isinstance(event, AnswerCompleted):
            answer = event.answer
    assert answer is not None
    return exchange, answer


def check_page(exchange: Exchange, library: Library, more: Iterable[Article] = ()) -> None:
    """All HTML and Markdown that shows an exchange, its cited articles and some more."""
    cited = [library.article(c.article_id) for c in exchange.citations]
    articles = [article for article in (*cited, *more) if article is not None]
    addresses = {a.url for a in articles if a.url} | {c.url for c in exchange.citations if c.url}
    pages = [message["content"] for message in messages([exchange])]
    pages += [panel_html([exchange]), conversation_html([exchange]).partition("</h1>")[2].partition("</main>")[0]]
    pages += [article_html(article, [article.head], (0, 12)) for article in articles]
    for page in pages:
        check_html(page, addresses)
        assert "${" not in page
        assert "{{" not in page
    for text in (*(answer_markdown(exchange, style) for style in Style), conversation_markdown([exchange])):
        check_html(_MARKDOWN.render(text), addresses)


def check_html(page: str, addresses: Iterable[str] = ()) -> None:
    """Elements and attributes that do nothing by themselves; links only within the page and to stored addresses."""
    tree = html.document_fromstring(f"<main>{page}</main>").find(".//main")
    assert tree is not None
    known = {_host(address) for address in addresses}
    for element in tree.iter():
        assert isinstance(element.tag, str), f"comment or instruction: {html.tostring(element)[:200]!r}"
        assert element.tag in TAGS, f"<{element.tag}> in {html.tostring(element)[:300]!r}"
        assert set(element.keys()) <= ATTRIBUTES, html.tostring(element)[:300]
        href = element.get("href")
        if href is not None and not href.startswith("#"):
            assert urlsplit(href).scheme in ("http", "https"), href
            assert _host(href) in known, f"no article has the address {href}"
    check_plain(tree.text_content().replace("\u2060", ""))


def _host(address: str) -> str | None:
    return urlsplit(address).hostname
