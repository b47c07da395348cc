"""All targets."""

from __future__ import annotations

from tests.fuzz import file_targets, page_targets, reply_targets, text_targets

TARGETS = (*file_targets.TARGETS, *text_targets.TARGETS, *reply_targets.TARGETS, *page_targets.TARGETS)
