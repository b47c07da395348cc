"""A piece of HTML, as feeds and mails carry it → paragraphs. Nothing is chosen, only tags go."""

from __future__ import annotations

import re

_BLOCKS = (
    *("p", "div", "section", "article", "blockquote", "pre", "figure", "figcaption", "ul", "ol", "dl", "table"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "header", "footer", "td", "th"),
)
_LINES = ("li", "tr", "dt", "dd")
_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "svg", "iframe", "object", "form")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?![.\d])"
    r"|(?:left|top|right|bottom|text-indent)\s*:\s*-\d{4,}px",
    re.IGNORECASE,
)
_NOT_YET_SHOWN = re.compile(r"(?:^|;)\s*opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|;)\s*(?P<of>color|background(?:-color)?)\s*:\s*(?P<colour>[^;]+)", re.IGNORECASE)
_COLOUR_NAMES = {"white": "#ffffff", "black": "#000000"}
_SPACE = re.compile(r"\s+")


def hides(style: str) -> bool:
    """True for an inline style after which nothing can be read: no box, no size, off the screen, ink like paper."""
    return bool(_HIDDEN.search(style)) or _is_ink_like_paper(style)


def may_show_later(style: str) -> bool:
    """True for what a script may be about to fade in, as pages do with whole articles."""
    return bool(_NOT_YET_SHOWN.search(style))


def _is_ink_like_paper(style: str) -> bool:
    colours = {m["of"].lower().partition("-")[0]: _colour(m["colour"]) for m in _COLOUR.finditer(style)}
    return len(colours) == 2 and colours["color"] == colours["background"]


def _colour(value: str) -> str:
    name = value.split("!")[0].strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", name):
        return "#" + "".join(2 * digit for digit in name[1:])
    return _COLOUR_NAMES.get(name, name)


def markup_text(html: str) -> str:
    """The visible text of some HTML with blank lines between its blocks; text without tags as it is."""
    from lxml import etree
    from lxml.html import HTMLParser, fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:
        return ""
    for element in [e for e in tree.iter() if e.tag in _UNSEEN or hides(e.get("style", ""))]:
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.iter():
        before = "\n\n" if element.tag in _BLOCKS else "\n" if element.tag in _LINES else ""
        after = "\n\n" if element.tag in _BLOCKS else "\n" if element.tag == "br" else ""
        element.text = before + _SPACE.sub(" ", element.text or "")
        element.tail = after + _SPACE.sub(" ", element.tail or "")
    return str(tree.text_content())
