"""The answer document of the command contract (design, section 6) → Answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.answer_records import (
    Answer,
    Citation,
    Disagreement,
    Form,
    Method,
    RejectedCitation,
    Seconds,
    Sentence,
    Side,
    VerdictState,
)
from rag.records import ArticleHead, Copy, Passage, Retrieved


def read_answer(document: Mapping[str, Any]) -> Answer:
    """The answer that `Answer.to_json` wrote.

    Sentence spans of passages and the heads' authors are not in the document and stay empty.

    Raises:
        KeyError, TypeError, ValueError: It is no such document.
    """
    return Answer(
        question=document["question"],
        standalone_question=document["standalone_question"],
        answer=document["answer"],
        method=Method(document["method"]),
        sentences=tuple(_sentence(s) for s in document["sentences"]),
        citations=tuple(_citation(c) for c in document["citations"]),
        rejected_citations=tuple(RejectedCitation(**r) for r in document["rejected_citations"]),
        disagreements=tuple(_disagreement(d) for d in document["disagreements"]),
        retrieved=tuple(_retrieved(r) for r in document["retrieved"]),
        reason=document["reason"],
        confidence=document["confidence"],
        model=document["model"],
        settings_digest=document["settings_digest"],
        usage=document["usage"],
        seconds=Seconds(**document["seconds"]),
        complete=document["complete"],
        form=Form(document.get("form", Form.PLAIN)),
        id=document.get("id"),
    )


def _sentence(document: Mapping[str, Any]) -> Sentence:
    return Sentence(
        **{
            **document,
            "citations": tuple(document["citations"]),
            "verdict": VerdictState(document["verdict"]),
        }
    )


def _disagreement(document: Mapping[str, Any]) -> Disagreement:
    return Disagreement(**{**document, "sides": tuple(Side(**side) for side in document["sides"])})


def _citation(document: Mapping[str, Any]) -> Citation:
    return Citation(**{**document, "also_in": _copies(document)})


def _retrieved(document: Mapping[str, Any]) -> Retrieved:
    return Retrieved(
        passage=Passage(document["article_id"], document["start"], document["end"], document["text"], sentences=()),
        article=ArticleHead(
            id=document["article_id"],
            title=document["title"],
            outlet=document["outlet"],
            published=document["published"],
        ),
        rank=document["rank"],
        score=document["score"],
        also_in=_copies(document),
    )


def _copies(document: Mapping[str, Any]) -> tuple[Copy, ...]:
    return tuple(Copy(**copy) for copy in document["also_in"])
