"""Models behind one server: each with its workers and its queue, and who answers what."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from cwm_lab.errors import CWMLabError
from cwm_lab.server.metrics import Metrics
from cwm_lab.server.predictions import Prediction, Predictions
from cwm_lab.server.queueing import FairQueue
from cwm_lab.server.settings import Settings
from cwm_lab.server.workers import EngineGoneError, Worker

logger = logging.getLogger("cwm_lab.server")
CHARACTERS_A_TOKEN = 2.0
SHARE_FOR_ANSWER = 0.5
RESTART_SECONDS = 2.0


class Engine:
    """One model. healthy: whether one of its workers is ready, or is being started again."""

    def __init__(
        self, spec: str, settings: Settings, predictions: Predictions, metrics: Metrics
    ) -> None:
        self.spec, self.settings = spec, settings
        self.queue: FairQueue[Prediction] = FairQueue(settings.queue, settings.queue_each)
        self.workers = [Worker(spec) for _ in range(settings.workers)]
        self.name = spec
        self.context: int | None = None
        self.problem = "it is still being loaded."
        self.busy = 0
        self.seconds = 1.0
        self._predictions, self._metrics = predictions, metrics
        self._tasks: list[asyncio.Task[None]] = []
        self._ready: set[Worker] = set()
        self._revives = False

    @property
    def healthy(self) -> bool:
        return bool(self._ready) or self._revives

    def fits(self, program: dict[str, Any]) -> bool:
        """Whether the model has room for a program, by a rough count."""
        if self.context is None:
            return True
        size = len(str(program.get("source", ""))) / CHARACTERS_A_TOKEN
        return size <= self.context * (1 - SHARE_FOR_ANSWER)

    async def start(self) -> None:
        """Load the model in the first worker, then the others beside it."""
        self._tasks = [asyncio.create_task(self._serve(worker)) for worker in self.workers]

    async def stop(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self.workers:
            worker.stop()

    def retry_after(self) -> int:
        """In how many seconds there may be room again."""
        waiting = len(self.queue) / max(1, len(self._ready))
        return max(1, min(60, round(waiting * self.seconds)))

    def arrange(self) -> None:
        """Tell all who wait where they stand."""
        length = len(self.queue)
        for place, prediction in enumerate(self.queue.order(), 1):
            prediction.move(place, length)

    def drop(self, prediction: Prediction) -> None:
        """Nobody listens any more."""
        prediction.cancelled = True
        if self.queue.remove(prediction):
            self._end(prediction, "the prediction was cancelled.", 499)
            self.arrange()
        else:
            prediction.stop()

    async def _serve(self, worker: Worker) -> None:
        while True:
            if not worker.alive:
                try:
                    await worker.start()
                except CWMLabError as error:
                    self.problem, self._revives = str(error), False
                    logger.error("%s cannot be loaded: %s", self.spec, error)
                    await asyncio.sleep(RESTART_SECONDS)
                    continue
                self.name = worker.about.get("name", self.spec)
                self.context = worker.about.get("context")
                self._ready.add(worker)
            prediction = await self.queue.get()
            self.arrange()
            self.busy += 1
            if not worker.alive:  # it ended while there was nothing to do
                with suppress(CWMLabError):
                    await worker.start()
            try:
                await self._make(worker, prediction)
            finally:
                self.busy -= 1

    async def _make(self, worker: Worker, prediction: Prediction) -> None:
        prediction.begun = True
        prediction.stop = worker.cancel
        began = time.monotonic()
        settings = self.settings
        try:
            async for kind, told in worker.predict(
                prediction.program, prediction.max_steps, settings.max_seconds
            ):
                if kind == "step":
                    prediction.tell({"event": "step", "step": told})
                    self._metrics.steps.inc()
                elif kind == "end":
                    prediction.tell({"event": "trace", **told})
                else:
                    self._end(prediction, told, 502)
        except EngineGoneError:
            self._ready.discard(worker)
            self._revives = True  # it has been loaded before, so it is waited for
            worker.stop()
            self._metrics.deaths.inc()
            logger.error("a worker of %s ended in the midst of a prediction", self.spec)
            self._end(prediction, "the model's process ended; ask again.", 503)
        finally:
            prediction.stop = lambda: None
            if not prediction.done:
                self._end(prediction, "the server is being stopped; ask again later.", 503)
        self._predictions.finished(prediction)
        spent = time.monotonic() - began
        self.seconds = 0.9 * self.seconds + 0.1 * spent
        self._metrics.seconds.observe(spent)

    def _end(self, prediction: Prediction, message: str, status: int) -> None:
        prediction.tell({"event": "error", "message": message, "status": status})
        self._predictions.forget(prediction)


def choose(engines: Sequence[Engine], model: str | None, program: dict[str, Any]) -> Engine | None:
    """The first engine that is asked for (by specification or name), healthy, and large enough."""
    asked = [e for e in engines if model in (None, e.spec, e.name)]
    return next((e for e in asked if e.healthy and e.fits(program)), None)
