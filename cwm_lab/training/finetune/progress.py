"""What a fine-tuning tells while it works, how much time it has, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal

Stage = Literal[
    "collect", "run", "vary", "split", "general", "before", "train", "after", "save", "report"
]


@dataclass(frozen=True)
class Progress:
    """Where a fine-tuning is.

    stage: what it does. done, total: how far, in the stage's own unit (programs, or seconds while
    it trains). seconds_left: of the whole run, about; None before that can be told.
    loss: of the last training steps. held_out: share of the answers about the course's held-out
    programs (those that are not judged at the end) that are right to the last token; general: the
    same for programs of the generator. All three None where they are not known.
    note: what happened, for people; often empty.
    """

    stage: Stage
    done: float
    total: float
    seconds_left: float | None = None
    loss: float | None = None
    held_out: float | None = None
    general: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Point:
    """A point of the curves. seconds: of training so far. Loss since the point before; held_out and
    general as in `Progress`."""

    step: int
    seconds: float
    loss: float | None
    held_out: float
    general: float


OnProgress = Callable[[Progress], None]


class Clock:
    """The time of a run. budget: seconds in all."""

    def __init__(self, budget: float) -> None:
        self.budget, self._began = budget, time.monotonic()

    @property
    def spent(self) -> float:
        return time.monotonic() - self._began

    def count(self, seconds: float) -> None:
        """Count time that an earlier run has spent."""
        self._began -= seconds

    @property
    def left(self) -> float:
        return self.budget - self.spent


class Reporter:
    """Passes progress on, and knows whether to stop."""

    def __init__(self, clock: Clock, on_progress: OnProgress | None, cancel: Event | None) -> None:
        self.clock = clock
        self._tell = on_progress or (lambda _: None)
        self._cancel = cancel

    @property
    def cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def tell(self, stage: Stage, done: float, total: float, note: str = "") -> None:
        self._tell(Progress(stage, done, total, max(0.0, self.clock.left), note=note))

    def curve(self, done: float, total: float, loss: float | None, points: Sequence[Point]) -> None:
        """Training goes on: `points` are the curves so far."""
        last = points[-1] if points else None
        self._tell(
            Progress(
                "train",
                done,
                total,
                max(0.0, self.clock.left),
                loss,
                None if last is None else last.held_out,
                None if last is None else last.general,
            )
        )
