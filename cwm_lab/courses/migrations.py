"""The tables of the attempts file: append-only steps, each done once and in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence


class NewerDatabaseError(Exception):
    """The file was written by a newer version of CWM Lab, whose tables are not known here."""


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE attempts (
            id TEXT PRIMARY KEY,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            version TEXT NOT NULL,
            program TEXT NOT NULL,
            session TEXT NOT NULL,
            question TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            answer TEXT NOT NULL,
            truth TEXT NOT NULL,
            verdict TEXT NOT NULL,
            credit REAL NOT NULL,
            rule TEXT,
            attempt INTEGER NOT NULL,
            seconds REAL NOT NULL,
            confidence REAL
        )
        """
    )
    connection.execute("CREATE INDEX attempts_by_who ON attempts (who, at)")
    connection.execute("CREATE INDEX attempts_by_program ON attempts (program)")


MIGRATIONS: Sequence[Callable[[sqlite3.Connection], None]] = (_first,)
"""Never change or reorder what has been released: append."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open database, in autocommit mode, to the newest tables.

    Raises NewerDatabaseError if it is ahead of them already.
    """
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another kernel may just have done it
        if version > len(MIGRATIONS):
            raise NewerDatabaseError
        for step in MIGRATIONS[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
