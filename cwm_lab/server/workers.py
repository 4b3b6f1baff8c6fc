"""Processes that predict. A program goes in, steps come out; a process that dies is replaced.

The model is loaded in the worker, so that the server's own process stays small and answers at any
moment. Nothing of a student's program is run, here or there.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from cwm_lab.errors import CWMLabError

logger = logging.getLogger("cwm_lab.server")
Message = tuple[str, Any]
"""("ready", {...}), ("step", {...}), ("end", {...}), ("error", "...") or ("gone", None)."""
_SPAWN = multiprocessing.get_context("spawn")


class EngineGoneError(Exception):
    """The worker's process ended in the midst of a prediction."""


class Worker:
    """One process and what it says. about: what it told when it was ready."""

    def __init__(self, spec: str) -> None:
        self.spec = spec
        self.about: dict[str, Any] = {}
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._job = 0
        self._cancelled = _SPAWN.Value("q", -1)
        self._process: Any = None
        self._pipe: Connection | None = None

    @property
    def alive(self) -> bool:
        """Whether its process runs, and nobody has ended it."""
        return self._pipe is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Load the model. Raises CWMLabError if it cannot be had."""
        ours, theirs = _SPAWN.Pipe()
        self._inbox = asyncio.Queue()
        self._pipe = ours
        self._process = _SPAWN.Process(
            target=work, args=(theirs, self.spec, self._cancelled), daemon=True
        )
        await asyncio.to_thread(self._process.start)
        theirs.close()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(ours, loop, self._inbox), daemon=True).start()
        kind, told = await self._inbox.get()
        if kind != "ready":
            self.stop()
            raise CWMLabError(told or f"the process for {self.spec} ended while it began.")
        self.about = told

    async def predict(
        self, program: dict[str, Any], max_steps: int, max_seconds: float
    ) -> AsyncIterator[Message]:
        """The steps as they come, then the end or an error. Raises EngineGoneError."""
        self._job += 1
        try:
            if self._pipe is None:
                raise EngineGoneError
            self._pipe.send((self._job, program, max_steps, max_seconds))
        except OSError:
            raise EngineGoneError from None
        while True:
            kind, told = await self._inbox.get()
            if kind == "gone":
                raise EngineGoneError
            yield kind, told
            if kind in ("end", "error"):
                return

    def cancel(self) -> None:
        """Stop the prediction that is being made."""
        self._cancelled.value = self._job

    def stop(self) -> None:
        """End the process."""
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.close()
            self._pipe = None
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    @staticmethod
    def _listen(
        pipe: Connection, loop: asyncio.AbstractEventLoop, inbox: asyncio.Queue[Message]
    ) -> None:
        try:
            while True:
                loop.call_soon_threadsafe(inbox.put_nowait, pipe.recv())
        except (EOFError, OSError, TypeError):
            pass  # the process ended, or the pipe was closed
        except RuntimeError:
            return  # the loop is closed: nobody listens
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(inbox.put_nowait, ("gone", None))


def work(pipe: Connection, spec: str, cancelled: Any) -> None:
    """A worker's life: load the model, then predict what comes until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when it is over
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from cwm_lab.trace import Program
    from cwm_lab.worldmodel import load_model

    try:
        model = load_model(spec)
    except CWMLabError as error:
        pipe.send(("error", str(error)))
        return
    writer = getattr(model, "writer", None)
    pipe.send(("ready", {"name": model.name, "context": getattr(writer, "context", None)}))
    while True:
        try:
            job, told, max_steps, max_seconds = pipe.recv()
        except (EOFError, OSError):
            return
        steps: list[Any] = []

        def on_step(step: Any, steps: list[Any] = steps) -> None:
            steps.append(step)
            pipe.send(("step", step.to_json()))

        def stopped(job: int = job) -> bool:
            return bool(cancelled.value == job)

        try:
            trace = model.predict(
                Program.from_json(told),
                max_steps=max_steps,
                max_seconds=max_seconds,
                on_step=on_step,
                cancel=stopped,
            )
        except CWMLabError as error:
            pipe.send(("error", str(error)))
        except Exception:  # a fault of ours on one program must not cost the others their worker
            logger.exception("a prediction failed")
            pipe.send(("error", "the model failed on this program; the server's log says more."))
        else:
            again = None
            if list(trace.steps) != steps:  # what followed showed more of the earlier ones
                again = [step.to_json() for step in trace.steps]
            end = {"outcome": trace.outcome.to_json(), "model": trace.model, "steps": again}
            pipe.send(("end", {**end, "count": len(trace.steps)}))
