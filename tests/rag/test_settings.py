from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_arguments_win_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().top_k == 8
    Path("groundwire.toml").write_text("top_k = 5\nmax_sentences = 2\n")
    assert load_settings().top_k == 5
    monkeypatch.setenv("GROUNDWIRE_TOP_K", "6")
    assert load_settings().top_k == 6
    assert load_settings(top_k=7).top_k == 7
    assert load_settings(top_k=None).max_sentences == 2


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("tpo_k = 5", "tpo_k"),
        ("top_k = 500", "top_k"),
        ("policy = 'lenient'", "policy"),
        ("top_k = ", "groundwire.toml"),
    ],
)
def test_a_wrong_file_is_named_with_the_setting(file: str, message: str) -> None:
    Path("groundwire.toml").write_text(file)
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_unknown_environment_variables_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDWIRE_TOPK", "5")
    with pytest.raises(SettingsError, match="GROUNDWIRE_TOPK"):
        load_settings()


def test_the_digest_follows_what_shapes_answers_and_nothing_else() -> None:
    plain = load_settings().digest()
    assert load_settings(top_k=5).digest() != plain
    assert load_settings(library="elsewhere", llm_api_key="secret").digest() == plain


def test_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "marked-key")
    settings = load_settings(llm_api_key="other-marked-key")
    assert "marked-key" not in repr(settings)
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "other-marked-key"
