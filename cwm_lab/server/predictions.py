"""Predictions that several students share: one is made, all who ask the same thing listen.

A finished one is kept, by its size, so that the next who asks has it at once. One that nobody
listens to any more is cancelled, after a while in which a broken stream may come back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any

Event = dict[str, Any]
_LASTING = ("finished", "raised", "input-exhausted", "syntax-error", "step-limit", "unparsable")
"""Outcomes that asking again would give again; a time limit depends on the day."""
_LAST = ("trace", "resynced", "completed", "tokens", "error")
_STEP = b'{"event":"step"'


def prediction_key(model: str, task: dict[str, Any]) -> tuple[str, int]:
    """(what same predictions share, bytes of what is asked). Same are those of one model, with its
    adapter, to whom all the same is told."""
    text = json.dumps([model, task], sort_keys=True).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest(), len(text)


class Prediction:
    """One prediction, waiting, under way or finished. owner: whose place in the queue it takes.
    task: what a worker is to do (see `tasks`); dropped when it is done. weight: its bytes.

    events: what every listener is told, in order; the last is a result or an error.
    """

    def __init__(self, key: str, task: dict[str, Any], owner: str, weight: int) -> None:
        self.key, self.task, self.owner, self.weight = key, task, owner, weight
        self.events: list[bytes] = []
        self.steps = 0
        self.done = self.begun = self.cancelled = False
        self.lasting = False
        self.listeners = 0
        self.size = 0
        self.place: tuple[int, int] | None = None
        self.stop: Callable[[], None] = lambda: None
        self._news = asyncio.Event()

    def tell(self, event: Event) -> None:
        """One more event for all."""
        if event["event"] == "step":
            event = {**event, "index": self.steps}
            self.steps += 1
        self.events.append(json.dumps(event, separators=(",", ":")).encode())
        self.size += len(self.events[-1])
        if event["event"] in _LAST:
            self.done, self.task = True, {}
            kind = event.get("outcome", {}).get("kind", "finished")
            self.lasting = event["event"] != "error" and kind in _LASTING and not self.cancelled
        self._wake()

    def move(self, place: int, length: int) -> None:
        """Its place in the queue, from 1; told when it has changed."""
        if self.place != (place, length):
            self.place = (place, length)
            self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def listen(self, after: int, every: float) -> AsyncIterator[bytes | None]:
        """The events from step `after` on; None where there is nothing for `every` seconds."""
        at = 0
        skipped = 0
        shown: tuple[int, int] | None = None
        while True:
            news = self._news
            while at < len(self.events):
                event = self.events[at]
                at += 1
                if event.startswith(_STEP) and skipped < after:
                    skipped += 1
                    continue
                yield event
            if self.done:
                return
            if not self.begun and self.place is not None and self.place != shown:
                shown = self.place
                told = {"event": "queued", "place": shown[0], "length": shown[1]}
                yield json.dumps(told, separators=(",", ":")).encode()
            try:
                await asyncio.wait_for(news.wait(), every)
            except TimeoutError:
                yield None


class Predictions:
    """All predictions that can be shared. limit: bytes of finished ones that are kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._known: OrderedDict[str, Prediction] = OrderedDict()

    def find(self, key: str) -> Prediction | None:
        """The same prediction, finished or not."""
        found = self._known.get(key)
        if found is not None and found.done:
            self._known.move_to_end(key)
        return found

    def add(self, prediction: Prediction) -> None:
        """Others may share it from now on."""
        self._known[prediction.key] = prediction

    def finished(self, prediction: Prediction) -> None:
        """Keep it, if it is worth it, and let the oldest go."""
        if self._known.get(prediction.key) is not prediction:
            return
        if not prediction.lasting or prediction.size > self.limit:
            del self._known[prediction.key]
            return
        self.size += prediction.size
        while self.size > self.limit:
            oldest = next(key for key, old in self._known.items() if old.done)
            self.size -= self._known.pop(oldest).size

    def forget(self, prediction: Prediction) -> None:
        """Share it no more."""
        if self._known.get(prediction.key) is prediction:
            del self._known[prediction.key]

    @property
    def kept(self) -> int:
        """How many finished ones there are."""
        return sum(one.done for one in self._known.values())
