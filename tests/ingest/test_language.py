"""The language of a text."""

from __future__ import annotations

import pytest

from ingest.language import detect_language
from ingest.metadata import find_metadata
from ingest.records import Found, RawDocument

TEXT = "The board voted on Tuesday. It was close."


def _raw(stem: str = "a", **fields: str) -> RawDocument:
    return RawDocument("/a", stem, "json", TEXT, {name: Found(value, "file field") for name, value in fields.items()})


LANGUAGES = {
    "en": "The board of the harbour said on Tuesday that it would raise the fees, but the "
    "owners of the ships were not told.",
    "de": "Der Vorstand des Hafens hat am Dienstag gesagt, dass er die Gebühren für die "
    "Schiffe im Januar erhöhen werde.",
    "fr": "Le conseil du port a dit mardi qu'il allait augmenter les tarifs pour les "
    "navires et que la décision est prise.",
    "es": "La junta del puerto dijo el martes que iba a subir las tarifas para los barcos "
    "y que la decisión no se cambia.",
    "pt": "O conselho do porto disse na terça que não vai mudar as tarifas para os navios, "
    "mas que a decisão foi difícil.",
    "it": "Il consiglio del porto ha detto che le tariffe per le navi sono più alte e che non si tratta di una novità.",
    "nl": "Het bestuur van de haven zei dinsdag dat het de tarieven voor de schepen niet "
    "heeft verhoogd, maar dat zal doen.",
    "pl": "Zarząd portu powiedział we wtorek, że nie podniesie opłat dla statków, ale to "
    "jest decyzja na jeden rok i się zmieni.",
    "tr": "Liman yönetimi salı günü gemiler için ücretlerin artacağını ve bu kararın bir "
    "yıl için olduğunu, ancak daha sonra "
    "değişebileceğini söyledi.",
    "ru": "Совет порта заявил во вторник, что сборы для судов вырастут, но решение ещё не "
    "принято, и это может измениться.",
    "uk": "Рада порту заявила у вівторок, що збори для суден зростуть, але рішення ще не "
    "прийнято, і це може змінитися.",
    "zh": "港口委员会周二表示，船舶费用将从一月起上涨。",
    "ja": "港の委員会は火曜日、船の料金を一月から上げると述べた。",
    "ko": "항만 위원회는 화요일에 선박 요금을 1월부터 인상한다고 밝혔다.",
    "ar": "قال مجلس الميناء يوم الثلاثاء إنه سيرفع رسوم السفن اعتبارا من يناير.",
    "fa": "هیئت بندر روز سه‌شنبه گفت که هزینه کشتی‌ها را از ژانویه افزایش می‌دهد و چنین کاری ضروری است.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_text_is_told_by_script_and_small_words(language: str) -> None:
    assert detect_language(LANGUAGES[language]) == language


@pytest.mark.parametrize(
    "text", ["", "123", "Port Anders 7, Harbour United 2", LANGUAGES["de"] + LANGUAGES["ru"], "Lorem"]
)
def test_a_language_that_cannot_be_told_stays_unknown(text: str) -> None:
    assert detect_language(text) is None


def test_the_language_a_page_states_wins_over_what_its_text_looks_like() -> None:
    stated = find_metadata(_raw(title="T", language="de-AT"), LANGUAGES["en"], {}, None)
    assert (stated.values["language"], stated.provenance["language"]) == ("de", "file field")
    found = find_metadata(_raw(title="T", language="und"), LANGUAGES["en"], {}, None)
    assert (found.values["language"], found.provenance["language"]) == ("en", "text")
