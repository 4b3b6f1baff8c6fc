"""Models behind one server: each with its workers and its queue, and who answers what."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from cwm_lab.errors import CWMLabError
from cwm_lab.server.metrics import Metrics
from cwm_lab.server.predictions import Prediction, Predictions
from cwm_lab.server.queueing import FairQueue, FullError
from cwm_lab.server.settings import Offer, Settings
from cwm_lab.server.workers import EngineGoneError, Worker
from cwm_lab.worldmodel.specs import parse_spec

logger = logging.getLogger("cwm_lab.server")
CHARACTERS_A_TOKEN = 2.0
SHARE_FOR_ANSWER = 0.5
RESTART_SECONDS, MOST_SECONDS = 2.0, 30.0
"""How long after a model could not be loaded it is tried again: at first, and in the end."""
HUNG_SECONDS = 60.0
"""How much longer than it may take a task does take before its worker is given up."""
LOOK_SECONDS = 15.0
"""Between two looks whether the server behind a model still answers."""
ASK_SECONDS = 10.0
"""How long such a look may take."""


class Engine:
    """One model. healthy: whether one of its workers is ready, or is being started again, and what
    is behind it answers. name: what it is asked for by; base: its specification without adapter;
    version: of the adapter's weights.

    A checkpoint of one's own is loaded once, and a server asked from one process, for as many
    predictions at a time as the settings say; the built-in model has a process for each.
    """

    def __init__(
        self, offer: Offer, settings: Settings, predictions: Predictions, metrics: Metrics
    ) -> None:
        self.spec, self.settings, self.name = offer.spec, settings, offer.name
        parsed = parse_spec(offer.spec)
        self.kind, self.adapter = parsed.kind, parsed.options.get("adapter")
        rest = {name: value for name, value in parsed.options.items() if name != "adapter"}
        self.base = str(replace(parsed, options=rest))
        self.version = ""
        self.queue: FairQueue[Prediction] = FairQueue(settings.queue, settings.queue_each)
        count = settings.workers if self.kind == "builtin" else 1
        self.workers = [Worker(self.spec, settings.at_once) for _ in range(count)]
        self.context: int | None = None
        self.completes = False
        self.problem = "it is still being loaded."
        self.seconds = 1.0
        self._predictions, self._metrics = predictions, metrics
        self._tasks: list[asyncio.Task[None]] = []
        self._ready: set[Worker] = set()
        self._revives = False
        self._answers = True
        self._look = asyncio.Event()

    @property
    def healthy(self) -> bool:
        return self._answers and (bool(self._ready) or self._revives)

    def fits(self, size: int) -> bool:
        """Whether the model has room for a text of so many characters, by a rough count."""
        if self.context is None:
            return True
        return size / CHARACTERS_A_TOKEN <= self.context * (1 - SHARE_FOR_ANSWER)

    async def start(self) -> None:
        """Load the model, in all workers side by side."""
        self._tasks = [asyncio.create_task(self._keep(worker)) for worker in self.workers]
        if self.kind == "openai":
            self._tasks.append(asyncio.create_task(self._keep_looking()))

    async def stop(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self.workers:
            worker.stop()

    def check(self, owner: str, most: int | None, weight: int) -> None:
        """Raises FullError if there is no place in the queue for so many bytes more."""
        self.queue.check(owner, most)
        waiting = sum(prediction.weight for prediction in self.queue.order())
        if waiting and waiting + weight > self.settings.queue_bytes:
            raise FullError(mine=False)

    def retry_after(self) -> int:
        """In how many seconds there may be room again."""
        places = sum(worker.places for worker in self._ready)
        return max(1, min(60, round(len(self.queue) / max(1, places) * self.seconds)))

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

    async def _keep(self, worker: Worker) -> None:
        """A worker's care: it is started, works in as many lanes as it has places, and is started
        again when it has ended."""
        wait = RESTART_SECONDS
        while True:
            try:
                await worker.start()
            except CWMLabError as error:
                self.problem, self._revives = str(error), False
                logger.error("%s cannot be loaded: %s", self.name, error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, MOST_SECONDS)
                continue
            wait = RESTART_SECONDS
            self.context, self.version = worker.about["context"], worker.about["adapter"]
            self.completes = worker.about["completes"]
            self._ready.add(worker)
            lanes = [_Lane(self, worker) for _ in range(worker.places)]
            try:
                await worker.gone.wait()
            except asyncio.CancelledError:
                for lane in lanes:
                    lane.task.cancel()
                await asyncio.gather(*(lane.task for lane in lanes), return_exceptions=True)
                raise
            self._ready.discard(worker)
            self._revives = True  # it has been loaded before, so it is waited for
            self._metrics.deaths.inc()
            logger.error("a worker of %s has ended; it is started again", self.name)
            for lane in lanes:
                lane.leave()
            await asyncio.gather(*(lane.task for lane in lanes), return_exceptions=True)
            worker.stop()

    async def make(self, worker: Worker, prediction: Prediction) -> None:
        """Have a worker make a prediction. Raises EngineGoneError if it had ended before."""
        job = worker.begin(prediction.task, self.settings.max_seconds)
        prediction.begun, prediction.stop = True, lambda: worker.cancel(job)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.settings.max_seconds + HUNG_SECONDS):
                await self._hear(worker, job, prediction)
        except TimeoutError:
            self._end(prediction, "the model has hung; ask again.", 503)
            logger.error("a worker of %s has hung, and is ended", self.name)
            worker.stop()
        except EngineGoneError:
            self._end(prediction, "the model's process ended; ask again.", 503)
        finally:
            prediction.stop = lambda: None
            if not prediction.done:
                self._end(prediction, "the server is being stopped; ask again later.", 503)
        self._predictions.finished(prediction)
        spent = time.monotonic() - began
        self.seconds = 0.9 * self.seconds + 0.1 * spent
        self._metrics.seconds.observe(spent)

    async def _hear(self, worker: Worker, job: int, prediction: Prediction) -> None:
        async for kind, told in worker.told(job):
            if kind == "error":
                message, status = told
                self._end(prediction, message, status)
                if status == 502:
                    self._look.set()
            elif kind == "step":
                prediction.tell({"event": "step", "step": told})
                self._metrics.steps.inc()
            else:
                prediction.tell({**told, "model": self.name} if "model" in told else told)

    async def _keep_looking(self) -> None:
        """See now and then, and after each failure, whether the server behind the model answers, so
        that programs go to the next model while it does not."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), LOOK_SECONDS)
            self._look.clear()
            for worker in tuple(self._ready):
                problem = await self._looked(worker)
                if self._answers and problem:
                    logger.error("%s does not answer: %s", self.name, problem)
                elif problem is None and not self._answers:
                    logger.info("%s answers again", self.name)
                self._answers, self.problem = problem is None, problem or self.problem

    async def _looked(self, worker: Worker) -> str | None:
        """What is wrong, if anything."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                async for kind, told in worker.told(worker.begin({"do": "health"}, ASK_SECONDS)):
                    if kind == "error":
                        return str(told[0])
        except TimeoutError:
            return f"no answer for {ASK_SECONDS:g} seconds."
        except EngineGoneError:
            pass
        return None

    def _end(self, prediction: Prediction, message: str, status: int) -> None:
        prediction.tell({"event": "error", "message": message, "status": status})
        self._predictions.forget(prediction)


class _Lane:
    """One place of a worker: makes one prediction after the other."""

    def __init__(self, engine: Engine, worker: Worker) -> None:
        self._engine, self._worker = engine, worker
        self._idle = False
        self.task = asyncio.create_task(self._run())

    def leave(self) -> None:
        """The worker has ended: what is under way ends by itself, and nothing is begun."""
        if self._idle:
            self.task.cancel()

    async def _run(self) -> None:
        queue = self._engine.queue
        while self._worker.alive:
            self._idle = True
            prediction = await queue.get()
            self._idle = False
            try:
                if not self._worker.alive:  # it ended while there was nothing to do
                    raise EngineGoneError
                self._engine.arrange()
                await self._engine.make(self._worker, prediction)
            except EngineGoneError:
                queue.put_back(prediction.owner, prediction)
                return


def choose(engines: Sequence[Engine], size: int, *, completes: bool = False) -> Engine | None:
    """The first engine that is healthy, and large enough for a text of so many characters."""
    return next(
        (e for e in engines if e.healthy and e.fits(size) and (e.completes or not completes)), None
    )
