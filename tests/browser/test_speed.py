"""How soon a reader sees something: measured in the browser, from the key press to the painted change."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.browser.conftest import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OpenPage = Callable[..., Page]

QUESTIONS = (
    "How much did China spend on imported chips in 2020?",
    "When do the gallium and germanium curbs start?",
    "How many Chinese organisations did the US blacklist in October 2019?",
)
SOURCES_TARGET, SENTENCE_TARGET = 0.5, 1.0
"""Seconds on an idle machine without a language model; reported, because a test machine is not idle."""

_WATCH = """(turn) => {
  const seen = window.gwSeen = {};
  const box = document.querySelector('#gw-question textarea');
  box.addEventListener('keydown', () => { seen.start = performance.now(); }, { once: true });
  const look = () => {
    const answers = document.querySelectorAll('.gw-answer');
    const cards = document.querySelector(`[id^="p-${turn}-"], [id^="s-${turn}-"]`);
    const sentence = answers.length >= turn && answers[turn - 1].querySelector('.gw-sentence');
    for (const [name, there] of [['sources', cards], ['sentence', sentence]]) {
      if (there && !(name in seen)) requestAnimationFrame(() => { seen[name] ??= performance.now() - seen.start; });
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
}"""


def measure(page: Page, question: str, turn: int) -> tuple[float, float]:
    """Seconds from the key press to the first visible source and to the first sentence of the answer."""
    page.view.evaluate(_WATCH, turn)
    page.ask(question, turn)
    page.view.wait_for_function("() => 'sentence' in window.gwSeen")
    seen = page.view.evaluate("window.gwSeen")
    return seen["sources"] / 1000, seen["sentence"] / 1000


def test_sources_and_the_first_sentence_come_soon(
    site: str, open_page: OpenPage, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page(site)
    times = [measure(page, question, turn) for turn, question in enumerate(QUESTIONS, 1)]
    sources, sentence = (sorted(column)[len(times) // 2] for column in zip(*times, strict=True))
    with capsys.disabled():
        print(
            f"\nfirst source {sources:.2f} s (target {SOURCES_TARGET}), first sentence {sentence:.2f} s "
            f"(target {SENTENCE_TARGET}), median of {len(times)}, load {os.getloadavg()[0]:.1f}"
        )
    assert sources <= sentence < 30
