"""A model's text, as it streams in → sentences with the passages they cite → quotes.

Markers are `[n]`, `[n, m]`, `[n-m]` and `【n】`, before or after the full stop. The parser handles each character
once and its state depends on the characters alone: it takes linear time, and no way of cutting the stream into
pieces changes the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answer_records import RejectedCitation
from rag.records import Passage, Retrieved
from rag.sentences import sentence_spans
from rag.tokens import content_stems

_ONE = r"[0-9]{1,3}(?: ?[-–—] ?[0-9]{1,3})?"
_NUMBERS = re.compile(rf"{_ONE}(?: ?[,;，、] ?{_ONE})*")
_RANGE = re.compile(r"([0-9]{1,3})(?: ?[-–—] ?([0-9]{1,3}))?")
_LONGEST_RANGE = 20
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}")
_MALFORMED = re.compile(
    r"|[\^# ]*\d[\d ,;:.\-–—^#]*|\d[\d:]*†.*|n/?a|none|citation needed"
    r"|(?:passage|source|article|document|citation|reference|ref)s?[ #:_\d,]*",
    re.IGNORECASE,
)
_OPEN, _CLOSE = "[【", "]】"
_LONGEST_MARKER = 40

_ENDERS, _WIDE_ENDERS = tuple(".!?…。！？"), tuple("。！？")
_CLOSERS = "\"'”’»)]」』）"
_OPENERS = "\"'“‘«("
_SIGN = r"(?:[-*•·‣–—>#]|[0-9]{1,2}[.)])"
_ITEM = re.compile(rf"(?:#{{0,5}}{_SIGN}\s+)+")
_BARE_ITEM = re.compile(rf"(?:{_SIGN}\s*)+")
_FENCE = "```"
_LOOK_BACK = 40
_LONGEST_BULLET = 16
_LONGEST_SENTENCE = 2000
_WORTH_A_NEIGHBOUR = 2


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence a model wrote, not yet checked.

    Attributes:
        text: Without markers; in a reply of nothing but markers, those markers.
        markers: Passage numbers it cites, in order, each once.
        malformed: What looked like a marker but names no passage, such as "[source]".
    """

    text: str
    markers: tuple[int, ...] = ()
    malformed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """A sentence, or only its markers, still being written."""

    text: str = ""
    markers: list[int] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)

    def cite(self, other: _Open) -> None:
        self.markers += other.markers
        self.malformed += other.malformed

    def sentence(self) -> DraftSentence:
        text = self.text or "".join([f"[{n}]" for n in self.markers] + self.malformed)
        return DraftSentence(text, tuple(dict.fromkeys(self.markers)), tuple(dict.fromkeys(self.malformed)))


