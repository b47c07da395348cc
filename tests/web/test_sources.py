from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.records import Copy, Passage, Retrieved
from tests.web.fakes import article, cite, found, sentence
from web.exchange import Exchange, Stage
from web.sources import CONTEXT, PREVIEW, panel_html, quote_context

SOURCE = article("a1", "One stood here. Two came later. Three left.")
OTHER = article("b2", "Nothing of the kind. " * 40, title="Elsewhere")


def exchange(number: int = 1, **changes: object) -> Exchange:
    base = Exchange(
        number, f"Question {number}?", Stage.DONE, searched="q", retrieved=(found(SOURCE), found(OTHER, 2)),
        sentences=(sentence("Two came later."),), citations=(cite(SOURCE, "Two came later."),),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def test_an_empty_panel_explains_itself() -> None:
    assert "Passages appear here" in panel_html([])


def test_passages_are_listed_before_any_sentence() -> None:
    panel = panel_html([exchange(stage=Stage.CHECKING, sentences=(), citations=())])
    assert "Passages found: 2" in panel
    assert 'id="p-1-1"' in panel
    assert "gw-more" not in panel


def test_a_cited_quote_is_marked_in_its_passage() -> None:
    assert "One stood here. <mark>Two came later.</mark> Three left." in panel_html([exchange()])


def test_passages_that_are_not_cited_are_folded_and_counted() -> None:
    panel = panel_html([exchange()])
    assert "Passages found: 2 · cited: 1" in panel
    assert "1 more passage, not cited" in panel
    assert 'id="p-1-1"' not in panel
    assert 'id="p-1-2"' in panel


def test_anchors_of_two_turns_differ_and_only_the_newest_is_open() -> None:
    panel = panel_html([exchange(1), exchange(2)])
    assert panel.index('id="s-2-1"') < panel.index('id="s-1-1"')
    assert panel.count('class="gw-turn" open') == 1
    assert panel.startswith('<details class="gw-turn" open><summary>Question 2?')


def test_copies_are_named_on_the_card() -> None:
    citation = replace(
        cite(SOURCE, "Three left."), also_in=(Copy("Bay Post", "x"), Copy(None, "y"), Copy("Bay Post", "z"))
    )
    assert "also carried by 2 outlets" in panel_html([exchange(citations=(citation,))])


def test_the_open_button_carries_the_exact_span() -> None:
    start = SOURCE.text.index("Two")
    assert f'data-article="a1" data-start="{start}" data-end="{start + 15}"' in panel_html([exchange()])


def test_a_long_passage_is_cut_at_a_word() -> None:
    panel = panel_html([exchange(citations=())])
    shown = panel.split('id="p-1-2"')[1].split('gw-text">')[1].split("</p>")[0]
    assert shown.endswith(" …")
    assert len(shown) <= PREVIEW + 2
    assert OTHER.text.startswith(shown.removesuffix(" …"))


@given(st.text(alphabet="ab \n.", min_size=1, max_size=900), st.data())
def test_context_is_the_text_around_the_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    whole = article("a1", "x" * 7 + text)
    passage = Passage("a1", 7, 7 + len(text), text, ((7, 7 + len(text)),))
    citation = replace(cite(whole, "x"), start=7 + start, end=7 + end, quote=text[start:end])
    before, after = quote_context(citation, [Retrieved(passage, whole.head, 1, 1.0)])
    assert text[:start].endswith(before.removeprefix("… "))
    assert text[end:].startswith(after.removesuffix(" …"))
    assert max(len(before), len(after)) <= CONTEXT + 2


def test_a_quote_outside_every_passage_stands_alone() -> None:
    assert quote_context(replace(cite(SOURCE, "Three left."), article_id="gone"), [found(SOURCE)]) == ("", "")
