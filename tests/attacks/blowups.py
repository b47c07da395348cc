"""Texts that make careless regular expressions, tokenizers and parsers take minutes."""

from __future__ import annotations

from collections.abc import Mapping

_SIZE = 40_000


def _filled(piece: str) -> str:
    return piece * (_SIZE // len(piece))


BLOWUPS: Mapping[str, str] = {
    "one letter": _filled("a"),
    "one word and a full stop": _filled("a") + ".",
    "letters without end": _filled("ab") + "!",
    "full stops": _filled("."),
    "full stops and spaces": _filled(". "),
    "initials": _filled("A.B. "),
    "question marks": _filled("?!"),
    "opening quotes": _filled("“"),
    "quotes both ways": _filled("\"' "),
    "brackets": _filled("(") + _filled("["),
    "markers": _filled("[1][2]"),
    "open tags": _filled("<"),
    "tags": _filled("<a b="),
    "entities": _filled("&#x41"),
    "digits": _filled("1"),
    "thousands": _filled("1,000,"),
    "decimals": _filled("1.1."),
    "dates": _filled("1 May 2020 "),
    "dashes": _filled("a-"),
    "dashes and spaces": _filled(" - "),
    "apostrophes": _filled("a'"),
    "underscores": _filled("_"),
    "addresses": _filled("http://a.a/"),
    "mails": _filled("a@a."),
    "tabs": _filled("\t"),
    "spaces then a word": _filled(" ") + "x",
    "empty lines": _filled("\n"),
    "lines": _filled("a\n"),
    "lines of a name": _filled("By A B\n"),
    "captions": _filled("(Photo: A)\n"),
    "capitals": _filled("A "),
    "names": _filled("Ann Lee "),
    "accents": "a" + _filled("\u0301"),
    "joiners": _filled("\u200d\u200c"),
    "right to left": _filled("\u05d0\u202e"),
    "Chinese": _filled("桥"),
    "Chinese sentences": _filled("桥。"),
    "Thai": _filled("สะพาน"),
    "emoji": _filled("👩‍👩‍👧"),
    "ligature": _filled("\ufdfa"),
    "nulls": _filled("\x00"),
    "stars": _filled("*_"),
    "backslashes": _filled("\\"),
    "pipes": _filled("|-"),
    "braces": _filled("{{"),
}
