"""Processes that predict. A task goes in, what comes of it comes out; a process that dies is
replaced.

The model is loaded in the worker, so that the server's own process stays small and answers at any
moment. A worker does one task at a time, or as many as its model can do side by side.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from cwm_lab.errors import CWMLabError

logger = logging.getLogger("cwm_lab.server")
Message = tuple[str, Any]
"""("step", {...}), ("piece", {...}), ("end", {...}), ("error", (text, status)) or ("gone", None);
before all others ("ready", {...})."""
_SPAWN = multiprocessing.get_context("spawn")
_START = 0
"""The job whose messages tell how the start went."""


class EngineGoneError(Exception):
    """The worker's process ended in the midst of a task."""


class Worker:
    """One process and what it says. about: what it told when it was ready. gone: set once its
    process has ended. places: how many tasks it may be given at once."""

    def __init__(self, spec: str, places: int) -> None:
        self.spec, self._wanted = spec, places
        self.about: dict[str, Any] = {}
        self.gone = asyncio.Event()
        self._inboxes: dict[int, asyncio.Queue[Message]] = {}
        self._job = _START
        self._process: Any = None
        self._pipe: Connection | None = None

    @property
    def alive(self) -> bool:
        """Whether its process runs, and nobody has ended it."""
        return self._pipe is not None and bool(self._process.is_alive())

    @property
    def places(self) -> int:
        return int(self.about.get("places", 1))

    async def start(self) -> None:
        """Load the model. Raises CWMLabError if it cannot be had."""
        ours, theirs = _SPAWN.Pipe()
        self._pipe, self.gone = ours, asyncio.Event()
        inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inboxes = {_START: inbox}
        self._process = _SPAWN.Process(target=work, args=(theirs, self.spec, self._wanted))
        self._process.daemon = True
        await asyncio.to_thread(self._process.start)
        atexit.register(self._process.kill)
        theirs.close()
        loop = asyncio.get_running_loop()
        listening = threading.Thread(
            target=_listen, args=(ours, loop, self._inboxes, self.gone), daemon=True
        )
        listening.start()
        kind, told = await inbox.get()
        del self._inboxes[_START]
        if kind != "ready":
            self.stop()
            raise CWMLabError(told[0] if told else f"{self.spec}: its process ended at once.")
        self.about = told

    def begin(self, task: dict[str, Any], seconds: float) -> int:
        """Give it a task; returns the task's number. Raises EngineGoneError."""
        self._job += 1
        self._inboxes[self._job] = asyncio.Queue()
        try:
            self._send(("do", self._job, task, seconds))
        except EngineGoneError:
            del self._inboxes[self._job]
            raise
        return self._job

    async def told(self, job: int) -> AsyncIterator[Message]:
        """What comes of a task: steps or pieces, then its end or error. Raises EngineGoneError."""
        inbox = self._inboxes[job]
        try:
            kind = ""
            while kind not in ("end", "error"):
                kind, told = await inbox.get()
                if kind == "gone":
                    raise EngineGoneError
                yield kind, told
        finally:
            self._inboxes.pop(job, None)

    def cancel(self, job: int) -> None:
        """Have a task end soon, with what there is or with an error."""
        with suppress(EngineGoneError):
            self._send(("cancel", job))

    def stop(self) -> None:
        """End the process."""
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            atexit.unregister(self._process.kill)

    def _send(self, message: Any) -> None:
        if self._pipe is None or self.gone.is_set():
            raise EngineGoneError
        try:
            self._pipe.send(message)
        except OSError:
            raise EngineGoneError from None


def _listen(
    pipe: Connection,
    loop: asyncio.AbstractEventLoop,
    inboxes: dict[int, asyncio.Queue[Message]],
    gone: asyncio.Event,
) -> None:
    """A thread's life: what the worker says goes to whom it concerns."""

    def hand_out(kind: str, job: int, told: Any) -> None:
        if (inbox := inboxes.get(job)) is not None:
            inbox.put_nowait((kind, told))

    def ended() -> None:
        gone.set()
        for inbox in inboxes.values():
            inbox.put_nowait(("gone", None))

    with suppress(RuntimeError):  # the loop is closed: nobody listens
        with suppress(EOFError, OSError, TypeError):  # the process ended, or the pipe was closed
            while True:
                loop.call_soon_threadsafe(hand_out, *pipe.recv())
        loop.call_soon_threadsafe(ended)


def work(pipe: Connection, spec: str, places: int) -> None:
    """A worker's life: load the model, then do what comes until the pipe is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the server says when it is over
    try:
        with suppress(EOFError, OSError):  # the server has gone
            _serve(pipe, spec, places)
    except Exception:  # whatever it is: the server sees the pipe close and starts another
        logger.exception("a worker of %s failed", spec)
    finally:
        # Whatever is under way, nobody waits for it: threads of libraries would keep us here.
        logging.shutdown()
        os._exit(0)


def _serve(pipe: Connection, spec: str, places: int) -> None:
    from cwm_lab.server.tasks import Job, Tasks

    sending = threading.Lock()

    def tell(kind: str, job: int, told: Any) -> None:
        with sending:
            pipe.send((kind, job, told))

    try:
        tasks = Tasks(spec, places)
    except (CWMLabError, OSError) as error:
        tell("error", _START, (str(error), 503))
        return
    tell("ready", _START, tasks.about)
    stopped: dict[int, threading.Event] = {}

    def do(job: int, task: dict[str, Any], seconds: float) -> None:
        try:
            with suppress(OSError):  # the server has gone, and so shall we
                tasks.perform(
                    Job(
                        task, seconds, lambda kind, told: tell(kind, job, told), stopped[job].is_set
                    )
                )
        finally:
            del stopped[job]
        if tasks.broken:
            os._exit(1)

    while True:
        what, job, *more = pipe.recv()
        if what == "do":
            stopped[job] = threading.Event()
            threading.Thread(target=do, args=(job, *more), daemon=True).start()
        elif (one := stopped.get(job)) is not None:
            one.set()
