"""Who may ask: bearer tokens, hashed at rest, with what they used today.

SQLite unless another SQLAlchemy URL is given. A token is 256 random bits, so one SHA-256 protects
it; nothing here can tell a token again. Quotas are counted by the day in UTC, as the system's clock
has it: a clock that jumps over midnight begins a new count, and keeps nobody out.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    case,
    create_engine,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cwm_lab.errors import CWMLabError

PREFIX = "cwm-"
MAX_NAME = 200
_METADATA = MetaData()
_TOKENS = Table(
    "tokens",
    _METADATA,
    Column("name", String(MAX_NAME + 30), primary_key=True),
    Column("hash", String(80), unique=True, nullable=False),
    Column("created", Float, nullable=False),
    Column("revoked", Float),
    Column("daily", Integer),
    Column("day", String(10), nullable=False, default=""),
    Column("used", Integer, nullable=False, default=0),
    Column("models", String(2000)),
    Column("at_once", Integer),
)
_ADDED = ("models", "at_once")
"""Columns that databases of earlier versions lack, in the order in which they were added."""


class DatabaseError(CWMLabError):
    """The database of tokens cannot be used."""


@dataclass(frozen=True)
class Holder:
    """Whose token it is. daily: most predictions a day; models: names of the models that it may
    ask; each: most requests at once; None for no limit of its own."""

    name: str
    daily: int | None = None
    models: tuple[str, ...] | None = None
    each: int | None = None


@dataclass(frozen=True)
class TokenRow:
    """A token as a teacher sees it. used: predictions on the day `day` (UTC)."""

    name: str
    created: float
    revoked: bool
    daily: int | None
    day: str
    used: int
    models: tuple[str, ...] | None
    each: int | None


class TokenStore:
    """The tokens in a database. today: the day's name, by which quotas are counted.

    All methods raise DatabaseError where the database cannot be used.
    """

    def __init__(self, url: str, today: Callable[[], str] | None = None) -> None:
        self._today = today or (lambda: time.strftime("%Y-%m-%d", time.gmtime()))
        with _explained():
            self._engine = create_engine(url)
            _METADATA.create_all(self._engine)
            there = {column["name"] for column in inspect(self._engine).get_columns("tokens")}
            with self._engine.begin() as connection:
                for name in (name for name in _ADDED if name not in there):
                    kind = _TOKENS.c[name].type.compile(self._engine.dialect)
                    connection.execute(text(f"ALTER TABLE tokens ADD COLUMN {name} {kind}"))

    def add(
        self,
        name: str,
        daily: int | None = None,
        *,
        models: Sequence[str] | None = None,
        each: int | None = None,
    ) -> str:
        """A new token, told this once; see `Holder`. Raises CWMLabError if the name has one, or is
        no name."""
        if not name.isprintable() or not 0 < len(name) <= MAX_NAME:
            raise CWMLabError(f"a name has 1 to {MAX_NAME} printable characters.")
        for number in (daily, each):
            if number is not None and number < 1:
                raise CWMLabError("--daily and --each are whole numbers above 0.")
        token = PREFIX + secrets.token_urlsafe(32)
        more = {
            "daily": daily,
            "models": json.dumps(list(models)) if models else None,
            "at_once": each,
        }
        if not self._insert(name, _hash(token), **more):
            raise CWMLabError(
                f"{name} has a token already; revoke it first, or choose another name."
            )
        return token

    def guest(self, user: str, daily: int | None = None) -> Holder | None:
        """A user of the hub, who has no token here: his predictions are counted all the same. None
        if his name here, which is NAME (hub), was revoked."""
        name, digest = f"{user[:MAX_NAME]} (hub)", f"hub {_hash(user)}"
        query = select(_TOKENS.c.revoked).where(_TOKENS.c.hash == digest)
        with _explained(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            with suppress(DatabaseError):  # a full disk: he cannot be counted either
                self._insert(name, digest, daily=daily)
        return Holder(name, daily) if row is None or row.revoked is None else None

    def revoke(self, name: str) -> None:
        """From now on the token is refused, and its name is free again."""
        with _explained(), self._engine.begin() as connection:
            gone = f"{name} (revoked {secrets.token_hex(4)})"
            found = connection.execute(
                update(_TOKENS)
                .where(_TOKENS.c.name == name, _TOKENS.c.revoked.is_(None))
                .values(revoked=time.time(), name=gone)
            )
        if not found.rowcount:
            raise CWMLabError(f"{name} has no token that could be revoked.")

    def rows(self) -> Sequence[TokenRow]:
        """All tokens, in order of their making."""
        with _explained(), self._engine.connect() as connection:
            found = connection.execute(select(_TOKENS).order_by(_TOKENS.c.created)).all()
        return [
            TokenRow(
                row.name,
                row.created,
                row.revoked is not None,
                row.daily,
                row.day,
                row.used,
                _names(row.models),
                row.at_once,
            )
            for row in found
        ]

    def holder(self, token: str) -> Holder | None:
        """Whose token this is; None if it is none, or revoked."""
        columns = (_TOKENS.c.name, _TOKENS.c.daily, _TOKENS.c.models, _TOKENS.c.at_once)
        query = select(*columns).where(_TOKENS.c.hash == _hash(token), _TOKENS.c.revoked.is_(None))
        with _explained(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return row and Holder(row.name, row.daily, _names(row.models), row.at_once)

    def use(self, holder: Holder) -> bool:
        """Count one prediction of today; False, and nothing counted, beyond the quota."""
        today, daily = self._today(), holder.daily
        fresh = _TOKENS.c.day != today
        counted = update(_TOKENS).where(_TOKENS.c.name == holder.name)
        if daily is not None:
            counted = counted.where(or_(fresh, _TOKENS.c.used < daily))
        used = case((fresh, 1), else_=_TOKENS.c.used + 1)
        with _explained(), self._engine.begin() as connection:
            # In one statement, so that requests side by side count one each.
            return bool(connection.execute(counted.values(used=used, day=today)).rowcount)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _insert(self, name: str, digest: str, **more: Any) -> bool:
        row = {"name": name, "hash": digest, "created": time.time(), "day": "", "used": 0, **more}
        try:
            with _explained(), self._engine.begin() as connection:
                connection.execute(insert(_TOKENS).values(**row))
        except IntegrityError:
            return False
        return True


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DatabaseError(f"the database of tokens cannot be used: {line}") from None


def _names(told: str | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(json.loads(told))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
