"""Markdown → plain paragraphs. Syntax is taken off by rules, text is never reordered."""

from __future__ import annotations

import re

from ingest.cleaning import normalise_characters
from ingest.encoding import decode
from ingest.readers.front_matter import split_front_matter
from ingest.readers.plain import encoding_notes
from ingest.records import Found, RawDocument
from ingest.sources import SourceFile

_TITLE = re.compile(r"\A\s*(?:#[ \t]+(?P<hash>\S.{0,500}?)[ \t]*#*|(?P<underlined>\S.{0,500})\n=+)[ \t]*(?:\n|\Z)")
_RULES = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"^[ \t]*(?:`{3,}|~{3,}).*$", ""),  # fences go, what they fence stays
        (r"^\[[^\]\n]+\]:[ \t]+\S.*$", ""),  # link definitions
        (r"^[ \t]*(?:[-*_][ \t]*){3,}$", ""),  # rules
        (r"^[ \t]*[=-]{2,}[ \t]*$", ""),  # underlines of headings
        (r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$\n?", ""),
        (r"^[ \t]{0,3}#{1,6}[ \t]+(.{1,500}?)[ \t]*#*$", r"\n\1\n"),
        (r"^[ \t]{0,3}(?:>[ \t]?)+", ""),
        (r"^[ \t]*[*+-][ \t]+(?=\S)", "- "),
        (r"!\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])", ""),
        (r"\[([^\[\]\n]+)\]\((?:[^()\n]|\([^()\n]*\))*\)", r"\1"),
        (r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]", r"\1"),
        (r"<(https?://[^>\s]+)>", r"\1"),
        (r"</?[A-Za-z][^<>\n]{0,200}>", ""),
        (r"(?<![\w*\\])(\*{1,3})(?=\S)([^*\n]+?)(?<=[^\s\\])\1(?![\w*])", r"\2"),
        (r"(?<![\w_\\])(_{1,3})(?=\S)([^_\n]+?)(?<=[^\s\\])\1(?![\w_])", r"\2"),
        (r"(`{1,3})([^`\n]+)\1", r"\2"),
        (r"\\([\\`*_{}\[\]()#+.!>~|-])", r"\1"),
    )
)
_LINE_OF_ITS_OWN = re.compile(r"^(?:- |\d+[.)] |\|)")


def read_markdown(file: SourceFile, data: bytes) -> RawDocument:
    """One article; a first-level heading at the top is its title.

    Raises:
        Unreadable: Binary data or an encoding that cannot be told.
    """
    decoded = decode(data)
    fields, text = split_front_matter(normalise_characters(decoded.text))
    if title := _TITLE.match(text):
        fields.setdefault("title", Found(strip_syntax(title["hash"] or title["underlined"]), "heading"))
        text = text[title.end() :]
    return RawDocument(file.name, file.stem, "markdown", strip_syntax(text), fields, encoding_notes(decoded))


def strip_syntax(text: str) -> str:
    """The text a reader of the rendered page sees, one paragraph a line; images are left out.

    Time is linear in the length of any text: no rule looks far ahead from a mark it may meet again.
    """
    text = _without_comments(text)
    for rule, replacement in _RULES:
        text = rule.sub(replacement, text)
    return "\n\n".join(filter(None, map(_join_lines, re.split(r"\n[ \t]*\n", text))))


def _without_comments(text: str) -> str:
    kept: list[str] = []
    start = 0
    while (opens := text.find("<!--", start)) >= 0 and (closes := text.find("-->", opens + 4)) >= 0:
        kept.append(text[start:opens])
        start = closes + 3
    return "".join((*kept, text[start:]))


def _join_lines(block: str) -> str:
    """One block with its soft line breaks joined; list items and table rows keep their lines."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, block.split("\n"))):
        if lines and not _LINE_OF_ITS_OWN.match(line) and not lines[-1].startswith("|"):
            lines[-1] += " " + line
        else:
            lines.append(line)
    return "\n".join(lines)
