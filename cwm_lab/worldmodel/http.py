"""HTTP to a model server: JSON there and back, and streams that can be left at any moment.

A request runs in a thread of its own, so that the caller is never stuck in the network: it looks
for `cancel` meanwhile, and an interrupt finds it outside of any frame that holds the signed
request. Whatever goes wrong becomes a `ServerError` made outside of the failing frames: nothing of
them, and so no key, hangs on it.
"""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.cwm.writing import Cancel
from cwm_lab.worldmodel.keys import SecretKey

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 10.0
POLL_SECONDS = 0.05
MAX_MESSAGE = 300
MAX_ANSWER_BYTES = 64 * 2**20
"""Of an answer that is not a stream."""
_RETRIED = (408, 425, 429, 500, 502, 503, 504)


class ServerError(ModelError):
    """A request that failed. passing: whether it may well succeed when tried again. status: of the
    answer, if there was one. wait: seconds for which the server asked."""

    def __init__(
        self,
        message: str,
        *,
        passing: bool = False,
        status: int | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message)
        self.passing, self.status, self.wait = passing, status, wait


@dataclass(frozen=True)
class _Failure:
    message: str
    passing: bool = False
    status: int | None = None
    wait: float | None = None


class Server:
    """One server. seconds: how long it may be silent. Raises ServerError from every method."""

    def __init__(self, url: str, key: SecretKey | None = None, seconds: float = 60.0) -> None:
        self.url, self._key, self.seconds = url, key, seconds

    def __repr__(self) -> str:
        return f"<Server {self.url}>"

    def get(self, url: str) -> Any:
        """The JSON at a URL."""
        return self._json("GET", url, None)

    def post(self, url: str, body: object) -> Any:
        """The JSON with which a URL answers `body`."""
        return self._json("POST", url, body)

    def events(self, url: str, body: object, cancel: Cancel) -> Generator[Any, None, None]:
        """The JSON of each server-sent event, until `[DONE]`; ends early once `cancel` says so.
        Closing the iterator closes the connection. A stream that ends without `[DONE]` just ends.
        """
        buffer = b""
        chunks = self._chunks("POST", url, body, cancel, stream=True)
        try:
            for chunk in chunks:
                buffer += chunk
                *lines, buffer = buffer.split(b"\n")
                for line in lines:
                    name, _, data = line.rstrip(b"\r").partition(b":")
                    if name != b"data":
                        continue
                    if data.strip() == b"[DONE]":
                        return
                    yield self._parsed(data, url)
        finally:
            chunks.close()

    # --- one request --------------------------------------------------------------------------

    def _json(self, method: str, url: str, body: object) -> Any:
        parts: list[bytes] = []
        for chunk in self._chunks(method, url, body, lambda: False, stream=False):
            parts.append(chunk)
            if sum(map(len, parts)) > MAX_ANSWER_BYTES:
                raise ServerError(f"{self.url} answers without end.")
        return self._parsed(b"".join(parts), url)

    def _parsed(self, data: bytes, url: str) -> Any:
        with suppress(ValueError):
            return json.loads(self.hidden(data.decode()))
        raise ServerError(f"{url} answered with something that is not JSON.", passing=True)

    def _chunks(
        self, method: str, url: str, body: object, cancel: Cancel, *, stream: bool
    ) -> Generator[bytes, None, None]:
        box: queue.SimpleQueue[bytes | _Failure | None] = queue.SimpleQueue()
        request = _Request(self, method, url, body, stream=stream)
        thread = threading.Thread(target=request.run, args=(box,), daemon=True)
        thread.start()
        try:
            while not cancel():
                with suppress(queue.Empty):
                    found = box.get(timeout=POLL_SECONDS)
                    if found is None:
                        return
                    if isinstance(found, _Failure):
                        raise ServerError(
                            found.message,
                            passing=found.passing,
                            status=found.status,
                            wait=found.wait,
                        )
                    yield found
        finally:
            request.stop()
            thread.join(timeout=CONNECT_SECONDS)

    def hidden(self, text: str) -> str:
        """A text from the server without the key, which it may echo."""
        return text if self._key is None else self._key.hide(text)

    def signature(self) -> dict[str, str]:
        """The headers that sign a request. Only for the thread that sends it."""
        return {} if self._key is None else {"Authorization": f"Bearer {self._key.reveal()}"}


