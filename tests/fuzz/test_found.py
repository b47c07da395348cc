"""What damaged inputs once broke, each as short as it could be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.records import Skipped
from tests.fuzz.catalog import TARGETS
from tests.fuzz.mutating import Mutator
from tests.fuzz.running import Broken, Target, attempt, fuzz

BY_NAME = {target.name: target for target in TARGETS}
FOUND = {
    "a carriage return in the first row was a traceback": ("reader-csv", b"title,t<!--\r-<!--"),
    "a reason to skip held the file's control characters": ("reader-csv", b'"b\x00The\x1b[31m vote"\ntitle,text'),
    "capitals without spaces stalled the search for a dateline": ("reader-txt", b"A" * 159 + b" fell.\n"),
    "an address in a reason held what cannot be seen": (
        "reader-rss",
        "<rss><channel><item><title>x</title><link>https://a.ex\u00adample/1</link></item></channel></rss>".encode(),
    ),
    "a number of 5,000 digits was a traceback": ("gold", b"9" * 5000),
    "deep nesting was a traceback": ("gold", b'{"a":' * 90_000),
    "an address with many fields was a traceback": ("address", b"?q=Who" + b"&until=" * 300),
    "a status line of 5,000 digits was an error of 5,000 characters": (
        "server",
        b"raw\nHTTP/1.1 " + b"9" * 5000 + b" Oops\r\n\r\n",
    ),
    "a joiner after a wide space was kept": ("markdown", "a\u3000\u200d\u2028\u200cb".encode()),
    "a passage that begins with white space was a traceback": ("fields", b"\n" * 600),
    "an empty closest sentence was a traceback": (
        "fields",
        b"\n---\nYou are a help---\nful clerk. Write: ORDER\n---\n",
    ),
}


@pytest.mark.parametrize(("name", "data"), FOUND.values(), ids=FOUND.keys())
def test_what_was_found_stays_mended(name: str, data: bytes, tmp_path: Path) -> None:
    attempt(BY_NAME[name], data, tmp_path)


def test_a_reason_is_one_line_that_does_not_act() -> None:
    assert Skipped("a", "it is:\tx\x1b[31m\x85y\u202e").reason == "it is: x[31m y"


# ------------------------------------------------------------------ the runner itself
def failing(data: bytes, folder: Path) -> None:
    """A target that breaks on some damage."""
    if b"{" in data:
        raise KeyError("x")


def test_what_breaks_a_target_is_kept_and_shown_with_its_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.fuzz.running.KEPT", tmp_path / "kept")
    with pytest.raises(Broken, match="KeyError") as broken:
        fuzz(Target("failing", [b"one", b"two words"], failing), tmp_path, seconds=30.0, seed=3)
    (kept,) = (tmp_path / "kept").iterdir()
    assert str(kept) in str(broken.value)
    assert b"{" in kept.read_bytes()
    assert "seed 3" in capsys.readouterr().out


def test_the_same_seed_draws_the_same_inputs() -> None:
    def drawn(seed: int) -> list[bytes]:
        mutator = Mutator([b"a line\nand 12 more", b"<p>other</p>"], seed)
        return [mutator.draw() for _ in range(50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert len(set(drawn(1))) > 25
