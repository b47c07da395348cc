"""Where a library lives: its caches in a directory, its store there too or on a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts of a library are.

    Attributes:
        directory: Of the caches, on a local disk; of the store as well unless `store` is set.
        store: postgresql:// URL of the store. Secret, because it can carry a password.
        vectors: http:// URL of a Chroma server that holds the vector index, which can carry a password too; "none" for
            no Chroma index; None for one in the directory.
        vectors_headers: Sent with every request to that server, for a proxy in front of it.
    """

    directory: Path
    store: SecretStr | None = None
    vectors: str | None = field(default=None, repr=False)
    vectors_headers: Mapping[str, SecretStr] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """For people: the directory, or the server and database without user, password and options."""
        if self.store is None:
            return str(self.directory)
        return server_name(self.store.get_secret_value())


def server_name(url: str) -> str:
    """A URL without user, password, options and fragment: safe to show."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def place_of(where: Place | Path | str) -> Place:
    """A place as it is, or that of a library in a plain directory."""
    return where if isinstance(where, Place) else Place(Path(where))
