"""The page in a real browser, over the real chain and the sample articles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.browser.conftest import PHONE, SOURCE, Page, failing_script, slow_script
from tests.web.fakes import FakeChatbot

pytestmark = pytest.mark.browser

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
    page.view.click(f"{CARD} .gw-open")
    page.view.wait_for_selector("#gw-article mark")
    assert " ".join(page.view.locator("#gw-article mark").all_inner_texts()) == quote
    page.view.wait_for_function("document.activeElement.tagName === 'H2'")
    assert page.in_view("#gw-article mark")
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
    assert "$350 billion" in page.view.inner_text("#gw-tip")
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
def test_passages_come_first_then_sentences_one_by_one(
    scripted_site: tuple[str, FakeChatbot], open_page: OpenPage
) -> None:
    url, bot = scripted_site
    bot.scripts[:], bot.asked[:] = [slow_script()], []
    page = open_page(url)
    page.view.fill("#gw-question textarea", "When?")
    page.view.keyboard.press("Enter")
    page.view.wait_for_selector(".gw-card")
    assert page.view.locator(".gw-sentence").count() == 0
    assert "Passages found: 1" in page.view.inner_text(".gw-count")
    page.view.wait_for_selector("text=The port reopened on Monday.")
    assert page.view.locator(".gw-busy").count() == 1, "it is still answering"
    assert page.answer().locator(".gw-sentence").count() == 3


def test_stop_keeps_what_was_checked_and_try_again_completes_it(
    scripted_site: tuple[str, FakeChatbot], open_page: OpenPage
) -> None:
    url, bot = scripted_site
    bot.scripts[:], bot.asked[:] = [slow_script()], []
    page = open_page(url)
    page.view.fill("#gw-question textarea", "When?")
    page.view.keyboard.press("Enter")
    page.view.wait_for_selector(".gw-answer .gw-sentence")
    page.view.click("#gw-stop")
    page.view.wait_for_selector("text=Stopped.")
    page.view.wait_for_timeout(900)
    assert "Stopped." in page.view.inner_text(".gw-answer"), "no late event brings the answer back"
    assert 1 <= page.view.locator(".gw-sentence").count() < 3
    assert page.view.is_visible("#gw-ask-button")
    page.view.get_by_role("button", name="Try again").click()
    page.view.wait_for_selector(".gw-method")
    assert page.view.locator(".gw-sentence").count() == 3


def test_a_model_that_is_down_is_told_in_the_chat_and_can_be_retried(
    scripted_site: tuple[str, FakeChatbot], open_page: OpenPage
) -> None:
    url, bot = scripted_site
    bot.scripts[:], bot.asked[:] = [failing_script(), slow_script()], []
    page = open_page(url)
    assert "the model does not answer. Start it." in page.ask("When?").inner_text()
    assert SOURCE.title in page.view.inner_text("#gw-sources")
    page.view.get_by_role("button", name="Try again").click()
    page.view.wait_for_selector(".gw-method")


# ------------------------------------------------------------------ everyone
def test_everything_works_with_the_keyboard_alone(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.view.evaluate("document.activeElement.blur()")
    page.view.keyboard.press("/")
    page.view.keyboard.type(SPENT)
    page.view.keyboard.press("Enter")
    page.answer()
    page.view.evaluate("document.activeElement.blur()")
    for _ in range(40):
        page.view.keyboard.press("Tab")
        if "gw-cite" in focused(page):
            break
    assert "gw-cite" in focused(page)
    outline = page.view.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus can be seen"
    page.view.keyboard.press("Enter")
    assert "gw-card" in focused(page)
    page.view.keyboard.press("Tab")
    page.view.keyboard.press("Tab")
    assert "gw-back" in focused(page)
    page.view.keyboard.press("Enter")
    assert "gw-cite" in focused(page)


def test_a_phone_shows_everything_without_sideways_scrolling(site: str, open_page: OpenPage) -> None:
    page = open_page(site, PHONE, is_mobile=True, has_touch=True)
    assert page.width() == PHONE["width"]
    page.ask(SPENT)
    assert page.width() == PHONE["width"]
    page.view.tap(CITE)
    assert page.in_view(QUOTE)
    page.view.tap(f"{CARD} .gw-open")
    page.view.wait_for_selector("#gw-article mark")
    assert page.width() == PHONE["width"]
    page.view.get_by_role("tab", name="Articles", exact=True).tap()
    page.view.wait_for_selector("#gw-table .virtual-row >> text=Union Examiner")
    assert page.width() == PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_in_dark(site: str, open_page: OpenPage, scheme: str) -> None:
    page = open_page(site, color_scheme=scheme)
    page.ask(SPENT)
    page.view.click(CITE)
    for selector in (
        ".gw-sentence",
        ".gw-method",
        "a.gw-cite.active",
        f"{CARD} .gw-text",
        QUOTE,
        f"{CARD} .gw-by",
        "h1",
    ):
        assert page.view.evaluate(_CONTRAST, selector) >= 4.5, f"{selector} in {scheme}"


def test_headings_and_labels_name_the_page(site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.ask(SPENT)
    levels: list[int] = page.view.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    unnamed: list[Any] = page.view.evaluate(
        """[...document.querySelectorAll('input:not([type=file]), textarea, button')].filter(e => e.checkVisibility())
           .filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim() || e.title))
           .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
    labels = page.view.evaluate("[...document.querySelectorAll('#gw-conversation [aria-label]')].map(e => e.ariaLabel)")
    assert "Answer" in labels
    assert not any("<" in label for label in labels)


_CONTRAST = """(selector) => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const element = document.querySelector(selector);
  let behind = element;
  while (behind && (rgb(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
  const ground = behind ? rgb(getComputedStyle(behind).backgroundColor) : [255, 255, 255];
  const [high, low] = [light(rgb(getComputedStyle(element).color)), light(ground)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}"""
