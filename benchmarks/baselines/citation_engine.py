"""LlamaIndex's CitationQueryEngine over Groundwire's passages, and its replies as answers that the evaluation reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from benchmarks.baselines.llamaindex import build_index, open_embedding, passage_nodes
from rag.answer_records import Answer, Citation, Method, RejectedCitation, Sentence, VerdictState
from rag.citations import DraftParser, DraftSentence, resolve
from rag.index.store import Store, StoredPassage
from rag.messages import ChatModel, Message
from rag.records import Retrieved

CHUNK_TOKENS = 1024
"""Of the engine's own splitter, in tokens of another tokenizer: more than any passage has, so that none is split."""

_SOURCES = r"(?:sources?|text|passages?|articles?|context|information|documents?)"
_REFUSALS = re.compile(
    r"\b(?:i(?:'m| am)? (?:cannot|can't|could not|am not able|not able|unable|do not know|don't know|sorry)"
    rf"|none of the (?:\w+ )?{_SOURCES}"
    rf"|{_SOURCES}(?: \d+)? (?:\w+ )?(?:do(?:es)?|did|is|are) ?n[o']t (?:\w+ )?"
    r"(?:provide|contain|mention|state|specify|say|include|indicate|give|address|answer|discuss|helpful|relevant|sufficient)"
    r"|(?:is|are|was|were) (?:not|n't) (?:\w+ )?(?:mentioned|stated|specified|provided|available|given|indicated)"
    rf"|(?:no|not enough|insufficient) (?:\w+ )?{_SOURCES}"
    r"|cannot be (?:determined|answered|found)|unable to (?:answer|determine|find|provide)"
    r"|(?:not|n't) (?:possible to|able to) (?:answer|determine))\b|^empty response$",
    re.IGNORECASE,
)


class ChatModelLLM(CustomLLM):
    """A Groundwire chat model as a LlamaIndex LLM: each prompt is one message of the user, as with any chat server."""

    reply_tokens: int
    _model: ChatModel = PrivateAttr()

    def __init__(self, model: ChatModel, reply_tokens: int) -> None:
        super().__init__(reply_tokens=reply_tokens)
        self._model = model

    @property
    def metadata(self) -> LLMMetadata:
        """Window and name, from which LlamaIndex works out how much of the sources fits."""
        return LLMMetadata(
            context_window=self._model.context_window, num_output=self.reply_tokens, model_name=self._model.name
        )

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole reply. Raises ModelError as the model does."""
        pieces = self._model.stream([Message("user", prompt)], max_tokens=self.reply_tokens)
        return CompletionResponse(text="".join(piece.text for piece in pieces))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """Not asked for: the engine is built without streaming."""
        raise NotImplementedError


def vector_retriever(store: Store, directory: Path, passages: int) -> BaseRetriever:
    """LlamaIndex's own vector search over the passages and vectors of a library."""
    return build_index(passage_nodes(store), directory, open_embedding()).as_retriever(similarity_top_k=passages)


class CitationEngine:
    """The engine as its documentation builds it, asked as the evaluation asks."""

    def __init__(
        self, model: ChatModel, retriever: BaseRetriever, passages: Mapping[str, StoredPassage], reply_tokens: int
    ) -> None:
        """`passages` are those of the library by id, which are the ids of the retriever's nodes."""
        self._name = model.name
        self._passages = passages
        self._engine = CitationQueryEngine(
            retriever, llm=ChatModelLLM(model, reply_tokens), citation_chunk_size=CHUNK_TOKENS
        )

    def ask(self, question: str) -> Answer:
        """What the engine says, with what it retrieved.

        Raises:
            ModelError: As the model does.
            ValueError: The engine split a passage, so that its numbers are not those of the passages.
        """
        bundle = QueryBundle(question)
        nodes = self._engine.retrieve(bundle)
        response = self._engine.synthesize(bundle, nodes)
        if len(response.source_nodes) != len(nodes):
            raise ValueError(f"{len(nodes)} passages became {len(response.source_nodes)} sources: {question!r}")
        return read_reply(question, str(response), self._found(nodes), self._name)

    def _found(self, nodes: Sequence[NodeWithScore]) -> list[Retrieved]:
        stored = [self._passages[node.node.node_id] for node in nodes]
        return [
            Retrieved(s.passage, s.article, rank, float(node.score or 0.0))
            for rank, (s, node) in enumerate(zip(stored, nodes, strict=True), start=1)
        ]


def read_reply(question: str, text: str, found: Sequence[Retrieved], model: str) -> Answer:
    """A reply with `[n]` markers as an answer: `[n]` cites the whole of source n, as it does for the engine."""
    parser = DraftParser()
    drafts = [*parser.feed(text), *parser.finish()]
    resolved = [resolve(draft, found) for draft in drafts]
    abstained = is_refusal(text, drafts)
    markers = [tuple(r.rank for r in cited) for cited, _ in resolved]
    rejected: list[RejectedCitation] = [r for _, wrong in resolved for r in wrong]
    used = {marker for of_sentence in markers for marker in of_sentence}
    return Answer(
        question=question,
        standalone_question=question,
        answer=text,
        method=Method.ABSTAINED if abstained else Method.GENERATED,
        sentences=()
        if abstained
        else tuple(
            Sentence(draft.text, cited, VerdictState.UNCHECKED, 0.0, shown=True)
            for draft, cited in zip(drafts, markers, strict=True)
        ),
        citations=() if abstained else tuple(_citation(r) for r in found if r.rank in used),
        rejected_citations=tuple(rejected),
        retrieved=tuple(found),
        model=model,
    )


def citing_all(answer: Answer) -> Answer:
    """The same with every unmarked sentence taken to cite all the sources, in the engine's favour."""
    everything = tuple(r.rank for r in answer.retrieved)
    sentences = tuple(replace(s, citations=s.citations or everything) for s in answer.sentences)
    citations = tuple(_citation(r) for r in answer.retrieved) if sentences else ()
    return replace(answer, sentences=sentences, citations=citations)


def is_refusal(text: str, drafts: Sequence[DraftSentence]) -> bool:
    """Whether a reply says that the sources do not answer: nothing at all, or a refusal in its first sentence."""
    return not text.strip() or not drafts or bool(_REFUSALS.search(drafts[0].text))


def _citation(found: Retrieved) -> Citation:
    passage, head = found.passage, found.article
    return Citation(
        marker=found.rank,
        article_id=head.id,
        title=head.title,
        outlet=head.outlet,
        published=head.published,
        url=head.url,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
    )
