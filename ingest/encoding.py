"""Bytes → text. Strict UTF-8 and byte order marks decide; only long legacy text is guessed at."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from ingest.mojibake import repair_mojibake
from ingest.records import Unreadable

GUESS_FLOOR = 200
"""Fewest non-ASCII bytes for a guess: measured, shorter GBK and Latin-1 texts are guessed wrong."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_MAGIC = (b"\x89PNG", b"PK\x03\x04", b"%PDF-", b"\x7fELF", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xfd7zXZ")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))
_SHARED_PUNCTUATION = bytes(
    {0x82, 0x84, 0x85, *range(0x91, 0x98), 0xA0, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB1, 0xB7, 0xBB}
)
"""Quotes, dashes and signs that mean the same in the Windows code pages 1250, 1252, 1254 and 1257."""
_SAMPLE_BYTES = 100_000
_PLAIN = re.compile(
    "[\t\n\r\x20-\x7e\xa0-\u024f\u0370-\u06ff\u2010-\u203a\u20ac\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f]+"
)
_SPACING = re.compile(r"[ \n\u3000-\u3002\uff0c]")
_TRUSTED_GUESSES = frozenset(
    (
        *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
        *("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950"),
        *("cp932", "shift_jis", "shift_jis_2004", "euc_jp", "euc_jis_2004", "cp949", "euc_kr", "johab"),
    )
)
"""Encodings that news is really kept in; a guess outside them was wrong when tried (ISO 8859-2 as 8859-10)."""
_CENTRAL_EUROPEAN = frozenset({"Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovene", "Turkish"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the encoding it was in.

    Attributes:
        replaced: Undecodable bytes that became U+FFFD.
        repaired: Lines of mojibake that were set right, see `ingest.mojibake`.
    """

    text: str
    encoding: str
    replaced: int = 0
    repaired: int = 0


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decodes a text file.

    Args:
        declared: Encoding the document itself names; believed only when strict UTF-8 fails and it fits.

    Raises:
        Unreadable: Binary data, or an encoding that cannot be told.
    """
    decoded = _decode(data, declared)
    text, repaired = repair_mojibake(decoded.text)
    return replace(decoded, text=text, repaired=repaired) if repaired else decoded


def _decode(data: bytes, declared: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_strictly(data, encoding)
    if b"\0" in data[:_SAMPLE_BYTES] and (wide := _decode_unmarked_utf16(data)) is not None:
        return wide
    if _is_binary(data):
        raise Unreadable("binary data, not text")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data, declared)


def _decode_strictly(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"broken {encoding.removesuffix('-sig').upper()} text") from None


def _decode_unmarked_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a byte order mark, told by its being plain text in one order and not in the other."""
    for encoding in ("utf-16-le", "utf-16-be"):
        head = data[: _SAMPLE_BYTES // 2 * 2].decode(encoding, "replace")
        plain = len(head) - len(_PLAIN.sub("", head))
        if plain >= 0.97 * len(head) and len(_SPACING.findall(head)) * 200 >= len(head):
            return _decode_strictly(data, encoding)
    return None


def _is_binary(data: bytes) -> bool:
    head = data[:65536]
    if head.startswith(_BINARY_MAGIC):
        return True
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) * 0.05


def _decode_legacy(data: bytes, declared: str | None) -> Decoded:
    """Text that is not UTF-8: a few bad bytes, a declared encoding, Windows punctuation, or a guess."""
    if (wide := _decode_unmarked_utf16(data)) is not None:
        return wide
    repaired = data.decode("utf-8", "replace")
    replaced = repaired.count("\ufffd")
    high = data.translate(None, bytes(range(128)))
    multibyte = sum(1 for c in repaired if c > "\x7f") - replaced
    if multibyte and replaced <= multibyte // 10:
        return Decoded(repaired, "utf-8", replaced)
    if (known := _decode_declared(data, declared)) is not None:
        return known
    if not high.translate(None, _SHARED_PUNCTUATION):
        return Decoded(data.decode("cp1252"), "cp1252")
    if replaced * 500 <= len(data):
        return Decoded(repaired, "utf-8", replaced)
    if len(high) < GUESS_FLOOR:
        raise Unreadable("encoding unclear (not UTF-8 and too short to tell): save it as UTF-8")
    return _guess(data)


def _decode_declared(data: bytes, declared: str | None) -> Decoded | None:
    try:
        encoding = codecs.lookup(declared or "utf-8").name
        # Browsers read a declared Latin-1 as its superset cp1252, and so do the people who declare it.
        encoding = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
        return None if encoding == "utf-8" else Decoded(data.decode(encoding), encoding)
    except (LookupError, ValueError):
        return None


def _guess(data: bytes) -> Decoded:
    """charset-normalizer, with cp1252 preferred for western text in Latin script."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise Unreadable("encoding unclear (not UTF-8, no other fits): save it as UTF-8")
    encoding = best.encoding
    if "Basic Latin" in best.alphabets and best.language not in _CENTRAL_EUROPEAN and _is_latin(str(best)):
        encoding = "cp1252"
    if encoding not in _TRUSTED_GUESSES:
        raise Unreadable("encoding unclear (not UTF-8, no common one fits): save it as UTF-8")
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _is_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(c < "\u0250" for c in letters) >= 0.9 * len(letters)
