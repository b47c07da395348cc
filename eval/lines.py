"""JSON Lines files, plain or compressed, with errors that name the line."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from rag.errors import GoldSetError


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) for every line that is not blank.

    Raises:
        GoldSetError: The file cannot be read, or a line is not a JSON object.
    """
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _object(line, f"{path}:{number}")
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise GoldSetError(f"{path}: cannot be read ({error}). Check the path.") from None
    except UnicodeDecodeError:
        raise GoldSetError(f"{path}: is not UTF-8. Save it as UTF-8 JSON Lines.") from None


def _open(path: Path) -> IO[str]:
    match path.suffix:
        case ".gz":
            return gzip.open(path, "rt", encoding="utf-8-sig")
        case ".xz":
            return lzma.open(path, "rt", encoding="utf-8-sig")
        case _:
            return path.open(encoding="utf-8-sig")


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise GoldSetError(f"{where}: not JSON ({error.msg}, column {error.colno}). One object per line.") from None
    except (ValueError, RecursionError):
        raise GoldSetError(f"{where}: holds a number too long or is nested too deeply. Mend that line.") from None
    if not isinstance(value, dict):
        raise GoldSetError(f"{where}: is {type(value).__name__}, not an object. Write {{...}} on each line.")
    return value
