"""What a server allows: sizes, times and numbers, by default for a class of two hundred."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cwm_lab.errors import CWMLabError
from cwm_lab.worldmodel.specs import parse_spec

_NAMED = re.compile(r"([A-Za-z0-9][\w.-]*)=(.+)", re.ASCII)


@dataclass(frozen=True)
class Offer:
    """A model that the server offers. name: by which it is asked for; spec: its specification,
    adapter and all, which the students need not see."""

    name: str
    spec: str


def read_offer(text: str) -> Offer:
    """``SPEC`` or ``NAME=SPEC``. Raises CWMLabError with what is wrong with it."""
    named = _NAMED.fullmatch(text)
    name, spec = (named[1], named[2]) if named else ("", text)
    parsed = parse_spec(spec)
    if parsed.kind == "hosted":
        raise CWMLabError(
            "hosted: is for notebooks; a class server takes another's checkpoints as "
            "openai:URL/v1#MODEL."
        )
    return Offer(name or str(parsed), str(parsed))


@dataclass(frozen=True)
class Settings:
    """offers: models, the first that is healthy and large enough answers. workers: processes of the
    built-in model. at_once: predictions that a checkpoint of one's own, or a server behind this
    one, makes side by side. database: an SQLAlchemy URL.

    body_bytes, body_seconds: the longest request and the longest time to send one. queue: most
    predictions that wait; queue_each: of one token; queue_bytes: of all of them, for a model.
    cache_bytes: of finished predictions.
    max_steps, max_seconds: of one prediction. requests_each: most requests of a token at once.
    requests_from: connections of an address. grace_seconds: how long a prediction goes on without a
    listener, so that a stream that broke can be resumed. write_seconds: how long a client may not
    read. prefix: under which path a proxy shows the server. hub_daily: predictions a day of each of
    the hub's users.
    """

    offers: tuple[Offer, ...] = (Offer("builtin", "builtin"),)
    workers: int = 2
    at_once: int = 16
    database: str = "sqlite:///cwm-lab-server.sqlite"
    body_bytes: int = 4_000_000
    body_seconds: float = 15.0
    queue: int = 400
    queue_each: int = 4
    queue_bytes: int = 50_000_000
    cache_bytes: int = 128_000_000
    max_steps: int = 1000
    max_seconds: float = 60.0
    requests_each: int = 8
    requests_from: int = 400
    grace_seconds: float = 10.0
    write_seconds: float = 30.0
    log_programs: bool = False
    keep_alive_seconds: float = 10.0
    shutdown_seconds: float = 60.0
    prefix: str = ""
    hub_daily: int | None = None
