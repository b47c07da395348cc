"""RSS and Atom."""

from __future__ import annotations

from pathlib import Path

from ingest.records import RawDocument, Skipped
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, MUD, STORY, VOTE, document, make_rss, reason, values

ENTRY = f"""<title>Fees &amp;amp; mud</title><link>https://courier.example/fees</link><guid>tag:1</guid>
<dc:creator>Mia Sund</dc:creator><pubDate>Tue, 16 May 2023 08:00:00 GMT</pubDate><description>Fees rise.</description>
<content:encoded><![CDATA[<p>{FEES}</p><p>{MUD}<br>{VOTE}</p><script>track()</script>
<p style="display:none">Hidden.</p><ul><li>One<li>Two</ul>]]></content:encoded>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Anders Courier</title>
<entry><title type="html">Fees &lt;b&gt;rise&lt;/b&gt;</title><link href="https://courier.example/fees"/><id>urn:1</id>
<published>2023-05-16T08:00:00Z</published><updated>2023-05-18T08:00:00Z</updated><author><name>Mia Sund</name></author>
<content type="html">&lt;p&gt;{FEES}&lt;/p&gt;&lt;p&gt;{VOTE}&lt;/p&gt;</content></entry></feed>"""


def test_an_entry_with_content_is_an_article(tmp_path: Path) -> None:
    article = document(read_one(tmp_path / "a.rss", make_rss(ENTRY)))
    assert article.text == f"{FEES}\n\n{MUD}\n{VOTE}\n\nOne\nTwo"
    assert values(article) == {
        "title": "Fees & mud",
        "url": "https://courier.example/fees",
        "author": "Mia Sund",
        "published": "Tue, 16 May 2023 08:00:00 GMT",
        "outlet": "Anders Courier",
        "language": "en-gb",
    }
    assert article.source.endswith("a.rss#1")


def test_published_and_updated_are_kept_apart(tmp_path: Path) -> None:
    article = document(read_one(tmp_path / "a.xml", ATOM))
    found = values(article)
    assert (found["title"], found["outlet"], found["language"]) == ("Fees rise", "Anders Courier", "en")
    assert (found["published"], found["updated"]) == ("2023-05-16T08:00:00Z", "2023-05-18T08:00:00Z")
    only_updated = document(read_one(tmp_path / "b.xml", ATOM.replace("published>", "x>")))
    assert "published" not in values(only_updated)


def test_an_entry_that_only_announces_is_named_with_its_address(tmp_path: Path) -> None:
    link = "<link>https://courier.example/1</link>"
    teaser, full, nothing = read_one(
        tmp_path / "a.rss",
        make_rss(f"{link}<description>{FEES}</description>", f"<description>{STORY}</description>", link),
    )
    assert isinstance(teaser, Skipped)
    assert teaser.reason == f"only a teaser ({len(FEES)} characters): the article is at https://courier.example/1"
    assert isinstance(full, RawDocument)
    assert isinstance(nothing, Skipped)
    assert nothing.reason.startswith("no text in this entry")


def test_an_aggregator_names_the_outlet_of_each_entry(tmp_path: Path) -> None:
    entry = f'<source url="https://x.example/rss">Tide News</source><description>{STORY}</description>'
    assert values(document(read_one(tmp_path / "a.rss", make_rss(entry))))["outlet"] == "Tide News"


def test_a_feed_that_is_no_feed_is_refused(tmp_path: Path) -> None:
    assert "neither RSS nor Atom" in reason(read_one(tmp_path / "a.xml", "<urlset/>"))
    assert reason(read_one(tmp_path / "b.xml", "https://courier.example/feed")) == "XML, but neither RSS nor Atom"
