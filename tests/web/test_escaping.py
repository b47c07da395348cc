"""Every field that comes from outside, with hostile text in it, in everything the page renders."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_records import Answer, Disagreement, Form, Method, RejectedCitation, Side, VerdictState
from rag.records import ArticleHead, Copy
from tests.web.fakes import answered, article, cite, exchange_of, found, sentence
from web.evaluation_view import progress_html
from web.evaluations import Progress, State
from web.exchange import Stage
from web.export import conversation_html
from web.listing import Listing, Wanted, listing_html
from web.markup import copies_html, escaped, inline
from web.reader import article_html, missing_html
from web.rendering import answer_html, messages, question_html
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
    "button": {"type", "class", "id", "data-article", "data-start", "data-end"},
    "textarea": {"hidden", "readonly", "id", "aria-label"},
    "input": {"type", "name", "value", "aria-label", "checked"},
    "progress": {"id", "max", "value"},
    "label": {"for"},
    "details": {"class", "open"},
    "h2": {"tabindex"},
    "p": {"class", "role"},
    "dt": {"id"},
    "th": {"scope"},
    "mark": {"class"},
    "h3": {"class"},
    "tr": {"class"},
    **{tag: {"class"} for tag in ("div", "span", "blockquote", "section", "strong", "dl", "ul", "ol", "li")},
    **{tag: {"class"} for tag in ("table", "caption")},
    **{tag: set() for tag in ("summary", "dd", "thead", "tbody", "td")},
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
        replace(sentence(payload, 1, verdict=VerdictState.PARAPHRASE), lead_in=payload),
        sentence(payload, 1, verdict=VerdictState.NOT_FOUND, shown=False, why=payload),
    ]
    answer = replace(
        answered(payload, source, checked, [citation]),
        standalone_question=f"again {payload}",
        model=payload,
        reason=payload,
        rejected_citations=(RejectedCitation(payload, payload),),
        disagreements=(Disagreement(payload, payload, (Side(payload, payload, payload, payload, payload, 1, 2),) * 2),),
        retrieved=(replace(found(source), also_in=(Copy(payload, payload),)), found(article("b2", payload), 2)),
    )
    head = ArticleHead(payload, payload, payload, payload, payload)
    listing = Listing([head])
    documents = [missing_html(payload), results_html([UploadResult(payload, "skipped", payload)])]
    documents += [listing_html(listing.page(Wanted()), listing), copies_html([Copy(payload, payload)])]
    documents += [progress_html(Progress(payload, payload, 1, state, payload, 0, payload)) for state in State]
    documents.append(article_html(source, [article("c3", outlet=payload).head], (8, 8 + len(payload))))
    for variant in variants(answer):
        shown = exchange_of(variant, payload)
        documents += [question_html(shown), answer_html(shown), panel_html([shown])]
        documents += [conversation_html([shown]).partition("</h1>")[2].partition("</main>")[0]]
    failed = replace(exchange_of(answer, payload), answer=None, stage=Stage.FAILED, problem=payload)
    return [*documents, answer_html(failed), panel_html([failed])]


def variants(answer: Answer) -> list[Answer]:
    methods = [replace(answer, method=method, complete=method is not Method.GENERATED) for method in Method]
    return methods + [replace(answer, form=form) for form in Form]


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
