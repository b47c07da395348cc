from __future__ import annotations

import pytest
from pydantic import SecretStr

from rag.errors import QuestionError, SettingsError
from rag.records import Filters
from rag.settings import Settings
from web.choices import (
    BALANCED,
    ENDPOINT,
    LOCAL_MODEL,
    NO_MODEL,
    STRICT,
    choose_settings,
    chosen_model,
    parse_date,
    parse_filters,
    parse_question,
)


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("text", ["2019", "2019-10", "2019-10-08", " 2019 "])
def test_dates_of_any_precision_pass(text: str) -> None:
    assert parse_date(text, "From") == text.strip()


@pytest.mark.parametrize("text", ["08.10.2019", "2019-13", "2019-02-30", "19", "next week", "2019-1"])
def test_other_dates_are_refused_by_the_name_of_their_box(text: str) -> None:
    with pytest.raises(QuestionError, match=r"From: write a date like"):
        parse_date(text, "From")


def test_an_empty_box_is_no_date() -> None:
    assert parse_date("  ", "From") is None
    assert parse_date(None, "From") is None


def test_questions_are_stripped_and_bounded() -> None:
    assert parse_question("  Who? ", 10) == "Who?"
    with pytest.raises(QuestionError, match="Write a question"):
        parse_question("   ", 10)
    with pytest.raises(QuestionError, match="11 characters; 10 are allowed"):
        parse_question("x" * 11, 10)


def test_filters_are_collected() -> None:
    chosen = parse_filters(["Bay Herald"], ["Ana Roe"], ["en"], "2019", "")
    assert chosen == Filters(outlets=("Bay Herald",), authors=("Ana Roe",), languages=("en",), since="2019")
    assert not parse_filters([], None, [], "", "")


def test_an_empty_period_is_refused_but_a_day_within_its_year_is_not() -> None:
    with pytest.raises(QuestionError, match="Swap them"):
        parse_filters(since="2021", until="2019")
    assert parse_filters(since="2019-10-08", until="2019").until == "2019"


@pytest.mark.parametrize(("choice", "llm"), [(NO_MODEL, "none"), (LOCAL_MODEL, "local")])
def test_choices_without_an_endpoint(choice: str, llm: str) -> None:
    settings = choose_settings(Settings(), choice, "ignored", "ignored", "ignored", STRICT)
    assert (settings.llm, settings.policy) == (llm, "strict")
    assert chosen_model(settings) == choice


def test_an_endpoint_takes_name_address_and_key() -> None:
    settings = choose_settings(Settings(), ENDPOINT, " m-7b ", "http://127.0.0.1:8000/v1", "sk-typed", BALANCED)
    assert (settings.llm, settings.base_url, settings.policy) == ("m-7b", "http://127.0.0.1:8000/v1", "balanced")
    assert settings.api_key == SecretStr("sk-typed")
    assert chosen_model(settings) == ENDPOINT


@pytest.mark.parametrize(("name", "address"), [("", "http://h/v1"), ("m", "ftp://h"), ("m", "h:8000")])
def test_an_endpoint_without_name_or_address_is_refused(name: str, address: str) -> None:
    with pytest.raises(SettingsError):
        choose_settings(Settings(), ENDPOINT, name, address, "", BALANCED)


def test_an_endpoint_needs_an_address_or_a_key_from_somewhere() -> None:
    with pytest.raises(SettingsError, match="Base URL"):
        choose_settings(Settings(), ENDPOINT, "m", "", "", BALANCED)
    assert choose_settings(Settings(), ENDPOINT, "m", "", "sk-typed", BALANCED).base_url is None


@pytest.mark.parametrize("name", ["/etc/model.gguf", "x.GGUF", "local", "auto", "none"])
def test_the_page_cannot_name_files_of_the_server(name: str) -> None:
    with pytest.raises(SettingsError, match="--llm"):
        choose_settings(Settings(), ENDPOINT, name, "http://h/v1", "", BALANCED)


def test_a_model_file_given_at_the_start_stays_the_local_choice() -> None:
    base = Settings(llm="/models/small.gguf")
    assert chosen_model(base) == LOCAL_MODEL
    assert choose_settings(base, LOCAL_MODEL, "", "", "", BALANCED).llm == "/models/small.gguf"


@pytest.mark.parametrize("by_environment", [True, False])
def test_the_configured_key_never_goes_to_an_endpoint_typed_on_the_page(
    monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    if by_environment:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-server")
    base = Settings() if by_environment else Settings(llm_api_key=SecretStr("sk-server"))
    foreign = choose_settings(base, ENDPOINT, "m", "http://elsewhere.example/v1", "", BALANCED)
    assert foreign.api_key is not None
    assert foreign.api_key.get_secret_value() != "sk-server"


def test_the_configured_key_goes_to_the_configured_endpoint() -> None:
    base = Settings(llm_base_url="http://127.0.0.1:8000/v1", llm_api_key=SecretStr("sk-server"))
    same = choose_settings(base, ENDPOINT, "m", "http://127.0.0.1:8000/v1/", "", BALANCED)
    assert same.api_key == SecretStr("sk-server")
    assert "sk-server" not in repr(same)
