"""The page for everyone: keyboard alone, small screens, dark mode, and axe-core's rules."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.browser.conftest import PHONE, Page
from tests.web import scenes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OpenPage = Callable[..., Page]

SPENT = "How much did China spend on imported chips in 2020?"
CITE, CARD, QUOTE = "a.gw-cite >> nth=0", ".gw-card.active", ".gw-card.active mark"


def focused(page: Page) -> str:
    return str(page.view.evaluate("document.activeElement.className + ' ' + document.activeElement.id"))


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
    for stop in ("gw-open", "gw-out", "gw-back"):
        page.view.keyboard.press("Tab")
        assert stop in focused(page)
    page.view.keyboard.press("Enter")
    assert "gw-cite" in focused(page)


def test_a_phone_shows_everything_without_sideways_scrolling(site: str, open_page: OpenPage) -> None:
    page = open_page(site, PHONE, is_mobile=True, has_touch=True)
    assert page.width() == PHONE["width"]
    page.ask(SPENT)
    assert page.width() == PHONE["width"]
    page.view.tap(CITE)
    assert page.in_view(QUOTE)
    page.view.tap(f"{CARD} .gw-actions .gw-open")
    page.view.wait_for_selector("#gw-article mark.active")
    assert page.width() == PHONE["width"]
    page.view.get_by_role("tab", name="Articles", exact=True).tap()
    page.view.wait_for_selector("#gw-list >> text=Union Examiner")
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


# ------------------------------------------------------------------ axe-core
def serious(page: Page, *rules: str) -> list[str]:
    """Serious and critical findings of axe-core on what is shown now."""
    from axe_playwright_python.sync_playwright import Axe

    chosen = {"runOnly": list(rules)} if rules else {}
    found = Axe().run(page.view, options={"resultTypes": ["violations"], **chosen}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_axe_finds_nothing_serious_in_any_view(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site, bypass_csp=True)
    findings = {"empty": serious(page)}
    show_answers(page)
    findings["answers"] = serious(page)
    page.view.click(f"{CARD} .gw-actions .gw-open")
    page.view.wait_for_selector("#gw-article mark.active")
    page.view.click(".gw-provenance summary")
    findings["article"] = serious(page)
    page.view.get_by_role("tab", name="Articles", exact=True).click()
    page.view.wait_for_selector("#gw-list .gw-articles")
    findings["articles"] = serious(page)
    page.view.get_by_role("tab", name="Evaluation").click()
    page.view.wait_for_selector("#gw-run")
    findings["evaluation"] = serious(page)
    page.view.get_by_role("tab", name="Ask", exact=True).click()
    page.view.get_by_role("button", name="Filters and settings").click()
    page.view.get_by_label("Published from").wait_for()
    findings["settings"] = serious(page)
    assert {view: found for view, found in findings.items() if found} == {}


def test_axe_finds_no_faint_text_in_the_dark(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site, color_scheme="dark", bypass_csp=True)
    show_answers(page)
    assert serious(page, "color-contrast") == []
    page.view.get_by_role("tab", name="Articles", exact=True).click()
    page.view.wait_for_selector("#gw-list .gw-articles")
    assert serious(page, "color-contrast") == []


_SETTLED = """() => new Promise((settled) => {
  let quiet = setTimeout(settled, 500);
  const again = () => { clearTimeout(quiet); quiet = setTimeout(settled, 500); };
  new MutationObserver(again).observe(document.querySelector('#gw-sources'), { childList: true, subtree: true });
})"""
"""The panel is rendered again after the answer, which takes the choice of a source away."""


def show_answers(page: Page) -> None:
    """Every form of an answer, everything unfolded, one source chosen."""
    for turn, question in enumerate([*scenes.SCENES, scenes.FOLLOW_UP, scenes.DOWN], 1):
        page.ask(question, turn)
    page.view.evaluate("document.querySelectorAll('#gw-ask details').forEach((fold) => { fold.open = true; })")
    page.view.evaluate(_SETTLED)
    page.view.click(CITE)
