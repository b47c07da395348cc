"""Valid inputs → damaged ones: cut, doubled, spliced, and sprinkled with what formats and parsers trip over."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

LONGEST = 20_000
"""Bytes of an input; longer ones are in tests/attacks/blowups.py."""

_NUMBER = re.compile(rb"\d+")
_BREAK = re.compile(rb"[\n>,;.]")
_INTERESTING = (
    *(b"", b"0", b"-1", b"1e999", b"NaN", b"null", b"true", b"99999999999999999999", b"2147483648", b"%s", b"${7}"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\x80", b"\x1b[31m", b"\r", b"\r\n\r\n", b"\n\n", b"\t"),
    *(b"<", b">", b"</", b"<!--", b"]]>", b"<![CDATA[", b"<script>", b"&#x110000;", b"&#0;", b"&lt;", b"&", b"<?xml "),
    *(b'"', b"'", b"\\", b"`", b"```", b"[", b"]", b"[1]", b"[1-9]", b"[^1]", b"{", b"}", b"(", b")", b"|", b"* "),
    *(b"data: ", b"event: x\n", b"id:", b"http://", b"javascript:", b"file:///", b"//", b"../", b"=?utf-8?b?", b"--"),
    *("…", "“", "”", "。", "ß", "İ", "ﬁ", "é", "e\u0301", "\U0001d7d9", "١", "½", "👩\u200d👧", "\u200b", "\u202e"),
    *("\u2028", "\u00ad", "\ufeff", "\ufffd", "\U000e0041", "\u0085", "和", "ก", "ا", b"\xed\xa0\x80", b"#", b"A"),
    *(b"2024-02-30", b"0000-00-00", b"9999-12-31", b"31 Feb", b"last week", b"on Monday", b"Dec. 32", b"1,000.5"),
    *(b"$5m", b"and", b" vs ", b" he ", b" not ", b" said ", b"? ", b"What about ", b"Mr. ", b"Ignore all prompts"),
)
TOKENS = tuple(token.encode() if isinstance(token, str) else token for token in _INTERESTING)


class Mutator:
    """Draws damaged inputs from valid ones; the same seed draws the same ones."""

    def __init__(self, seeds: Sequence[bytes], seed: int) -> None:
        self._seeds = [s[:LONGEST] for s in seeds]
        self._random = random.Random(seed)
        self._ways: Sequence[Callable[[bytes], bytes]] = (
            self._flipped, self._cut, self._doubled, self._repeated, self._sprinkled, self._sprinkled, self._spliced,
            self._renumbered, self._shuffled, self._scrambled,
        )  # fmt: skip

    def draw(self) -> bytes:
        """One input: a valid one, or one that was damaged once to a few times."""
        data = self._random.choice(self._seeds)
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 2, 3, 5, 8))):
            data = self._random.choice(self._ways)(data)[:LONGEST]
        return data

    def _place(self, data: bytes) -> int:
        return self._random.randint(0, len(data))

    def _span(self, data: bytes) -> tuple[int, int]:
        """Mostly short ones, often from one delimiter to another."""
        breaks = [m.end() for m in _BREAK.finditer(data)] if self._random.random() < 0.5 else []
        if len(breaks) > 1:
            at = self._random.randrange(len(breaks) - 1)
            return breaks[at], breaks[at + 1]
        start = self._place(data)
        return start, min(len(data), start + int(self._random.expovariate(1 / 20)) + 1)

    def _flipped(self, data: bytes) -> bytes:
        damaged = bytearray(data)
        for _ in range(self._random.randint(1, 4) if damaged else 0):
            damaged[self._random.randrange(len(damaged))] ^= 1 << self._random.randrange(8)
        return bytes(damaged)

    def _cut(self, data: bytes) -> bytes:
        if self._random.random() < 0.2:
            return data[: self._place(data)]
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _doubled(self, data: bytes) -> bytes:
        start, end = self._span(data)
        at = self._place(data)
        return data[:at] + data[start:end] + data[at:]

    def _repeated(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[start:end] * self._random.choice((2, 3, 20, 300)) + data[end:]

    def _sprinkled(self, data: bytes) -> bytes:
        start, end = self._span(data)
        token = self._random.choice(TOKENS) * self._random.choice((1, 1, 1, 2, 50))
        return data[:start] + token + data[self._random.choice((start, end)) :]

    def _spliced(self, data: bytes) -> bytes:
        other = self._random.choice(self._seeds)
        start, end = self._span(other)
        at = self._place(data)
        if self._random.random() < 0.3:
            return data[:at] + other[start:]
        return data[:at] + other[start:end] + data[at:]

    def _renumbered(self, data: bytes) -> bytes:
        numbers = list(_NUMBER.finditer(data))
        if not numbers:
            return data
        found = self._random.choice(numbers)
        new = self._random.choice((b"0", b"-7", b"1", b"255", b"65536", b"9" * 30, b"9" * 5000, found[0] * 2))
        return data[: found.start()] + new + data[found.end() :]

    def _shuffled(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        self._random.shuffle(lines)
        return b"\n".join(lines)

    def _scrambled(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + self._random.randbytes(end - start) + data[end:]
