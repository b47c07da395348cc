"""How much of the articles' text the embedding model reads, when it cuts what is longer than its input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.embedder import bundled_directory

MAX_TOKENS = 256
"""Word pieces the bundled model reads, its two special ones included."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is embedded as one vector: `prefix + articles[article][start:end]`."""

    article: str
    start: int
    end: int
    prefix: str


def embedded_share(articles: Mapping[str, str], pieces: Iterable[Piece]) -> float:
    """Characters of the articles, other than white space, that some vector was made from; in 0..1."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled_directory() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    read = {key: bytearray(len(text)) for key, text in articles.items()}
    for piece in pieces:
        text = articles[piece.article][piece.start : piece.end]
        offsets = tokenizer.encode(piece.prefix + text).offsets
        reach = min(len(text), max(end for _, end in offsets) - len(piece.prefix))
        if reach > 0:
            read[piece.article][piece.start : piece.start + reach] = b"\1" * reach
    letters = [(mark, c) for key, text in articles.items() for mark, c in zip(read[key], text, strict=True)]
    counted = [mark for mark, c in letters if not c.isspace()]
    return sum(counted) / len(counted)
