"""Letters → the script they are written in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache


def script_of_most(text: str) -> str:
    """The script of most letters of a text, such as LATIN, CYRILLIC or CJK; "" without letters."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    scripts = Counter(filter(None, map(script_of, text)))
    return scripts.most_common(1)[0][0] if scripts else ""


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """First word of a letter's Unicode name, such as LATIN, CYRILLIC or CJK; kana counts as CJK."""
    name = unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""
    return "CJK" if name in ("HIRAGANA", "KATAKANA") else name
