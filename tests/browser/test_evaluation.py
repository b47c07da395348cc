"""A gold set asked from the page, over the real chain and the sample articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OpenPage = Callable[..., Page]

SAMPLES = Path(__file__).parents[2] / "samples" / "gold.jsonl"


def run(page: Page, gold: Path | None, words: str) -> None:
    page.view.get_by_role("tab", name="Evaluation").click()
    if gold is not None:
        page.view.set_input_files("#gw-gold input[type=file]", str(gold))
        page.view.wait_for_selector(f"#gw-gold >> text={gold.stem}")
    page.view.click("#gw-run")
    page.view.wait_for_selector(f"#gw-eval-progress >> text={words}")


def test_a_gold_file_is_asked_read_and_compared(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    gold = tmp_path / "few.jsonl"
    gold.write_text("".join(line + "\n" for line in SAMPLES.read_text().splitlines()[:3]))
    page = open_page(site)
    run(page, gold, "Finished: few.jsonl, 3 questions")
    page.view.wait_for_selector("#gw-report .gw-figures >> text=answer_correct")
    assert "3 questions" in page.view.inner_text("#gw-report h3")
    page.view.click("#gw-report summary")
    frame = page.view.frame_locator("#gw-report iframe")
    frame.locator("h1").first.wait_for()
    page.view.wait_for_timeout(1100)  # a run is named by its second
    run(page, None, "of 3")
    page.view.wait_for_selector("#gw-eval-progress >> text=Finished")
    for box, nth in (("A, the earlier", 1), ("B, the later", 0)):
        page.view.get_by_label(box).click()
        page.view.get_by_role("option").nth(nth).click()
    page.view.click("#gw-compare")
    page.view.wait_for_selector("#gw-comparison >> text=3 questions asked in both")


def test_a_run_can_be_cancelled_and_is_seen_from_another_browser(site: str, open_page: OpenPage) -> None:
    page, other = open_page(site), open_page(site)
    page.view.get_by_role("tab", name="Evaluation").click()
    page.view.click("#gw-run")
    page.view.wait_for_selector("#gw-eval-progress progress")
    other.view.get_by_role("tab", name="Evaluation").click()
    other.view.wait_for_selector("#gw-eval-progress progress")
    other.view.click("#gw-cancel")
    for seen in (page, other):
        seen.view.wait_for_selector("#gw-eval-progress >> text=Cancelled after")
        seen.view.wait_for_selector("#gw-run")


def test_a_file_that_is_no_gold_set_is_explained(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps({"id": "q", "question": "Who?"}) + "\n")
    run(open_page(site), wrong, "wrong.jsonl:1: 'answerable' is missing")
