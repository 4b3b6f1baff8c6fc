"""Learners' answers, kept in one SQLite file in the user's data folder.

Every answer is on the disk when `AttemptStore.add` returns. The file is shared by all kernels of
the user, and no trouble with it ever reaches a cell as an exception: a damaged file is set aside,
and where nothing can be written the answers stay in memory; either is told in one warning.
"""

from __future__ import annotations

import getpass
import os
import sqlite3
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cwm_lab.courses.migrations import NewerDatabaseError, migrate

if TYPE_CHECKING:
    import pandas as pd

_T = TypeVar("_T")

FOLDER_VARIABLE = "CWM_LAB_DATA_DIR"
"""Environment variable that names the folder, in place of the user's data folder."""
FILE_NAME = "attempts.sqlite3"
_DAMAGED = ".damaged-"
_BUSY_SECONDS = 10.0
"""How long a kernel waits while another one writes."""


class AttemptsWarning(UserWarning):
    """Answers could not be kept as usual."""


def learner_name() -> str:
    """Who is learning: the hub's user, or the user of this machine; "unknown" if nobody can say."""
    hub = os.environ.get("JUPYTERHUB_USER")
    if hub:
        return hub
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


@dataclass(frozen=True)
class Attempt:
    """One answer to one question. A second try is an attempt of its own.

    who: name of the learner. program: `program_hash`. session: one run of `%%predict --me`.
    question: id; kind, text: what was asked. answer, truth: as texts.
    verdict: right, partly, wrong or skipped. credit: of this try alone, 0..1. rule: broken rule.
    attempt: 1 for the first try. seconds: from the question (or the first try) to this answer.
    confidence: the learner's own, 0..1, or None. at: time in UTC, ISO 8601.
    """

    program: str
    session: str
    question: str
    kind: str
    text: str
    answer: str
    truth: str
    verdict: str
    credit: float
    rule: str | None
    attempt: int
    seconds: float
    confidence: float | None
    who: str = field(default_factory=learner_name)
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    version: str = field(default_factory=lambda: installed_version("cwm-lab"))
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


