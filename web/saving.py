"""Buttons that save the conversation as a file: the server writes the text, the browser saves it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import gradio as gr

from web.exchange import Exchange
from web.export import Kind, export_conversation

KINDS: tuple[tuple[Kind, str], ...] = (("markdown", "Save as Markdown"), ("json", "JSON"), ("html", "HTML"))
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class SaveButtons:
    """One small button per kind of file, shown while there is something to save."""

    def __init__(self) -> None:
        with gr.Row(visible=False, elem_id="gw-save", scale=0) as self.row:
            self._buttons = [
                (kind, gr.Button(label, size="sm", scale=0, min_width=64, elem_id=f"gw-save-{kind}"))
                for kind, label in KINDS
            ]
        self._file = gr.JSON(visible=False)

    def wire(self, exchanges: gr.State) -> None:
        """Connects the buttons to the conversation they save."""
        for kind, button in self._buttons:
            button.click(
                partial(_document, kind=kind), inputs=exchanges, outputs=self._file, queue=False, **_PRIVATE
            ).then(None, inputs=self._file, js="(file) => window.groundwire.save(file)", api_visibility="private")


def _document(exchanges: list[Exchange], kind: Kind) -> dict[str, str]:
    return asdict(export_conversation(exchanges, kind))
