"""Every tunable, once.

Sources, first wins: arguments, environment (`GROUNDWIRE_*`), `groundwire.toml` in the working
directory, the defaults below. Unknown keys are refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_serializer, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError
from rag.index.place import Place, server_name

CONFIG_FILE = "groundwire.toml"
ENV_PREFIX = "GROUNDWIRE_"

NOT_IN_DIGEST = {
    *("library", "store", "vectors", "vectors_headers", "network_seal"),
    *("llm_api_key", "llm_base_url", "llm_deadline", "answer_deadline"),
    *("max_filter_values", "max_batch_bytes", "max_batch_lines", "max_line_bytes", "max_upload_bytes"),
    *("max_upload_files", "answers_at_once", "answers_waiting"),
    *("ingest_workers", "ray_address", "ingest_worker_memory"),
}
"""Settings that change where or how long, not what is answered."""


class Settings(BaseSettings):
    """What changes an answer, an index or a limit."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, toml_file=CONFIG_FILE, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    library: Path = Path("library")
    """Directory of the library; of its caches alone where `store` is set."""
    store: SecretStr | None = None
    """postgresql:// URL of a database that holds articles, passages and vectors; never logged, shown or stored."""
    vectors: str | None = Field(default=None, repr=False, pattern=r"^(https?://.+|none)$")
    """http:// or https:// URL of a Chroma server that answers unfiltered questions, shown without its password; or
    `none`: no Chroma index at all, not even one beside the library, which a large library is faster without."""
    vectors_headers: dict[str, SecretStr] | None = None
    """Sent with every request to that server, for a proxy in front; never logged, shown or stored."""

    network_seal: bool = True
    """Commands and page connect to nothing but this machine, the servers named here and a model asked for as `hf:`."""

    # --- bulk ingestion
    ingest_workers: int = Field(default=0, ge=0, le=256)
    """Processes that embed; up to 1, the run does it itself. With Ray: tasks at a time, 0 for one a processor."""
    ray_address: str = Field(default="none", pattern=r"^(none|local|auto|[\w.-]+:\d{1,5})$")
    """`none`, `local` (a Ray cluster of this machine for the run), `auto` or HOST:PORT of one it belongs to."""
    ingest_worker_memory: int = Field(default=8_000_000_000, ge=1_000_000_000)
    """Bytes of data that a local process which embeds may have; an article that needs more is skipped."""

    # --- passages and retrieval
    embedding_model: str = "all-MiniLM-L6-v2"
    """The bundled model, or the directory of any sentence-transformers model."""
    passage_tokens: int = Field(default=240, ge=32, le=510)
    """Longest passage in word pieces of the embedding model, title included."""
    candidates: int = Field(default=100, ge=10, le=1000)
    """Passages taken from each of the dense and the keyword ranking."""
    top_k: int = Field(default=8, ge=1, le=50)
    """Passages returned, at most `per_story` of one story."""
    per_story: int = Field(default=3, ge=1, le=50)
    keyword_weight: float = Field(default=0.0005, ge=0, le=1)
    """Points of cosine that a point of BM25 is worth, for each unit of the question's idf."""
    coverage_weight: float = Field(default=0.015, ge=0, le=1)
    """Points of cosine for each unit of the question's idf that two neighbouring sentences hold."""
    date_weight: float = Field(default=0.1, ge=0, le=1)
    """Points of cosine for a passage of the time asked about, for each unit of that time's idf."""
    coverage_depth: int = Field(default=16, ge=0, le=200)
    """Best passages that are read for their coverage."""
    reranker: str = "none"
    """`none`, `late-interaction` (half a second), or `cross-encoder:DIRECTORY` (sentence-transformers)."""
    rerank_depth: int = Field(default=20, ge=1, le=200)
    """Best passages that a reranker puts in order."""
    vector_index: Literal["exact", "chroma"] = "exact"
    """What answers an unfiltered question; filtered ones are always answered by the exact scan."""

    # --- answers
    policy: Literal["verbatim", "strict", "balanced"] = "verbatim"
    """What is done with a paraphrase: `verbatim` quotes what it cites in its place, `strict` leaves it out, `balanced`
    shows it, marked as not verified."""
    second_opinion: str = "none"
    """Who is asked about paraphrases: `none`, `model` (the answering model, separately), or an NLI cross-encoder by
    name or directory. It turns a paraphrase into supported or not found."""
    max_sentences: int = Field(default=3, ge=1, le=10)
    """Longest extracted answer."""
    answer_threshold: float = Field(default=0.65, ge=0, le=1)
    """Confidence from which an extracted answer is given as the answer."""
    closest_threshold: float = Field(default=0.2, ge=0, le=1)
    """Confidence from which the closest passage is shown although it may not answer."""

    # --- language model
    llm: str = "auto"
    """`auto` (an endpoint if one is configured, else none), `none`, `local`, a model name at the endpoint, or a model
    file for the embedded server: a path that ends in .gguf, or hf:owner/repo:file.gguf."""
    llm_base_url: str | None = Field(default=None, repr=False)
    """OpenAI-compatible endpoint; falls back to OPENAI_BASE_URL. Shown without its password, if it has one."""
    llm_api_key: SecretStr | None = None
    """Falls back to OPENAI_API_KEY; never logged, shown or stored."""
    llm_context_window: int = Field(default=8192, ge=512)
    llm_max_tokens: int = Field(default=512, ge=16)
    llm_temperature: float = Field(default=0.0, ge=0, le=2)
    llm_structured: bool = True
    """Ask for sentences as JSON where the server offers that; one that refuses is asked for plain text."""
    llm_deadline: float = Field(default=180.0, gt=0)
    """Wall-clock seconds for one reply of the model."""

    # --- limits
    max_question_chars: int = Field(default=2000, ge=10)
    max_history_turns: int = Field(default=10, ge=0)
    """Earlier turns that count; those before them are left out."""
    max_history_chars: int = Field(default=20_000, ge=10)
    """Characters of one earlier answer; an earlier question is as long as a question."""
    max_filter_values: int = Field(default=1000, ge=1, le=10_000)
    """Outlets, authors, languages, articles or stories in one filter."""
    answer_deadline: float = Field(default=600.0, gt=0)
    """Wall-clock seconds for one answer, quoted or generated, from the question to the last check."""
    answers_at_once: int = Field(default=2, ge=1, le=16)
    """Answers that the page and its API write at the same time."""
    answers_waiting: int = Field(default=16, ge=0, le=20)
    """Questions that wait for their turn there; one more is told to come back."""
    max_upload_bytes: int = Field(default=50_000_000, ge=1000)
    max_upload_files: int = Field(default=100, ge=1)
    """Files of one upload to the page."""
    max_batch_bytes: int = Field(default=50_000_000, ge=1000)
    max_batch_lines: int = Field(default=100_000, ge=1)
    max_line_bytes: int = Field(default=1_000_000, ge=1000)
    """One line of a batch file."""
    max_article_bytes: int = Field(default=10_000_000, ge=1000)
    max_file_bytes: int = Field(default=500_000_000, ge=1000)
    """Files of many articles, such as JSONL; packed files and archives count unpacked, with all that is in them."""
    max_packing_ratio: int = Field(default=200, ge=2)
    """Times its own size that a packed file or an archive may unpack to, beyond the first 20 MB."""
    max_archive_members: int = Field(default=100_000, ge=1)
    max_archive_depth: int = Field(default=2, ge=0)
    """Archives in archives: 1 reads none inside another, 0 reads no archives at all."""

    @field_validator("store")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("it is no postgresql:// URL")
        return value

    @field_serializer("llm_base_url", "vectors")
    def _without_password(self, value: str | None) -> str | None:
        return value if value is None or "://" not in value else server_name(value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, file; nothing else."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def place(self) -> Place:
        """Where the library is."""
        return Place(self.library, self.store, self.vectors, self.vectors_headers or {})

    @property
    def api_key(self) -> SecretStr | None:
        """The configured key, else the one in OPENAI_API_KEY."""
        from_environment = os.environ.get("OPENAI_API_KEY")
        return self.llm_api_key or (SecretStr(from_environment) if from_environment else None)

    @property
    def base_url(self) -> str | None:
        """The configured endpoint, else OPENAI_BASE_URL."""
        return self.llm_base_url or os.environ.get("OPENAI_BASE_URL") or None

    def digest(self) -> str:
        """Twelve hex digits that change whenever a setting that shapes answers does."""
        shaping = self.model_dump(mode="json", exclude=NOT_IN_DIGEST)
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:12]


def load_settings(**overrides: Any) -> Settings:
    """Settings from all sources; overrides of None are left to the other sources.

    Raises:
        SettingsError: An unknown key or a value out of range, naming it.
    """
    _refuse_unknown_environment()
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(
            f"setting {name!r}: {first['msg']}. Check {CONFIG_FILE} and {ENV_PREFIX}* variables."
        ) from None
    except ValueError as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error}. Mend or remove it.") from None


def _refuse_unknown_environment() -> None:
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(v for v in os.environ if v.startswith(ENV_PREFIX) and v.upper() not in known)
    if unknown:
        raise SettingsError(f"unknown environment variable {unknown[0]}. Known: {', '.join(sorted(known))}.")
