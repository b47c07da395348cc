"""Settings, or an object passed in → the chat model that drafts answers."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from rag.endpoint import OPENAI_URL, Endpoint, configured_endpoint
from rag.errors import ModelError, ModelMissing, SettingsError
from rag.hub_file import PREFIX, hub_file
from rag.llamaindex_llm import LlamaIndexChatModel
from rag.local_llm import CONTEXT_WINDOW, bundled_model, model_file, serve
from rag.messages import ChatModel, Message, Piece
from rag.offered_models import list_models
from rag.openai_llm import Limits, OpenAIChatModel
from rag.settings import Settings

__all__ = ["ChatModel", "Message", "Piece", "as_chat_model", "open_chat_model"]

DEFAULT_MODEL = "gpt-4o-mini"
_NO_CHAT = re.compile(r"embed|rerank|whisper|tts|moderation", re.IGNORECASE)


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The model that `settings.llm` names; None when answers are to be extracted.

    Asks an endpoint for its models if none is named, else connects to nothing yet.

    Raises:
        ModelMissing: The model file, its package or the endpoint's address is not there.
        SettingsError: The endpoint's address or key cannot be used.
    """
    name = settings.llm.strip()
    if name == "none":
        return None
    if name == "local":
        return _embedded(bundled_model(), settings)
    if name.startswith(PREFIX):
        return _embedded(hub_file(name), settings)
    if name.lower().endswith(".gguf"):
        return _embedded(model_file(name), settings)
    endpoint = configured_endpoint(settings)
    if name == "auto":
        return None if endpoint is None else _remote(_offered_model(endpoint), endpoint, settings)
    if endpoint is None:
        raise ModelMissing(
            f"the model {name!r} needs an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, "
            "or choose --llm local or --llm none."
        )
    return _remote(name, endpoint, settings)


def as_chat_model(model: Any, *, deadline: float = 180.0) -> ChatModel:
    """A chat model as it is, or a LlamaIndex LLM as one.

    Raises:
        SettingsError: It is neither.
    """
    if hasattr(model, "stream_chat") and hasattr(model, "metadata"):
        return LlamaIndexChatModel(model, deadline=deadline)
    if all(hasattr(model, name) for name in ("stream", "name", "context_window")):
        chat_model: ChatModel = model
        return chat_model
    raise SettingsError(f"llm is a {type(model).__name__}: pass a model name, a ChatModel or a LlamaIndex LLM.")


def _embedded(file: Path, settings: Settings) -> ChatModel:
    return OpenAIChatModel(
        file.stem,
        lambda: serve(file),
        context_window=CONTEXT_WINDOW,
        temperature=settings.llm_temperature,
        limits=Limits(deadline=settings.llm_deadline),
    )


def _remote(name: str, endpoint: Endpoint, settings: Settings) -> ChatModel:
    return OpenAIChatModel(
        name,
        lambda: endpoint,
        context_window=settings.llm_context_window,
        temperature=settings.llm_temperature,
        limits=Limits(deadline=settings.llm_deadline),
        structured=settings.llm_structured,
    )


def _offered_model(endpoint: Endpoint) -> str:
    """OPENAI_MODEL, else the first chat model a server of one's own offers; OpenAI's list begins anywhere."""
    named = os.environ.get("OPENAI_MODEL", "").strip()
    if named or endpoint.url == OPENAI_URL:
        return named or DEFAULT_MODEL
    try:
        offered = list_models(endpoint)
    except ModelError:  # the first question reports it, with what to do
        offered = []
    return next((model for model in offered if not _NO_CHAT.search(model)), DEFAULT_MODEL)
