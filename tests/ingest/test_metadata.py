"""Fields, their forms and their origin; ids that do not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dateline import find_dateline
from ingest.dates import iso_date, narrowed, url_date
from ingest.headline import split_top
from ingest.language import detect_language
from ingest.metadata import article_id, clean_name, clean_url, content_hash, find_metadata, normalise_url, shorten
from ingest.records import Found, RawDocument

TEXT = "The board voted on Tuesday. It was close."


def _raw(stem: str = "a", **fields: str) -> RawDocument:
    return RawDocument("/a", stem, "json", TEXT, {name: Found(value, "file field") for name, value in fields.items()})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-10-08", "2019-10-08"),
        ("2019-10-08T23:30:00-05:00", "2019-10-08"),
        ("2019-10-08 10:00:00", "2019-10-08"),
        ("2019/10/8", "2019-10-08"),
        ("20191008", "2019-10-08"),
        ("20191008T101500Z", "2019-10-08"),
        ("2019-10", "2019-10"),
        ("2019", "2019"),
        ("8 October 2019", "2019-10-08"),
        ("Oct. 8, 2019", "2019-10-08"),
        ("October 8th 2019", "2019-10-08"),
        ("Tue, 08 Oct 2019 10:00:00 GMT", "2019-10-08"),
        ("October 2019", "2019-10"),
        ("Sept 1, 2020", "2020-09-01"),
        ("1570492800", "2019-10-08"),
        ("1570492800000", "2019-10-08"),
        ("25/12/2019", "2019-12-25"),
        ("12/25/2019", "2019-12-25"),
        ("03/04/2019", "2019"),
        ("2019-02-30", None),
        ("2019-13", None),
        ("0019-10-08", None),
        ("9999-10-08", None),
        ("yesterday", None),
        ("Oct 8", None),
        ("", None),
        ("31 June 2019", None),
        ("2019 people came", None),
        ("8 octobre 2019", "2019-10-08"),
        ("1er mars 2020", "2020-03-01"),
        ("8. Oktober 2019", "2019-10-08"),
        ("8 de octubre de 2019", "2019-10-08"),
        ("8 de outubro de 2019", "2019-10-08"),
        ("2 maggio 2021", "2021-05-02"),
        ("2019年10月8日", "2019-10-08"),
        ("2019年10月", "2019-10"),
        ("2019년 10월 8일", "2019-10-08"),
    ],
)
def test_dates_keep_the_precision_they_are_given_in(value: str, expected: str | None) -> None:
    assert iso_date(value) == expected


@given(st.text(max_size=100))
def test_no_text_makes_a_date_of_another_form(value: str) -> None:
    found = iso_date(value)
    assert found is None or len(found) in (4, 7, 10)


@pytest.mark.parametrize(
    ("text", "agency", "when"),
    [
        ("BEIJING, Oct. 8, 2019 (Xinhua) -- The ministry said", "Xinhua", ("2019", 10, 8)),
        ("LONDON, 8 October 2019 (AC) – The ministry said", "AC", ("2019", 10, 8)),
        ("PORT ANDERS (May 16, 2023) - The board", None, ("2023", 5, 16)),
        ("BEIJING (REUTERS, BLOOMBERG) - The ministry said on Tuesday (Oct 8) that", "Reuters, Bloomberg", None),
        ("BEIJING, Oct 8 (Reuters) - The ministry", "Reuters", (None, 10, 8)),
        ("PORT ANDERS, Tuesday, Oct. 8 — The board", None, (None, 10, 8)),
        ("WASHINGTON — The board", None, None),
        ("PORT ANDERS, Fla. ― The board", None, None),
        ("LONDON (AP) — The board", "AP", None),
        ("Port Anders (CNN) The board", "CNN", None),
        ("Hong Kong/London CNN Business —\nThe board", "CNN Business", None),
        ("CNN —", "CNN", None),
    ],
)
def test_datelines(text: str, agency: str | None, when: tuple[str | None, int, int] | None) -> None:
    found = find_dateline(text)
    assert found is not None
    assert found.agency == agency
    assert (found.year, found.month, found.day) == (when or (None, None, None))
    assert text[found.end :].strip() in ("", "The board") or text[found.end :].lstrip().startswith("The")


@pytest.mark.parametrize(
    "text",
    [
        "The board met on May 16, 2023 - its first meeting",
        "The harbour board voted. It was close — seven to two.",
        "NATO said on Tuesday that it would stay - for now.",
        "“We stay” - Lena Holt",
        "",
        "PORT ANDERS",
    ],
)
def test_openings_that_are_no_dateline(text: str) -> None:
    assert find_dateline(text) is None


def test_a_dateline_names_the_day_of_a_known_year_and_no_other() -> None:
    text = "BEIJING, Oct 8 (Reuters) - The ministry said so.\nIt was close."
    raw = RawDocument("/a", "a", "text", text, {"published": Found("2019", "file field")})
    found = find_metadata(raw, text, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2019-10-08", "file field, dateline")
    assert (found.values["outlet"], found.provenance["outlet"]) == ("Reuters", "dateline")
    assert found.values["title"] == "The ministry said so."
    assert "published" not in find_metadata(_raw(title="T"), text, {}, None).values
    assert narrowed("2019-03", 10, 8) is None
    assert narrowed("2019", 2, 30) is None


def test_a_full_dateline_is_a_date_and_an_address_makes_a_year_precise() -> None:
    text = "BEIJING, Oct. 8, 2019 (Xinhua) -- The ministry said so."
    assert find_metadata(_raw(), text, {}, None).provenance["published"] == "dateline"
    raw = _raw(published="October 2019", url="https://c.example/2019/10/08/x")
    found = find_metadata(raw, TEXT, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2019-10-08", "file field, url")
    other = find_metadata(_raw(published="2018", url="https://c.example/2019/10/08/x"), TEXT, {}, None)
    assert (other.values["published"], other.provenance["published"]) == ("2018", "file field")


def test_a_caption_above_the_story_is_neither_its_title_nor_hides_its_dateline() -> None:
    text = "A crane at work. Photo: VCG\nBEIJING (REUTERS) - The ministry said so. It was close."
    found = find_metadata(RawDocument("/a", "a", "text", text), text, {}, None)
    assert (found.values["title"], found.values["outlet"]) == ("The ministry said so.", "Reuters")
    assert split_top(text).fields == {}


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2019/10/08/fees", "2019-10-08"),
        ("https://a.example/2019/oct/08/fees", "2019-10-08"),
        ("https://a.example/news/2019/10/fees", "2019-10"),
        ("https://a.example/2019-10-08-fees/", "2019-10-08"),
        ("https://a.example/2019/99/08/fees", None),
        ("https://a.example/story/20191008", None),
        ("https://a.example/fees-2019", None),
        ("https://a.example/news/2019/1008/c90000.html", "2019-10-08"),
        ("https://a.example/201910/08/t2.html", "2019-10-08"),
        ("https://a.example/2019/1399/fees", None),
    ],
)
def test_dates_in_addresses(url: str, expected: str | None) -> None:
    assert url_date(url) == expected


def test_each_field_carries_its_origin_and_the_best_source_wins() -> None:
    raw = _raw(
        title="Fees rise | Courier", outlet="courier", url="https://c.example/2022/01/02/x", author="By Mia  Sund"
    )
    found = find_metadata(raw, TEXT, {"published": Found("16 May 2023", "date line")}, site=None)
    assert found.values == {
        "title": "Fees rise",
        "outlet": "courier",
        "url": "https://c.example/2022/01/02/x",
        "author": "Mia Sund",
        "published": "2023-05-16",
    }
    assert found.provenance["published"] == "date line"
    assert found.provenance["outlet"] == "file field"


def test_unknown_stays_unknown() -> None:
    found = find_metadata(_raw(published="soon", url="javascript:alert(1)", language="??"), TEXT, {}, None)
    assert found.values == {"title": "The board voted on Tuesday."}
    assert found.provenance == {"title": "first sentence"}


def test_a_date_may_come_from_the_address_and_an_update_never_precedes_publication() -> None:
    raw = _raw(title="T", url="https://c.example/2022/01/02/x", updated="2021-01-01")
    found = find_metadata(raw, TEXT, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2022-01-02", "url")
    assert "updated" not in found.values


def test_the_top_of_a_plain_text_gives_headline_byline_and_dates() -> None:
    body = "The board voted on Tuesday.\nIt was close."
    dates = "Published: 16 May 2023, 10:15 CET\nLast updated May 17, 2023"
    top = split_top(f"Port raises fees\nBy Mia Sund and Jon Vik\n{dates}\n\n{body}")
    assert top.body == body
    assert {name: found.value for name, found in top.fields.items()} == {
        "title": "Port raises fees",
        "author": "Mia Sund and Jon Vik",
        "published": "16 May 2023",
        "updated": "May 17, 2023",
    }


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("Mia Sund\nAssociated Press", {"author": "Mia Sund"}),
        ("Mia Sund, USA TODAY", {"author": "Mia Sund"}),
        ("Mia Sund\nmsund@courier.example", {"author": "Mia Sund"}),
        ("Mia Sund\nSpecial to The Sun", {"author": "Mia Sund"}),
        ("Reuters", {}),
        ("May 16, 2023, 1:00 p.m. ET", {"published": "May 16, 2023"}),
        ("Updated May 17, 2023, 1:00 p.m. ET", {"updated": "May 17, 2023"}),
        (
            "May 16, 2023 Updated May 17, 2023, 12:34 p.m. ET",
            {"published": "May 16, 2023", "updated": "May 17, 2023"},
        ),
    ],
)
def test_bylines_and_stamps_without_a_label(top: str, expected: dict[str, str]) -> None:
    found = split_top(f"{top}\nThe board voted on Tuesday.\nIt was close.", has_title=True)
    assert found.body == "The board voted on Tuesday.\nIt was close."
    assert {name: field.value for name, field in found.fields.items()} == expected


def test_a_name_above_a_paragraph_is_no_byline() -> None:
    text = "Lena Holt\nThe chair of the board since 2019.\nJon Vik\nHer deputy."
    assert split_top(text, has_title=True).body == text


@pytest.mark.parametrize(
    "text",
    [
        "The board voted on Tuesday.\nIt was close.",
        "“We cannot go on.”\nLena Holt said so.",
        "- The board had asked for more\nThe board voted.",
        "By raising fees the board angered many.\nIt was close.",
        "A single line",
        f"{'A very long first line that is rather a paragraph than a headline ' * 3}\nIt was close.",
    ],
)
def test_a_first_line_that_may_be_story_stays(text: str) -> None:
    assert split_top(text).body == text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (" https://User:pw@A.example:8080/x?q=1#f ", "https://a.example:8080/x?q=1#f"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://", None),
        ("https://a.example/a b", None),
        ("https://a.example/\nx", None),
        ("https://[bad", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_only_plain_web_addresses_are_kept(url: str, expected: str | None) -> None:
    assert clean_url(url) == expected


def test_one_page_has_one_normalised_address() -> None:
    same = ("https://www.A.example/x/", "http://a.example/x?utm_source=m&fbclid=1", "https://a.example/x#top")
    assert {normalise_url(url) for url in same} == {"a.example/x"}
    for other in ("https://m.a.example/x", "https://amp.a.example/x/", "https://a.example/x/amp?outputType=amp"):
        assert normalise_url(other) == "a.example/x"
    assert normalise_url("https://m.example/x") == "m.example/x"
    assert normalise_url("https://a.example/x?id=2") != normalise_url("https://a.example/x?id=3")


def test_a_given_id_comes_first_then_the_address_then_name_and_text() -> None:
    url = "https://a.example/x"
    assert article_id(_raw(id="  a \n b\u200b "), url, TEXT) == ("a b", "file field")
    assert article_id(_raw(id="x" * 300), None, TEXT)[0] == "x" * 200
    by_url, where = article_id(_raw(), url, TEXT)
    assert (len(by_url), where) == (12, "url")
    assert article_id(_raw(), "http://www.a.example/x/?utm_medium=rss", "other")[0] == by_url
    named, where = article_id(_raw(stem="Café & Fees (final)"), None, TEXT)
    assert named.startswith("cafe-fees-final-")
    assert where == "file name and text"
    assert article_id(_raw(stem="港口"), None, TEXT)[0].startswith("article-")
    assert article_id(_raw(id=" \u200b "), None, TEXT)[0].startswith("a-")


def test_the_hash_changes_with_text_and_fields_only() -> None:
    base = content_hash("i", TEXT, {"title": "T", "outlet": "O"})
    assert content_hash("i", TEXT, {"outlet": "O", "title": "T"}) == base
    assert (
        len(
            {
                base,
                content_hash("i", TEXT + "!", {"title": "T"}),
                content_hash("i", TEXT, {"title": "U", "outlet": "O"}),
            }
        )
        == 3
    )


@given(st.text(max_size=400), st.integers(2, 300))
def test_names_fit_on_one_line(value: str, longest: int) -> None:
    name = clean_name(value, longest)
    assert name is None or (name.isprintable() and 0 < len(name) <= longest)


def test_a_title_is_cut_between_words() -> None:
    assert shorten("The harbour board voted to raise berth fees", 24) == "The harbour board voted…"