class DraftParser:
    """Takes the text of a reply in any pieces and gives each sentence once nothing can be added to it.

    That is when the next one begins: markers may follow a full stop, even on a line of their own. Markers at
    the start of a line belong to the sentence after them. Bullets, item numbers, heading signs, bold signs and
    fence lines are no text; doubled brackets count as one.
    """

    def __init__(self) -> None:
        self._done: list[DraftSentence] = []
        self._held: _Open | None = None  # complete but for markers on the next line
        self._open = _Open()
        self._line_start = True  # the open sentence began at the start of a line
        self._group: str | None = None  # a bracket and what followed it, until it is closed
        self._doubled = False
        self._star = False
        self._space = False
        self._cited = False  # a marker came after the last character of text

    def feed(self, text: str) -> list[DraftSentence]:
        """The sentences that this text completes."""
        for char in text:
            self._take(char)
        done, self._done = self._done, []
        return done

    def finish(self) -> list[DraftSentence]:
        """The sentences left when the text has ended; the last one may have been cut short."""
        self._give_up_group()
        self._end_line()
        self._release()
        if self._open.markers or self._open.malformed:
            self._done.append(self._open.sentence())
        self._open = _Open()
        return self.feed("")

    # ------------------------------------------------------------------ characters → text and markers
    def _take(self, char: str) -> None:
        if self._group is not None:
            self._take_in_group(self._group, char)
        elif char in _OPEN:
            self._group, self._doubled = char, False
        elif char in _CLOSE and self._doubled:
            self._doubled = False
        else:
            self._doubled = False
            self._take_text(char)

    def _take_in_group(self, group: str, char: str) -> None:
        if char in _CLOSE:
            self._group = None
            self._close_group(group + char)
        elif char in _OPEN and len(group) == 1:
            self._doubled = True
        elif char in _OPEN or char == "\n" or len(group) > _LONGEST_MARKER:
            self._give_up_group()
            self._take(char)
        else:
            self._group = group + char

    def _close_group(self, group: str) -> None:
        content = " ".join(group[1:-1].split())
        numbers = _numbers(content)
        if numbers:
            self._cite(_Open(markers=numbers))
        elif _MALFORMED.fullmatch(content) and not _YEAR.fullmatch(content):
            self._cite(_Open(malformed=[group]))
        else:  # an editor's "[the ministry]" within a quotation
            self._take_words(group)

    def _give_up_group(self) -> None:
        """The bracket is never closed: a marker cut short, or text."""
        group, self._group = self._group, None
        if group is None:
            return
        if _MALFORMED.fullmatch(" ".join(group[1:].split())):
            self._cite(_Open(malformed=[group]))
        else:
            self._take_words(group)

    def _take_words(self, text: str) -> None:
        for char in text:
            self._take_text(char)

    def _cite(self, marker: _Open) -> None:
        self._end_star()
        self._open.cite(marker)
        self._cited = True

    def _take_text(self, char: str) -> None:
        if char == "*":
            self._star = not self._star
            return
        self._end_star()
        if char == "\n":
            self._end_line()
        elif char.isspace():
            self._space = True
        else:
            self._add(char)

    def _end_star(self) -> None:
        if self._star:  # a single one: a bullet or a multiplication, not bold
            self._star = False
            self._add("*")

    # ------------------------------------------------------------------ text → sentences
    def _add(self, char: str) -> None:
        begun = self._new_sentence(char)
        if begun is not None:
            self._close(self._open.text[: len(self._open.text) - len(begun)])
            self._open.text = begun
        text = self._open.text
        if self._space and text and not (self._cited and char in _ENDERS + tuple(",;:")):
            text += " "
        self._open.text = text = text + char
        self._space = self._cited = False
        if self._held is not None and (len(text) > _LONGEST_BULLET or not _BARE_ITEM.fullmatch(text)):
            self._release()

    def _new_sentence(self, char: str) -> str | None:
        """What the open text already holds of a sentence that begins at this character; None when none does."""
        text = self._open.text
        if not text:
            return None
        if len(text) >= _LONGEST_SENTENCE:
            return ""
        bare = text.rstrip(_CLOSERS)
        could_start = char.isalnum() and not char.islower()
        if self._cited and bare.endswith(_ENDERS):
            return "" if could_start or (char in _OPENERS and self._space) else None
        gap = self._space or not text[-1].isalnum()
        if not (could_start and gap) and not bare.endswith(_WIDE_ENDERS):
            return None
        probe = text[-_LOOK_BACK:] + (" " if self._space else "") + char
        spans = sentence_spans(probe)
        begun = probe[spans[-1][0] : -1]
        return begun if len(spans) > 1 and not begun.strip(_OPENERS + "[") else None

    def _end_line(self) -> None:
        self._end_star()
        self._close(self._open.text)
        self._line_start, self._space, self._cited = True, False, False
        if self._held is not None:
            self._held.cite(self._open)
            self._open = _Open()

    def _close(self, text: str) -> None:
        """End the open sentence with this text, unless a bullet or a fence is all there is; then markers stay open."""
        if self._line_start:
            item = _ITEM.match(text)
            text = "" if text.startswith(_FENCE) or _BARE_ITEM.fullmatch(text) else text[item.end() if item else 0 :]
        text = text.strip()
        if text:
            self._release()
            self._held = _Open(text, self._open.markers, self._open.malformed)
            self._open = _Open()
            self._line_start = False
        self._open.text = ""

    def _release(self) -> None:
        if self._held is not None:
            self._done.append(self._held.sentence())
            self._held = None


def _numbers(content: str) -> list[int]:
    """The numbers a marker names; empty when it names none, or a range that makes no sense."""
    if not _NUMBERS.fullmatch(content):
        return []
    numbers: list[int] = []
    for match in _RANGE.finditer(content):
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < _LONGEST_RANGE:
            return []
        numbers += range(first, last + 1)
    return numbers


# ------------------------------------------------------------------ markers → passages → quotes
def resolve(draft: DraftSentence, retrieved: Sequence[Retrieved]) -> tuple[list[Retrieved], list[RejectedCitation]]:
    """The passages a sentence cites, and its markers that point nowhere.

    Args:
        retrieved: The passages the model was shown; marker n means rank n.
    """
    shown = {found.rank: found for found in retrieved}
    cited = [shown[number] for number in draft.markers if number in shown]
    rejected = [RejectedCitation(text, "names no passage the model was shown") for text in draft.malformed]
    for number in draft.markers:
        if number not in shown:
            rejected.append(RejectedCitation(f"[{number}]", f"there is no passage {number} among {len(shown)}"))
    return cited, rejected


def quote_span(sentence: str, passage: Passage) -> tuple[int, int]:
    """The span of the article that best bears a sentence out: one or two whole sentences of the passage.

    The sentence sharing most content stems is taken, a stem with a digit counting twice, the shorter of equals;
    a neighbour joins it only if that adds two or more. Offsets are of the passage's own sentences, so they are
    exact however often the text is repeated.

    Returns:
        Start and end in the article's text.
    """
    spans = passage.sentences or ((passage.start, passage.end),)
    wanted = set(content_stems(sentence))
    shared = [wanted & set(content_stems(passage.text[s - passage.start : e - passage.start])) for s, e in spans]
    runs = [(_weight(stems), span) for stems, span in zip(shared, spans, strict=True)]
    weight, best = max(runs, key=_by_weight)
    if not weight:
        return spans[0]
    pairs = [(_weight(shared[i] | shared[i + 1]), (spans[i][0], spans[i + 1][1])) for i in range(len(spans) - 1)]
    joined, pair = max(pairs, key=_by_weight, default=(0, best))
    return pair if joined >= weight + _WORTH_A_NEIGHBOUR else best


def _weight(stems: set[str]) -> int:
    return sum(2 if any(char.isdigit() for char in stem) else 1 for stem in stems)


def _by_weight(run: tuple[int, tuple[int, int]]) -> tuple[int, int, int]:
    weight, (start, end) = run
    return weight, start - end, -start
