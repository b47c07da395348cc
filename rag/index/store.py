"""The store of a library: articles, passages and vectors. It is the source of truth; every index is a cache of it.

One transaction per article: an article reported as added survives a killed process. Each transaction raises
the generation, a number by which caches and readers see that they are behind; transactions follow one another,
so that a reader who asks what changed since a generation never misses one that ends later.

`rag.index.sqlite_store` keeps it in a file, `rag.index.postgres_store` on a server; `rag.index.opening` chooses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from rag.index.place import Place
from rag.records import Article, ArticleHead, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its number, which is never used again, and its article's head."""

    number: int
    passage: Passage
    article: ArticleHead


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What planning a run needs to know of an article that is in the store."""

    id: str
    source: str
    content_hash: str
    story_id: str
    signature: bytes


class Store(ABC):
    """One open store. Safe to read from several threads; written by one.

    Attributes:
        place: Where the library is.
        writer_updates_caches: True when readers leave the caches to a writer that is at work; False when each
            machine has caches of its own, which its readers bring up to date whoever writes.
    """

    place: Place
    writer_updates_caches: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def writing(cls, place: Place, *, create: bool = False, copy_of: str | None = None) -> AbstractContextManager[Self]:
        """The store, opened under its writer lock, so that nothing is made or changed without it.

        One of an earlier version is brought up to date.

        Args:
            copy_of: Goes on with a copy of that, which is refused otherwise.

        Raises:
            LibraryMissing: There is none, and `create` is false.
            LibraryBusy: Another process is writing.
            LibraryNotWritable: It cannot be made or changed.
        """

    @abstractmethod
    def writer_lock(self) -> AbstractContextManager[object]:
        """Held while an open store is changed.

        Raises:
            LibraryBusy: Another process is writing; the message names it.
            LibraryNotWritable: The lock cannot be had.
        """

    @abstractmethod
    def close(self) -> None:
        """Ends the connection."""

    @property
    def directory(self) -> Path:
        """Where the caches are."""
        return self.place.directory

    # ------------------------------------------------------------------ facts about the library
    @abstractmethod
    def fact(self, key: str) -> str | None:
        """What was recorded about the library under a key."""

    @abstractmethod
    def facts(self) -> dict[str, str]:
        """All that was recorded about the library."""

    @abstractmethod
    def set_fact(self, key: str, value: str) -> None:
        """Records something about the library."""

    @property
    def generation(self) -> int:
        """Rises with every change of content."""
        return int(self.fact("generation") or 0)

    @property
    def removals_from(self) -> int:
        """The generation after which `removed_since` knows every removal; a cache from before must be built anew."""
        return int(self.fact("removals_from") or 0)

    @property
    def library_id(self) -> str:
        """Random, made with the library: tells caches of this store from another's."""
        return self.fact("library_id") or ""

    @property
    def embedding_model(self) -> str | None:
        """Name of the model whose vectors are stored; None before the first article."""
        return self.fact("embedding_model")

    def set_embedding_model(self, name: str) -> None:
        """Records the model whose vectors are stored."""
        self.set_fact("embedding_model", name)

    @abstractmethod
    def counts(self) -> tuple[int, int, int]:
        """Articles, passages, stories."""

    @abstractmethod
    def integrity(self) -> str:
        """The store's own check of itself: "ok" or what is wrong, in one line."""

    # ------------------------------------------------------------------ writing
    @abstractmethod
    def put(
        self, article: Article, signature: bytes, passages: Sequence[tuple[Passage, bytes, NDArray[np.float32] | None]]
    ) -> None:
        """Adds or replaces an article in one transaction.

        Args:
            signature: MinHash signature of the text.
            passages: With the hash of the embedded text and, unless already stored, its unit vector.
        """

    @abstractmethod
    def remove(self, article_id: str) -> bool:
        """Removes an article; False when there was none."""

    @abstractmethod
    def move_source(self, article_id: str, source: str) -> None:
        """Records that an unchanged article is now read from elsewhere."""

    @abstractmethod
    def drop_unused_vectors(self) -> None:
        """Forgets vectors that no passage uses any more."""

    @abstractmethod
    def forget_removed(self, generation: int) -> None:
        """Forgets which passages were removed up to a generation that every cache has reached."""

    # ------------------------------------------------------------------ reading articles
    @abstractmethod
    def article(self, article_id: str) -> Article | None:
        """A whole article, or None."""

    @abstractmethod
    def heads(self) -> list[ArticleHead]:
        """All articles without their texts, newest first, undated last."""

    @abstractmethod
    def story(self, story_id: str) -> list[tuple[ArticleHead, int]]:
        """The articles of one story with the length of their texts, fullest first."""

    @abstractmethod
    def known_articles(self) -> Iterator[KnownArticle]:
        """What planning needs, of every article."""

    @abstractmethod
    def numbered_heads(self) -> Iterator[tuple[int, ArticleHead]]:
        """Every article's number, unique within the store, with its head, by number."""

    # ------------------------------------------------------------------ reading passages and vectors
    @abstractmethod
    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by number; removed ones are missing from the result."""

    @abstractmethod
    def passage_numbers(self) -> list[int]:
        """The numbers of all passages, ascending."""

    @abstractmethod
    def article_of_passages(self) -> Iterator[tuple[int, int]]:
        """(passage number, article number) of every passage, by passage number."""

    @abstractmethod
    def passages_since(self, generation: int) -> Iterator[StoredPassage]:
        """Passages of the articles written after a generation, in order of number."""

    @abstractmethod
    def passages_with_vectors(self, generation: int) -> Iterator[tuple[StoredPassage, bytes]]:
        """Passages of the articles written after a generation with their float32 vectors; one state of the store."""

    @abstractmethod
    def removed_since(self, generation: int) -> list[int]:
        """Numbers of the passages removed after a generation."""

    @abstractmethod
    def stored_vectors(self, text_hashes: Iterable[bytes]) -> set[bytes]:
        """Those of the hashes whose vectors are stored."""

    @abstractmethod
    def vectors(self, after: int = -1) -> Iterator[tuple[int, str | None, bytes]]:
        """(passage number, published, float32 bytes) of the articles written after a generation, by number."""

    # ------------------------------------------------------------------ copying, see rag.index.copying
    @abstractmethod
    def last_key(self, table: str) -> Any:
        """The highest key in one of `rag.index.schema.TABLES`; None when it is empty."""

    @abstractmethod
    def rows_after(self, table: str, key: Any, limit: int) -> list[tuple[Any, ...]]:
        """Rows of a table in the order of their keys, from the first key above the given one; None for all."""

    @abstractmethod
    def add_rows(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Adds rows as they are, in one transaction."""

    @abstractmethod
    def end_copy(self, facts: Mapping[str, str]) -> None:
        """Takes facts over, after the last row, in one transaction."""
