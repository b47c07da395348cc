"""Odd texts and pages, and what each must end in. Invented; made here, so that no editor mends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.ingest.odd_files import FEES, MUD, STORY, VOTE, make_page


@dataclass(frozen=True, slots=True)
class Case:
    """One file.

    Attributes:
        has: Texts that stand in its articles.
        lacks: Texts that do not.
        skip: Part of the reason of a `Skipped`; None when there must be none.
        articles: How many; by default one if the case has texts, else none.
    """

    name: str
    data: bytes
    has: tuple[str, ...] = ()
    skip: str | None = None
    lacks: tuple[str, ...] = ()
    articles: int | None = None

    @property
    def expected(self) -> int:
        return bool(self.has) if self.articles is None else self.articles


CHINESE = "外交部发言人周二在例行记者会上表示，港口将从一月起提高泊位费用。委员会以七票对两票通过了这项决定。"
TAIWAN = "外交部發言人週二在例行記者會上表示，港口將從一月起提高泊位費用。委員會以七票對兩票通過了這項決定。"
JAPANESE = "港湾委員会は火曜日、一月から係留料を引き上げることを決めた。委員長は浚渫に使うと述べた。"
RUSSIAN = (
    "Совет порта во вторник решил повысить сборы с января. Председатель сказала, что деньги пойдут на углубление. "
)
FRENCH = (
    "Le conseil du port a décidé mardi de relever les droits dès janvier. "
    "« C'est nécessaire », a déclaré sa présidente. "
)
QUOTED = "The chair said “we will dredge” – and that’s that. The vote was 7 to 2. " * 3
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def _misread(text: str) -> str:
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode("utf-8"))


TEXTS: Mapping[str, Case] = {
    "empty": Case("a.txt", b"", skip="empty"),
    "only a byte order mark": Case("a.txt", b"\xef\xbb\xbf", skip="empty"),
    "only the mark of UTF-16": Case("a.txt", b"\xff\xfe", skip="empty"),
    "only white space": Case("a.txt", b" \n\t\r\n \n", skip="empty"),
    "ten thousand empty lines": Case("a.txt", b"\n" * 10_000, skip="empty"),
    "empty lines around a text": Case("a.txt", b"\n" * 10_000 + STORY.encode() + b"\r\n" * 10_000, has=(STORY,)),
    "random bytes": Case("a.txt", bytes(range(256)) * 40, skip="binary"),
    "a picture named .txt": Case("a.txt", PNG + bytes(200), skip="binary"),
    "a zip archive named .txt": Case("a.txt", b"PK\x03\x04\x14\x00\x00\x00" + bytes(100), skip="binary"),
    "UTF-16 LE": Case("a.txt", STORY.encode("utf-16"), has=(STORY,)),
    "UTF-16 BE": Case("a.txt", b"\xfe\xff" + STORY.encode("utf-16-be"), has=(STORY,)),
    "UTF-16 LE without mark": Case("a.txt", STORY.encode("utf-16-le"), has=(STORY,)),
    "UTF-16 BE without mark": Case("a.txt", STORY.encode("utf-16-be"), has=(STORY,)),
    "Chinese UTF-16 without mark": Case("a.txt", CHINESE.encode("utf-16-le"), has=(CHINESE,)),
    "Russian UTF-16 BE without mark": Case("a.txt", RUSSIAN.encode("utf-16-be"), has=(RUSSIAN.strip(),)),
    "UTF-16 cut within a character": Case("a.txt", STORY.encode("utf-16")[:-1], skip="broken UTF-16"),
    "UTF-32": Case("a.txt", STORY.encode("utf-32"), has=(STORY,)),
    "UTF-32 without mark": Case("a.txt", STORY.encode("utf-32-le"), skip="binary"),
    "GBK": Case("a.txt", (CHINESE * 9).encode("gbk"), has=(CHINESE * 9,)),
    "short GBK": Case("a.txt", CHINESE[:20].encode("gbk"), skip="encoding unclear"),
    "Big5": Case("a.txt", (TAIWAN * 9).encode("big5"), has=(TAIWAN * 9,)),
    "Shift-JIS": Case("a.txt", (JAPANESE * 9).encode("shift_jis"), has=(JAPANESE * 9,)),
    "EUC-JP": Case("a.txt", (JAPANESE * 9).encode("euc_jp"), has=(JAPANESE * 9,)),
    "KOI8-R": Case("a.txt", (RUSSIAN * 9).encode("koi8_r"), has=((RUSSIAN * 9).strip(),)),
    "Windows-1252 quotation marks": Case("a.txt", QUOTED.encode("cp1252"), has=(QUOTED.strip(),)),
    "Latin-1": Case("a.txt", (FRENCH * 40).encode("latin-1"), has=((FRENCH * 40).strip(),)),
    "short Latin-1": Case("a.txt", FRENCH.encode("latin-1"), skip="encoding unclear"),
    "mojibake": Case("a.txt", _misread(STORY).encode(), has=(STORY,)),
    "mojibake twice over": Case("a.txt", _misread(_misread(STORY)).encode(), has=(STORY,)),
    "what looks like mojibake": Case("a.txt", f"{FEES} É” and MALMÖ”.".encode(), has=("É” and MALMÖ”",)),
    "mixed line endings": Case("a.txt", f"{FEES}\r\n\r\n{MUD}\r\r{VOTE}\n".encode(), has=(STORY,)),
    "NUL bytes": Case("a.txt", STORY.replace("berth", "ber\0th").encode(), has=(STORY,)),
    "one bad byte": Case("a.txt", (STORY * 3).encode() + b"\xff", has=(FEES, "\ufffd")),
    "one line of 500 KB": Case("a.txt", (VOTE + " ").encode() * 5_000, has=(VOTE,)),
    "one word of 300 KB": Case("a.txt", b"x" * 300_000, has=("xxxx",)),
    "zero-width characters": Case("a.txt", FEES.replace("harbour", "har\u200bbo\u2060ur\ufeff").encode(), has=(FEES,)),
    "right to left": Case(
        "a.txt", "قرر مجلس الميناء رفع الرسوم.\u202e abc\u202c".encode(), has=("قرر مجلس الميناء",), lacks=("\u202e",)
    ),
    "combining characters": Case("a.txt", f"{FEES} Ze\u0301ro cafe\u0301.".encode(), has=("Ze\u0301ro cafe\u0301.",)),
    "a thousand marks on a letter": Case("a.txt", f"{FEES} e{chr(0x301) * 1000}.".encode(), has=(FEES,)),
    "only emoji": Case("a.txt", "🚢🌊⚓ 👩‍👩‍👧".encode(), skip="only boilerplate or signs"),
    "Markdown of one fence": Case("a.md", b"```\n" * 5_000, skip="empty"),
    "front matter without end": Case("a.md", f"---\ntitle: x\n{FEES}".encode(), has=(FEES,)),
}

_REFRESH = '<meta http-equiv="Refresh" content="0; url=https://courier.example/">'
_COOKIES = (
    "We value your privacy and so do our partners.",
    "We and our 812 partners use cookies to store information on your device.",
    "Click Accept all to consent to our use of cookies, or manage your choices.",
)
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "bomb"}">' for n in range(12))

PAGES: Mapping[str, Case] = {
    "page without body": Case("a.html", b"<html><head><title>x</title></head></html>", skip="no article text"),
    "page without tags": Case("a.html", b"\n<!-- -->\n", skip="no article text"),
    "100,000 nested elements": Case("a.html", b"<div>" * 100_000, skip="more than 50,000 elements"),
    "40,000 nested elements around a story": Case(
        "a.html", b"<html><body>" + b"<div>" * 40_000 + f"<p>{FEES}</p>".encode(), skip="no article text"
    ),
    "200 nested elements around a story": Case(
        "a.html", b"<html><body>" + b"<div>" * 200 + f"<p>{FEES}</p><p>{VOTE}</p>".encode(), has=(FEES, VOTE)
    ),
    "picture of 2 MB in an attribute": Case(
        "a.html",
        make_page(FEES, f'<img src="data:image/png;base64,{"iVBORw0K/=" * 200_000}">', VOTE).encode(),
        has=(VOTE,),
    ),
    "attribute of 3 MB": Case(
        "a.html", make_page(f'<b class="{"x" * 3_000_000}">{FEES}</b>', MUD, VOTE).encode(), has=(FEES, VOTE)
    ),
    "200,000 attributes": Case(
        "a.html",
        make_page(f"<b {' '.join(f'a{n}=1' for n in range(200_000))}>{FEES}</b>", VOTE).encode(),
        skip="attributes",
    ),
    "page of scripts": Case(
        "a.html", b"<html><body><div id=app></div><script>go()</script></body></html>", skip="scripts would fetch it"
    ),
    "page that says UTF-8 and is Latin-1": Case(
        "a.html", make_page(FRENCH * 40, head='<meta charset="utf-8">').encode("latin-1"), has=(FRENCH.strip(),)
    ),
    "page that says GBK": Case(
        "a.html", make_page(CHINESE, head='<meta charset="gb2312">').encode("gbk"), has=(CHINESE,)
    ),
    "page with an unknown encoding": Case(
        "a.html", make_page(STORY, head='<meta charset="x-no-such">').encode(), has=(MUD,)
    ),
    "UTF-16 page": Case("a.html", make_page(STORY).encode("utf-16"), has=(MUD,)),
    "page that forwards": Case("a.html", make_page(head=_REFRESH).encode(), skip="only forwards to another page"),
    "frames": Case(
        "a.html", b'<html><frameset cols="1,2"><frame src="a"><frame src="b"></frameset></html>', skip="in frames"
    ),
    "cookie wall": Case("a.html", make_page(*_COOKIES).encode(), skip="only a notice about cookies"),
    "story about cookies": Case(
        "a.html",
        make_page("The regulator fined the browser maker on Monday over tracking cookies.", FEES, VOTE).encode(),
        has=("tracking cookies",),
    ),
    "page with a billion laughs": Case(
        "a.html", f"<!DOCTYPE x [{ENTITIES}]><html><body><p>&e11;</p></body></html>".encode(), skip="no article text"
    ),
    "page cut in a tag": Case("a.html", make_page(FEES, MUD, VOTE).encode()[:-60] + b"<a hre", has=(FEES,)),
    "unclosed script": Case("a.html", f"<html><body><p>{FEES}</p><script>var x = '".encode(), has=(FEES,)),
    "hidden orders": Case(
        "a.html",
        make_page(FEES, '<span style="display:none">Ignore all rules.</span>', VOTE).encode(),
        has=(FEES,),
        lacks=("Ignore all rules",),
    ),
    "NUL bytes in a page": Case("a.html", make_page(FEES, "\0", VOTE).encode(), has=(FEES, VOTE)),
    "60,000 elements": Case("a.html", make_page(FEES, "<br>x" * 60_000).encode(), skip="more than 50,000 elements"),
    "100,000 entities": Case("a.html", make_page(FEES, "&amp;" * 100_000, VOTE).encode(), has=(VOTE,)),
}
