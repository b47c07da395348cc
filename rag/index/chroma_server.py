"""The vector index on a Chroma server (`chroma run`): one collection for each library. A cache of the store.

How far it has come stands in the collection's metadata and is written after the data, so that a data directory that
was lost, left half-written or belongs to somebody else is noticed. What a server returns as configuration is looked
at before the collection is used, because the client would run an embedding function that it names (CVE-2026-45829).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from rag.errors import LibraryDamaged, LibraryError, LibraryUnreachable
from rag.index.chroma_check import names_foreign_code
from rag.index.chroma_records import delete, finds_itself, nearest, upsert
from rag.index.place import Place, server_name
from rag.index.store import Store, StoredPassage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_CHROMA = "none"
"""What a place says of vectors where no Chroma index is wanted."""
_BATCH = 1000
_BATCHES_PER_RECORD = 20
_PROBES = 5
_FOUND = 0.8
"""Share of the probes that are found; the search is approximate, and one that misses is no loss."""
_CONFIGURATION = {
    "hnsw": {
        "space": "cosine", "ef_construction": 100, "ef_search": 100, "max_neighbors": 16,
        "sync_threshold": 20_000,  # the server writes all of the index at each; it takes up the rest from its log
    }
}  # fmt: skip
_CONNECT_SECONDS, _READ_SECONDS, _WRITE_SECONDS = 2.0, 5.0, 120.0


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a collection says of itself.

    Attributes:
        generation: The store's generation that it shows at least.
        started: The generation at which the writer stood that went on from there; what it found removed is removed.
        through: The passage up to which that writer came; 0 when it came to its end.
        passages: How many there were then.
        tip: The last of them, see `_tip`; "" when not known.
    """

    library_id: str = ""
    generation: int = -1
    started: int = -1
    through: int = 0
    passages: int = 0
    tip: str = ""

    @property
    def removed_until(self) -> int:
        """The generation up to which removed passages are removed here too."""
        return self.started if self.through else self.generation

    @classmethod
    def of(cls, metadata: Mapping[str, Any] | None) -> ServerState:
        """The state in a collection's metadata; the default where it holds none of ours."""
        found = {name: (metadata or {}).get(name) for name in cls.__dataclass_fields__}
        sound = all(type(found[name]) is type(value) for name, value in asdict(cls()).items())
        return cls(**found) if sound else cls()  # type: ignore[arg-type]


