"""Which lines of a scraped page are not the story: promotion, prompts, credits, captions, repeats.

Precision first: a rule matches a whole line of limited length, never a part of a paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_LONGEST = 300
"""Characters; a longer line is a paragraph of the story whatever it says."""
_AGENCIES = "Reuters|AFP|AP|EPA|Getty(?: Images)?|Shutterstock|Xinhua|VCG|Bloomberg|Alamy|PA|TASS|Kyodo|ANSA|iStock"
_CREDIT = "PHOTO|Photo|Photograph|Picture|Pic|IMAGE|Image|Photo [Cc]redit|Image [Cc]redit|CREDIT|Credit|Screenshot"
_PROMOTION = (
    r"(?:.{3,60}[:?!] ?)?(?:Join|Follow|Subscribe to|Sign up (?:for|to)) .{0,80}\b(?:Telegram|WhatsApp|newsletters?|"
    r"channel|podcast|push notifications|(?:email|news|text) alerts)\b.{0,60}",
    r"(?i:(?:Download|Get) (?:our|the) .{0,30}\bapp\b.{0,60})",
    r"(?i:(?:Find|Get|Discover|Browse|Keep up with|All) (?:the |all the )?(?:top|latest|breaking) "
    r"(?:stories|news|headlines)\b.{0,240})",
    r"(?i:Follow (?:us|@?\w+(?: \w+)?) on (?:Twitter|X|Facebook|Instagram|LinkedIn|Telegram|Google News)\b.{0,60})",
)
_PROMPTS = (
    r"(?i:To participate in the (?:discussion|conversation).{0,20})",
    r"(?i:(?:Please )?(?:log in|sign in|login)(?: or (?:register|sign up|create an account))?"
    r"(?: (?:to|and) (?:comment|join|participate|continue|reply|read|view)\b.{0,60})?[.:]?)",
    r"(?i:(?:Leave|Post|Add|Write|View|Show|Hide|Load) (?:a |your |all |more )?comments?(?: \(\d+\))?)",
    r"(?i:(?:Comments?|\d+ comments?)(?: \(\d+\))?)",
    r"(?i:(?:This|The) (?:article|content|story) is (?:only )?(?:available )?(?:for|to) (?:our )?subscribers.{0,80})",
)
_LINKS = (
    r"(?i:(?:Read more|Read next|Also read|See also|Related(?: stories| articles| news| coverage)?|More on this|"
    r"More on this story|Recommended|You may also like|Don't miss|Watch(?: now| this)?|Listen|In pictures|"
    r"More from .{2,40}|Most read|Trending(?: now)?|Editor's picks?|Top stories)(?: ?[:|>»→].{0,200})?[:…]?)",
    r"(?i:(?:Click|Tap|Scroll) (?:here|down|to) .{0,80})",
)
_LEGAL = (
    r"(?i:.{0,80}\b(?:uses? cookies|cookie (?:policy|settings|preferences|consent)|accept (?:all )?cookies)\b.{0,200})",
    r"(?i:(?:Privacy policy|Terms (?:of (?:use|service)|(?:and|&) conditions)|Manage (?:consent|preferences)|"
    r"Accept all|Reject all|Do not sell my (?:personal )?info(?:rmation)?)\.?)",
    r"(?i:(?:©|\(c\)|Copyright\b).{0,200})",
    r"(?i:All rights reserved\.?.{0,100})",
)
_ADVERTISING_AND_SHARING = (
    r"(?i:Advertisement|Advertising|Sponsored(?: content)?|Promoted(?: content)?|Paid content|Ad)",
    r"(?i:(?:Story|Article|Content) continues (?:below|after)\b.{0,40}|Continue reading\b.{0,40})",
    r"(?i:Share (?:this|the) (?:article|story|post|page)\b.{0,60}|Share(?: (?:on|via) \w+)?|Click to share\b.{0,60})",
    r"(?i:(?:(?:Facebook|Twitter|X|WhatsApp|LinkedIn|Telegram|Reddit|E-?mail|Print|Copy (?:the )?link|Pinterest|Save|"
    r"Share)(?:[ ,|·/]+|$)){1,9})",
)
_CAPTIONS = (
    rf".{{0,280}}\b(?:{_CREDIT}) ?: ?(?!.*[.!?] ).{{2,60}}",
    r"(?i:.{0,280}\((?:File )?(?:Photo|Picture|Image|Pic|Screenshot)(?: credit)?"
    r"(?: ?[:/] ?| by | from | courtesy of )[^()]{2,60}\)\.?)",
    r"(?:FILE PHOTO|FILE|File photo|In pictures) ?[:-] .{0,280}",
    rf".{{0,280}}[|/] ?(?:{_AGENCIES})(?: via .{{2,30}})?\)?",
    r".{0,60}(?:/|via )Getty Images",
)
_RULES = tuple(map(re.compile, (*_PROMOTION, *_PROMPTS, *_LINKS, *_LEGAL, *_ADVERTISING_AND_SHARING, *_CAPTIONS)))
_SITE_TAIL = re.compile(r"[-–|] (?P<site>[A-Z]\w+(?: (?:[A-Z]\w+|of|the)){0,3})")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*$")
_SCRIPT_SAMPLE = 60
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Indices of the lines to drop, and the site's name if its captions carry it."""

    dropped: frozenset[int]
    site: str | None = None


