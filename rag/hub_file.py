"""`hf:owner/repo:file.gguf` → that model file, from the local Hugging Face cache or, the first time, from the hub.

This is the only download in Groundwire, and it happens only when a user names such a model.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from rag.destinations import Destination, destinations_of
from rag.errors import ModelMissing
from rag.network_seal import allowing

PREFIX = "hf:"
_HUB = tuple(Destination(host, 443) for host in ("huggingface.co", ".huggingface.co", ".hf.co"))
"""The hub and the hosts below it that its files come from."""
_NAME = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+):(?P<file>[\w./-]+\.gguf)", re.IGNORECASE)


def hub_file(name: str) -> Path:
    """The file on this machine.

    Raises:
        ModelMissing: The name is none of that form, or the file is neither in the cache nor to be had.
    """
    match = _NAME.fullmatch(name)
    if match is None or ".." in match["file"]:
        raise ModelMissing(f"{name}: name a model file as hf:owner/repo:file.gguf.")
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    cached = try_to_load_from_cache(match["repo"], match["file"])
    if isinstance(cached, str):
        return Path(cached)
    mirror = os.environ.get("HF_ENDPOINT")
    try:
        with allowing(*_HUB, *destinations_of(mirror)):
            return Path(hf_hub_download(match["repo"], match["file"], endpoint=mirror))
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "an error"
        raise ModelMissing(f"{name}: the hub answered {status}. Check owner, repository and file name.") from None
    except (LocalEntryNotFoundError, OSError, ValueError):
        raise ModelMissing(
            f"{name} is not in the local cache and cannot be downloaded from here. "
            "Download the file elsewhere and give its path to --llm."
        ) from None
