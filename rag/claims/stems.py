"""Word → the stem under which spelling variants, number words and irregular forms meet."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.tokens import NUMBER_WORDS, stem

IRREGULAR = {
    form: stem(base)
    for base, forms in {
        "win": "won", "kill": "killed killing", "die": "dead death deaths dying died", "person": "people persons",
        "buy": "bought", "sell": "sold sale", "rise": "rose risen", "fall": "fell fallen", "grow": "grew grown growth",
        "begin": "began begun", "make": "made", "take": "took taken", "give": "gave given", "hold": "held",
        "find": "found", "lose": "lost loss losses", "leave": "left", "lead": "led", "meet": "met", "pay": "paid",
        "send": "sent", "spend": "spent", "build": "built", "shoot": "shot", "steal": "stole stolen",
        "speak": "spoke spoken speech", "write": "wrote written", "break": "broke broken", "choose": "chose chosen",
        "drive": "drove driven", "draw": "drew drawn", "fight": "fought", "teach": "taught", "think": "thought",
        "bring": "brought", "catch": "caught", "seek": "sought", "keep": "kept", "sit": "sat", "stand": "stood",
        "strike": "struck", "run": "ran", "see": "saw seen", "show": "shown", "know": "knew known",
        "throw": "threw thrown", "fly": "flew flown flight", "go": "went gone", "come": "came", "become": "became",
        "child": "children", "man": "men", "woman": "women", "wife": "wives", "life": "lives", "sue": "sued suing",
        "sink": "sank sunk", "jan": "january", "feb": "february", "apr": "april", "aug": "august",
        "sep": "sept september", "oct": "october", "nov": "november", "dec": "december",
    }.items()
    for form in forms.split()
}  # fmt: skip
"""Form → stem of its base, for forms that the stemmer leaves apart."""

ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=4,
    )
}
"""Spelled ordinal from "fourth" on → its figure."""

_AMERICAN_Z = re.compile(r"(?<=[iy])z(?=(?:e[ds]?|ers?|ing|ations?)$)")
_BRITISH_RE = re.compile(r"(?<=[bt])re(?=s?$)")
_BRITISH_OUR = re.compile(r"our(?=(?:s|ed|ing|able|er|ers)?$)")


@lru_cache(maxsize=50_000)
def comparable_stem(word: str) -> str:
    """The stem of a lower-cased word in which spelling variants and irregular forms meet."""
    if word in NUMBER_WORDS:
        return str(NUMBER_WORDS[word])
    if word in ORDINALS:
        return ORDINALS[word]
    if word in IRREGULAR:
        return IRREGULAR[word]
    root = stem(_BRITISH_RE.sub("er", _BRITISH_OUR.sub("or", _AMERICAN_Z.sub("s", word))))
    return IRREGULAR.get(root, root)
