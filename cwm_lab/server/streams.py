"""Answers that take long: server-sent events or one document; both end when the client goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

DONE = b"data: [DONE]\n\n"
ALIVE = b": still here\n\n"


class _Watched(Response):
    """closed: called once, in whatever way the answer ends."""

    def __init__(self, closed: Callable[[], None], headers: dict[str, str]) -> None:
        self._closed, self._more = closed, headers
        self.background, self.status_code = None, 200

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all; stop when the client has gone."""
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if writing.done() and not writing.cancelled():
                error = writing.exception()
                if error is not None and not isinstance(error, OSError):
                    raise error
        finally:
            for task in (writing, leaving):
                task.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
            self._closed()

    async def _write(self, send: Send) -> None:
        raise NotImplementedError

    async def _begin(self, send: Send, status: int, headers: dict[str, str]) -> None:
        told = {**headers, "cache-control": "no-store", **self._more}
        raw = [(name.encode(), text.encode()) for name, text in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})


class EventStream(_Watched):
    """Server-sent events. events: JSON of each, None for a sign of life."""

    def __init__(
        self,
        events: AsyncIterator[bytes | None],
        closed: Callable[[], None],
        headers: dict[str, str],
    ) -> None:
        super().__init__(closed, headers)
        self._events = events

    async def _write(self, send: Send) -> None:
        kind = {"content-type": "text/event-stream", "x-accel-buffering": "no"}
        await self._begin(send, 200, kind)
        async for event in self._events:
            body = ALIVE if event is None else b"data: " + event + b"\n\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": DONE, "more_body": False})


class WholeAnswer(_Watched):
    """One JSON document, once it is there. made: gives its status and its content."""

    def __init__(
        self,
        made: Callable[[], Awaitable[tuple[int, Any]]],
        closed: Callable[[], None],
        headers: dict[str, str],
    ) -> None:
        super().__init__(closed, headers)
        self._made = made

    async def _write(self, send: Send) -> None:
        status, content = await self._made()
        body = json.dumps(content).encode()
        length = {"content-type": "application/json", "content-length": str(len(body))}
        await self._begin(send, status, length)
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
