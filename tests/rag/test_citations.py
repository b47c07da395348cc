"""Model text → sentences with markers, whatever the pieces it comes in; markers → passages; passages → quotes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_records import RejectedCitation
from rag.citations import DraftParser, DraftSentence, quote_span, resolve
from rag.records import ArticleHead, Passage, Retrieved
from rag.sentences import sentence_spans, split_sentences


def parse(text: str) -> list[DraftSentence]:
    parser = DraftParser()
    return parser.feed(text) + parser.finish()


def compact(text: str) -> list[tuple[object, ...]]:
    return [(s.text, *s.markers, *s.malformed) for s in parse(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prices rose.[1] Rents fell [2].", [("Prices rose.", 1), ("Rents fell.", 2)]),
        ("Prices rose. [1] Rents fell. [2][3]", [("Prices rose.", 1), ("Rents fell.", 2, 3)]),
        ("Prices rose [1][2]. Rents fell [1, 3].", [("Prices rose.", 1, 2), ("Rents fell.", 1, 3)]),
        ("Prices rose [1-3]. Rents fell [2–4;1].", [("Prices rose.", 1, 2, 3), ("Rents fell.", 2, 3, 4, 1)]),
        ("Prices【1】 rose.【2】 Rents fell.", [("Prices rose.", 1, 2), ("Rents fell.",)]),
        ("Prices [1] rose, said [2] the bank.[1]", [("Prices rose, said the bank.", 1, 2)]),
        ("Prices rose [1] , then fell [[2]] .", [("Prices rose, then fell.", 1, 2)]),
        ("Prices rose.\n[1]\n\nRents fell.\n[2]", [("Prices rose.", 1), ("Rents fell.", 2)]),
        ("[1] Prices rose.\n[2] Rents fell.", [("Prices rose.", 1), ("Rents fell.", 2)]),
        ("He left the U.S. [1] The bank [2] stayed.", [("He left the U.S.", 1), ("The bank stayed.", 2)]),
        ("Mr. [1] smith of the U.S. [2] bank left.", [("Mr. smith of the U.S. bank left.", 1, 2)]),
        ("Mr. A. Smith of Port Co. left. He sighed.", [("Mr. A. Smith of Port Co. left.",), ("He sighed.",)]),
        ("It rose 3.5 in 2019. In 2020 [1] it fell.", [("It rose 3.5 in 2019.",), ("In 2020 it fell.", 1)]),
        ("She said “Stop.” [1] “Go,” he said.[2]", [("She said “Stop.”", 1), ("“Go,” he said.", 2)]),
        ('She said "Stop."[1] "Go," he said.[2]', [('She said "Stop."', 1), ('"Go," he said.', 2)]),
        ('She said "Stop.[1]" Then he left.', [('She said "Stop."', 1), ("Then he left.",)]),
        ("价格上涨。[1]租金下降。[2]", [("价格上涨。", 1), ("租金下降。", 2)]),
        ("- Up.[1]\n* Rents fell.[2]\n• Wages froze.[3]", [("Up.", 1), ("Rents fell.", 2), ("Wages froze.", 3)]),
        ("1. Prices rose.[1]\n2) rents fell.[2]", [("Prices rose.", 1), ("rents fell.", 2)]),
        ("## Prices\nThey rose.[1]", [("Prices",), ("They rose.", 1)]),
        ("**Prices** rose.[1] **Rents fell.** Up.", [("Prices rose.", 1), ("Rents fell.",), ("Up.",)]),
        ("```text\nPrices rose.[1]\n```", [("Prices rose.", 1)]),
        ("A 3 * 4 grid - or so.", [("A 3 * 4 grid - or so.",)]),
        ("“We [the bank] act [...] now,” he said [sic].", [("“We [the bank] act [...] now,” he said [sic].",)]),
        ("In [2019] it rose.[1]", [("In [2019] it rose.", 1)]),
        ("It rose [source] [n/a] [^1] [12345] [].", [("It rose.", "[source]", "[n/a]", "[^1]", "[12345]", "[]")]),
        ("It rose [passage 2][3-1][1-400].", [("It rose.", "[passage 2]", "[3-1]", "[1-400]")]),
        ("It rose【4:0†source】.", [("It rose.", "【4:0†source】")]),
        ("It rose.[1", [("It rose.", "[1")]),
        ("It rose [in spr", [("It rose [in spr",)]),
        ("It rose (1).", [("It rose (1).",)]),
        ("It rose.[1][1] [1]", [("It rose.", 1)]),
        ("[2]", [("[2]", 2)]),
        ("It rose by", [("It rose by",)]),
        (" \n\n- \n", []),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_and_markers(text: str, expected: list[tuple[object, ...]]) -> None:
    assert compact(text) == expected


def test_a_sentence_without_end_is_cut() -> None:
    assert [len(s.text) for s in parse("x" * 4500)] == [2000, 2000, 500]


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    parser = DraftParser()
    assert parser.feed("Prices rose.[1] ") == []
    assert parser.feed("R") == [DraftSentence("Prices rose.", (1,))]
    assert parser.feed("ents fell.\n[2") == []
    assert parser.feed("]\n- ") == []
    assert parser.feed("W") == [DraftSentence("Rents fell.", (2,))]
    assert parser.finish() == [DraftSentence("W")]
    assert parser.finish() == []


PROSE = [
    "Prices rose",
    "rents",
    "U.S.",
    "Mr. ",
    "3.5",
    "“Go",
    "”",
    '"',
    ". ",
    ".",
    "。",
    "价格",
    "?",
    " ",
    "A",
    "(",
    ")",
]
MARKS = [
    "[1]",
    "[2",
    "]",
    ", 3]",
    "[",
    "【4】",
    "[source]",
    "[the bank]",
    "**",
    "*",
    "```",
    "# ",
    "[n/",
    "a]",
    "\n",
    "- ",
    "1. ",
]
PIECES = st.lists(st.sampled_from([*PROSE, *MARKS]), max_size=30).map("".join)


@given(PIECES | st.text(max_size=60), st.lists(st.integers(1, 7), min_size=1, max_size=8))
def test_no_cut_of_the_stream_changes_the_result(text: str, sizes: list[int]) -> None:
    parser = DraftParser()
    sentences: list[DraftSentence] = []
    start = 0
    while start < len(text):
        size = sizes[start % len(sizes)]
        sentences += parser.feed(text[start : start + size])
        start += size
    assert sentences + parser.finish() == parse(text)


@given(PIECES | st.text(max_size=200))
def test_any_text_gives_sentences_that_say_something(text: str) -> None:
    for sentence in parse(text):
        assert sentence.text.strip()
        assert "\n" not in sentence.text


ARTICLE_WORDS = [
    "Prices",
    "rose",
    "fell.",
    "banks?",
    "U.S.",
    "Inc.",
    "Mr.",
    "(then)",
    "“Go!”",
    "said",
    "3.5",
    "2019.",
    "No.",
]
WORDS = st.lists(st.sampled_from(ARTICLE_WORDS), max_size=25).map(" ".join)


@given(st.lists(WORDS, max_size=4).map("\n".join))
def test_plain_prose_splits_as_articles_do(text: str) -> None:
    assert [s.text for s in parse(text)] == [" ".join(s.split()) for s in split_sentences(text)]


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "1",
        "[1",
        "]",
        "[1]",
        ".[1]",
        "A. ",
        "St. A ",
        "- ",
        "#",
        "*",
        '"',
        "。",
        "x",
        "[ ",
        "1. ",
        "\n[1]",
        "[1,",
        "(A",
    ],
)
def test_time_is_linear_on_pathological_text(unit: str) -> None:
    text = (unit * 40_000)[:40_000]
    started = time.process_time()
    parse(text)
    assert time.process_time() - started < 5  # a step that looked at all text so far would need minutes


# ------------------------------------------------------------------ markers → passages
def passage(text: str, offset: int = 0, article: str = "a1") -> Passage:
    spans = tuple((start + offset, end + offset) for start, end in sentence_spans(text))
    return Passage(article, offset, offset + len(text), text, spans)


def found(rank: int, text: str = "Prices rose.") -> Retrieved:
    return Retrieved(passage(text, article=f"a{rank}"), ArticleHead(id=f"a{rank}", title="T"), rank, 0.5)


def test_markers_resolve_by_rank() -> None:
    retrieved = [found(2), found(1), found(3)]
    cited, rejected = resolve(DraftSentence("Prices rose.", (3, 1)), retrieved)
    assert [r.rank for r in cited] == [3, 1]
    assert rejected == []


def test_markers_that_point_nowhere_are_findings() -> None:
    cited, rejected = resolve(DraftSentence("Prices rose.", (0, 2, 9), ("[source]",)), [found(1), found(2)])
    assert [r.rank for r in cited] == [2]
    assert [r.marker for r in rejected] == ["[source]", "[0]", "[9]"]
    assert RejectedCitation("[9]", "there is no passage 9 among 2") in rejected


# ------------------------------------------------------------------ passages → quotes
TEXT = (
    "The bank met on Monday. Prices rose by 3.5 per cent in March, the bank said. Rents in the harbour fell slightly. "
    "Wages did not change. Analysts had expected that."
)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The bank said prices rose by 3.5 per cent in March.", "Prices rose by 3.5 per cent in March, the bank said."),
        ("Rents in the harbour fell.", "Rents in the harbour fell slightly."),
        (
            "Rents in the harbour fell slightly and wages did not change.",
            "Rents in the harbour fell slightly. Wages did not change.",
        ),
        ("Nothing of this is there.", "The bank met on Monday."),
    ],
)
def test_quote_is_the_best_bearing_run_of_sentences(sentence: str, quote: str) -> None:
    article = "Headline stands here.\n" + TEXT
    offset = article.index(TEXT)
    start, end = quote_span(sentence, passage(TEXT, offset))
    assert article[start:end] == quote


def test_quote_of_repeated_text_is_the_cited_one() -> None:
    article = f"{TEXT}\n{TEXT}\n{TEXT}"
    second = article.index(TEXT, 1)
    start, end = quote_span("Wages did not change.", passage(TEXT, second))
    assert article[start:end] == "Wages did not change."
    assert start == second + TEXT.index("Wages")


def test_quote_of_a_passage_without_sentences_is_all_of_it() -> None:
    assert quote_span("Prices", Passage("a", 10, 15, "Price", ())) == (10, 15)


@given(
    st.lists(
        st.sampled_from(["Prices rose. ", "Rents fell.\n", "“Go!” 😀 ", "价格上涨。", "\u00a0x", "No 3.5. "]),
        max_size=8,
    ),
    st.text(max_size=40),
)
def test_quote_lies_in_the_passage_and_is_whole_sentences(parts: list[str], sentence: str) -> None:
    text = "Start. " + "".join(parts)
    article = "Lead.\n" + text
    cited = passage(text, 6)
    start, end = quote_span(sentence, cited)
    assert cited.start <= start < end <= cited.end
    assert start in {s for s, _ in cited.sentences}
    assert end in {e for _, e in cited.sentences}
    assert article[start:end] == text[start - 6 : end - 6]