class _Request:
    """One request in a thread with a loop of its own; `stop` may come from another thread."""

    def __init__(self, server: Server, method: str, url: str, body: object, *, stream: bool):
        self._server, self._method, self._url, self._body = server, method, url, body
        self._stream = stream
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def run(self, box: queue.SimpleQueue[bytes | _Failure | None]) -> None:
        """Puts chunks into the box, then None or a _Failure."""
        end: _Failure | None = None
        try:
            asyncio.run(self._send(box))
        except asyncio.CancelledError:
            end = None
        except _FailedError as error:
            end = error.failure
        except Exception as error:  # noqa: BLE001 - told to the caller, without its frames
            end = self._explained(error)
        if end is not None:
            end = replace(end, message=self._server.hidden(end.message))
        box.put(end)

    def stop(self) -> None:
        """Close the connection, if it is still open."""
        with self._lock:
            self._stopped = True
            if self._loop is not None and self._task is not None and not self._task.done():
                with suppress(RuntimeError):  # the loop has just ended by itself
                    self._loop.call_soon_threadsafe(self._task.cancel)

    async def _send(self, box: queue.SimpleQueue[bytes | _Failure | None]) -> None:
        import httpx

        with self._lock:
            if self._stopped:
                return
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        seconds = self._server.seconds
        limits = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        async with (
            httpx.AsyncClient(timeout=limits, headers=self._server.signature()) as client,
            client.stream(
                self._method,
                self._url,
                json=self._body,
                headers={"Accept": "text/event-stream" if self._stream else "application/json"},
            ) as response,
        ):
            await _check(response, self._url)
            async for chunk in response.aiter_bytes():
                box.put(chunk)

    def _explained(self, error: Exception) -> _Failure:
        import httpx

        url, seconds = self._server.url, self._server.seconds
        if isinstance(error, httpx.ConnectTimeout):
            return _Failure(f"{url} cannot be reached: no answer.", passing=True)
        if isinstance(error, httpx.TimeoutException):
            return _Failure(f"{url} was silent for {seconds:g} seconds.", passing=True)
        if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
            return _Failure(
                f"the certificate of {url} is not trusted; ask who runs it, or set SSL_CERT_FILE."
            )
        if isinstance(error, httpx.ConnectError) and "SSL" in str(error).upper():
            return _Failure(f"{url} does not speak TLS as https:// says; is it http://?")
        if isinstance(error, httpx.ConnectError):
            return _Failure(f"{url} cannot be reached ({error}); is it running?", passing=True)
        if isinstance(error, httpx.TransportError):
            return _Failure(f"the connection to {url} broke off.", passing=True)
        return _Failure(f"{url} cannot be asked ({type(error).__name__}).")


class _FailedError(Exception):
    """An answer that says no."""

    def __init__(self, failure: _Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


async def _check(response: httpx.Response, url: str) -> None:
    status = response.status_code
    page = "html" in response.headers.get("content-type", "")
    if status < 300 and not page:
        return
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > 2**16:
            break
    message = "" if page else _message(body)
    passing = status in _RETRIED
    wait = response.headers.get("retry-after", "")
    if status in (401, 403):
        told = f"{status}, {message.rstrip('.')}" if message else str(status)
        text = (
            f"{url} refuses the key ({told}): put a valid one into CWM_LAB_API_KEY, or into a "
            "file that CWM_LAB_API_KEY_FILE names."
        )
    elif page and not passing:
        text = f"{url} answered with a web page ({status}); check the URL, it often ends in /v1."
    elif status == 404 and not message:
        text = f"{url} does not exist there ({status}); check the URL, it often ends in /v1."
    else:
        text = f"{url} answered {status}" + (f": {message}" if message else ".")
    raise _FailedError(_Failure(text, passing, status, float(wait) if wait.isdecimal() else None))


def _message(body: bytes) -> str:
    """What an error's body says, on one line."""
    try:
        data = json.loads(body)
    except ValueError:
        return ""
    found = data.get("error", data) if isinstance(data, dict) else data
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail") or ""
    return " ".join(str(found).split())[:MAX_MESSAGE]
