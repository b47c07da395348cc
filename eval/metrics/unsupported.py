"""Unsupported numbers and names: in a shown sentence, but not in what it cites. Range 0..1, lower is better.

* `unsupported_numbers`: numbers of shown sentences that are in none of the quotes they cite, over all
  numbers of shown sentences; compared as `normalising` writes them, so 5% = five per cent and 1.2m = 1,200,000.
* `unsupported_names`: the same for capitalised words that neither open the sentence or a quotation nor are
  months, weekdays or function words; compared by stem.

The cited article's title, outlet and year of publication count as cited, as the reader sees them with the
citation. Needs no judge. Edge cases: nothing shown, or no number (name) in it, does not apply.
Cannot see a number or name in the wrong role; "Chinese" for "China" and rounded figures are false alarms.
Source: after the number and entity features of factual-consistency checks (Nan et al., EACL 2021).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from eval.evidence import Evidence
from eval.judgements import plain_claim
from eval.metrics.normalising import MONTHS, canonical_tokens
from eval.outcomes import NotApplicable, Outcome, share
from rag.answer_records import Citation, Sentence
from rag.tokens import STOP_WORDS, normalise, stem, tokens

_WORDS_OFTEN_NO_NUMBER = {"1", "1st", "2nd", "3rd"}
"""From "one", "first", "second", "third": taken as numbers only when written with digits."""

_NAME = re.compile(r"""(?P<opening>^|["'(\[:;!?]\s*|\.\s+)?(?P<word>[^\W\d_]+(?:[.'-][^\W\d_]+)*)""")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_NAMES = {*MONTHS, *_WEEKDAYS, "mr", "mrs", "ms", "dr"}


def unsupported_numbers(evidence: Evidence) -> Outcome:
    """Numbers that the citations lack / numbers, over the shown sentences."""
    return _lacking(evidence, claim_numbers, source_numbers, "number")


def unsupported_names(evidence: Evidence) -> Outcome:
    """Names that the citations lack / names, over the shown sentences."""
    return _lacking(evidence, claim_names, source_names, "name")


def claim_numbers(text: str) -> list[str]:
    """Distinct canonical numbers that a sentence states."""
    found = [t for t in canonical_tokens(text) if t[0].isdigit()]
    with_digits = {t for t in tokens(text) if t[0].isdigit()}
    return list(dict.fromkeys(t for t in found if t not in _WORDS_OFTEN_NO_NUMBER or t in with_digits))


def source_numbers(texts: Sequence[str]) -> set[str]:
    """Canonical numbers in any of the texts."""
    return {t for text in texts for t in canonical_tokens(text) if t[0].isdigit()}


def claim_names(text: str) -> list[str]:
    """Distinct stems of capitalised words that are not capitalised by their place."""
    found = []
    for match in _NAME.finditer(normalise(text)):
        word = match["word"].removesuffix("'s")
        shouted = word.isupper() and len(word) > 1
        placed = match["opening"] is not None and not shouted
        if word[0].isupper() and len(word) > 1 and not placed and word.lower() not in STOP_WORDS | _NO_NAMES:
            found.append(_name_stem(word))
    return list(dict.fromkeys(found))


def source_names(texts: Sequence[str]) -> set[str]:
    """Stems of all words of the texts, capitalised or not."""
    return {_name_stem(m["word"].removesuffix("'s")) for text in texts for m in _NAME.finditer(normalise(text))}


def _name_stem(word: str) -> str:
    return stem(word.lower().replace(".", ""))


def _lacking(
    evidence: Evidence, stated: Callable[[str], list[str]], known: Callable[[Sequence[str]], set[str]], what: str
) -> Outcome:
    citations = {c.marker: c for c in evidence.answer.citations}
    total, lacking = 0, []
    for sentence in evidence.shown:
        found = stated(plain_claim(sentence))
        cited = known(_cited_texts(sentence, citations))
        total += len(found)
        lacking += [item for item in found if item not in cited]
    if not total:
        return NotApplicable(f"no {what} in the shown sentences")
    return share(len(lacking), total, f"not cited: {', '.join(lacking)}" if lacking else None)


def _cited_texts(sentence: Sentence, citations: dict[int, Citation]) -> list[str]:
    cited = [citations[m] for m in sentence.citations if m in citations]
    return [text for c in cited for text in (c.quote, c.title, c.outlet or "", (c.published or "")[:4])]
