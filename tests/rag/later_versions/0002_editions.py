"""A step that exists for the tests alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("articles", sa.Column("edition", sa.Text))
    op.execute("UPDATE articles SET edition = 'morning'")
    if op.get_bind().execute(sa.text("SELECT value FROM facts WHERE key = 'fail'")).scalar() is not None:
        raise ValueError("this step fails")
