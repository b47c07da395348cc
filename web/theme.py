"""Colours and type of the page: Gradio's own components and ours take both from here and page.css."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STATIC = Path(__file__).parent / "static"
CSS = STATIC / "page.css"
SCRIPT = STATIC / "page.js"
ICON = STATIC / "icon.png"

OPEN_ARTICLE_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('.gw-open');
  if (!button) return;
  const { article, start, end } = button.dataset;
  trigger('click', { article, start: Number(start), end: Number(end) });
});
"""
"""For gr.HTML: a click on an "Open article" button becomes a click event with the article and the span."""


def html(
    value: str = "", *, elem_id: str | None = None, js: str | None = None, min_height: int | None = None
) -> gr.HTML:
    """A place for our own HTML, styled by page.css alone. The default template takes the value as data."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=js, min_height=min_height, apply_default_css=False)


_PAPER, _INK, _LINE, _ACCENT = "#f7f6f2", "#1d2327", "#dfdcd3", "#0b5d6b"
_NIGHT, _CHALK, _SEAM, _GLOW = "#14181b", "#e4e7e9", "#313940", "#7cc9d4"
_LIGHT_AND_DARK = {
    "body_background_fill": (_PAPER, _NIGHT),
    "body_text_color": (_INK, _CHALK),
    "body_text_color_subdued": ("#565f66", "#a6afb6"),
    "background_fill_primary": ("#ffffff", "#1b2024"),
    "background_fill_secondary": (_PAPER, _NIGHT),
    "block_background_fill": ("#ffffff", "#1b2024"),
    "block_border_color": (_LINE, _SEAM),
    "block_label_text_color": ("#565f66", "#a6afb6"),
    "border_color_primary": (_LINE, _SEAM),
    "input_background_fill": ("#ffffff", "#14181b"),
    "input_border_color": ("#b9b5a8", "#4a545c"),
    "button_primary_background_fill": (_ACCENT, _GLOW),
    "button_primary_background_fill_hover": ("#084752", "#a4dde5"),
    "button_primary_text_color": ("#ffffff", "#0e2126"),
    "button_secondary_background_fill": ("#ffffff", "#232a2f"),
    "button_secondary_background_fill_hover": ("#eeece5", "#2e363c"),
    "button_secondary_border_color": (_LINE, _SEAM),
    "button_secondary_text_color": (_INK, _CHALK),
    "color_accent_soft": ("#eef4f4", "#22323a"),
    "border_color_accent": (_ACCENT, _GLOW),
    "link_text_color": (_ACCENT, _GLOW),
    "link_text_color_hover": (_ACCENT, _GLOW),
    "link_text_color_visited": (_ACCENT, _GLOW),
    "block_shadow": ("none", "none"),
}
_BOTH = {
    "color_accent": _ACCENT,
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "block_radius": "8px",
    "button_large_radius": "8px",
    "button_small_radius": "6px",
    "input_radius": "8px",
    "input_border_width": "1px",
    "button_secondary_border_color_hover": _LINE,
}


def theme() -> gr.themes.Base:
    """Stock components in the colours of page.css; fonts come with Gradio, none is fetched."""
    fonts = [gr.themes.utils.fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"]
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.cyan, neutral_hue=gr.themes.colors.slate, font=fonts, font_mono=["monospace"]
    )
    light = {name: colours[0] for name, colours in _LIGHT_AND_DARK.items()}
    dark = {f"{name}_dark": colours[1] for name, colours in _LIGHT_AND_DARK.items()}
    return base.set(**_BOTH, **light, **dark)
