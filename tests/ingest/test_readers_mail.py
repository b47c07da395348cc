"""Mails, and pages saved as one."""

from __future__ import annotations

from pathlib import Path

from ingest.articles import to_article
from rag.records import Article
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, MUD, STORY, VOTE, document, make_mail, make_page, values

SENT = "Tue, 16 May 2023 23:30:00 +0200"


def test_a_mail_gives_subject_sender_and_text(tmp_path: Path) -> None:
    article = document(read_one(tmp_path / "a.eml", make_mail(STORY, Subject="Fwd: Re: Fees rise", Date=SENT)))
    assert article.text == STORY
    assert values(article) == {"title": "Fees rise", "author": "Mia Sund"}


def test_the_date_of_a_mail_is_the_last_resort(tmp_path: Path) -> None:
    plain = to_article(document(read_one(tmp_path / "a.eml", make_mail(STORY, Date=SENT))))
    text = f"Published: 12 May 2023\n\n{STORY}"
    dated = to_article(document(read_one(tmp_path / "b.eml", make_mail(text, Date=SENT))))
    assert isinstance(plain, Article)
    assert isinstance(dated, Article)
    assert (plain.published, plain.provenance["published"]) == ("2023-05-16", "mail date")
    assert (dated.published, dated.provenance["published"]) == ("2023-05-12", "date line")


def test_of_two_parts_the_plain_one_is_read_unless_it_says_little(tmp_path: Path) -> None:
    html = make_page(f"<b>{FEES}</b>", MUD, VOTE, head="<style>p {color: red}</style>")
    assert document(read_one(tmp_path / "a.eml", make_mail(STORY, html))).text == STORY
    short = document(read_one(tmp_path / "b.eml", make_mail("Read this in your browser.", html)))
    assert short.text == STORY
    assert document(read_one(tmp_path / "c.eml", make_mail(None, html))).text == STORY


def test_a_saved_page_in_one_file_is_read_as_a_page(tmp_path: Path) -> None:
    page = make_page(FEES, MUD, VOTE, head='<meta name="author" content="Mia Sund">')
    data = (
        "From: <Saved by Browser>\r\nSnapshot-Content-Location: https://courier.example/fees\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{page}\r\n--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
    )
    article = document(read_one(tmp_path / "a.mhtml", data))
    assert MUD in article.text
    assert values(article)["url"] == "https://courier.example/fees"
    assert values(article)["author"] == "Mia Sund"
