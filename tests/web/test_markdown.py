from __future__ import annotations

import re
from dataclasses import replace

import markdown_it
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web import scenes
from tests.web.fakes import answered, article, cite, exchange_of, sentence
from web.exchange import Exchange, Stage
from web.markdown import Style, answer_markdown, conversation_markdown, plain


def test_numbers_stand_in_the_text_and_the_sources_below() -> None:
    text = answer_markdown(exchange_of(scenes.comparison()), Style.NUMBERS)
    assert r"hurt. \[1\]" in text
    assert (
        r"\[1\] Bay Herald · 1 Mar 2021: [Ferry strikes quay at Skarvik](<https://bay-herald.example/ferry>). "
        "“The port authority says 40 passengers were hurt.”"
    ) in text


def test_every_footnote_is_used_and_every_mark_has_its_footnote() -> None:
    text = answer_markdown(exchange_of(scenes.timeline(), number=2), Style.FOOTNOTES)
    used, defined = re.findall(r"\[\^([\d-]+)\](?!:)", text), re.findall(r"^\[\^([\d-]+)\]:", text, re.MULTILINE)
    assert sorted(used) == sorted(defined) == ["2-1", "2-2", "2-3"]


def test_timeline_and_list_become_lists_and_a_comparison_names_its_sides() -> None:
    assert answer_markdown(exchange_of(scenes.timeline()), Style.NUMBERS).startswith(
        "- **Bay Herald, 1 Mar 2021:** The"
    )
    assert answer_markdown(exchange_of(scenes.listed()), Style.NUMBERS).startswith("- The ferry line paid")
    assert "**Coast Post, 2 Mar 2021**\n\nA hospital" in answer_markdown(
        exchange_of(scenes.comparison()), Style.NUMBERS
    )


def test_a_disagreement_lists_its_sides() -> None:
    text = answer_markdown(exchange_of(scenes.disagreement()), Style.NUMBERS)
    assert "- **40** Bay Herald · 1 Mar 2021 and 1 more story: “The port authority" in text
    assert "- **53** Coast Post · 2 Mar 2021: “A hospital" in text


def test_what_is_not_verified_says_so_and_what_was_withheld_stays_out() -> None:
    text = answer_markdown(exchange_of(scenes.withheld()), Style.NUMBERS)
    assert "(paraphrase, not verified)" in text
    assert "31 years" not in text


def test_an_abstention_is_said() -> None:
    assert "do not state this directly" in answer_markdown(exchange_of(scenes.abstention()), Style.NUMBERS)


def test_a_conversation_keeps_its_questions_and_never_takes_a_footnote_twice() -> None:
    failed = Exchange(3, "And?", Stage.FAILED, problem="the model is down.")
    text = conversation_markdown([exchange_of(scenes.timeline()), exchange_of(scenes.comparison(), number=2), failed])
    assert re.findall(r"^## .*", text, re.MULTILINE) == [
        "## What happened to the Skarvik ferry, in order?",
        "## How do the Bay Herald and the Coast Post describe the accident?",
        "## And?",
    ]
    defined = re.findall(r"^\[\^([\d-]+)\]:", text, re.MULTILINE)
    assert len(defined) == len(set(defined)) == 6
    assert "the model is down." in text


@pytest.mark.parametrize(
    "text",
    ["# no heading", "1. no list", "- no list", "= no underline", "> no quote", "*no* _emphasis_ `code`", "<b>no</b>",
     "[no](http://x)", "![no](x)", "https://no.example www.no.example a@no.example", "a\n\n# b", "~~no~~ | no |"],
)  # fmt: skip
def test_no_text_becomes_markup(text: str) -> None:
    tokens = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(plain(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children or ()}
    assert kinds <= {"text", "text_special"}
    shown = "".join(child.content for child in tokens[1].children or ())
    assert shown == " ".join(text.split())


@given(st.text(max_size=120))
def test_plain_text_is_one_line(text: str) -> None:
    assert "\n" not in plain(text)


def test_an_address_cannot_leave_its_brackets() -> None:
    source = article(url="https://n.example/a>)(b")
    exchange = exchange_of(answered("q", source, [sentence()], [cite(source, "The port reopened on Monday.")]))
    assert "(<https://n.example/a%3E)(b>)" in answer_markdown(exchange, Style.NUMBERS)
    hostile = replace(exchange, citations=(replace(exchange.citations[0], url="javascript:x"),))
    assert "javascript" not in answer_markdown(hostile, Style.NUMBERS)
