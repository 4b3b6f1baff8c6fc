"""`cwm-lab serve`: the command line, the sockets and the logs of the class server."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import uvicorn

from cwm_lab.errors import CWMLabError
from cwm_lab.server.app import create_app
from cwm_lab.server.connections import GuardedProtocol
from cwm_lab.server.hub import Hub, Place, place_in_hub
from cwm_lab.server.settings import Settings, read_offer
from cwm_lab.server.tokens import TokenRow, TokenStore

DEFAULTS = Settings()
HUB_CONNECTIONS = 10_000
"""Of one address, where that is a hub's proxy."""
_FIELDS = ("holder", "what", "how", "model", "key", "program", "path", "status", "seconds")


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
        metavar="[NAME=]SPEC",
        help="repeatable: the first that is ready and large enough answers (default: builtin)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for a network (%(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="(%(default)s)")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes of the built-in model (%(default)s)",
    )
    parser.add_argument(
        "--at-once",
        type=int,
        default=DEFAULTS.at_once,
        metavar="N",
        help="predictions that a local: or openai: model makes side by side (%(default)s)",
    )
    parser.add_argument(
        "--database", default=DEFAULTS.database, metavar="URL", help="of the tokens (%(default)s)"
    )
    parser.add_argument("--open", action="store_true", help="anybody may ask, without a token")
    parser.add_argument(
        "--queue",
        type=int,
        default=DEFAULTS.queue,
        metavar="N",
        help="most that wait (%(default)s)",
    )
    parser.add_argument(
        "--each",
        type=int,
        default=DEFAULTS.requests_each,
        metavar="N",
        help="most requests of one token at once; half as many may wait (%(default)s)",
    )
    parser.add_argument(
        "--cache-mb",
        type=float,
        default=DEFAULTS.cache_bytes / 1e6,
        metavar="MB",
        help="of finished predictions (%(default)s)",
    )
    parser.add_argument(
        "--max-seconds",
        type=float,
        default=DEFAULTS.max_seconds,
        metavar="SECONDS",
        help="of one prediction (%(default)s)",
    )
    parser.add_argument(
        "--max-steps",
        type=int,
        default=DEFAULTS.max_steps,
        metavar="N",
        help="of one prediction, whatever is asked (%(default)s)",
    )
    parser.add_argument(
        "--grace",
        type=float,
        default=DEFAULTS.grace_seconds,
        metavar="SECONDS",
        help="how long a prediction outlives its client, so that it may come back (%(default)s)",
    )
    parser.add_argument(
        "--write-seconds",
        type=float,
        default=DEFAULTS.write_seconds,
        metavar="SECONDS",
        help="how long a client may not read (%(default)s)",
    )
    parser.add_argument(
        "--connections",
        type=int,
        metavar="N",
        help=f"most connections of one address (default: {DEFAULTS.requests_from}; "
        f"{HUB_CONNECTIONS:,} with --hub, whose students share one)",
    )
    parser.add_argument(
        "--log-programs", action="store_true", help="students' code goes to the log"
    )
    parser.add_argument(
        "--hub",
        action="store_true",
        help="as a service of a JupyterHub, whose users need no token; address and port are the "
        "hub's to say (see docs/hosting.md)",
    )
    parser.add_argument(
        "--hub-daily", type=int, metavar="N", help="most predictions a day of a user of the hub"
    )
    commands = parser.add_subparsers(metavar="token")
    token = commands.add_parser("token", help="add, list or revoke tokens")
    token.set_defaults(command="token")
    token.add_argument("do", choices=("add", "list", "revoke"))
    token.add_argument("name", nargs="?")
    token.add_argument("--daily", type=int, metavar="N", help="most predictions a day")
    token.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="repeatable: the only models that this token may ask, by the names that "
        "`cwm-lab serve --model NAME=SPEC` gave them",
    )
    token.add_argument(
        "--each", type=int, metavar="N", help="most requests at once (another server needs many)"
    )
    token.add_argument("--database", default=DEFAULTS.database, metavar="URL")
    return parser


def _tokens(options: argparse.Namespace) -> int:
    store = TokenStore(options.database)
    try:
        if options.do == "list":
            for row in store.rows():
                sys.stdout.write(_shown(row) + "\n")
            return 0
        if not options.name:
            raise CWMLabError(f"say whose token: cwm-lab serve token {options.do} NAME.")
        if options.do == "add":
            token = store.add(options.name, options.daily, models=options.model, each=options.each)
            sys.stdout.write(token + "\n")
            sys.stderr.write("This is told only once; the student puts it into CWM_LAB_API_KEY.\n")
        else:
            store.revoke(options.name)
        return 0
    finally:
        store.close()


def _shown(row: TokenRow) -> str:
    made = time.strftime("%Y-%m-%d", time.gmtime(row.created))
    limit = "" if row.daily is None else f" of {row.daily}"
    parts = [
        row.name,
        "revoked" if row.revoked else "valid",
        f"made {made}",
        f"{row.used}{limit} on {row.day or '-'}",
        "any model" if row.models is None else "only " + ", ".join(row.models),
    ]
    return "\t".join(parts)


def _settings(options: argparse.Namespace, place: Place | None) -> Settings:
    offers = tuple(read_offer(text) for text in options.model or ["builtin"])
    names = [offer.name for offer in offers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise CWMLabError(f"two models are called {twice}; name them: --model NAME=SPEC.")
    connections = DEFAULTS.requests_from if place is None else HUB_CONNECTIONS
    return Settings(
        offers=offers,
        workers=max(1, options.workers),
        at_once=max(1, options.at_once),
        database=options.database,
        queue=options.queue,
        queue_each=max(1, options.each // 2),
        requests_each=max(1, options.each),
        cache_bytes=int(options.cache_mb * 1e6),
        max_seconds=options.max_seconds,
        max_steps=max(1, options.max_steps),
        grace_seconds=options.grace,
        write_seconds=options.write_seconds,
        requests_from=options.connections or connections,
        log_programs=options.log_programs,
        prefix="" if place is None else place.prefix,
        hub_daily=options.hub_daily,
    )


def _serve(options: argparse.Namespace) -> int:
    place = place_in_hub(os.environ) if options.hub else None
    settings = _settings(options, place)
    if options.hub and options.open:
        raise CWMLabError("--open lets everybody ask; with --hub its users ask. Choose one.")
    store = None if options.open else TokenStore(options.database)
    hub = None if place is None else Hub(place)
    _allow_connections()
    _log_as_json()
    GuardedProtocol.settings = settings
    config = uvicorn.Config(
        create_app(settings, store, hub),
        host=options.host if place is None else place.host,
        port=options.port if place is None else place.port,
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
    with suppress(SystemExit):  # what was wrong, such as a port that is taken, is in the log
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
