from __future__ import annotations

import gradio as gr

from rag.errors import ModelMissing
from rag.settings import Settings
from tests.web.fakes import FakeChatbot, FakeLibrary, article
from web.catalog import Catalog
from web.chatbots import OPEN_AT_ONCE, Answering, Chatbots
from web.choices import ENDPOINT, LOCAL_MODEL, NO_MODEL, VERBATIM
from web.sidebar import Sidebar, _active

LIBRARY = FakeLibrary(article())


def sidebar(chatbots: Chatbots) -> Sidebar:
    with gr.Blocks():
        return Sidebar(chatbots, Catalog(LIBRARY))


def opened(settings: Settings) -> Answering:
    if settings.llm == "local":
        raise ModelMissing("no local model is installed. pip install it, or choose another.")
    return FakeChatbot(LIBRARY, [], settings)


def test_a_choice_holds_for_the_session_and_the_key_box_is_emptied() -> None:
    chatbots = Chatbots(FakeChatbot(LIBRARY, [], Settings(llm="none")), opened)
    base = chatbots.first.settings
    chosen, key, status = sidebar(chatbots)._apply(
        ENDPOINT, "m-7b", "http://127.0.0.1:1/v1", "sk-typed", VERBATIM, base
    )
    assert chatbots.get(chosen).settings.llm == "m-7b"
    assert chatbots.first.settings.llm == "none"
    assert key == ""
    assert "m-7b" in status
    assert "sk-typed" not in status + repr(chosen)


def test_credentials_in_a_configured_address_are_not_shown() -> None:
    settings = Settings(llm="m", llm_base_url="http://user:s3cret@127.0.0.1:8000/v1")
    with gr.Blocks() as blocks:
        Sidebar(Chatbots(FakeChatbot(LIBRARY, [], settings), opened), Catalog(LIBRARY))
    assert "s3cret" not in str(blocks.get_config_file())


def test_a_model_that_cannot_be_opened_changes_nothing_and_says_why() -> None:
    chatbots = Chatbots(FakeChatbot(LIBRARY, [], Settings(llm="none")), opened)
    base = chatbots.first.settings
    kept, _, status = sidebar(chatbots)._apply(LOCAL_MODEL, None, None, "sk-typed", VERBATIM, base)
    assert kept == base
    assert "no local model is installed" in status


def test_choosing_what_is_already_open_opens_nothing() -> None:
    def refuse(settings: Settings) -> Answering:
        raise AssertionError("opened again")

    chatbots = Chatbots(FakeChatbot(LIBRARY, [], Settings(llm="none")), refuse)
    sidebar(chatbots)._apply(NO_MODEL, None, None, None, VERBATIM, chatbots.first.settings)


def test_the_least_recently_used_chatbot_is_forgotten() -> None:
    opens: list[str] = []

    def note(settings: Settings) -> Answering:
        opens.append(settings.llm)
        return FakeChatbot(LIBRARY, [], settings)

    chatbots = Chatbots(FakeChatbot(LIBRARY, [], Settings(llm="none")), note)
    for name in [*(f"m{i}" for i in range(OPEN_AT_ONCE)), f"m{OPEN_AT_ONCE - 1}", "m0"]:
        chatbots.get(Settings(llm=name))
    assert opens == [*(f"m{i}" for i in range(OPEN_AT_ONCE)), "m0"]


def test_active_filters_are_named_and_bad_ones_explained() -> None:
    line, clear = _active(["Bay <b>Herald</b>"], ["Ana Roe"], ["en"], "2019", None, "2021-03-05")
    assert "only Bay &lt;b&gt;Herald&lt;/b&gt; · by Ana Roe · in en · from 2019 · asked as of 5 Mar 2021" in line
    assert clear["visible"]
    assert "write a date like" in _active([], [], [], "soon", "", "")[0]
    assert _active([], [], [], "", "", "") == ("", gr.update(visible=False))
