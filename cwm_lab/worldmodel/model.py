"""What every world model can do, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.moves import Moves
from cwm_lab.worldmodel.resyncing import Resynced


class WorldModel(Protocol):
    """Predicts traces. All of its methods raise ModelError if the engine cannot be asked."""

    @property
    def name(self) -> str:
        """What traces call it."""
        ...

    def predict(
        self,
        program: Program,
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Trace:
        """The whole trace from the start. on_step is called with each step as it is made; once
        `cancel` says so the trace ends with the outcome truncated."""
        ...

    def predict_many(
        self,
        programs: Sequence[Program],
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
    ) -> list[Trace]:
        """Several programs, side by side where the engine can. max_seconds: for each, of the time
        that is its own."""
        ...

    def session(
        self, start: Program | Trace, index: int | None = None, *, max_steps: int = 1000
    ) -> Moves:
        """Step by step: from a program's start, or from a step of a trace, predicted or recorded.

        Raises CannotFollowError where a recorded trace does not tell enough to go on from there.
        """
        ...

    def resync(self, trace: Trace) -> list[Resynced]:
        """Each step of a recorded trace, predicted from the true state before it."""
        ...

    def resync_many(self, traces: Sequence[Trace]) -> list[list[Resynced]]:
        """The same for several traces, side by side where the engine can."""
        ...
