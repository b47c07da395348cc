"""Encodings are proved or refused; only long texts are guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.records import Unreadable

WESTERN = "Le président a déclaré que la société était prête à négocier après l'été. "
GERMAN = "Über die Zölle müsse geredet werden, heißt es, erklärte der Minister für Außenhandel in München. "
CHINESE = "外交部发言人周二在例行记者会上表示，将继续采取措施维护自身权益。"
RUSSIAN = "Представитель министерства заявил во вторник, что страна примет меры. "
POLISH = "Źródła rządowe twierdzą, że spółka wstrzymała wysyłkę części i zażąda odszkodowań; członkowie zarządu. "


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_unicode_text_comes_back_as_it_was(text: str) -> None:
    decoded = decode(text.encode("utf-8"))
    assert decoded.text == text.removeprefix("\ufeff")
    assert decoded.replaced == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_decide(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding)).text == CHINESE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "cp1252"),
        (GERMAN, "latin-1"),
        (CHINESE, "gbk"),
        (CHINESE, "gb18030"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (POLISH, "cp1250"),
    ],
)
def test_long_legacy_text_is_decoded(text: str, encoding: str) -> None:
    assert decode((text * 30).encode(encoding)).text == text * 30


@pytest.mark.parametrize(("text", "encoding"), [(CHINESE, "gbk"), (WESTERN, "latin-1"), (RUSSIAN, "cp1251")])
def test_short_legacy_text_is_refused_rather_than_guessed(text: str, encoding: str) -> None:
    with pytest.raises(Unreadable, match="encoding unclear"):
        decode(text.encode(encoding))


def test_an_unusual_guess_is_refused() -> None:
    with pytest.raises(Unreadable, match="encoding unclear"):
        decode((POLISH * 30).encode("iso-8859-2"))


def test_a_declared_encoding_is_believed_only_if_it_fits() -> None:
    assert decode(RUSSIAN.encode("cp1251"), declared="windows-1251").text == RUSSIAN
    assert decode(WESTERN.encode("utf-8"), declared="gbk").text == WESTERN
    with pytest.raises(Unreadable):
        decode(WESTERN.encode("cp1252"), declared="no-such-code")


def test_windows_quotes_in_english_text_are_read() -> None:
    text = "The mayor said “we will build it” – and that’s that. " * 3
    assert decode(text.encode("cp1252")).text == text


def test_a_few_bad_bytes_are_replaced_and_counted() -> None:
    english = ("The council met on Monday to discuss the new bridge. " * 20).encode() + b"\xff The end."
    decoded = decode(english)
    assert (decoded.replaced, decoded.text.count("\ufffd")) == (1, 1)
    assert decode(CHINESE.encode() * 3 + b"\xff").replaced == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\x7fELF\x02\x01\x01",
        b"PK\x03\x04 word/document.xml",
        bytes(range(256)) * 20,
        b"text with \x00\x01\x02 many \x03\x04\x05 controls",
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="binary"):
        decode(data)


def test_a_broken_marked_text_is_refused() -> None:
    with pytest.raises(Unreadable, match="broken UTF-16"):
        decode(b"\xff\xfea\x00b")