_COLUMNS = tuple(f.name for f in fields(Attempt))
_INSERT = (
    f"INSERT OR IGNORE INTO attempts ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM attempts ORDER BY at, rowid"


def data_folder() -> Path:
    """The folder of the user's data: `CWM_LAB_DATA_DIR`, or what the platform calls it."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("cwm-lab", appauthor=False))


def attempts(*, who: str | None = None) -> pd.DataFrame:
    """All saved answers, oldest first, one row each: who, at (UTC), program, question, kind, text,
    answer, truth, verdict, right, credit, tries (which try it was), rule, seconds, confidence,
    version, session.

    who: only this learner's.
    """
    import pandas as pd

    rows = [row for row in store().all() if who in (None, row.who)]
    data = pd.DataFrame([[getattr(row, name) for name in _COLUMNS] for row in rows])
    data = data.set_axis(_COLUMNS, axis=1) if rows else pd.DataFrame(columns=_COLUMNS)
    data["at"] = pd.to_datetime(data["at"], utc=True, format="ISO8601")
    data["right"] = (data["verdict"] == "right").astype(bool)
    data = data.rename(columns={"attempt": "tries"})
    for name in ("credit", "seconds", "confidence"):
        data[name] = data[name].astype(float)
    order = (
        "who at program question kind text answer truth verdict right credit tries rule seconds "
        "confidence version session"
    )
    return data[order.split()]


def delete_attempts(*, who: str | None = None) -> int:
    """Delete saved answers for good, and return how many.

    who: only this learner's; otherwise all in the user's data folder, with any damaged files that
    were set aside there.
    """
    return store().delete(who)


def store() -> AttemptStore:
    """The store in `data_folder()`: one a folder in this process."""
    return _store(data_folder().absolute())


@cache
def _store(folder: Path) -> AttemptStore:
    return AttemptStore(folder)


class AttemptStore:
    """The answers in one folder. Each call opens the file anew, so that threads, forks and other
    kernels need no care; answers that cannot be written wait in memory for the next call."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._waiting: list[Attempt] = []
        self._lock = threading.RLock()
        self._warned: set[str] = set()

    def __repr__(self) -> str:
        return f"<AttemptStore {str(self.path)!r}>"

    def add(self, attempt: Attempt) -> None:
        """Keep an answer; on the disk when this returns, unless a warning says otherwise."""
        with self._lock:
            self._waiting.append(attempt)
            self._try(self._write_waiting)

    def all(self) -> list[Attempt]:
        """Every answer, oldest first, those in memory included."""
        with self._lock:
            if self._waiting or self.path.exists():
                saved = self._try(self._read)
            else:
                saved = []
            return [*(saved or []), *self._waiting]

    def delete(self, who: str | None = None) -> int:
        """Delete the answers of one learner, or all; returns how many there were."""
        with self._lock:
            waiting = [a for a in self._waiting if who in (None, a.who)]
            self._waiting = [a for a in self._waiting if a not in waiting]
            if who is None:
                for old in self._set_aside_files():
                    old.unlink(missing_ok=True)
            deleted = self._try(lambda: self._delete(who)) if self.path.exists() else 0
            return len(waiting) + (deleted or 0)

    def _write_waiting(self) -> None:
        with self._open() as connection, _transaction(connection):
            connection.executemany(_INSERT, [_row(attempt) for attempt in self._waiting])
        self._waiting.clear()

    def _read(self) -> list[Attempt]:
        try:
            with self._open() as connection:
                return _attempts(connection)
        except sqlite3.OperationalError:
            if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
                raise
            # Somebody else's folder, or a file system that is mounted for reading only.
            address = f"{self.path.as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as connection:
                return _attempts(connection)

    def _delete(self, who: str | None) -> int:
        with self._open() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with _transaction(connection):
                if who is None:
                    deleted = connection.execute("DELETE FROM attempts").rowcount
                else:
                    deleted = connection.execute(
                        "DELETE FROM attempts WHERE who = ?", (who,)
                    ).rowcount
            # What was deleted must not stay readable in the log beside the file.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(
            sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        ) as connection:
            # Readers then do not wait for writers; where a file system cannot do it, SQLite stays
            # with its older journal.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection)
            yield connection

    def _try(self, action: Callable[[], _T]) -> _T | None:
        """Do it; after damage, once more with a new file. None and a warning if it cannot be."""
        try:
            try:
                return action()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside()
                return action()
        except NewerDatabaseError:
            self._warn(
                "newer",
                f"{self.path} was written by a newer version of CWM Lab: your answers stay in "
                "memory, and are lost when the kernel ends. Update CWM Lab to keep them.",
            )
        except (sqlite3.Error, OSError) as error:
            self._warn(
                "unwritable",
                f"your answers cannot be kept in {self.path} ({error}): they stay in memory, and "
                "are lost when the kernel ends, unless the folder can be written by then. Set "
                f"{FOLDER_VARIABLE} to use another folder.",
            )
        return None

    def _set_aside(self) -> None:
        """Put a damaged file out of the way. What cannot be read is not thrown away."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.name}{_DAMAGED}{stamp}")
        if not self._is_damaged():
            return  # another kernel has put it away just now
        self.path.rename(aside)
        for ending in ("-wal", "-shm"):
            beside = self.path.with_name(self.path.name + ending)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + ending))
        self._warn(
            "damaged",
            f"the file of your answers was damaged. It is kept as {aside}, and a new one is begun.",
        )

    def _is_damaged(self) -> bool:
        if not self.path.exists():
            return False
        try:
            with self._open() as connection:
                connection.execute(_SELECT + " LIMIT 1").fetchone()
                return bool(connection.execute("PRAGMA quick_check").fetchone()[0] != "ok")
        except sqlite3.DatabaseError as error:
            return _is_damage(error)

    def _set_aside_files(self) -> list[Path]:
        return list(self.path.parent.glob(f"{FILE_NAME}{_DAMAGED}*"))

    def _warn(self, topic: str, message: str) -> None:
        """Warn once of each thing in a process."""
        if topic not in self._warned:
            self._warned.add(topic)
            warnings.warn(f"CWM Lab: {message}", AttemptsWarning, stacklevel=2)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _row(attempt: Attempt) -> list[object]:
    """An attempt's columns. Lone surrogates, which can be typed, cannot be stored as they are."""
    values = (getattr(attempt, name) for name in _COLUMNS)
    return [
        value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for value in values
    ]


def _attempts(connection: sqlite3.Connection) -> list[Attempt]:
    return [Attempt(**dict(zip(_COLUMNS, row, strict=True))) for row in connection.execute(_SELECT)]


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is broken, or not ours; not merely locked or read-only.

    SQLITE_ERROR is given for tables and columns that are not as the migrations make them.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
