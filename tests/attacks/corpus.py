"""All hostile files, numbered, each with an order of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.attacks.files import HIDDEN, UNTOLD, fields, formats, page
from tests.attacks.texts import CODE, DISGUISED, FORGED_STRUCTURE, UNREADABLE, VISIBLE
from tests.attacks.world import Attack, as_json, order


def _texts(number: int) -> Iterator[Attack]:
    for kind, payloads in (("visible", VISIBLE), ("forged structure", FORGED_STRUCTURE), ("code", CODE)):
        for name, payload in payloads.items():
            wanted, canaries = order(number)
            text = payload.replace("ORDER", wanted)
            yield Attack(name, kind, f"a{number:03}.json", _article(number, text), wanted, canaries)
            number += 1
    for name, disguise in DISGUISED.items():
        wanted, canaries = order(number)
        data = _article(number, disguise(wanted))
        yield Attack(name, "disguised", f"a{number:03}.json", data, wanted, canaries, hides=name in UNREADABLE)
        number += 1


def _article(number: int, text: str) -> bytes:
    return as_json({"outlet": f"Courier {number}", "published": "2024-03-07", "title": f"Note {number}", "text": text})


def _hidden(number: int) -> Iterator[Attack]:
    for at, (name, (body, head)) in enumerate(HIDDEN.items()):
        wanted, canaries = order(number)
        data = page(at, body.replace("ORDER", wanted), head.replace("ORDER", wanted))
        yield Attack(name, "hidden", f"a{number:03}.html", data, wanted, canaries, hides=True)
        number += 1


def _placed(number: int) -> Iterator[Attack]:
    wanted = order(0)[0]
    for kind, placed in (("field", fields), ("format", formats)):
        for name in placed(wanted):
            wanted, canaries = order(number)
            file, data = placed(wanted)[name]
            yield Attack(name, kind, file, data, wanted, canaries, hides=name in UNTOLD)
            number += 1


TEXTS = tuple(_texts(0))
PAGES = tuple(_hidden(len(TEXTS)))
PLACED = tuple(_placed(len(TEXTS) + len(PAGES)))
ATTACKS = (*TEXTS, *PAGES, *PLACED)
