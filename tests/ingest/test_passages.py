"""Whole sentences, exact offsets, no text lost, within the limit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.passages import RESERVE, split_passages
from rag.records import Article, Passage
from rag.sentences import sentence_spans

TEXTS = st.lists(
    st.sampled_from(
        [
            "The board voted on Tuesday.",
            "“Mud is mud,” Ms. Holt said.",
            "Fees rise by 12.5 per cent from Jan. 1.",
            "外交部发言人周二表示，将采取措施。",
            "قال المتحدث إن البلاد ستواصل ذلك.",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 cafe\u0301 \U0001f44d\U0001f3fd",
            "x" * 700,
            "港" * 300,
            "word " * 150,
            "\n",
            "\n\n",
            " ",
        ]
    ),
    max_size=25,
).map(" ".join)


def by_words(text: str) -> int:
    return len(text.split())


def by_characters(text: str) -> int:
    return len(text)


def split(text: str, limit: int = 60, count: Callable[[str], int] = by_words, title: str = "A title") -> list[Passage]:
    return split_passages(Article(id="a", title=title, text=text), count, limit)


def check(text: str, passages: list[Passage]) -> None:
    """The invariants of every split."""
    covered = [False] * len(text)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert (passage.sentences[0][0], passage.sentences[-1][1]) == (passage.start, passage.end)
        for start, end in passage.sentences:
            assert passage.start <= start < end <= passage.end
        for at in range(passage.start, passage.end):
            assert not covered[at]
            covered[at] = True
    assert [c for c, done in zip(text, covered, strict=True) if not done and not c.isspace()] == []
    assert [p.start for p in passages] == sorted(p.start for p in passages)
    pieces = [span for passage in passages for span in passage.sentences]
    assert all(a[1] <= b[0] for a, b in pairwise(pieces))


@given(TEXTS, st.sampled_from([by_words, by_characters]), st.integers(32, 200))
def test_nothing_is_lost_doubled_or_moved(text: str, count: Callable[[str], int], limit: int) -> None:
    check(text, split(text, limit, count))


@given(st.text(max_size=300), st.integers(32, 80))
@example("", 32)
@example(" \n\t ", 32)
@example("\u200d" * 200, 32)
@example("e" + "\u0301" * 400, 32)
def test_any_text_at_all(text: str, limit: int) -> None:
    check(text, split(text, limit, by_characters))


@given(TEXTS, st.integers(40, 200))
def test_a_passage_with_its_title_fits_the_limit(text: str, limit: int) -> None:
    title = "Board raises fees"
    for passage in split(text, limit, by_words, title):
        assert by_words(title) + sum(by_words(s) for s in passage.sentence_texts()) <= limit - RESERVE


def test_repeated_paragraphs_keep_their_own_places() -> None:
    text = "\n\n".join(["The board voted on Tuesday. It was close."] * 12)
    passages = split(text, limit=40)
    assert len({p.start for p in passages}) == len(passages) > 2
    check(text, passages)


def test_sentences_stay_whole_when_they_fit() -> None:
    text = " ".join(f"Sentence number {n} of the story ends here." for n in range(30))
    spans = [span for passage in split(text) for span in passage.sentences]
    assert spans == sentence_spans(text)


def test_a_passage_ends_with_its_paragraph_rather_than_open_the_next() -> None:
    first = " ".join(["One two three four five."] * 6)
    second = " ".join(["Six seven eight nine ten."] * 3)
    passages = split(f"{first}\n\n{second}", limit=2 + RESERVE + 40)
    assert [p.text for p in passages] == [first, second]
    assert len(split(f"{first}\n\n{second}", limit=2 + RESERVE + 45)) == 1


def test_a_long_sentence_is_cut_between_words_into_pieces() -> None:
    sentence = " ".join(f"word{n}" for n in range(200)) + "."
    passages = split(sentence, limit=60)
    assert " ".join(p.text for p in passages) == sentence
    assert all(by_words(p.text) <= 60 - RESERVE - 2 for p in passages)


def test_characters_that_belong_together_are_not_cut_apart() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for passage in split(family * 200, limit=40, count=by_characters, title=""):
        assert passage.text[0] == "\U0001f468"
        assert passage.text[-1] == "\U0001f467"


@pytest.mark.parametrize("letter", ["x", "港", "é"])
def test_a_hundred_thousand_letters_without_a_space(letter: str) -> None:
    text = letter * 100_000
    passages = split(text, limit=240, count=lambda piece: 1)  # a word piece tokenizer sees one unknown word
    check(text, passages)
    assert max(len(p.text) for p in passages) < 3000


def test_a_title_longer_than_the_limit_leaves_room_for_text() -> None:
    text = "The board voted on Tuesday. It was very close indeed. Fees will rise."
    passages = split(text, limit=40, title="word " * 500)
    assert [p.text for p in passages] == ["The board voted on Tuesday.", "It was very close indeed. Fees will rise."]


def test_tokens_are_counted_about_once_a_sentence() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return by_words(text)

    text = " ".join(f"Sentence number {n} of the story ends here." for n in range(200))
    split(text, count=count)
    assert len(counted) == 201


STORY_LINES = ["The board voted on Tuesday. It was close.", "Fees rise in January.", "", "Ships pay more."]
CAPTION_LINES = [
    "A crane at work. Photo: VCG",
    "Ships wait outside. Jon Vik/AP",
    "The town hall, May 2023 - Anders Courier",
]


@given(st.lists(st.sampled_from([*STORY_LINES, *CAPTION_LINES]), max_size=12), st.integers(32, 80))
def test_captions_are_in_no_passage_and_all_else_is_in_one(lines: list[str], limit: int) -> None:
    text = "\n".join(lines)
    article = Article(id="a", title="T", outlet="Anders Courier", text=text)
    passages = split_passages(article, by_words, limit)
    quotable = "\n".join(p.text for p in passages)
    story = [line for line in lines if line in STORY_LINES and line]
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
    if story:
        assert not [caption for caption in CAPTION_LINES if caption in quotable]
        assert "".join(quotable.split()) == "".join("".join(story).split())
    else:
        assert "".join(quotable.split()) == "".join(text.split())


def test_a_passage_ends_at_a_caption_so_that_no_quote_runs_across_it() -> None:
    text = "The board voted on Tuesday.\nShips wait outside. Jon Vik/AP\nFees rise in January. Ships pay more."
    assert [p.text for p in split(text)] == ["The board voted on Tuesday.", "Fees rise in January. Ships pay more."]
