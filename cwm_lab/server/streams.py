"""Server-sent events, sent no faster than the client reads, and ended when it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

DONE = b"data: [DONE]\n\n"
ALIVE = b": still here\n\n"


class EventStream(Response):
    """An ASGI response. events: JSON of each, None for a sign of life.

    write_seconds: how long the client may not read before it is given up. closed: called once, in
    whatever way the stream ends.
    """

    def __init__(
        self,
        events: AsyncIterator[bytes | None],
        write_seconds: float,
        closed: Callable[[], None],
        headers: dict[str, str] | None = None,
    ) -> None:
        self._events, self._seconds, self._closed = events, write_seconds, closed
        self._more = headers or {}
        self.background, self.status_code = None, 200

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all; stop when the client has gone."""
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if writing.done() and not writing.cancelled():
                error = writing.exception()
                if error is not None and not isinstance(error, TimeoutError | OSError):
                    raise error
        finally:
            for task in (writing, leaving):
                task.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
            self._closed()

    async def _write(self, send: Send) -> None:
        headers = {
            "content-type": "text/event-stream",
            "cache-control": "no-store",
            "x-accel-buffering": "no",
            **self._more,
        }
        raw = [(name.encode(), text.encode()) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        async for event in self._events:
            await self._send(send, ALIVE if event is None else b"data: " + event + b"\n\n")
        await self._send(send, DONE, more=False)

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": more}
        await asyncio.wait_for(send(message), self._seconds)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
