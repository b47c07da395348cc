from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from tests.web import scenes
from tests.web.fakes import exchange_of
from web.exchange import Exchange, Stage
from web.export import Kind, conversation_html, conversation_json, export_conversation

TURNS = [exchange_of(answer, number=number) for number, answer in enumerate(scenes.SCENES.values(), 1)]


@pytest.mark.parametrize(("kind", "end"), [("markdown", ".md"), ("json", ".json"), ("html", ".html")])
def test_a_file_is_named_by_its_time(kind: Kind, end: str) -> None:
    exported = export_conversation(TURNS, kind, datetime(2026, 3, 4, 5, 6))
    assert exported.name == f"groundwire-20260304-0506{end}"
    assert "Skarvik" in exported.text


def test_json_holds_the_answer_documents_and_what_has_no_answer_yet() -> None:
    running = Exchange(9, "And?", Stage.STOPPED, sentences=TURNS[0].sentences, citations=TURNS[0].citations)
    document = json.loads(json.dumps(conversation_json([*TURNS, running])))
    first, last = document["conversation"][0], document["conversation"][-1]
    assert first["answer"]["citations"][0]["quote"] == scenes.HURT
    assert first["answer"]["disagreements"][0]["kind"] == "figure"
    assert last["answer"] is None
    assert last["sentences"][0]["text"] == scenes.HURT


def test_html_needs_nothing_else_and_every_mark_leads_to_its_quote() -> None:
    page = conversation_html(TURNS)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.findall(r"\ssrc=|@import|url\(", page)
    targets = set(re.findall(r'id="(s-[\d-]+)"', page))
    links = set(re.findall(r'href="#(s-[\d-]+)"', page))
    assert links == targets
    assert "<mark>The port authority says 40 passengers were hurt.</mark>" in page
