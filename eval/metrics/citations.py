"""Citation recall and precision after ALCE, on the quotes a reader sees. Range 0..1, higher is better.

Source: Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023, section
4.3, and the authors' eval.py (`compute_autoais`, at most three citations a sentence); the judge stands in
for their T5-XXL NLI model. There the evidence is the cited passage; here it is the quote, which is stricter.

Edge cases: an answer that shows nothing does not apply to either; shown sentences without any citation
have recall 0 and precision 0, as in eval.py; one verdict the judge could not give leaves the case unscored.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.judgements import CitationJudgement, SentenceJudgement
from eval.judges.judge import JudgeVerdict
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored, share


def citation_recall(evidence: Evidence) -> Outcome:
    """Shown sentences whose quotes together support them / shown sentences."""
    sentences = evidence.judgement.sentences
    if not sentences:
        return NotApplicable("no sentence is shown")
    unclear = _first_unclear([s.in_quotes for s in sentences])
    return unclear or share(sum(bool(s.in_quotes.supported) for s in sentences), len(sentences))


def citation_precision(evidence: Evidence) -> Outcome:
    """Citations that do some work / citations of shown sentences.

    A citation counts when its sentence is supported by all its quotes together, and not both of: the quote
    alone fails to support it, the other quotes support it without this one.
    """
    sentences = evidence.judgement.sentences
    if not sentences:
        return NotApplicable("no sentence is shown")
    asked = [v for s in sentences for v in (s.in_quotes, *(w for c in s.citations for w in (c.alone, c.rest) if w))]
    unclear = _first_unclear(asked)
    if unclear:
        return unclear
    works = [_works(s, c) for s in sentences for c in s.citations]
    return share(sum(works), len(works)) if works else Scored(0.0, detail="no citation")


def _works(sentence: SentenceJudgement, citation: CitationJudgement) -> bool:
    superfluous = not citation.alone.supported and citation.rest is not None and bool(citation.rest.supported)
    return bool(sentence.in_quotes.supported) and not superfluous


def _first_unclear(verdicts: list[JudgeVerdict]) -> Unscored | None:
    return next((Unscored(v.reason) for v in verdicts if v.supported is None), None)
