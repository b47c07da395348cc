"""40,000 characters of anything go through every stage that reads text, in time that does not grow with its square."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.duplicates import signature
from ingest.passages import split_passages
from rag.citations import DraftParser
from rag.conversation import standalone_question
from rag.grounding import LexicalVerifier
from rag.instructions import looks_like_instruction
from rag.prompting import neutralise
from rag.question_parts import question_parts
from rag.question_time import asked_period
from rag.records import Article, Turn
from rag.sentences import sentence_spans
from rag.settings import Settings
from rag.structured_reply import StructuredParser
from rag.tokens import content_stems, tokens
from rag.visible import visible
from tests.attacks.blowups import BLOWUPS
from web.markdown import plain
from web.markup import escaped, inline

MOST_SECONDS = 12.0
"""What is linear takes a twentieth of a second; what is quadratic takes a minute."""


def _ingested(text: str, folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps({"text": text, "title": text, "outlet": text[:5000]}))
    (folder / "b.txt").write_text(text)
    (folder / "c.html").write_text(f"<html><body><p>{text}</p></body></html>")
    for item in read_articles([folder], Settings()):
        if isinstance(item, Article):
            split_passages(item, lambda piece: 1 + len(piece) // 4, 200)
            signature(item.text)


def _drafted(text: str, folder: Path) -> None:
    parser = DraftParser()
    drafted = parser.feed(text) + parser.finish()
    LexicalVerifier().verify(drafted[0].text if drafted else "x", ["The bridge reopened on Monday."])
    LexicalVerifier().verify("The bridge reopened on Monday.", [text[:5000]])
    StructuredParser().feed(json.dumps({"sentences": [{"text": text, "passages": [1]}]}))


def _asked(text: str, folder: Path) -> None:
    question = text[:2000]
    asked_period(question, "2024-03-07")
    question_parts(question)
    standalone_question(question, [Turn("How much did the bridge cost?", "41 million.")])
    standalone_question("And in May?", [Turn(question, question)])


def _read(text: str, folder: Path) -> None:
    sentence_spans(text)
    tokens(text)
    content_stems(text)
    visible(text)
    looks_like_instruction(text)
    neutralise(text, 400)


def _shown(text: str, folder: Path) -> None:
    for show in (escaped, inline, plain):
        show(text)


@pytest.mark.parametrize("stage", [_read, _ingested, _drafted, _asked, _shown], ids=lambda f: f.__name__[1:])
@pytest.mark.parametrize("text", BLOWUPS.values(), ids=BLOWUPS.keys())
def test_no_text_stalls_a_stage(text: str, stage: Callable[[str, Path], None], tmp_path: Path) -> None:
    started = time.process_time()
    stage(text, tmp_path)
    assert time.process_time() - started < MOST_SECONDS