def boilerplate_lines(lines: Sequence[str]) -> Boilerplate:
    """Finds the lines that are not the story."""
    site, captions = _site_captions(lines)
    dropped = set(captions)
    dropped.update(number for number, line in enumerate(lines) if is_boilerplate(line))
    dropped.update(_repeated(lines))
    dropped.update(_foreign_script(lines))
    return Boilerplate(frozenset(dropped), site)


def is_boilerplate(line: str) -> bool:
    """True when a line by itself is promotion, a prompt, a link to another story, consent, a credit or a caption."""
    return 0 < len(line) <= _LONGEST and any(rule.fullmatch(line) for rule in _RULES)


def _site_captions(lines: Sequence[str]) -> tuple[str | None, set[int]]:
    """Captions that end in " - Name of the Site", where the page's own title left "- Name of the Site" on top.

    A headline right after such a caption is the picture link of another story and goes with it.
    """
    top = next((match for line in lines[:3] if (match := _SITE_TAIL.fullmatch(line))), None)
    if top is None:
        return None, set()
    ends = {number for number, line in enumerate(lines) if len(line) <= _LONGEST and line.endswith(top[0])}
    if len(ends) < 2:
        return None, set()
    teasers = {number + 1 for number in ends if number + 1 < len(lines) and _is_headline(lines[number + 1])}
    return top["site"], ends | teasers


def _is_headline(line: str) -> bool:
    """True for a short line in title case without a final stop."""
    words: list[str] = [w for w in _WORD.findall(line) if len(w) >= 4]
    if len(words) < 3 or len(line) > 160 or _SENTENCE_END.search(line):
        return False
    return sum(w[0].isupper() for w in words) >= 0.8 * len(words)


def _repeated(lines: Sequence[str]) -> set[int]:
    """Later copies of a paragraph, and any line that follows itself; a list may well name one thing twice."""
    seen: set[str] = set()
    repeated: set[int] = set()
    before = ""
    for number, line in enumerate(lines):
        if line and (line == before or (line in seen and _is_paragraph(line))):
            repeated.add(number)
        if line:
            seen.add(line)
            before = line
    return repeated


def _is_paragraph(line: str) -> bool:
    return len(line) >= 120 or (len(line) >= 40 and _SENTENCE_END.search(line) is not None)


def _foreign_script(lines: Sequence[str]) -> set[int]:
    """Short lines in another script than nearly all of the text, such as a label of the site's template."""
    scripts = {number: _script(line) for number, line in enumerate(lines) if line}
    weights: Counter[str] = Counter()
    for number, script in scripts.items():
        weights[script] += len(lines[number])
    if not weights:
        return set()
    main, weight = weights.most_common(1)[0]
    if not main or weight < 0.9 * sum(weights.values()):
        return set()
    return {
        number
        for number, script in scripts.items()
        if script not in ("", main) and len(lines[number]) <= 80 and not _SENTENCE_END.search(lines[number])
    }


def _script(line: str) -> str:
    """The script of most letters at the start of a line; "" without letters."""
    start = line[:_SCRIPT_SAMPLE]
    if start.isascii():
        return "LATIN" if any(map(str.isalpha, start)) else ""
    scripts = Counter(filter(None, map(_letter_script, start)))
    return scripts.most_common(1)[0][0] if scripts else ""


@lru_cache(maxsize=4096)
def _letter_script(character: str) -> str:
    """First word of a letter's Unicode name, such as LATIN, CYRILLIC or CJK; kana counts as CJK."""
    name = unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""
    return "CJK" if name in ("HIRAGANA", "KATAKANA") else name
