from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_records import Answer, Method, RejectedCitation, VerdictState
from rag.records import Copy, Filters
from tests.web.fakes import answered, article, cite, found, sentence
from web.exchange import Exchange, Stage
from web.reader import article_html, missing_html
from web.rendering import answer_html, byline, day, escaped, inline, messages, plural, question_html, web_link
from web.sources import panel_html
from web.uploads import UploadResult, results_html

PAYLOADS = [
    pytest.param("<script>hit()</script>", id="script"),
    pytest.param("<img src=x onerror=hit()>", id="image_onerror"),
    pytest.param('"><svg onload=hit()>', id="attribute_escape"),
    pytest.param("' onfocus='hit()' autofocus='", id="single_quote_attribute"),
    pytest.param("[click](javascript:hit())", id="markdown_script_link"),
    pytest.param("![x](http://evil.example/x.png)", id="markdown_image"),
    pytest.param("<a href='javascript:hit()'>x</a>", id="script_link"),
    pytest.param("<iframe srcdoc='<script>hit()</script>'></iframe>", id="iframe"),
    pytest.param("<style>@import url(//evil.example)</style>", id="style"),
    pytest.param("<form action=//evil.example><input autofocus onfocus=hit()></form>", id="form"),
    pytest.param("${hit()} {{hit()}} `${hit()}`", id="template"),
    pytest.param("</div></details></article><details open ontoggle=hit()>", id="closing_tags"),
    pytest.param("line one\n\n<b>bold</b>\n\n# heading", id="blank_lines"),
    pytest.param("<a class='gw-cite' href='#s-1-1'>[1]</a>", id="forged_citation"),
    pytest.param("<base href=//evil.example><meta http-equiv=refresh content=0>", id="base_and_refresh"),
    pytest.param("\u202egnp.exe\u2066 &lt;script&gt;", id="direction_override_and_entity"),
]

OURS = {
    "a": {"class", "href", "target", "rel"},
    "article": {"class", "id", "tabindex", "aria-label"},
    "button": {"type", "class", "data-article", "data-start", "data-end"},
    "details": {"class", "open"},
    "h2": {"tabindex"},
    "p": {"class", "role"},
    "th": {"scope"},
    "tr": {"class"},
    **{tag: {"class"} for tag in ("div", "span", "blockquote", "dl", "ul", "li", "table")},
    **{tag: set() for tag in ("h3", "mark", "summary", "strong", "dt", "dd", "thead", "tbody", "td")},
}
"""Every tag the page writes, with every attribute it gives it; anything else came from outside."""


