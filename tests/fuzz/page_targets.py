"""Any text in any field of an answer → what the page, the terminal and the exports show."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from pathlib import Path

from markdown_it import MarkdownIt

from rag.answer_records import (
    Answer,
    Citation,
    Disagreement,
    Form,
    Method,
    RejectedCitation,
    Sentence,
    Side,
    VerdictState,
)
from rag.answer_text import answer_text
from rag.records import Article, Copy, Filters
from rag.visible import visible
from tests.attacks.blowups import BLOWUPS
from tests.attacks.checking import check_html, check_page, check_plain
from tests.attacks.texts import CODE, FORGED_STRUCTURE
from tests.fuzz.running import Target
from tests.web.fakes import found
from web.exchange import Exchange, Stage
from web.export import Kind, export_conversation
from web.markdown import plain

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class _OneArticle:
    """As much of a library as is asked for an article."""

    def __init__(self, article: Article) -> None:
        self._article = article

    def article(self, id: str) -> Article:
        """The article, whatever its id."""
        return self._article


def _fields(data: bytes, folder: Path) -> None:
    """The lines of the input go around the fields, as ingestion and answering leave text: visible characters."""
    lines = [" ".join(visible(line).split()) for line in data.decode("utf-8", "replace").split("\n")]
    text = cycle(lines)
    stored = "\n".join(lines)
    article = Article(next(text), next(text), next(text), next(text), next(text), None, next(text), text=stored)
    citation = Citation(
        1, article.id, article.title, article.outlet, article.published, article.url, 0, 9, stored[:9],
        (Copy(next(text), next(text)),), next(text), speaks_to_machine=len(data) % 2 == 0,
    )  # fmt: skip
    states = list(VerdictState)
    sentences = tuple(
        Sentence(next(text), (1,), states[n % len(states)], 0.5, n % 3 > 0, next(text), next(text)) for n in range(4)
    )
    side = Side(next(text), next(text), next(text), next(text), next(text), 1, 2)
    answer = Answer(
        next(text), next(text), next(text), list(Method)[len(data) % 4], sentences, (citation,),
        (RejectedCitation(next(text), next(text)),), (Disagreement(next(text), next(text), (side, side)),),
        (found(article),), next(text), model=next(text), form=list(Form)[len(data) % 3], complete=len(data) % 5 > 0,
    )  # fmt: skip
    exchange = Exchange(
        1, next(text), Stage.DONE, Filters((next(text),), since=next(text)), next(text), next(text), (found(article),),
        sentences, (citation,), answer, next(text),
    )  # fmt: skip
    library = _OneArticle(article)
    for one in (exchange, replace(exchange, answer=None, stage=Stage.FAILED)):
        check_page(one, library, [article])  # type: ignore[arg-type]
    check_plain(answer_text(answer))
    kinds: tuple[Kind, ...] = ("markdown", "json", "html")
    for kind in kinds:
        export_conversation([exchange], kind).text.encode()


def _markdown(data: bytes, folder: Path) -> None:
    """Text as Markdown reads as the same text, and is nothing else."""
    text = visible(data.decode("utf-8", "replace"))
    rendered = _MARKDOWN.render(f"{plain(text)}\n")
    check_html(rendered)
    assert "<a " not in rendered
    assert rendered.startswith("<p>") or not plain(text).strip()


_SEEDS = [text.encode("utf-8", "replace") for texts in (CODE, FORGED_STRUCTURE) for text in texts.values()] + [
    text[:2000].encode("utf-8", "replace") for text in BLOWUPS.values()
]
_SEEDS += [b"https://a.example/1\nFees rise\nCourier\n2024-03-01", b"- a\n1. b\n| a | b |\n|--|--|\n=== \n> c\n    d"]

TARGETS = (Target("fields", _SEEDS, _fields), Target("markdown", _SEEDS, _markdown))
