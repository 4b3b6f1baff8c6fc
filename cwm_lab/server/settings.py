"""What a server allows: sizes, times and numbers, by default for a class of two hundred."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """models: specifications, the first that is healthy and large enough answers. workers: for each
    model, processes of its own. database: an SQLAlchemy URL.

    body_bytes, body_seconds: the longest request and the longest time to send one. queue: most
    predictions that wait; queue_each: of one token. cache_bytes: of finished predictions.
    max_steps, max_seconds: of one prediction. requests_each: most requests of a token at once.
    requests_from: of an address. grace_seconds: how long a prediction goes on without a listener,
    so that a stream that broke can be resumed. write_seconds: how long a client may not read.
    """

    models: tuple[str, ...] = ("builtin",)
    workers: int = 2
    database: str = "sqlite:///cwm-lab-server.sqlite"
    body_bytes: int = 2_000_000
    body_seconds: float = 15.0
    queue: int = 400
    queue_each: int = 4
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
