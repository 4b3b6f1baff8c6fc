"""Connections as they come: counted by address, closed where nothing is asked or nothing read."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from cwm_lab.server.settings import Settings

REQUEST_SECONDS = 20.0
"""How long a connection may take until its first request is there."""
REFUSED_SECONDS = 2.0
"""The same where its address has too many already: long enough to be told why."""
_TOO_MANY = b'{"error": {"message": "your address has too many connections open.", "code": 429}}'
TOO_MANY = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 2\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_TOO_MANY), _TOO_MANY)
)


class GuardedProtocol(H11Protocol):
    """Connections of one address are counted; one that asks nothing is closed, and so is one that
    does not read what it asked for."""

    settings = Settings()
    _from: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._from[self._address] += 1
        self._stuck: asyncio.TimerHandle | None = None
        self._refused = self._from[self._address] > self.settings.requests_from
        seconds = REFUSED_SECONDS if self._refused else REQUEST_SECONDS
        asyncio.get_running_loop().call_later(seconds, self._close_if_idle)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self.transport.write(TOO_MANY)
            self.transport.close()
        else:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._from[self._address] -= 1
        if self._from[self._address] <= 0:
            del self._from[self._address]
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        loop = asyncio.get_running_loop()
        self._stuck = loop.call_later(self.settings.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def _close_if_idle(self) -> None:
        never_asked = getattr(self, "cycle", None) is None
        if never_asked and not self.transport.is_closing():
            self.transport.close()
