"""Is a Chroma index safe to open and does it find what it holds?

A torn index file can end the process that queries it with a segmentation fault, so the question is put
in a child process: `python -m rag.index.chroma_check DIRECTORY`, exit code 0 for yes. It prints the
number of probes that were found.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from rag.index.foreign import key_of_this_user

PROBES = 20
_TIMEOUT = 120
_DATABASE = "chroma.sqlite3"


def fingerprint(directory: Path) -> str:
    """Of the index files that Chroma overwrites in place, and of its database's size; a second per 1.4 GB.

    The database's content is left out, because opening it for reading changes it, and so are index files
    without their metadata: Chroma makes them anew until it has a thousand vectors to put there.

    Chroma's native code reads these files without checking them, so only those that were written here are opened:
    nobody else can make this fingerprint (`key_of_this_user`), and an index from elsewhere is built anew.
    """
    found = hmac.new(key_of_this_user(), digestmod="sha256")
    for database in directory.glob(_DATABASE):
        found.update(str(database.stat().st_size).encode())
    for path in _index_files(directory):
        found.update(json.dumps(str(path.relative_to(directory))).encode())
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:16]


def _index_files(directory: Path) -> list[Path]:
    folders = [metadata.parent for metadata in sorted(directory.glob("*/index_metadata.pickle"))]
    return [path for folder in folders for path in sorted(folder.iterdir())]


def holds_foreign_code(directory: Path) -> str | None:
    """Why the index must not be opened: Chroma would build the embedding function that it names.

    See CVE-2026-45829. Groundwire stores none, so any name means that somebody else wrote the index.
    """
    database = directory / _DATABASE
    if not database.is_file():
        return None
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        rows = connection.execute("SELECT schema_str, config_json_str FROM collections").fetchall()
        connection.close()
    except sqlite3.DatabaseError as error:
        return f"its database cannot be read ({error})"
    named = names_foreign_code(*(value for row in rows for value in row))
    return "it names an embedding function to be run" if named else None


def names_foreign_code(*configurations: object) -> bool:
    """True when one of them, JSON or as parsed from it, names an embedding function that Chroma would build."""
    try:
        plain = [json.loads(value) if isinstance(value, str) and value else value for value in configurations]
    except (ValueError, RecursionError):
        return True
    return any('"type":"known"' in json.dumps(value, default=str, separators=(",", ":")) for value in plain)


def is_healthy(directory: Path) -> bool:
    """Asks a child process; False as well when the child crashes or hangs."""
    if not (directory / _DATABASE).is_file() or holds_foreign_code(directory):
        return False
    command = [sys.executable, "-m", "rag.index.chroma_check", str(directory.resolve())]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT, cwd=Path(__file__).parents[2], check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(directory: Path) -> int:
    """Searches for stored vectors by themselves; each must come back first or at equal distance."""
    from rag.index.vectors import ChromaVectors
    from rag.network_seal import seal

    seal()
    found, tried = ChromaVectors(directory).self_search(PROBES)
    print(f"{found} of {tried} probes found")
    return 0 if found == tried else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
