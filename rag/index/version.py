"""Can this program use a store? Its fact `schema` is a version, or says that it is a copy that is being made."""

from __future__ import annotations

from rag.errors import LibraryDamaged, LibraryMissing, LibraryOutdated
from rag.index.place import Place
from rag.index.schema import SCHEMA_VERSION

_COPY = "copy of "


def copy_mark(library_id: str, generation: int) -> str:
    """The version of a store into which a library is being copied."""
    return f"{_COPY}{library_id} at generation {generation}, format {SCHEMA_VERSION}"


def is_current(version: str | None, place: Place, copy_of: str | None = None) -> bool:
    """True for the version of this program, False for an earlier one, which a writer brings up to date.

    Args:
        copy_of: The mark of a copy to go on with.

    Raises:
        LibraryMissing: Another copy, or one that somebody wants to use: it was never finished.
        LibraryDamaged: A later version, or none.
    """
    if version is not None and version.startswith(_COPY):
        if version == copy_of:
            return True
        raise LibraryMissing(
            f"the library in {place} is a copy that was never finished. Go on with it, from the same library: "
            "python -m rag library copy FROM TO"
        )
    number = int(version) if version is not None and version.isdecimal() and len(version) < 10 else -1
    if not 1 <= number <= SCHEMA_VERSION:
        known = f"has format {version}, this program reads {SCHEMA_VERSION}"
        raise LibraryDamaged(f"the library in {place} {known}. Ingest the articles into a new library.")
    return number == SCHEMA_VERSION


def require_current(version: str | None, place: Place) -> None:
    """For readers, who change nothing.

    Raises:
        LibraryOutdated: An earlier version.
        LibraryMissing, LibraryDamaged: As `is_current`.
    """
    if not is_current(version, place):
        raise LibraryOutdated(
            f"the library in {place} has format {version}, an earlier one. "
            f"Bring it up to date, which keeps everything: python -m rag doctor --library {place.directory}"
        )
