"""Run by Alembic: the steps of a migration on the connection of `rag.index.upgrading`, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
