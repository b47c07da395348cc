"""Groundwire's passages and quotes as LlamaIndex nodes: ids and offsets are the articles'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.answer_records import Citation
from rag.records import Retrieved

if TYPE_CHECKING:
    from llama_index.core.schema import NodeWithScore


def passage_node(retrieved: Retrieved) -> NodeWithScore:
    """A node with the passage's id and fused score."""
    passage, head = retrieved.passage, retrieved.article
    return _node(passage.id, passage.text, passage.start, passage.end, retrieved.score, head)


def quote_node(citation: Citation) -> NodeWithScore:
    """A node of the quoted words, without a score."""
    node_id = f"{citation.article_id}:{citation.start}:{citation.end}"
    return _node(node_id, citation.quote, citation.start, citation.end, None, citation)


def _node(id: str, text: str, start: int, end: int, score: float | None, origin: Any) -> NodeWithScore:
    from llama_index.core.schema import NodeWithScore, TextNode

    fields = ("title", "outlet", "published", "url")
    metadata = {name: getattr(origin, name) for name in fields if getattr(origin, name) is not None}
    metadata["article_id"] = id.rsplit(":", 2)[0]
    node = TextNode(id_=id, text=text, start_char_idx=start, end_char_idx=end, metadata=metadata)
    return NodeWithScore(node=node, score=score)
