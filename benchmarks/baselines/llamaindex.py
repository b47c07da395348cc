"""The LlamaIndex systems that Groundwire is measured against, as its documentation builds them.

Imported by the process that measures LlamaIndex only: what it loads counts as its memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import bm25s  # type: ignore[import-untyped]
import chromadb
import numpy as np
import Stemmer
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore
from transformers.utils import logging

from benchmarks.baselines.embedded_share import Piece
from eval.lines import json_lines
from rag.embedder import bundled_directory
from rag.index.store import Store

CHUNK_TOKENS = 512
_TOKEN_PATTERN = r"(?u)\b\w\w+\b"
_INSERT_BATCH = 1000  # Chroma refuses more than 5,461 at once


def read_documents(file: Path) -> list[Document]:
    """One document for each line of a JSONL file (also .gz), with title, source and date as metadata."""
    return [
        Document(id_=a["id"], text=a["text"], metadata={key: a.get(key) or "" for key in ("title", "source", "date")})
        for _, a in json_lines(file)
    ]


def open_embedding() -> HuggingFaceEmbedding:
    """The model that Groundwire bundles, on the CPU."""
    logging.disable_progress_bar()
    return HuggingFaceEmbedding(model_name=str(bundled_directory()), device="cpu")


def split(documents: Sequence[Document]) -> list[BaseNode]:
    """Chunks of `CHUNK_TOKENS`, with the splitter's own default overlap."""
    return SentenceSplitter(chunk_size=CHUNK_TOKENS).get_nodes_from_documents(documents)


def passage_nodes(store: Store) -> Iterator[BaseNode]:
    """Groundwire's passages with the vectors it stored, one after the other: as lists they are 12 KB each."""
    for stored, vector in store.passages_with_vectors(-1):
        yield TextNode(
            id_=stored.passage.id,
            text=stored.passage.text,
            metadata={
                "title": stored.article.title,
                "source": stored.article.outlet or "",
                "date": stored.article.published or "",
            },
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=stored.article.id)},
            embedding=np.frombuffer(vector, dtype=np.float32).tolist(),
        )


def build_index(nodes: Iterable[BaseNode], directory: Path, embedding: HuggingFaceEmbedding) -> VectorStoreIndex:
    """A vector index on disk; nodes that have a vector keep it. Holds no more than a batch of them."""
    context = StorageContext.from_defaults(vector_store=_vector_store(directory))
    index = VectorStoreIndex([], storage_context=context, embed_model=embedding, insert_batch_size=_INSERT_BATCH)
    left = iter(nodes)
    while batch := list(islice(left, _INSERT_BATCH)):
        index.insert_nodes(batch)
    return index


def remember(documents: Sequence[Document], file: Path) -> None:
    """Writes the docstore by which a pipeline recognises documents it has ingested."""
    docstore = SimpleDocumentStore()
    docstore.set_document_hashes({document.id_: document.hash for document in documents})
    docstore.add_documents(list(documents))
    docstore.persist(str(file))


def run_again(remembered: Path, file: Path, directory: Path, embedding: HuggingFaceEmbedding) -> int:
    """Ingests an unchanged file with a pipeline whose docstore knows its documents; gives the nodes it made."""
    pipeline = IngestionPipeline(
        transformations=[SentenceSplitter(chunk_size=CHUNK_TOKENS), embedding],
        vector_store=_vector_store(directory),
        docstore=SimpleDocumentStore.from_persist_path(str(remembered)),
    )
    return len(pipeline.run(documents=read_documents(file)))


def embedded_pieces(nodes: Sequence[BaseNode], documents: Sequence[Document]) -> list[Piece]:
    """Where the text of each node stands in its document, and what is embedded in front of it."""
    texts = {document.id_: document.text for document in documents}
    pieces, search_from = [], dict.fromkeys(texts, 0)
    for node in nodes:
        text, article = node.get_content(MetadataMode.NONE), str(node.ref_doc_id)
        start = texts[article].find(text, search_from[article])
        if start < 0:
            raise ValueError(f"chunk {node.node_id} is not a stretch of article {article}")
        search_from[article] = start + 1
        prefix = node.get_content(MetadataMode.EMBED).removesuffix(text)
        pieces.append(Piece(article, start, start + len(text), prefix))
    return pieces


class Bm25Retriever(BaseRetriever):
    """BM25 by bm25s, configured as in llama-index-retrievers-bm25 0.8.0, which refuses our PyStemmer.

    There: English stop words and stems, words of two letters and more, metadata in front of the text,
    bm25s's default k1 and b.
    """

    def __init__(self, nodes: Sequence[BaseNode], similarity_top_k: int) -> None:
        self._nodes = list(nodes)
        self._top_k = min(similarity_top_k, len(self._nodes))
        self._stemmer = Stemmer.Stemmer("english")
        self._bm25 = bm25s.BM25()
        texts = [node.get_content(metadata_mode=MetadataMode.EMBED) for node in self._nodes]
        self._bm25.index(self._tokens(texts), show_progress=False)
        super().__init__()

    def _tokens(self, texts: Any) -> Any:
        return bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, token_pattern=_TOKEN_PATTERN, show_progress=False
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found, scores = self._bm25.retrieve(self._tokens(query_bundle.query_str), k=self._top_k, show_progress=False)
        return [
            NodeWithScore(node=self._nodes[int(i)], score=float(s)) for i, s in zip(found[0], scores[0], strict=True)
        ]


def build_retrievers(
    nodes: Iterable[BaseNode], directory: Path, embedding: HuggingFaceEmbedding, depth: int
) -> dict[str, BaseRetriever]:
    """Every baseline by name: vectors, BM25 and both fusions of the two, each `depth` nodes deep."""
    without_vectors: list[BaseNode] = []

    def passed_on() -> Iterator[BaseNode]:
        for node in nodes:
            without_vectors.append(node.model_copy(update={"embedding": None}))
            yield node

    vector = build_index(passed_on(), directory, embedding).as_retriever(similarity_top_k=depth)
    bm25 = Bm25Retriever(without_vectors, depth)
    fusions = {
        f"LlamaIndex fusion {mode.value}": QueryFusionRetriever(
            [vector, bm25], llm=MockLLM(), mode=mode, similarity_top_k=depth, num_queries=1, use_async=False
        )
        for mode in (FUSION_MODES.RECIPROCAL_RANK, FUSION_MODES.RELATIVE_SCORE)
    }
    return {"LlamaIndex vector": vector, "LlamaIndex BM25": bm25, **fusions}


def _vector_store(directory: Path) -> ChromaVectorStore:
    client = chromadb.PersistentClient(str(directory), settings=chromadb.Settings(anonymized_telemetry=False))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection("articles"))
