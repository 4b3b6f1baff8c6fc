"""`cwm-lab serve`: the command line, the sockets and the logs of the class server."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from cwm_lab.errors import CWMLabError
from cwm_lab.server.app import create_app
from cwm_lab.server.settings import Settings
from cwm_lab.server.tokens import TokenStore
from cwm_lab.worldmodel.specs import parse_spec

DEFAULTS = Settings()
REQUEST_SECONDS = 20.0
"""How long a connection may take until its first request is there."""
_FIELDS = ("holder", "how", "model", "key", "program", "path", "status", "seconds")


class GuardedProtocol(H11Protocol):
    """Connections of one address are counted, and one that asks nothing is closed."""

    limit = DEFAULTS.requests_from
    _from: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._from[self._address] += 1
        if self._from[self._address] > self.limit:
            transport.close()
            return
        asyncio.get_running_loop().call_later(REQUEST_SECONDS, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._from[self._address] -= 1
        if self._from[self._address] <= 0:
            del self._from[self._address]
        super().connection_lost(exc)

    def _close_if_idle(self) -> None:
        never_asked = getattr(self, "cycle", None) is None
        if never_asked and not self.transport.is_closing():
            self.transport.close()


class JsonLines(logging.Formatter):
    """One JSON object a line; a program only where the server was told to log programs."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as JSON."""
        told: dict[str, Any] = {"time": round(record.created, 3), "level": record.levelname.lower()}
        told["message"] = record.getMessage()
        told |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            told["error"] = repr(record.exc_info[1])
            told["where"] = self.formatException(record.exc_info)
        return json.dumps(told)


def main(arguments: Sequence[str]) -> int:
    """Serve, or look after the tokens. Returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.command == "token":
        return _tokens(options)
    return _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cwm-lab serve", description="One model for a class: students ask it by HTTP."
    )
    parser.set_defaults(command="serve")
    parser.add_argument(
        "--model",
        action="append",
        metavar="SPEC",
        help="repeatable: the first that is ready and large enough answers (default: builtin)",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes for each model"
    )
    parser.add_argument("--database", default=DEFAULTS.database, metavar="URL")
    parser.add_argument("--open", action="store_true", help="anybody may ask, without a token")
    parser.add_argument("--queue", type=int, default=DEFAULTS.queue)
    parser.add_argument(
        "--each",
        type=int,
        default=DEFAULTS.requests_each,
        metavar="N",
        help="most requests of one token at once (half as many may wait)",
    )
    parser.add_argument("--cache-mb", type=float, default=DEFAULTS.cache_bytes / 1e6)
    parser.add_argument("--max-seconds", type=float, default=DEFAULTS.max_seconds)
    parser.add_argument(
        "--connections",
        type=int,
        default=DEFAULTS.requests_from,
        metavar="N",
        help="most connections of one address (a JupyterHub's students share one)",
    )
    parser.add_argument(
        "--log-programs", action="store_true", help="students' code goes to the log"
    )
    commands = parser.add_subparsers(metavar="token")
    token = commands.add_parser("token", help="add, list or revoke tokens")
    token.set_defaults(command="token")
    token.add_argument("do", choices=("add", "list", "revoke"))
    token.add_argument("name", nargs="?")
    token.add_argument("--daily", type=int, metavar="N", help="most predictions a day")
    token.add_argument("--database", default=DEFAULTS.database, metavar="URL")
    return parser


def _tokens(options: argparse.Namespace) -> int:
    store = TokenStore(options.database)
    try:
        if options.do == "list":
            for row in store.rows():
                made = time.strftime("%Y-%m-%d", time.gmtime(row.created))
                state = "revoked" if row.revoked else "valid"
                limit = "" if row.daily is None else f" of {row.daily}"
                sys.stdout.write(
                    f"{row.name}\t{state}\tmade {made}\t{row.used}{limit} on {row.day or '-'}\n"
                )
            return 0
        if not options.name:
            raise CWMLabError(f"say whose token: cwm-lab serve token {options.do} NAME.")
        if options.do == "add":
            sys.stdout.write(store.add(options.name, options.daily) + "\n")
            sys.stderr.write("This is told only once; the student puts it into CWM_LAB_API_KEY.\n")
        else:
            store.revoke(options.name)
        return 0
    finally:
        store.close()


def _serve(options: argparse.Namespace) -> int:
    models = tuple(options.model or ["builtin"])
    for spec in models:
        if parse_spec(spec).kind == "hosted":
            raise CWMLabError("a class server cannot stand in front of another; name its model.")
    settings = Settings(
        models=models,
        workers=max(1, options.workers),
        database=options.database,
        queue=options.queue,
        queue_each=max(1, options.each // 2),
        requests_each=max(1, options.each),
        cache_bytes=int(options.cache_mb * 1e6),
        max_seconds=options.max_seconds,
        requests_from=options.connections,
        log_programs=options.log_programs,
    )
    store = None if options.open else TokenStore(options.database)
    _allow_connections()
    _log_as_json()
    GuardedProtocol.limit = settings.requests_from
    config = uvicorn.Config(
        create_app(settings, store),
        host=options.host,
        port=options.port,
        http=GuardedProtocol,
        log_config=None,
        access_log=False,
        timeout_keep_alive=int(settings.keep_alive_seconds),
        timeout_graceful_shutdown=int(settings.shutdown_seconds),
        server_header=False,
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal that ended it once more, for whoever had a handler: here nobody has.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run()
    return 0 if server.started else 1


def _log_as_json() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in ("cwm_lab.server", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)


def _allow_connections() -> None:
    """As many open files as the system lets us have: each student is one."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
