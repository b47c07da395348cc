from __future__ import annotations

from dataclasses import replace

from rag.answer_records import Form, Method
from tests.web import scenes
from tests.web.fakes import exchange_of
from tests.web.test_escaping import text_of
from web.rendering import answer_html
from web.statements import grouped, statements, statements_html


def test_a_lead_in_stands_before_its_quote_and_takes_the_place_of_the_byline() -> None:
    shown = statements_html(exchange_of(scenes.abstention()))
    assert shown.index("Island Gazette, 14 Jun 2021") < shown.index("The quay is still closed")
    assert shown.count("Island Gazette") == 1


def test_without_a_lead_in_the_source_stands_below_its_quote() -> None:
    answer = scenes.abstention()
    bare = replace(answer, sentences=tuple(replace(s, lead_in=None) for s in answer.sentences))
    shown = statements_html(exchange_of(bare))
    assert shown.index("The quay is still closed") < shown.index("Island Gazette · 14 Jun 2021")


def test_a_timeline_is_an_ordered_list_of_dated_sentences() -> None:
    shown = statements_html(exchange_of(scenes.timeline()))
    assert shown.startswith('<ol class="gw-timeline">')
    assert shown.count("<li>") == 3
    assert text_of(shown).index("1 Mar 2021") < text_of(shown).index("14 Jun 2021")


def test_a_comparison_has_a_column_for_each_origin_with_all_it_says() -> None:
    exchange = exchange_of(scenes.comparison())
    assert list(grouped(statements(exchange))) == ["Bay Herald, 1 Mar 2021", "Coast Post, 2 Mar 2021"]
    herald, post = statements_html(exchange).split("</section>")[:2]
    assert "40 passengers" in herald
    assert "Nobody was killed." in herald
    assert "53 injured" in post


def test_a_comparison_of_one_origin_is_set_as_quotes() -> None:
    answer = replace(scenes.abstention(), method=Method.EXTRACTED, form=Form.COMPARISON)
    assert "gw-columns" not in statements_html(exchange_of(answer))
    assert "gw-quoted" in statements_html(exchange_of(answer))


def test_a_list_is_a_list() -> None:
    shown = statements_html(exchange_of(scenes.listed()))
    assert shown.startswith('<ul class="gw-list">')
    assert shown.count("<li>") == 2


def test_until_the_answer_is_complete_its_sentences_stand_plainly() -> None:
    running = replace(exchange_of(scenes.timeline()), answer=None)
    assert "gw-timeline" not in statements_html(running)
    assert "The Skarvik ferry struck" in statements_html(running)


def test_quotes_that_oppose_each_other_stand_side_by_side_and_not_above_as_well() -> None:
    shown = answer_html(exchange_of(scenes.disagreement()))
    assert statements_html(exchange_of(scenes.disagreement())) == ""
    assert text_of(shown).count("40 passengers were hurt") == 1
    assert "The articles give different figures: people hurt" in text_of(shown)


def test_what_a_model_wrote_stays_beside_a_disagreement() -> None:
    written = replace(scenes.disagreement(), method=Method.GENERATED, model="m-7b")
    assert "40 passengers" in statements_html(exchange_of(written))