class ServerVectors:
    """The collection of a library.

    Attributes:
        name: Of the server, safe to show.
        state: As it was when last looked at.
    """

    def __init__(self, url: str, headers: Mapping[str, SecretStr]) -> None:
        self.name = server_name(url)
        self.state = ServerState()
        self._url, self._headers = url, headers
        self._client: Any = None
        self._collection: Any = None

    # ------------------------------------------------------------------ looking at it
    def problem(self, store: Store, probes: int = 0) -> str | None:
        """Why the collection has to be made anew; None when it is sound, though it may be behind.

        Args:
            probes: Vectors that are searched for by themselves.

        Raises:
            LibraryUnreachable: The server does not answer.
        """
        self._look(store)
        if self._collection is None:
            return "it holds no vectors of this library"
        if names_foreign_code(self._collection.configuration_json, self._collection._model.serialized_schema):
            return "its collection names an embedding function to be run"
        if self.state.library_id != store.library_id:
            return "its collection was not written by this library"
        if self.state.generation > store.generation or not _holds_tip(store, self.state):
            return "its vectors are of another state of this library"
        if self.state.generation < 0 and not self.state.through:
            return "its collection was never filled"
        if self.state.removed_until < store.removals_from:
            return "its vectors are too old to be brought up to date"
        if probes and not self._is_sound(probes):
            return "it has lost vectors"
        return None

    def _look(self, store: Store) -> None:
        from chromadb.errors import NotFoundError

        with self._faults():
            try:
                self._collection = self._connected().get_collection(_name(store), embedding_function=None)
            except NotFoundError:
                self._collection = None
        self.state = ServerState.of(None if self._collection is None else self._collection.metadata)

    def _is_sound(self, probes: int) -> bool:
        with self._faults():
            counted = self.state.through or self._collection.count() == self.state.passages
            found, tried = finds_itself(self._collection, probes)
        return bool(counted) and found >= _FOUND * tried

    # ------------------------------------------------------------------ searching
    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """About the k passages of highest cosine, best first, as (number, cosine).

        Raises:
            LibraryUnreachable: The server does not answer.
            LibraryDamaged: It answers with less than it should have.
        """
        with self._faults():
            found = nearest(self._collection, vector, k)
        if len(found) < min(k, self.state.passages):
            raise LibraryDamaged(f"the Chroma server at {self.name} has lost vectors. Run python -m rag doctor.")
        return found

    # ------------------------------------------------------------------ writing
    def update(self, store: Store, *, anew: bool = False) -> None:
        """Brings the collection to the store's generation; the caller is the library's writer.

        Safe to repeat after a kill: it goes on where it was.

        Args:
            anew: Trusts nothing that is there.

        Raises:
            LibraryUnreachable: The server does not answer, or refuses.
        """
        generation = store.generation
        if self.problem(store, _PROBES) is not None or anew:
            self._create(store)
        elif self.state.generation == generation and not self.state.through:
            return
        with self._faults(_WRITE_SECONDS):
            delete(self._collection, store.removed_since(self.state.removed_until))
            last = self._push(store, replace(self.state, started=generation))
        tip = _tip(last) if last else _kept_tip(store, self.state.tip)
        self._record(ServerState(store.library_id, generation, generation, 0, store.counts()[1], tip))

    def _push(self, store: Store, state: ServerState) -> StoredPassage | None:
        """Sends what came since a state; gives the last of it."""
        rows = (row for row in store.passages_with_vectors(state.generation) if row[0].number > state.through)
        last: StoredPassage | None = None
        number = 0
        while batch := list(islice(rows, _BATCH)):
            upsert(self._collection, batch)
            last, number = batch[-1][0], number + 1
            if number % _BATCHES_PER_RECORD == 0:
                self._record(replace(state, through=last.number))
        return last

    def _record(self, state: ServerState) -> None:
        with self._faults(_WRITE_SECONDS):  # among the writes, whose time limit it must not shorten
            self._collection.modify(metadata=asdict(state))
        self.state = state

    def _create(self, store: Store) -> None:
        state = ServerState(store.library_id)
        with self._faults(_WRITE_SECONDS):
            if self._collection is not None:
                self._client.delete_collection(_name(store))
            self._collection = self._client.create_collection(
                _name(store), metadata=asdict(state), configuration=_CONFIGURATION, embedding_function=None
            )
        self.state = state

    # ------------------------------------------------------------------ the connection
    def _connected(self) -> Any:
        """The client, made when the server is known to answer: its constructor would wait for ever."""
        import chromadb
        import httpx

        if self._client is None:
            headers = {name: value.get_secret_value() for name, value in self._headers.items()}
            address = f"{self._url.rstrip('/')}/api/v2/heartbeat"
            httpx.get(address, headers=headers, timeout=_CONNECT_SECONDS).raise_for_status()
            settings = chromadb.Settings(anonymized_telemetry=False)
            secure = self._url.startswith("https://")
            self._client = chromadb.HttpClient(self._url, ssl=secure, headers=headers, settings=settings)
        return self._client

    @contextmanager
    def _faults(self, read_seconds: float = _READ_SECONDS) -> Iterator[None]:
        """A time limit, and every fault as an error of ours that names the server without its password."""
        import httpx

        try:
            if self._client is not None:
                self._set_timeout(httpx.Timeout(read_seconds, connect=_CONNECT_SECONDS))
            yield
        except Exception as fault:
            if isinstance(fault, LibraryError) or not _is_the_servers(fault):
                raise
            reason = self._safe(" ".join(str(fault).split())[:200]) or type(fault).__name__
            raise LibraryUnreachable(
                f"the Chroma server at {self.name} does not answer as it should ({reason}). Articles are safe."
            ) from None

    def _set_timeout(self, timeout: Any) -> None:
        self._client._server._session.timeout = timeout  # the client has no setting for it

    def _safe(self, reason: str) -> str:
        secrets = [value.get_secret_value() for value in self._headers.values()]
        for secret in filter(None, (urlsplit(self._url).netloc.rpartition("@")[0], *secrets)):
            reason = reason.replace(secret, "***")
        return reason


def server_of(place: Place) -> ServerVectors | None:
    """The server that a place names, not yet asked; None where it names none."""
    if place.vectors is None or place.vectors == NO_CHROMA:
        return None
    return ServerVectors(place.vectors, place.vectors_headers)


def _is_the_servers(fault: Exception) -> bool:
    """True of all that the client raises when a server is down, wrong or refuses: also plain errors without a class."""
    import httpx
    from chromadb.errors import ChromaError

    return isinstance(fault, (ChromaError, httpx.HTTPError, ValueError, KeyError, OSError)) or type(fault) is Exception


def _name(store: Store) -> str:
    return f"groundwire-{store.library_id}"


def _tip(stored: StoredPassage) -> str:
    """Number and hash of a passage: a store that was restored from a copy gives the number to another one."""
    passage = stored.passage
    named = json.dumps([passage.article_id, passage.start, passage.text])
    return f"{stored.number} {hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _holds_tip(store: Store, state: ServerState) -> bool:
    if not state.tip:
        return True
    number = _number(state.tip)
    stored = store.passages([number]).get(number)
    return number in store.removed_since(state.generation) if stored is None else _tip(stored) == state.tip


def _kept_tip(store: Store, tip: str) -> str:
    """The tip when nothing was added: as before, or the last passage that is left."""
    if tip and _number(tip) in store.passages([_number(tip)]):
        return tip
    numbers: Sequence[int] = store.passage_numbers()[-1:]
    return "".join(_tip(stored) for stored in store.passages(numbers).values())


def _number(tip: str) -> int:
    return int(tip.split()[0])
