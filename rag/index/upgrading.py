"""Brings the tables of an older library up to date: Alembic's steps, all or none. Loaded only when it has to be.

Which version a library has is its fact `schema`; Alembic's own table is written from it, so that a library made before
there were migrations is one of version 1.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event, inspect, text

from rag.index.connection import connect

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS: tuple[Path, ...] = (MIGRATIONS / "versions",)


def upgrade(connection: Connection, versions: Sequence[Path] | None = None) -> None:
    """Runs the missing steps in the connection's transaction; the caller holds the writer lock.

    Args:
        versions: Folders of steps; the package's own by default.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, versions or VERSIONS)))
    config.attributes["connection"] = connection
    if inspect(connection).has_table("facts"):
        number = connection.execute(text("SELECT value FROM facts WHERE key = 'schema'")).scalar_one()
        command.stamp(config, f"{int(number):04}", purge=True)
    command.upgrade(config, "head")
    head = ScriptDirectory.from_config(config).get_current_head() or "0"
    connection.execute(text("DELETE FROM facts WHERE key = 'schema'"))
    connection.execute(text("INSERT INTO facts VALUES ('schema', :version)"), {"version": str(int(head))})


def upgrade_file(path: Path, versions: Sequence[Path] | None = None) -> None:
    """The same for a SQLite file.

    Raises:
        LibraryNotWritable: No room, or no permission.
    """

    def connected() -> sqlite3.Connection:
        return connect(path)

    engine = create_engine("sqlite://", creator=connected, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # the driver would begin at the first change of data, after those of tables
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        upgrade(connection, versions)
