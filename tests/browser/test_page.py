"""The page in a real browser, over the real chain and the sample articles."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.browser.conftest import SOURCE, Page, failing_script, three_sentences
from tests.web.fakes import FakeChatbot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OpenPage = Callable[..., Page]

SPENT = "How much did China spend on imported chips in 2020?"
CITE, CARD, QUOTE = "a.gw-cite >> nth=0", ".gw-card.active", ".gw-card.active mark"


def focused(page: Page) -> str:
    return str(page.view.evaluate("document.activeElement.className + ' ' + document.activeElement.id"))


# ------------------------------------------------------------------ ask, check, read
def test_a_citation_opens_the_exact_words_and_leads_back(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    answer = page.ask(SPENT)
    assert "$350 billion" in answer.inner_text()
    assert "Quoted from the articles" in answer.inner_text()
    page.view.click(CITE)
    assert "$350 billion" in page.view.inner_text(QUOTE)
    assert page.in_view(QUOTE)
    assert "gw-card" in focused(page)
    page.view.click(f"{CARD} .gw-back")
    assert "gw-cite" in focused(page)
    assert page.in_view("a.gw-cite.active")


def test_the_whole_article_opens_at_the_cited_words(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.ask(SPENT)
    page.view.click(CITE)
    quote = page.view.inner_text(QUOTE)
    page.view.click(f"{CARD} .gw-actions .gw-open")
    page.view.wait_for_selector("#gw-article mark.active")
    assert " ".join(page.view.locator("#gw-article mark.active").all_inner_texts()) == quote
    page.view.wait_for_function("document.activeElement.tagName === 'H2'")
    assert page.in_view("#gw-article mark.active")
    facts = page.view.inner_text(".gw-facts")
    assert "Published" in facts
    assert page.view.get_attribute(".gw-facts a", "href").startswith("https://")
    page.view.click("#gw-article-back")
    page.view.wait_for_selector(CARD)
    page.view.wait_for_function("document.activeElement.classList.contains('gw-card')")


def test_the_tooltip_names_the_source_on_hover_and_on_focus(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.ask(SPENT)
    page.view.hover(CITE)
    assert page.view.inner_text(".gw-card mark >> nth=0")[:60] in page.view.inner_text("#gw-tip")
    page.view.keyboard.press("Escape")
    assert not page.view.is_visible("#gw-tip")
    page.view.focus(CITE)
    assert page.view.is_visible("#gw-tip")
    assert "source, " in page.view.get_attribute(CITE, "aria-label")


def test_a_follow_up_is_understood_and_the_searched_question_shown(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.ask("Who is Wen Ku?")
    answer = page.ask("What did he say about TikTok?", turn=2)
    assert "Searched for:" in answer.inner_text()
    assert "Wen Ku" in answer.locator(".gw-note").inner_text()
    assert page.view.locator(".gw-turn").count() == 2
    page.view.click("a.gw-cite[href='#s-1-1']")
    assert page.in_view("#s-1-1 mark"), "the sources of an earlier turn open too"


def test_what_the_articles_do_not_answer_is_said_and_the_closest_passages_shown(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    answer = page.ask("Who won the 2018 World Cup?")
    assert "do not answer" in answer.inner_text()
    assert answer.locator("a.gw-cite").count() == 0
    assert page.view.locator(".gw-card").count() > 0
    assert page.view.locator(".gw-card").first.is_visible()


def test_an_example_question_is_asked_with_one_click(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    example = page.view.locator("#gw-examples button").first
    example.wait_for()
    question = example.inner_text()
    example.click()
    assert "Quoted from the articles" in page.answer().inner_text()
    assert page.view.inner_text(".gw-question").strip() == question
    assert not page.view.is_visible("#gw-examples button")
    page.view.get_by_role("button", name="New conversation").click()
    page.view.locator("#gw-examples button").first.wait_for()
    assert page.view.locator(".gw-answer").count() == 0


def test_filters_are_shown_above_the_question_and_obeyed(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.view.get_by_role("button", name="Filters and settings").click()
    page.view.get_by_label("Published from").fill("2024")
    page.view.wait_for_selector(".gw-active")
    assert page.view.inner_text(".gw-active") == "Filters: from 2024"
    page.ask("Which companies were added to the Entity List?")
    dates = page.view.locator(".gw-card .gw-by").all_text_contents()
    assert dates
    assert all(date.endswith(("2024", "2025")) for date in dates)
    page.view.get_by_label("Published from").fill("soon")
    page.view.wait_for_selector("#gw-active-row .gw-problem")
    page.view.get_by_role("button", name="Clear filters").click()
    page.view.wait_for_selector("#gw-active-row .gw-problem", state="detached")


def test_a_blank_question_is_explained(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.view.click("#gw-ask-button")
    page.view.wait_for_selector(".gw-problem[role=alert]")
    assert page.view.inner_text(".gw-problem") == "Write a question first."


# ------------------------------------------------------------------ while it answers
@pytest.fixture
def scripted(scripted_site: tuple[str, FakeChatbot]) -> tuple[str, FakeChatbot, threading.Semaphore]:
    """Address, chatbot and the gate through which its next event comes: passages, three sentences, the answer."""
    url, bot = scripted_site
    gate = bot.gate = threading.Semaphore(0)
    bot.scripts[:], bot.asked[:] = [three_sentences()], []
    return url, bot, gate


def begin(page: Page) -> None:
    page.view.fill("#gw-question textarea", "When?")
    page.view.keyboard.press("Enter")


def test_passages_come_first_then_sentences_one_by_one(
    scripted: tuple[str, FakeChatbot, threading.Semaphore], open_page: OpenPage
) -> None:
    url, _, gate = scripted
    page = open_page(url)
    begin(page)
    page.view.wait_for_selector("#gw-stop")
    gate.release()
    page.view.wait_for_selector(".gw-card")
    assert page.view.locator(".gw-sentence").count() == 0
    assert "Passages found: 1" in page.view.inner_text(".gw-count")
    gate.release()
    page.view.wait_for_selector("text=The port reopened on Monday. >> nth=0")
    page.view.wait_for_selector(".gw-answer .gw-sentence")
    assert page.view.locator(".gw-sentence").count() == 1
    assert page.view.locator(".gw-busy").count() == 1, "it is still answering"
    gate.release(3)
    assert page.answer().locator(".gw-sentence").count() == 3


def test_stop_keeps_what_was_checked_and_try_again_completes_it(
    scripted: tuple[str, FakeChatbot, threading.Semaphore], open_page: OpenPage
) -> None:
    url, _, gate = scripted
    page = open_page(url)
    begin(page)
    gate.release(2)
    page.view.wait_for_selector(".gw-answer .gw-sentence")
    page.view.click("#gw-stop")
    page.view.wait_for_selector("text=Stopped.")
    gate.release(20)
    page.view.wait_for_timeout(300)
    assert "Stopped." in page.view.inner_text(".gw-answer"), "no late event brings the answer back"
    assert page.view.locator(".gw-sentence").count() == 1
    assert page.view.is_visible("#gw-ask-button")
    page.view.get_by_role("button", name="Try again").click()
    page.view.wait_for_selector(".gw-method")
    assert page.view.locator(".gw-sentence").count() == 3


def test_a_model_that_is_down_is_told_in_the_chat_and_can_be_retried(
    scripted: tuple[str, FakeChatbot, threading.Semaphore], open_page: OpenPage
) -> None:
    url, bot, gate = scripted
    bot.scripts[:] = [failing_script(), three_sentences()]
    gate.release(20)
    page = open_page(url)
    assert "the model does not answer. Start it." in page.ask("When?").inner_text()
    assert SOURCE.title in page.view.inner_text("#gw-sources")
    page.view.get_by_role("button", name="Try again").click()
    page.view.wait_for_selector(".gw-method")
