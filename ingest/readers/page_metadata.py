"""Metadata of a web page, from where publishers state it: JSON-LD first, then meta tags, then the page itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ingest.metadata import check_field
from ingest.records import Found

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "LiveBlogPosting")
_JSON_LD = {
    "title": ("headline", "name"),
    "published": ("datePublished", "dateCreated"),
    "updated": ("dateModified",),
    "author": ("author", "creator"),
    "outlet": ("publisher",),
    "url": ("mainEntityOfPage", "url"),
    "language": ("inLanguage",),
}
_META = {
    "id": ("groundwire:id",),
    "title": ("og:title", "twitter:title", "dc.title", "headline", "parsely-title"),
    "outlet": ("og:site_name", "application-name", "publisher", "dc.publisher"),
    "author": ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl"),
    "published": (
        "article:published_time",
        "datepublished",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date.issued",
        "dc.date",
        "pubdate",
        "publishdate",
        "publication_date",
        "og:published_time",
        "date",
    ),
    "updated": ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod", "dc.modified"),
    "url": ("og:url",),
    "language": ("og:locale", "language", "dc.language", "content-language"),
}
_MAX_DEPTH = 20


def page_metadata(tree: HtmlElement) -> dict[str, Found]:
    """The fields a page states about itself; the most explicit statement that can be used wins."""
    fields: dict[str, Found] = {}
    for name, value, where in (*_from_json_ld(tree), *_from_meta_tags(tree), *_from_elements(tree)):
        if name not in fields and check_field(name, value):
            fields[name] = Found(value, where)
    return fields


def _from_json_ld(tree: HtmlElement) -> Iterator[tuple[str, str, str]]:
    for script in tree.xpath('//script[contains(@type, "ld+json")]/text()'):
        try:
            nodes = list(_nodes(json.loads(str(script), strict=False)))
        except (ValueError, RecursionError):
            continue
        for node in nodes:
            if any(kind.endswith(_ARTICLE_TYPES) for kind in _strings(node.get("@type"))):
                for name, keys in _JSON_LD.items():
                    for key in keys:
                        yield name, ", ".join(_strings(node.get(key))), "json-ld"


def _nodes(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object of a JSON-LD document: lists and @graph are opened, properties are not."""
    if isinstance(value, list) and depth < _MAX_DEPTH:
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph", []), depth + 1)


def _strings(value: Any) -> list[str]:
    """The texts a property holds: itself, or the names or addresses of the things it points to."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _strings(value.get("name") or value.get("@id") or value.get("url"))
    if isinstance(value, list):
        return [text for item in value[:10] if not isinstance(item, list) for text in _strings(item)]
    return []


def _from_meta_tags(tree: HtmlElement) -> Iterator[tuple[str, str, str]]:
    stated: dict[str, str] = {}
    for tag in tree.xpath("//meta[@content]"):
        key = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv") or ""
        stated.setdefault(key.strip().lower(), tag.get("content"))
    for name, keys in _META.items():
        for key in keys:
            yield name, stated.get(key, ""), "meta tag"


def _from_elements(tree: HtmlElement) -> Iterator[tuple[str, str, str]]:
    for href in tree.xpath('//link[@rel="canonical"]/@href'):
        yield "url", str(href), "canonical link"
    for stamp in tree.xpath('//time[@itemprop="datePublished" or @pubdate]/@datetime'):
        yield "published", str(stamp), "time element"
    for stamp in tree.xpath('//time[@itemprop="dateModified"]/@datetime'):
        yield "updated", str(stamp), "time element"
    headings = tree.xpath("//h1")
    if len(headings) == 1:
        yield "title", headings[0].text_content(), "heading"
    for title in tree.xpath("//head/title"):
        yield "title", title.text_content(), "title element"
    for language in tree.xpath("/html/@lang"):
        yield "language", str(language), "html lang"
