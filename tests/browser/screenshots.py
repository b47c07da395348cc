"""Takes the pictures of docs/page.md anew: python -m tests.browser.screenshots ADDRESS

ADDRESS is a page over the sample articles with at least two finished evaluations, such as `make run` gives.
Pictures of what the sample articles do not show come from the scripted answers of tests/web/scenes.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, Page, served
from tests.web import scenes

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
SPENT = "How much did China spend on imported chips in 2020?"
FOLLOW_UP = "And who makes chips there?"
UNKNOWN = "Who won the 2018 World Cup?"
COLOURS = 128
"""Of a picture; more would make the repository larger, not the page clearer."""


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        of_the_samples(browser, address)
        with served(scenes.scripted()) as scripted:
            of_the_scenes(browser, scripted)
        browser.close()


def of_the_samples(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        page.view.locator("#gw-examples button").first.wait_for()
        take(page, "empty")
        page.ask(SPENT)
        take(page, "desktop")
        page.view.click("a.gw-cite >> nth=0")
        take(page, "click")
        page.view.get_by_role("tab", name="Articles", exact=True).click()
        page.view.wait_for_selector("#gw-list .gw-articles")
        take(page, "articles")
        page.view.get_by_role("tab", name="Evaluation").click()
        page.view.get_by_label("Run", exact=True).click()
        page.view.get_by_role("option").first.click()
        page.view.wait_for_selector(".gw-figures")
        page.view.evaluate("document.querySelector('#gw-run-chosen').scrollIntoView()")
        take(page, "evaluation")
    with opened(browser, address, color_scheme="dark") as page:
        page.ask(SPENT)
        page.view.click("a.gw-cite >> nth=0")
        take(page, "dark")
    with opened(browser, address) as page:
        page.ask(UNKNOWN)
        take(page, "abstain")
    with opened(browser, address, PHONE, is_mobile=True, has_touch=True, device_scale_factor=2) as page:
        page.ask(SPENT)
        take(page, "mobile")


def of_the_scenes(browser: Any, address: str) -> None:
    for name, answer in (
        ("disagreement", scenes.disagreement()),
        ("timeline", scenes.timeline()),
        ("withheld", scenes.withheld()),
    ):
        with opened(browser, address) as page:
            page.ask(answer.question)
            if name == "withheld":
                page.view.click(".gw-withheld summary")
            take(page, name)


@contextmanager
def opened(browser: Any, address: str, viewport: dict[str, int] | None = None, **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport=viewport or DESKTOP, reduced_motion="reduce", **options)
    context.set_default_timeout(60_000)
    yield Page(context.new_page(), address).open()
    context.close()


def take(page: Page, name: str) -> None:
    """Waits until nothing moves any more, and keeps the picture small."""
    page.view.mouse.move(5, 5)
    page.view.wait_for_timeout(600)
    file = FOLDER / f"{name}.png"
    page.view.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1])
