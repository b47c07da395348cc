"""Which lines of a scraped page are not the story: promotion, prompts, links, credits, captions, repeats.

Precision first: a rule matches a whole line of limited length, never a part of a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.boilerplate_rules import AUTHOR_NOTE, CAPITAL_LINK, GLUED_LINK, LONGEST, MARKED, OPENINGS
from ingest.captions import HintedLines, caption_lines, is_caption
from ingest.characters import unusual
from ingest.scripts import script_of, script_of_most

_LAST_LINES = 4
"""Lines at the end of an article in which a sentence about its author is no story."""
_LONGEST_LINK = 280
"""Characters, more than `GLUED_LINK` and `CAPITAL_LINK` can match; neither ends in a full stop."""
_MOST_CAPITAL_LINKS = 5
"""More lines with a label in capitals than this are a list of the story."""
_FEWEST_WORDS = 5
"""Words of a headline behind a label in capitals; fewer are an item of a list, such as a winner."""
_SITE_TAIL = re.compile(r"[-–|] (?P<site>[A-Z]\w+(?: (?:[A-Z]\w+|of|the)){0,3})")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*$")
_SCRIPT_SAMPLE = 60
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Indices of the lines to drop and of the captions, and the site's name if its captions carry it."""

    dropped: frozenset[int]
    captions: frozenset[int] = frozenset()
    site: str | None = None


def boilerplate_lines(lines: Sequence[str]) -> Boilerplate:
    """Finds the lines that are not the story; what an outlet repeats from story to story is for `ingest.repeats`."""
    site, tails, teasers = _site_captions(lines)
    captions = tails | caption_lines(lines)
    dropped = _by_rule(lines)
    dropped.update(teasers, _links(lines), _author_notes(lines), _repeated(lines), _foreign_script(lines))
    return Boilerplate(frozenset(dropped - captions), frozenset(captions), site)


def is_boilerplate(line: str) -> bool:
    """True when a line by itself is promotion, a prompt, a link to another story, consent or a credit."""
    return bool(_by_rule([line])) and not is_caption(line)


def _by_rule(lines: Sequence[str]) -> set[int]:
    found = {number for number, line in enumerate(lines) if 0 < len(line) <= LONGEST and OPENINGS.fullmatch(line)}
    marked = HintedLines([line.lower() for line in lines])
    for marks, rule in MARKED:
        found.update(n for n in marked(marks) if len(lines[n]) <= LONGEST and rule.fullmatch(lines[n]))
    return found


def _links(lines: Sequence[str]) -> set[int]:
    """Headlines of other stories behind a label: glued to it, or the label in capitals.

    A label that comes more than once names a speaker or an item of a list.
    """
    short = {number: line for number, line in enumerate(lines) if len(line) <= _LONGEST_LINK and line[-1:] != "."}
    glued = {number: match["label"] for number, line in short.items() if (match := GLUED_LINK.fullmatch(line))}
    labels = Counter(glued.values())
    found = {number for number, label in glued.items() if labels[label] == 1 or label.isupper()}
    capitals = {number for number, line in short.items() if _is_capital_link(line)}
    return found | (capitals if len(capitals) <= _MOST_CAPITAL_LINKS else set())


def _is_capital_link(line: str) -> bool:
    match = CAPITAL_LINK.fullmatch(line)
    return match is not None and len(_WORD.findall(match["rest"])) >= _FEWEST_WORDS


def _author_notes(lines: Sequence[str]) -> set[int]:
    last = [number for number, line in enumerate(lines) if line][-_LAST_LINES:]
    return {number for number in last if len(lines[number]) <= LONGEST and AUTHOR_NOTE.fullmatch(lines[number])}


def _site_captions(lines: Sequence[str]) -> tuple[str | None, set[int], set[int]]:
    """Captions that end in " - Name of the Site", where the page's own title left "- Name of the Site" on top.

    A headline right after such a caption is the picture link of another story.

    Returns:
        The site's name, the captions, and what goes: the top line and those headlines.
    """
    top = next((number for number, line in enumerate(lines[:3]) if _SITE_TAIL.fullmatch(line)), None)
    match = _SITE_TAIL.fullmatch(lines[top]) if top is not None else None
    if match is None:
        return None, set(), set()
    tail = f" {match[0]}"
    ends = {number for number, line in enumerate(lines) if len(line) <= LONGEST and line.endswith(tail)}
    if not ends:
        return None, set(), set()
    teasers = {number + 1 for number in ends if number + 1 < len(lines) and _is_headline(lines[number + 1])}
    return match["site"], ends, teasers | {number for number, line in enumerate(lines[:3]) if line == match[0]}


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
    if all(script_of(character) in ("", "LATIN") for character in set(unusual("".join(lines)))):
        return set()
    scripts = {number: script_of_most(line[:_SCRIPT_SAMPLE]) for number, line in enumerate(lines) if line}
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
