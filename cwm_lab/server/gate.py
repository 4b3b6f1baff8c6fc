"""What a request must pass before it is looked at: no token in its URL, a body of bounded size that
comes in bounded time."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cwm_lab.server.metrics import Metrics
from cwm_lab.server.settings import Settings

logger = logging.getLogger("cwm_lab.server")
_TELLING = ("token", "key", "secret", "password", "authorization")
_PATHS = (
    "/v1/traces",
    "/v1/models",
    "/v1/continuations",
    "/v1/resyncs",
    "/v1/completions",
    "/tokenize",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/docs",
)


class _RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Gate:
    """ASGI middleware; answers itself where a request does not pass."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            _check_query(scope)
            body = await self._body(scope, receive)
            if body is not None:
                await self.app(scope, _replay(body, receive), noted)
        except _RefusedError as error:
            await _refuse(noted, error.status, str(error))
        finally:
            path = scope["path"].removeprefix(self.settings.prefix)
            path = path if path in _PATHS else "other"
            self.metrics.requests.labels(path, str(status)).inc()
            spent = round(time.monotonic() - began, 3)
            logger.info("request", extra={"path": path, "status": status, "seconds": spent})

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None if the client has gone. Raises _RefusedError."""
        limit = self.settings.body_bytes
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > limit:
            raise _RefusedError(413, f"the body has {int(length):,} bytes; the limit is {limit:,}.")
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                return await _read(receive, limit)
        except TimeoutError:
            raise _RefusedError(408, "the body did not come in time; send it again.") from None


async def _read(receive: Receive, limit: int) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > limit:
            raise _RefusedError(413, f"the body is longer than {limit:,} bytes.")
        if not message.get("more_body", False):
            return body


def _check_query(scope: Scope) -> None:
    for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if any(word in name.lower() for word in _TELLING):
            raise _RefusedError(
                400,
                "a token does not belong into a URL, where others can read it; send it as "
                "Authorization: Bearer TOKEN, and have this one revoked.",
            )


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(send: Send, status: int, message: str) -> None:
    body = json.dumps({"error": {"message": message, "code": status}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
