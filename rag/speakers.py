"""Sentence → who speaks in it, as written: "the Commerce Department", "Geng Shuang"."""

from __future__ import annotations

import re

_SPOKE = (
    r"(?:sa(?:id|ys)|told|add(?:ed|s)|stat(?:ed|es)|not(?:ed|es)|wrote|announc(?:ed|es)|argu(?:ed|es)|claim(?:ed|s)"
    r"|insist(?:ed|s)|warn(?:ed|s)|accus(?:ed|es)|call(?:ed|s)|describ(?:ed|es)|urg(?:ed|es)|answer(?:ed|s)"
    r"|repli(?:ed|es)|respond(?:ed|s)|contend(?:ed|s)|maintain(?:ed|s)|alleg(?:ed|es)|believ(?:ed|es)|expect(?:ed|s)"
    r"|estimat(?:ed|es)|predict(?:ed|s)|count(?:ed|s)|report(?:ed|s)|regard(?:ed|s)|consider(?:ed|s)"
    r"|spoke of|speaks? of)"
)
_DISPUTED = (
    r"(?:den(?:ied|ies)|reject(?:ed|s)|refut(?:ed|es)|disput(?:ed|es)|dismiss(?:ed|es)|oppos(?:ed|es)"
    r"|condemn(?:ed|s)|critici[sz](?:ed|es)|protest(?:ed|s)|object(?:ed|s)|counter(?:ed|s)|deplor(?:ed|es))"
)
_HELPING = (
    r"(?:has |have |had |always |never |since |also |later |repeatedly |again |strongly |firmly |flatly |sharply |then "
    r"|once )*"
)
_BEFORE = re.compile(
    r"(?:^|[,;:—–”\"] |\bthat |\bbut |\band |\bwhile )(?:but |and |while )?"
    r"(?P<who>(?:[Tt]he |[Aa]n? )?[^\W\d_][^,;:—–“”\"]{1,70}?)"
    rf" {_HELPING}(?:{_SPOKE}|{_DISPUTED})\b"
)
_SEVERAL = re.compile(
    r"(?:^|[,;:—–”\"] |\bbut |\band |\bwhile )(?P<who>(?:[Tt]he )?[^\W\d_][^,;:—–“”\"]{1,60}?(?<!['’])s) "
    r"(?:say|report|believe|expect|estimate|predict|claim|argue|warn|insist|contend|maintain|regard|consider|deny"
    r"|dispute|reject|dismiss|call|describe)\b"
)
"""Speakers in the plural, in the present tense: "Chinese experts regard"."""
_AFTER = re.compile(rf"[,”\"] {_SPOKE} (?P<who>(?:the )?(?:[A-Z][\w.'’-]*)(?: (?:of |for |the )?[A-Z][\w.'’-]*)*)")
_ASIDE = re.compile(r", (?:which|who|whose|an?|the|its|his|her|their)\b[^,;“”\"]{1,90},(?= )")
"""Between a subject and its verb: "SMIC, which is based in Shanghai, denied"."""
_NOBODY = frozenset("he she they it we i you who which that this these those there one some many what".split())
_SUBORDINATE = re.compile(r"^(?:as|when|while|after|before|because|although|though|if|since|until)\s", re.I)
_MOST_WORDS = 10


def speaker_of(text: str) -> str | None:
    """The first who says or disputes something, if the sentence names anybody."""
    plain = _ASIDE.sub("", " ".join(text.split()))
    for match in (*_BEFORE.finditer(plain), *_SEVERAL.finditer(plain), *_AFTER.finditer(plain)):
        who = match["who"].strip()
        words = who.split()
        if words[0].lower() not in _NOBODY and len(words) <= _MOST_WORDS and not _SUBORDINATE.match(who):
            return who
    return None
