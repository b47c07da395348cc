"""UTF-8 that was read as Windows-1252 ("itâ€™s") → what was meant, where there is no doubt.

A line is repaired only when every character beyond ASCII in it takes part: written back as
Windows-1252 bytes the line must be strict UTF-8, and the text as a whole must hold sequences that
no language writes. Lines that mix right and wrong characters stay as they are.
"""

from __future__ import annotations

import re

from ingest.characters import unusual


def _byte_of() -> dict[str, int]:
    """Every character that a byte from 0x80 may have been read as, in Windows-1252 or Latin-1."""
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0x100):
        table[bytes([byte]).decode("cp1252", "ignore") or chr(byte)] = byte
    return table


_BYTE_OF = _byte_of()
_TRAIL = "[" + re.escape("".join(c for c, byte in _BYTE_OF.items() if byte < 0xC0)) + "]"
_SEQUENCE = re.compile(f"[\u00c2-\u00df]{_TRAIL}|[\u00e0-\u00ef]{_TRAIL}{{2}}|[\u00f0-\u00f4]{_TRAIL}{{3}}")
_CERTAIN = 2
_ROUNDS = 3
"""Text may have been misread more than once on its way."""


def repair_mojibake(text: str) -> tuple[str, int]:
    """The text with misread lines repaired, and how many lines those are.

    >>> repair_mojibake("Itâ€™s the harbour boardâ€™s plan.")
    ('It’s the harbour board’s plan.', 1)
    """
    if text.isascii() or not _SEQUENCE.search(unusual(text)):
        return text, 0
    lines = text.split("\n")
    changed: set[int] = set()
    for _ in range(_ROUNDS):
        better = {number: line for number, old in enumerate(lines) if (line := _reread(old)) is not None}
        if sum(_weight(lines[number]) for number in better) < _CERTAIN:
            break
        for number, line in better.items():
            lines[number] = line
        changed |= better.keys()
    return "\n".join(lines), len(changed)


def _reread(line: str) -> str | None:
    """The line as strict UTF-8; None when it is none, or nothing changes."""
    if line.isascii() or not _SEQUENCE.search(line):
        return None
    try:
        data = bytes(ord(c) if c < "\x80" else _BYTE_OF[c] for c in line)
        return data.decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None


def _weight(line: str) -> float:
    """How sure the sequences of a line are: a misread quotation mark is certain, capitals before one are not.

    In "CAFÉ…" or "MALMÖ”" a right capital and a right sign happen to form a sequence.
    """
    weight = 0.0
    for sequence in _SEQUENCE.findall(line):
        if sequence.startswith("â€"):
            weight += _CERTAIN
        elif sequence[0] in "ÂÃ" or len(sequence) > 2:
            weight += 1
        elif sequence[0] in "ÄÅÎÏÐÑ":
            weight += 0.5
    return weight
