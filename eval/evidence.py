"""Everything a metric may look at for one case, gathered once, so that metrics do no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.cases import GoldCase
from eval.claims import ClaimCheck
from eval.judgements import Judgement
from eval.price import Price
from eval.support import Articles, Support
from rag.answer_records import MARKER, Answer, Citation, Sentence


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answered case.

    Attributes:
        story: Article id → one id per story, for every article named by case or answer; copies of one
            story share it.
        stored: Citation marker → the library's text at the citation's offsets, None where the library
            has no such article. None altogether without a library.
        seconds: Wall-clock time of the answer.
        claims: Claim by claim against gold and passages; None when that was not asked for.
        price: What the model's tokens cost, None when not known.
    """

    case: GoldCase
    answer: Answer
    support: Support
    judgement: Judgement
    story: Mapping[str, str]
    stored: Mapping[int, str | None] | None
    seconds: float
    claims: ClaimCheck | None = None
    price: Price | None = None

    @property
    def shown(self) -> tuple[Sentence, ...]:
        """The sentences a reader sees."""
        return tuple(s for s in self.answer.sentences if s.shown)

    @property
    def shown_text(self) -> str:
        """What a reader sees as the answer, without markers; empty when it abstained without a passage."""
        text = " ".join(s.text for s in self.shown)
        if not self.answer.sentences and not self.answer.abstained:
            text = self.answer.answer
        return MARKER.sub("", text)

    @property
    def shown_citations(self) -> tuple[Citation, ...]:
        """The citations of shown sentences, by marker."""
        markers = {marker for sentence in self.shown for marker in sentence.citations}
        return tuple(c for c in self.answer.citations if c.marker in markers)


def gather(
    case: GoldCase, answer: Answer, support: Support, judgement: Judgement, articles: Articles | None, seconds: float,
    *, claims: ClaimCheck | None = None, price: Price | None = None,
) -> Evidence:  # fmt: skip
    """Look up what the metrics need of the library."""
    return Evidence(
        case=case,
        answer=answer,
        support=support,
        judgement=judgement,
        story=story_map(_same_stories(case, answer, articles)),
        stored=None if articles is None else {c.marker: _stored(c, articles) for c in answer.citations},
        seconds=seconds,
        claims=claims,
        price=price,
    )


def story_map(groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """Id → the smallest id of its connected component; ids of one group belong together."""
    component: dict[str, set[str]] = {}
    for group in groups:
        merged = set(group)
        merged = merged.union(*(component.get(key, {key}) for key in merged))
        component.update(dict.fromkeys(merged, merged))
    return {key: min(members) for key, members in component.items()}


def _same_stories(case: GoldCase, answer: Answer, articles: Articles | None) -> list[list[str]]:
    groups = [[r.passage.article_id, *(c.article_id for c in r.also_in)] for r in answer.retrieved]
    groups += [[c.article_id, *(copy.article_id for copy in c.also_in)] for c in answer.citations]
    groups += [[key] for key in (*case.support, *case.maybe_support, *(q.article for q in case.quotes))]
    if articles is not None:
        by_story: dict[str, list[str]] = {}
        for key in dict.fromkeys(key for group in groups for key in group):
            article = articles.article(key)
            by_story.setdefault((article.story_id if article else "") or key, []).append(key)
        groups += by_story.values()
    return groups


def _stored(citation: Citation, articles: Articles) -> str | None:
    article = articles.article(citation.article_id)
    return article.text[citation.start : citation.end] if article else None