class Inventory(HTMLParser):
    """Fails on a tag, an attribute or a link address that the page itself does not write."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS, f"foreign tag {tag}"
        assert {name for name, _ in attrs} <= OURS[tag], f"foreign attribute on {tag}: {attrs}"
        link = dict(attrs).get("href")
        assert link is None or link.startswith(("#", "http://", "https://")), link

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"foreign comment {data}")

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(document: str) -> str:
    inventory = Inventory()
    inventory.feed(document)
    inventory.close()
    return inventory.text


def hostile_documents(payload: str) -> list[str]:
    """Everything the page can render, with the payload in every field that comes from outside."""
    source = replace(
        article("a1", f"Before. {payload} After."),
        id=payload,
        title=payload,
        outlet=payload,
        author=payload,
        published=payload,
        updated=payload,
        url=payload,
    )
    quote = payload.strip()
    citation = replace(cite(source, quote), also_in=(Copy(payload, payload),))
    checked = [
        sentence(payload, 1, verdict=VerdictState.PARAPHRASE),
        sentence(payload, 1, verdict=VerdictState.NOT_FOUND, shown=False, why=payload),
    ]
    answer = replace(
        answered(payload, source, checked, [citation]),
        standalone_question=f"again {payload}",
        model=payload,
        reason=payload,
        rejected_citations=(RejectedCitation(payload, payload),),
        retrieved=(replace(found(source), also_in=(Copy(payload, payload),)), found(article("b2", payload), 2)),
    )
    documents = [missing_html(payload), results_html([UploadResult(payload, "skipped", payload)])]
    documents.append(article_html(source, [article("c3", outlet=payload).head], (8, 8 + len(payload))))
    for variant in variants(answer):
        shown = exchange_of(variant, payload)
        documents += [question_html(shown), answer_html(shown), panel_html([shown])]
    failed = replace(exchange_of(answer, payload), answer=None, stage=Stage.FAILED, problem=payload)
    return [*documents, answer_html(failed), panel_html([failed])]


def variants(answer: Answer) -> list[Answer]:
    return [replace(answer, method=method, complete=method is not Method.GENERATED) for method in Method]


def exchange_of(answer: Answer, question: str | None = None) -> Exchange:
    return Exchange(
        number=1,
        question=question or answer.question,
        stage=Stage.DONE,
        filters=Filters(outlets=(question,)) if question else Filters(),
        searched=answer.standalone_question,
        retrieved=answer.retrieved,
        sentences=answer.sentences,
        citations=answer.citations,
        answer=answer,
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_can_add_markup_anywhere(payload: str) -> None:
    for document in hostile_documents(payload):
        text_of(document)
        assert "${" not in document
        assert "{{" not in document


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_message_is_one_html_block_that_markdown_leaves_alone(payload: str) -> None:
    answer = answered(payload, article("a1", payload), [sentence(payload)], [cite(article("a1", payload), payload)])
    for message in messages([exchange_of(answer, payload)]):
        assert message["content"].startswith("<div")
        assert "\n" not in message["content"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_only_the_page_makes_citation_links(payload: str) -> None:
    source = article("a1", f"Facts. {payload}")
    answer = answered("q", source, [sentence(payload, 1)], [cite(source, "Facts.")])
    assert answer_html(exchange_of(answer)).count('class="gw-cite"') == 1


@given(st.text(max_size=200))
def test_escaped_text_reads_the_same_in_a_browser(text: str) -> None:
    visible = "".join(c for c in text if c.isprintable() and c not in "\u200b\u200e\u200f\u2060\ufeff")
    assert text_of(escaped(visible)) == visible
    assert "<" not in escaped(text)
    assert "\n" not in inline(text)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:hit()",
        "JaVaScRiPt:hit()",
        " javascript:hit()",
        "java\nscript:hit()",
        "data:text/html,<script>hit()</script>",
        "//evil.example/x",
        "http://",
        "https://[::1",
        "ftp://files.example/x",
        "/relative",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert web_link(address, "open") == ""


def test_web_link_opens_elsewhere_without_telling_from_where() -> None:
    link = web_link('https://news.example/a?b=1&c="2"', "open")
    assert 'href="https://news.example/a?b=1&amp;c=&quot;2&quot;"' in link
    assert 'rel="noopener noreferrer"' in link


@pytest.mark.parametrize(
    ("iso", "words"),
    [("2019", "2019"), ("2019-10", "Oct 2019"), ("2019-10-08", "8 Oct 2019"), ("", ""), (None, ""), ("soon", "soon")],
)
def test_dates_keep_their_precision(iso: str | None, words: str) -> None:
    assert day(iso) == words


def test_byline_says_when_nothing_is_known() -> None:
    assert byline(None, None) == "outlet and date unknown"
    assert byline("A & B", "2019-10") == "A &amp; B · Oct 2019"


@pytest.mark.parametrize(("count", "words"), [(0, "0 stories"), (1, "1 story"), (1200, "1,200 stories")])
def test_plural(count: int, words: str) -> None:
    assert plural(count, "story") == words


# ------------------------------------------------------------------ what an answer says about itself
SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")


def test_a_quoted_sentence_carries_no_remark_and_a_paraphrase_does() -> None:
    checked = [sentence("The port reopened on Monday."), sentence("Work resumed.", verdict=VerdictState.PARAPHRASE)]
    answer = answered("q", SOURCE, checked, [cite(SOURCE, "The port reopened on Monday.")])
    quoted, paraphrase = answer_html(exchange_of(replace(answer, method=Method.GENERATED))).split("Work resumed.")
    assert "not verified" not in quoted
    assert "≈ paraphrase, not verified" in paraphrase


def test_withheld_sentences_are_counted_and_folded_with_their_reason() -> None:
    withheld = sentence("40 ships wait.", shown=False, verdict=VerdictState.NOT_FOUND, why="“40” is in no passage.")
    answer = answered("q", SOURCE, [sentence(), withheld], [cite(SOURCE, "The port reopened on Monday.")])
    rendered = answer_html(exchange_of(answer))
    before, fold = rendered.split("<details", 1)
    assert "40 ships" not in before
    assert "1 sentence withheld" in fold
    assert "“40” is in no passage." in fold


def test_invented_citations_are_counted() -> None:
    answer = replace(
        answered("q", SOURCE, [sentence()], [cite(SOURCE, "Cranes moved at noon.")]),
        rejected_citations=(RejectedCitation("[9]", "there are only 8 passages"),),
    )
    assert "1 citation withheld" in answer_html(exchange_of(answer))


def test_abstention_says_so_and_shows_the_closest_sentence_once() -> None:
    closest = sentence("Cranes moved at noon.")
    answer = replace(
        answered("q", SOURCE, [closest], [cite(SOURCE, "Cranes moved at noon.")]),
        method=Method.ABSTAINED,
        answer="The articles do not state this directly. The closest passage says: “Cranes moved at noon.” [1]",
    )
    text = text_of(answer_html(exchange_of(answer)))
    assert "The closest passage says:" in text
    assert text.count("Cranes moved at noon.") == 1
    assert "closest passages are under Sources" in text


def test_an_answer_that_was_cut_is_marked() -> None:
    answer = replace(answered("q", SOURCE, [sentence()], []), complete=False, reason="the connection was lost")
    assert "Cut short. the connection was lost" in text_of(answer_html(exchange_of(answer)))


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.EXTRACTED, "Quoted from the articles"),
        (Method.GENERATED, "Written by m-7b, each sentence checked"),
        (Method.REPAIRED, "Written by m-7b, corrected once"),
    ],
)
def test_the_last_line_says_how_the_answer_was_made(method: Method, words: str) -> None:
    answer = replace(answered("q", SOURCE, [sentence()], []), method=method, model="m-7b")
    text = text_of(answer_html(exchange_of(answer)))
    assert words in text
    assert "0.2 s" in text


def test_a_failed_answer_keeps_what_was_found_and_offers_another_try() -> None:
    failed = Exchange(1, "q", Stage.FAILED, searched="q", retrieved=(found(SOURCE),), problem="the model is down.")
    text = text_of(answer_html(failed))
    assert "the model is down." in text
    assert "under Sources" in text
    assert messages([failed])[-1]["options"] == [{"label": "Try again", "value": "retry"}]
    assert "options" not in messages([failed, replace(failed, stage=Stage.DONE)])[1]


def test_the_standalone_question_is_shown_only_when_it_differs() -> None:
    answer = answered("And the cranes?", SOURCE, [sentence()], [])
    assert "Searched for" not in answer_html(exchange_of(answer))
    rewritten = replace(answer, standalone_question="When did the cranes move?")
    assert "Searched for: When did the cranes move?" in answer_html(exchange_of(rewritten))
