"""Every form of an answer, and what a reader can do with it, over scripted answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import Page
from tests.web import scenes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OpenPage = Callable[..., Page]

HURT = scenes.disagreement().question


def left(page: Page, selector: str, nth: int = 0) -> float:
    return float(page.view.locator(selector).nth(nth).bounding_box()["x"])


def top(page: Page, selector: str, nth: int = 0) -> float:
    return float(page.view.locator(selector).nth(nth).bounding_box()["y"])


def test_sides_of_a_disagreement_stand_beside_each_other_and_each_opens_its_words(
    scene_site: str, open_page: OpenPage
) -> None:
    page = open_page(scene_site)
    answer = page.ask(HURT)
    assert "The articles give different figures" in answer.inner_text()
    assert top(page, ".gw-sides li", 0) == top(page, ".gw-sides li", 1)
    assert left(page, ".gw-sides li", 0) < left(page, ".gw-sides li", 1)
    for side, words in enumerate(("40 passengers were hurt", "53 injured by the evening")):
        page.view.locator(".gw-sides a.gw-cite").nth(side).click()
        assert words in page.view.inner_text(".gw-card.active mark")
        assert page.in_view(".gw-card.active mark")
    page.view.click(".gw-card .gw-copies summary")
    page.view.click(".gw-card .gw-copies .gw-open")
    page.view.wait_for_selector(".gw-facts >> text=Metro Today")


def test_a_timeline_runs_down_a_comparison_has_columns_and_what_is_withheld_is_folded(
    scene_site: str, open_page: OpenPage
) -> None:
    page = open_page(scene_site)
    page.ask(scenes.timeline().question)
    tops = [top(page, ".gw-timeline li", nth) for nth in range(3)]
    assert tops == sorted(set(tops))
    page.ask(scenes.comparison().question, turn=2)
    assert top(page, ".gw-columns section", 0) == top(page, ".gw-columns section", 1)
    page.ask(scenes.listed().question, turn=3)
    assert page.view.locator(".gw-list li").count() == 2
    page.ask(scenes.withheld().question, turn=4)
    assert not page.view.is_visible("text=The ferry was 31 years old.")
    page.view.click(".gw-withheld summary")
    assert page.view.is_visible("text=The ferry was 31 years old.")
    assert "the number 31 is in no passage" in page.view.inner_text(".gw-withheld")
    assert "paraphrase, not verified" in page.view.inner_text(".gw-state")


def test_an_answer_is_copied_with_its_citations(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site, permissions=["clipboard-read", "clipboard-write"])
    page.ask(scenes.timeline().question)
    for label, words in (("Copy with sources", r"noon. \[1\]"), ("Copy with footnotes", "noon.[^1-1]")):
        page.view.get_by_role("button", name=label).click()
        page.view.get_by_role("button", name="Copied").wait_for()
        assert words in page.view.evaluate("navigator.clipboard.readText()")
        page.view.get_by_role("button", name=label).wait_for()


def test_the_conversation_is_saved_as_a_file(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site)
    page.ask(HURT)
    saved = {}
    for kind in ("markdown", "json", "html"):
        with page.view.expect_download() as waiting:
            page.view.click(f"#gw-save-{kind}")
        saved[kind] = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert waiting.value.suggested_filename.startswith("groundwire-")
        assert "40 passengers were hurt" in saved[kind]
    assert json.loads(saved["json"])["conversation"][0]["question"] == HURT
    page.view.set_content(saved["html"])
    page.view.click("a.gw-cite >> nth=1")
    assert "53 injured by the evening" in page.view.inner_text(":target + dd mark")


def test_the_last_question_is_edited_in_place(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site)
    page.ask(HURT)
    page.ask(scenes.listed().question, turn=2)
    page.view.click("#gw-edit")
    page.view.wait_for_selector("text=Editing question 2")
    assert page.view.input_value("#gw-question textarea") == scenes.listed().question
    page.ask(scenes.timeline().question, turn=2)
    page.view.wait_for_selector(".gw-timeline")
    assert page.view.locator(".gw-question").count() == 2
    assert page.view.locator(".gw-list").count() == 0


def test_question_and_filters_stand_in_the_address_and_come_back_from_it(scene_site: str, open_page: OpenPage) -> None:
    page = open_page(scene_site)
    page.view.get_by_role("button", name="Filters and settings").click()
    page.view.get_by_label("Published from").fill("2019")
    page.view.wait_for_function("() => location.search.includes('since=2019')")
    page.ask(HURT)
    kept = parse_qs(urlsplit(page.view.url).query)
    assert kept == {"since": ["2019"], "q": [HURT]}
    again = open_page(page.view.url)
    again.view.wait_for_selector(".gw-active")
    assert again.view.inner_text(".gw-active") == "Filters: from 2019"
    assert again.view.input_value("#gw-question textarea") == HURT
    assert again.view.locator(".gw-answer").count() == 0, "nothing is asked until the reader does"


def test_two_sessions_at_once_do_not_see_each_other(scene_site: str, open_page: OpenPage) -> None:
    one, other = open_page(scene_site), open_page(scene_site)
    for page, question in ((one, HURT), (other, scenes.timeline().question)):
        page.view.fill("#gw-question textarea", question)
        page.view.keyboard.press("Enter")
    answers: list[Any] = [page.answer().inner_text() for page in (one, other)]
    assert "40 passengers" in answers[0]
    assert "Island Gazette" in answers[1]
    for page, question in ((one, HURT), (other, scenes.timeline().question)):
        assert page.view.locator(".gw-question").all_inner_texts() == [question]
    one.view.get_by_role("button", name="New conversation").click()
    one.view.wait_for_selector(".gw-answer", state="detached")
    assert other.view.locator(".gw-answer").count() == 1
