from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import LibraryMissing
from rag.index.place import Place
from rag.settings import Settings
from web.startup import Start, open_chatbots
from web.uploads import add_files


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_an_empty_library_is_opened_filled_and_asked(tmp_path: Path, place: Place) -> None:
    settings = Settings(library=place.directory, store=place.store, llm="none")
    chatbots = open_chatbots(settings, is_default=False, start=Start.EMPTY)
    assert chatbots.first.library.counts().articles == 0
    assert chatbots.first.ask("Who keeps the lighthouse?").abstained
    story = tmp_path / "story.txt"
    story.write_text(
        "Lighthouse lit\n\nThe lighthouse of Torvik is kept by Runa Holm since Friday. It burns with 400 watts."
    )
    list(add_files([story], settings, lambda done, what: None))
    assert "Runa Holm" in chatbots.first.ask("Who keeps the lighthouse of Torvik?").text


def test_a_library_that_was_emptied_opens_again(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "mine", llm="none")
    open_chatbots(settings, is_default=False, start=Start.EMPTY)
    again = open_chatbots(settings, is_default=False)
    assert again.first.library.counts().articles == 0


def test_a_library_that_was_never_made_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing):
        open_chatbots(Settings(library=tmp_path / "mistyped", llm="none"), is_default=False)
    assert not (tmp_path / "mistyped").exists()
