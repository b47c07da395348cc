"""Text, questions and what else is typed or configured → what reads it."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from eval.cases import load_cases
from ingest.captions import caption_spans
from ingest.cleaning import clean, normalise_characters, tidy_lines
from ingest.dates import iso_date, url_date
from ingest.encoding import decode
from ingest.metadata import check_field
from rag.answer_form import answer_form
from rag.batch import read_batch
from rag.conversation import sought_answer, standalone_question
from rag.grounding import LexicalVerifier
from rag.instructions import looks_like_instruction
from rag.prompting import build_answer_prompt, neutralise
from rag.question_parts import question_parts
from rag.question_time import asked_period
from rag.question_type import question_type, type_match
from rag.questions import check_history, check_question
from rag.records import Turn
from rag.sentences import sentence_spans
from rag.settings import CONFIG_FILE, load_settings
from rag.tokens import content_stems, tokens
from rag.visible import visible
from tests.attacks.blowups import BLOWUPS
from tests.attacks.checking import check_plain
from tests.attacks.texts import VISIBLE
from tests.fuzz.running import Target, text_of
from tests.ingest.malformed_texts import TEXTS
from tests.ingest.odd_files import FEES, STORY, VOTE
from tests.web.fakes import article, found
from web.address import read_address
from web.choices import parse_date, parse_filters, parse_question

_ASKED_ON = "2024-03-07"
_FIELDS = ("id", "title", "outlet", "author", "published", "updated", "url", "language")


def _encoding(data: bytes, folder: Path) -> None:
    """The first line is what the file declares."""
    declared, _, content = data.partition(b"\n")
    for name in (None, declared.decode("latin-1")):
        decode(content, name).text.encode("utf-8", "strict")


def _cleaning(data: bytes, folder: Path) -> None:
    text = normalise_characters(data.decode("utf-8", "replace"))
    for title in (None, text[:60]):
        cleaned = clean(text, title).text
        check_plain(cleaned)
    _spans(cleaned)
    tidy_lines(text)
    for field in _FIELDS:
        check_plain(check_field(field, text[:300]) or "")
    iso_date(text[:100])
    url_date(text[:300])


def _spans(text: str) -> None:
    for spans in (sentence_spans(text), caption_spans(text, "Courier")):
        ends = 0
        for start, end in spans:
            assert ends <= start < end <= len(text)
            ends = end


def _reading(data: bytes, folder: Path) -> None:
    text = data.decode("utf-8", "replace")
    _spans(text)
    tokens(text)
    content_stems(text)
    looks_like_instruction(text)
    check_plain(visible(text).replace("\n", "").translate(_SPACES))
    text = visible(text)
    prompt = build_answer_prompt(
        text[:2000], [found(article("a", text, title=text[:99]))], window=16_000, reply_tokens=99
    )
    lines = prompt.messages[-1].content.split("\n")
    assert [line for line in lines if line.startswith("<")] == ["<passages>", "</passages>"]
    check_plain(neutralise(text))


_SPACES = {ord(c): " " for c in "\t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"}


def _checking(data: bytes, folder: Path) -> None:
    """The first paragraph is a drafted sentence, the others are its sources."""
    claim, *sources = data.decode("utf-8", "replace").split("\n")
    verdict = LexicalVerifier().verify(claim, sources[:8])
    assert 0 <= verdict.score <= 1
    assert LexicalVerifier().verify(claim, [claim, *sources[:3]]).score >= 0


def _asking(data: bytes, folder: Path) -> None:
    """The last line is the question, those before it are the conversation."""
    *before, question = text_of(data).split("\n")
    pairs = zip(before[::2], before[1::2], strict=False)
    history = check_history([Turn(q, a) for q, a in pairs], 10, 2000)
    question = check_question(question, 2000)
    standalone = standalone_question(question, history)
    assert standalone.strip()
    assert len(standalone) <= 2 * len(question) + sum(len(t.question) + len(t.answer) for t in history) + 200
    asked_period(standalone, _ASKED_ON)
    parts = question_parts(standalone)
    assert all(part.strip() for part in parts)
    answer_form(standalone, len(parts))
    sought_answer(question, standalone)
    type_match(question_type(standalone), standalone, question)


def _configuring(data: bytes, folder: Path) -> None:
    (folder / CONFIG_FILE).write_bytes(data)
    with chdir(folder):
        load_settings().digest()


def _gold(data: bytes, folder: Path) -> None:
    file = folder / "gold.jsonl"
    file.write_bytes(data)
    for case in load_cases(file):
        assert case.question
        assert case.asked


def _batch(data: bytes, folder: Path) -> None:
    file = folder / "batch.jsonl"
    file.write_bytes(data)
    assert all(isinstance(line.question, str) for line in read_batch(file))


def _address(data: bytes, folder: Path) -> None:
    address = read_address(text_of(data), 2000)
    assert len(address.question) <= 2000
    parse_question(address.question or "q", 2000)
    parse_filters(address.outlet, address.author, address.language, address.since, address.until)
    parse_date(address.date, "Ask as of")


_NEWS = [FEES, VOTE, STORY, *VISIBLE.values(), *(text[:3000] for text in BLOWUPS.values())]
_CASES = [case.data for case in TEXTS.values() if len(case.data) < 20_000]
_QUESTIONS = (
    "How much did the repair of the Halden bridge cost?",
    "What did China say about chips in 2019 and in 2025, and how did Japan answer?",
    "Who is Mia Sund?\nShe chairs the council.\nHow old is she, and what about Anders Berg?",
    "How many were hurt?\n40, the port said.\nAnd in May 2021?\n53.\nWhy?",
    "Give me a timeline of what happened last week on Monday, 3 March 2024 and in the 1990s.",
    "What are the differences between the two rules and which firms were listed since Q2?",
)
_LINE = '{"id": "1", "question": "Who?", "history": [{"question": "a", "answer": "b"}], "date": "2024-03-07"}\n'
_CASE = """{"id": "g1", "question": "How much?", "answerable": true, "answer": "41 million", "aliases": ["41"], \
"support": ["a"], "quotes": [{"article": "a", "start": 0, "end": 4, "text": "text"}], "question_date": "2024-03", \
"sides": [{"by": "a", "value": "1", "quotes": [{"article": "a", "start": 0, "end": 4, "text": "text"}]}, \
{"by": "b", "value": null, "quotes": [{"article": "b", "start": 0, "end": 4, "text": "text"}]}], "tags": ["x"]}
"""
_TOML = 'library = "x"\ntop_k = 5\npolicy = "strict"\nllm = "none"\nllm_temperature = 0.5\nmax_packing_ratio = 9\n'
_QUERY = "?q=Who+was+it&outlet=AP&outlet=B%C3%A5t&author=Mia&language=en&since=2024-01&until=2024-12-31&date=2024-03-07"

TARGETS = (
    Target("encoding", [b"utf-8\n" + data for data in _CASES] + [b"gb18030\n" + STORY.encode("utf-16")], _encoding),
    Target("cleaning", [*_CASES, *(text.encode() for text in _NEWS)], _cleaning),
    Target("text", [text.encode() for text in _NEWS], _reading),
    Target("claims", [f"{FEES}\n{STORY}\n{VOTE}".encode(), f"{VOTE}\n{FEES}".encode()], _checking),
    Target("question", [question.encode() for question in _QUESTIONS], _asking),
    Target("settings", [_TOML.encode(), b"[x]\ny = 1\n"], _configuring),
    Target("gold", [_CASE.encode() * 2, b'{"id": "2", "question": "Why?", "answerable": false}\n'], _gold),
    Target("batch", [_LINE.encode(), _LINE.encode() * 3], _batch),
    Target("address", [_QUERY.encode()], _address),
)
