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


def theme() -> gr.themes.Base:
    """Stock components in the colours of page.css; fonts come with Gradio, none is fetched."""
    paper, ink, line, accent = "#f7f6f2", "#1d2327", "#dfdcd3", "#0b5d6b"
    night, chalk, seam, glow = "#14181b", "#e4e7e9", "#313940", "#7cc9d4"
    fonts = [gr.themes.utils.fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.cyan, neutral_hue=gr.themes.colors.slate, font=fonts, font_mono=["monospace"]
    ).set(
        body_background_fill=paper,
        body_background_fill_dark=night,
        body_text_color=ink,
        body_text_color_dark=chalk,
        body_text_color_subdued="#565f66",
        body_text_color_subdued_dark="#a6afb6",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1b2024",
        background_fill_secondary=paper,
        background_fill_secondary_dark=night,
        block_background_fill="#ffffff",
        block_background_fill_dark="#1b2024",
        block_border_color=line,
        block_border_color_dark=seam,
        block_label_text_color="#565f66",
        block_label_text_color_dark="#a6afb6",
        border_color_primary=line,
        border_color_primary_dark=seam,
        input_background_fill="#ffffff",
        input_background_fill_dark="#14181b",
        input_border_color="#b9b5a8",
        input_border_color_dark="#4a545c",
        button_primary_background_fill=accent,
        button_primary_background_fill_hover="#084752",
        button_primary_background_fill_dark=glow,
        button_primary_background_fill_hover_dark="#a4dde5",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0e2126",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="#eeece5",
        button_secondary_background_fill_dark="#232a2f",
        button_secondary_background_fill_hover_dark="#2e363c",
        button_secondary_border_color=line,
        button_secondary_border_color_dark=seam,
        button_secondary_text_color=ink,
        button_secondary_text_color_dark=chalk,
        color_accent=accent,
        color_accent_soft="#eef4f4",
        color_accent_soft_dark="#22323a",
        border_color_accent=accent,
        border_color_accent_dark=glow,
        link_text_color=accent,
        link_text_color_dark=glow,
        link_text_color_hover=accent,
        link_text_color_hover_dark=glow,
        link_text_color_visited=accent,
        link_text_color_visited_dark=glow,
        block_shadow="none",
        block_shadow_dark="none",
        button_primary_shadow="none",
        button_secondary_shadow="none",
        block_radius="8px",
        button_large_radius="8px",
        button_small_radius="6px",
        input_radius="8px",
        input_border_width="1px",
        button_secondary_border_color_hover=line,
    )
