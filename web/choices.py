"""What a reader typed or chose → Settings and Filters, or a GroundwireError that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pydantic import SecretStr

from rag.endpoint import NO_KEY
from rag.errors import QuestionError, SettingsError
from rag.records import Filters
from rag.settings import Settings, load_settings

NO_MODEL, LOCAL_MODEL, ENDPOINT = "Quote the articles, no model", "Local model", "Model at an endpoint"
MODEL_CHOICES = (NO_MODEL, LOCAL_MODEL, ENDPOINT)
VERBATIM = "Quote what a paraphrase cites instead"
BALANCED = "Mark paraphrases as not verified"
STRICT = "Leave paraphrases out"
POLICIES = {VERBATIM: "verbatim", BALANCED: "balanced", STRICT: "strict"}
"""Choice → value of the setting `policy`."""

_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def parse_date(text: str | None, name: str) -> str | None:
    """An ISO date of any precision; None for an empty box.

    Raises:
        QuestionError: Not a date, naming the box.
    """
    value = (text or "").strip()
    if not value:
        return None
    try:
        if not _ISO.fullmatch(value):
            raise ValueError(value)
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        raise QuestionError(f"{name}: write a date like 2021, 2021-03 or 2021-03-05.") from None
    return value


def parse_question(text: str | None, limit: int) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: Nothing was written, or more than `limit` characters.
    """
    question = (text or "").strip()
    if not question:
        raise QuestionError("Write a question first.")
    if len(question) > limit:
        raise QuestionError(f"The question has {len(question):,} characters; {limit:,} are allowed. Shorten it.")
    return question


def parse_filters(
    outlets: Sequence[str] | None = None,
    authors: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Filters:
    """The filters of the sidebar.

    Raises:
        QuestionError: A malformed date, or an empty period.
    """
    filters = Filters(
        outlets=tuple(outlets or ()),
        authors=tuple(authors or ()),
        languages=tuple(languages or ()),
        since=parse_date(since, "From"),
        until=parse_date(until, "To"),
    )
    if filters.since and filters.until and filters.since > filters.until + "-99":
        raise QuestionError(f"From {filters.since} is after To {filters.until}. Swap them.")
    return filters


def choose_settings(
    base: Settings, model: str, name: str | None, base_url: str | None, api_key: str | None, policy: str
) -> Settings:
    """The settings of one browser session.

    A configured key is sent to the configured endpoint only: another endpoint gets the key typed with
    it, or none, so that a visitor cannot have the server's key sent to a host of their own.

    Raises:
        SettingsError: A model name or endpoint is missing or malformed.
    """
    changes: dict[str, object] = {"policy": POLICIES.get(policy, base.policy)}
    if model == ENDPOINT:
        changes |= _endpoint(base, *((text or "").strip() for text in (name, base_url, api_key)))
    else:
        changes["llm"] = _local(base) if model == LOCAL_MODEL else "none"
    kept = {field: getattr(base, field) for field in type(base).model_fields}
    return load_settings(**(kept | changes))


def chosen_model(settings: Settings) -> str:
    """The choice that stands for some settings."""
    if settings.llm == "none":
        return NO_MODEL
    if settings.llm == _local(settings):
        return LOCAL_MODEL
    if settings.llm == "auto" and not settings.base_url and not settings.api_key:
        return NO_MODEL
    return ENDPOINT


def _local(settings: Settings) -> str:
    """The model file the page was started with, else the bundled model."""
    return settings.llm if settings.llm.lower().endswith(".gguf") else "local"


def _endpoint(base: Settings, name: str, base_url: str, api_key: str) -> dict[str, object]:
    if not name:
        raise SettingsError("Model name: write the name the endpoint knows the model by.")
    if name in ("auto", "none", "local") or name.lower().endswith(".gguf"):
        raise SettingsError(f"Model name {name!r}: files and built-in choices are set with --llm at the start.")
    if base_url and not re.match(r"https?://[^\s/]+", base_url):
        raise SettingsError("Base URL: write an address that starts with http:// or https://.")
    if not (base_url or api_key or base.base_url or base.api_key):
        raise SettingsError("Base URL: write the address of an OpenAI-compatible server, or a key of OpenAI's own.")
    changes: dict[str, object] = {"llm": name}
    if api_key:
        changes["llm_api_key"] = SecretStr(api_key)
    if base_url and base_url.rstrip("/") != (base.base_url or "").rstrip("/"):
        changes |= {"llm_base_url": base_url, "llm_api_key": SecretStr(api_key or NO_KEY)}
    return changes
