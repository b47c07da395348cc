"""Plain text and Markdown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.front_matter import split_front_matter
from ingest.readers.markdown import strip_syntax
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, VOTE, document, values


def test_front_matter_gives_fields_and_leaves_the_text(tmp_path: Path) -> None:
    block = 'Title: "Fees: up"\nsource: Anders Courier\ndate: 2023-05-16\nauthors: [A. Sund, B. Vik]\nx: y'
    text = f"---\n{block}\n---\n{FEES}"
    article = document(read_one(tmp_path / "a.txt", text))
    assert values(article) == {
        "title": "Fees: up",
        "outlet": "Anders Courier",
        "published": "2023-05-16",
        "author": "A. Sund, B. Vik",
    }
    assert {found.where for found in article.fields.values()} == {"front matter"}
    assert article.text == FEES


@pytest.mark.parametrize(
    "text", ["---\nonce upon a time\n---\nmore", "--- title: x", "title: x\n---\n", "---\ntitle: x\n"]
)
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


def test_hard_wrapped_text_gets_its_paragraphs_back(tmp_path: Path) -> None:
    wrapped = (
        "The harbour board of Port Anders voted on Tuesday to raise\n"
        "berth fees by 12 per cent from January, the first such rise\n"
        "in nine years.\n\n"
        "Dredging is due to start in March."
    )
    assert document(read_one(tmp_path / "a.txt", wrapped)).text.split("\n\n") == [
        "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent from January, "
        "the first such rise in nine years.",
        "Dredging is due to start in March.",
    ]


def test_lines_that_are_paragraphs_stay_apart(tmp_path: Path) -> None:
    text = f"{FEES}\n{VOTE}\nShips left.\nShips came back."
    assert document(read_one(tmp_path / "a.txt", text)).text == text


def test_markdown_becomes_the_text_a_reader_sees(tmp_path: Path) -> None:
    text = (
        "# Fees *rise*\n\n## What happened\nThe **board** [voted](https://x.example/a_(b)) on\nTuesday.[^1]\n\n"
        "![chart](c.png)\n\n- one\n- two\n\n> “Mud is `mud`.”\n\n<!-- note -->\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "5 * 3 * 2 and snake_case_name stay, and so does \\*this\\*.\n"
    )
    article = document(read_one(tmp_path / "a.md", text))
    assert values(article) == {"title": "Fees rise"}
    assert article.text == (
        "What happened\n\nThe board voted on Tuesday.[^1]\n\n- one\n- two\n\n“Mud is mud.”\n\n"
        "| a | b |\n| 1 | 2 |\n\n5 * 3 * 2 and snake_case_name stay, and so does *this*."
    )


@given(st.lists(st.text(alphabet="abc ,.é中\U0001f6a2", min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_plain_paragraphs_pass_through_markdown_unchanged(paragraphs: list[str]) -> None:
    text = "\n\n".join(" ".join(p.split()) for p in paragraphs)
    assert strip_syntax(text) == text


@pytest.mark.parametrize("mark", ["<!--", "[", "[a](", "![", "*", "`", "# #", "-", "_", "|", "(", "> "])
def test_hostile_markdown_costs_no_time(mark: str) -> None:
    started = time.perf_counter()
    strip_syntax(mark * (100_000 // len(mark)) + "x")
    assert time.perf_counter() - started < 10
