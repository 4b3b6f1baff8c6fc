"""Who may ask: bearer tokens, hashed at rest, with what they used today.

SQLite unless another SQLAlchemy URL is given. A token is 256 random bits, so one SHA-256 protects
it; nothing here can tell a token again.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cwm_lab.errors import CWMLabError

PREFIX = "cwm-"
_METADATA = MetaData()
_TOKENS = Table(
    "tokens",
    _METADATA,
    Column("name", String(200), primary_key=True),
    Column("hash", String(64), unique=True, nullable=False),
    Column("created", Float, nullable=False),
    Column("revoked", Float),
    Column("daily", Integer),
    Column("day", String(10), nullable=False, default=""),
    Column("used", Integer, nullable=False, default=0),
)


@dataclass(frozen=True)
class Holder:
    """Whose token it is. daily: most predictions a day, None for no limit."""

    name: str
    daily: int | None = None


@dataclass(frozen=True)
class TokenRow:
    """A token as a teacher sees it. used: predictions on the day `day` (UTC)."""

    name: str
    created: float
    revoked: bool
    daily: int | None
    day: str
    used: int


class TokenStore:
    """The tokens in a database. today: the day's name, by which quotas are counted.

    All methods raise CWMLabError where the database cannot be used.
    """

    def __init__(self, url: str, today: Callable[[], str] | None = None) -> None:
        self._today = today or (lambda: time.strftime("%Y-%m-%d", time.gmtime()))
        try:
            self._engine = create_engine(url)
            _METADATA.create_all(self._engine)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise CWMLabError(f"the database of tokens cannot be used: {_line(error)}") from None

    def add(self, name: str, daily: int | None = None) -> str:
        """A new token, told this once. Raises CWMLabError if the name has one."""
        token = PREFIX + secrets.token_urlsafe(32)
        row = {"name": name, "hash": _hash(token), "created": time.time(), "daily": daily}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_TOKENS).values(day="", used=0, **row))
        except IntegrityError:
            raise CWMLabError(
                f"{name} has a token already; revoke it first, or choose another name."
            ) from None
        except SQLAlchemyError as error:
            raise CWMLabError(f"the token cannot be kept: {_line(error)}") from None
        return token

    def revoke(self, name: str) -> None:
        """From now on the token is refused, and its name is free again."""
        with self._engine.begin() as connection:
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
        with self._engine.connect() as connection:
            found = connection.execute(select(_TOKENS).order_by(_TOKENS.c.created)).all()
        return [
            TokenRow(r.name, r.created, r.revoked is not None, r.daily, r.day, r.used)
            for r in found
        ]

    def holder(self, token: str) -> Holder | None:
        """Whose token this is; None if it is none, or revoked."""
        query = select(_TOKENS.c.name, _TOKENS.c.daily).where(
            _TOKENS.c.hash == _hash(token), _TOKENS.c.revoked.is_(None)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Holder(row.name, row.daily)

    def use(self, holder: Holder) -> bool:
        """Count one prediction of today; False, and nothing counted, beyond the quota."""
        today = self._today()
        with self._engine.begin() as connection:
            row = connection.execute(
                select(_TOKENS.c.day, _TOKENS.c.used).where(_TOKENS.c.name == holder.name)
            ).one_or_none()
            used = row.used if row is not None and row.day == today else 0
            if holder.daily is not None and used >= holder.daily:
                return False
            connection.execute(
                update(_TOKENS)
                .where(_TOKENS.c.name == holder.name)
                .values(day=today, used=used + 1)
            )
        return True

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
