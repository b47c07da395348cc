"""Any question answerer → an `Ask` that `evaluate` takes: a peer, a LlamaIndex query engine, a function.

What comes back may be a text, or a text with the passages it rests on. As such answerers do not say which
sentence rests on which passage, every sentence cites all of them (the first three count in the citation metrics, see
`eval.judgements`), so groundedness is judged against the passages as a whole. Passages are articles of their own
unless they name an article of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answer_records import Answer, Citation, Method, Sentence, VerdictState
from rag.records import ArticleHead, Passage, Retrieved
from rag.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answerer found.

    Attributes:
        article_id: Of the gold set's articles, for the retrieval metrics; the passage's number when not known.
        start: Where it stands in that article, in code points.
    """

    text: str
    article_id: str = ""
    start: int = 0


Reply = str | tuple[str, Sequence[Source]]
PlainAsk = Callable[[str], Answer]


def plain_ask(
    answerer: Callable[[str], Reply], *, name: str = "external", refusal: str = ""
) -> Callable[[str], Answer]:
    """An `Ask` around a function from question to text, or to text and sources, best first.

    Args:
        name: Of the answerer, shown as its model.
        refusal: Words that an answer holds when it abstains; empty when it never does. An empty text abstains.
    """

    def ask(question: str) -> Answer:
        reply = answerer(question)
        text, sources = (reply, ()) if isinstance(reply, str) else reply
        return plain_answer(question, text, sources, name=name, refusal=refusal)

    return ask


def plain_answer(question: str, text: str, sources: Sequence[Source], *, name: str, refusal: str = "") -> Answer:
    """A text and its sources as an answer."""
    abstained = not text.strip() or bool(refusal and refusal.lower() in text.lower())
    found = [_retrieved(rank, source) for rank, source in enumerate(sources, start=1)]
    markers = tuple(r.rank for r in found)
    sentences = tuple(Sentence(s, markers, VerdictState.UNCHECKED, 0.0, shown=True) for s in split_sentences(text))
    return Answer(
        question=question,
        standalone_question=question,
        answer=text,
        method=Method.ABSTAINED if abstained else Method.GENERATED,
        sentences=() if abstained else sentences,
        citations=() if abstained else tuple(_citation(r) for r in found),
        retrieved=tuple(found),
        model=name,
    )


def _retrieved(rank: int, source: Source) -> Retrieved:
    key = source.article_id or f"passage {rank}"
    passage = Passage(key, source.start, source.start + len(source.text), source.text, sentences=())
    return Retrieved(passage, ArticleHead(key, title=""), rank, 1 / rank)


def _citation(found: Retrieved) -> Citation:
    p = found.passage
    return Citation(found.rank, p.article_id, "", None, None, None, p.start, p.end, p.text)
