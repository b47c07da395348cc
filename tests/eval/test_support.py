from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Quote
from eval.support import find_support, refuse_foreign_library, relocate
from rag.errors import GoldSetError
from tests.eval.building import BUDGET, HARBOUR, SHELF, gold, quote


def test_a_quote_at_its_place_is_kept() -> None:
    assert relocate(BUDGET, HARBOUR) == BUDGET


def test_a_moved_quote_is_found_at_its_nearest_place() -> None:
    text = "It rained. Far away. " + "x" * 50 + " It rained. End."
    moved = relocate(Quote("n", 60, 70, "It rained."), text)
    assert moved == Quote("n", 72, 82, "It rained.")


def test_other_white_space_is_the_same_words() -> None:
    moved = relocate(Quote("n", 0, 17, "It rained\n\nhard. "), "Monday. It rained hard. So what.")
    assert moved is not None
    assert moved.text == "It rained hard."


def test_a_caption_cut_out_by_cleaning_still_finds_the_place() -> None:
    sentence = "The board approved a budget of 4.2 million euros for the northern harbour on Monday evening"
    labelled = Quote("n", 0, len(sentence) + 7, sentence.replace("for the", "(AP) xx for the"))
    moved = relocate(labelled, "Dateline. " + sentence + ". More text follows here.")
    assert moved is not None
    assert "4.2 million euros for the northern harbour" in moved.text


def test_a_quote_from_which_cleaning_took_a_line_is_found_by_the_others() -> None:
    before, link, after = (
        "The board met on Monday evening.",
        "Harbour news:Fees to rise again",
        "It approved the budget.",
    )
    labelled = Quote("n", 5, 5 + 88, f"{before}\n{link}\n{after}")
    moved = relocate(labelled, f"Dateline.\n\n{before}\n\n{after} More follows, much more of it than before.")
    assert moved is not None
    assert moved.text == f"{before}\n\n{after}"
    assert (
        relocate(labelled, f"{before}\n\n{after} More follows, much more of it than before.", ("Fees", "rise")) is None
    )
    assert (
        relocate(labelled, f"{before}\n\n{after} More follows, much more of it than before.", ("the Budget",))
        is not None
    )
    mostly_link = Quote("n", 0, 55, f"{link}\n{after}")
    assert relocate(mostly_link, f"{before}\n\n{after} More follows, and it is longer than the quote.") is None
    assert relocate(labelled, f"{before} It rained for an hour and the quays stood under water.\n\n{after}") is None


def test_text_that_is_not_there_is_not_found() -> None:
    assert relocate(Quote("n", 0, 24, "Wholly unrelated wording"), HARBOUR) is None
    assert relocate(Quote("n", 0, 24, "Wholly unrelated wording"), "short") is None


@given(st.text(max_size=60), st.text(min_size=1, max_size=40), st.text(max_size=60), st.integers(0, 100))
def test_whatever_is_found_is_a_slice_of_the_text(before: str, words: str, after: str, start: int) -> None:
    text = before + words + after
    moved = relocate(Quote("n", start, start + len(words), words), text)
    assert moved is not None
    assert text[moved.start : moved.end] == moved.text == words


def test_support_that_the_library_lacks_is_named() -> None:
    case = gold(support=("harbour", "gone"), quotes=(BUDGET, Quote("gone", 0, 2, "Hi")))
    support = find_support(case, SHELF)
    assert (support.articles, support.missing) == (("harbour",), ("gone",))
    assert support.quotes == (BUDGET,)
    assert support.lost == ("article gone is not in the library",)


def test_a_quote_that_cleaning_removed_is_lost_with_its_reason() -> None:
    support = find_support(gold(quotes=(Quote("harbour", 0, 9, "Log in to"),)), SHELF)
    assert support.lost == ("article harbour does not hold the quote",)


def test_without_a_library_the_labels_are_taken_as_they_are() -> None:
    case = gold(support=("gone",), quotes=(quote("ferry", "Nobody was hurt."),))
    assert find_support(case, None).quotes == case.quotes
    assert find_support(case, None).articles == ("gone",)


def test_a_library_without_any_support_article_is_refused() -> None:
    foreign = [find_support(gold(id=key, support=(key,)), SHELF) for key in ("x1", "x2")]
    with pytest.raises(GoldSetError, match="none of the 2 support articles"):
        refuse_foreign_library(foreign)
    refuse_foreign_library([*foreign, find_support(gold(), SHELF)])
    refuse_foreign_library([find_support(gold(None), SHELF)])
