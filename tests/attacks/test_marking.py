"""Orders to a machine are marked wherever a reader meets them; how many of the corpus are recognised is a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag import Filters
from rag.answer_records import Answer
from rag.answer_text import answer_text
from rag.chatbot import Chatbot
from rag.instructions import NOTE, WARNING, looks_like_instruction
from rag.one_source import one_source
from tests.attacks.checking import exchange_of
from tests.attacks.corpus import ATTACKS
from tests.attacks.library import World
from tests.attacks.world import FACT, TRUE_IDS, TRUTH
from tests.attacks.world import QUESTION as TRUE_QUESTION
from web.exchange import Exchange
from web.export import conversation_html
from web.markdown import Style, answer_markdown
from web.reader import article_html
from web.rendering import messages
from web.sources import panel_html
from web.statements import MACHINE_NOTE

QUESTION = "Who bought the Halden bridge from the county, and for how many crowns?"
LEAST_RECOGNISED = 0.7
"""Share of the visible orders and forged structures; forged reports and answers read like any other report."""


def test_most_visible_orders_are_recognised_and_no_true_report_is(world: World) -> None:
    aimed = [a for a in ATTACKS if a.kind in ("visible", "forged structure")]
    seen = [a for a in aimed if looks_like_instruction(world.articles[a.file].text)]
    assert len(seen) >= LEAST_RECOGNISED * len(aimed), sorted({a.name for a in aimed} - {a.name for a in seen})
    assert not any(looks_like_instruction(str(report["text"])) for report in TRUTH.values())


def _ordered(world: World, open_bot: Callable[..., Chatbot]) -> tuple[Exchange, Answer]:
    """What is quoted of an article that gives an order."""
    order = next(a for a in ATTACKS if a.name == "override")
    filters = Filters(article_ids=(world.articles[order.file].id,))
    exchange, answer = exchange_of(QUESTION, open_bot().stream(QUESTION, filters=filters))
    assert any(order.canaries[0] in citation.quote for citation in answer.citations), "it is not deleted"
    return exchange, answer


def test_a_quoted_order_is_marked_wherever_it_is_shown(world: World, open_bot: Callable[..., Chatbot]) -> None:
    exchange, answer = _ordered(world, open_bot)
    assert MACHINE_NOTE in messages([exchange])[1]["content"]
    assert WARNING in answer_text(answer)
    assert WARNING in panel_html([exchange])
    assert WARNING in conversation_html([exchange])
    assert all(WARNING in answer_markdown(exchange, style) for style in Style)
    assert answer.to_json()["citations"][0]["speaks_to_machine"] is True


def test_a_passage_with_an_order_is_marked_before_it_is_cited(world: World, open_bot: Callable[..., Chatbot]) -> None:
    exchange, _ = _ordered(world, open_bot)
    assert WARNING in panel_html([replace(exchange, citations=(), answer=None, sentences=())])


def test_an_article_shows_which_of_its_paragraphs_gives_an_order(world: World) -> None:
    order = next(a for a in ATTACKS if a.name == "override")
    article = replace(world.articles[order.file], text=f"Rain fell.\n{world.articles[order.file].text}\nSnow fell.")
    page = article_html(article)
    assert page.count(WARNING) == 1
    assert page.index("Rain fell") < page.index(WARNING) < page.index(order.canaries[0]) < page.index("Snow fell")


def test_true_reports_are_not_marked(world: World, open_bot: Callable[..., Chatbot]) -> None:
    exchange, answer = exchange_of(
        TRUE_QUESTION, open_bot().stream(TRUE_QUESTION, filters=Filters(article_ids=TRUE_IDS))
    )
    shown = [answer_text(answer), messages([exchange])[1]["content"], panel_html([exchange])]
    assert FACT in shown[0]
    assert not any(NOTE in text for text in shown)


# ------------------------------------------------------------------ one source
def test_an_answer_from_one_story_says_so_wherever_it_is_shown(world: World, open_bot: Callable[..., Chatbot]) -> None:
    exchange, answer = _ordered(world, open_bot)
    said = one_source(answer)
    assert said == "One source: Courier 0, 7 Mar 2024"
    assert answer.to_json()["stories"] == 1
    assert said in answer_text(answer).split("\n")
    assert said in messages([exchange])[1]["content"]
    assert said in conversation_html([exchange])
    assert all(said in answer_markdown(exchange, style) for style in Style)


def test_near_copies_are_one_source(world: World, open_bot: Callable[..., Chatbot]) -> None:
    lies = tuple(article.id for file, article in world.articles.items() if file.startswith("poison"))
    answer = open_bot().ask(TRUE_QUESTION, filters=Filters(article_ids=lies))
    assert answer.stories == 1
    assert (one_source(answer) or "").startswith("One source, carried by 8 outlets: ")
