"""The moves of a debugger over a trace that is predicted as far as a move needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping

from cwm_lab.trace import Step, Trace


class Moves(ABC):
    """A place in a predicted trace, whichever engine predicts it.

    `steps` are those up to the place; `finished` says that nothing comes after them. Who inherits
    sets `model` and `_steps`, and predicts.
    """

    model: str
    _steps: list[Step]
    _place = -1

    def __repr__(self) -> str:
        return f"<Session of {self.model}: at step {self._place}>"

    @property
    def index(self) -> int:
        """Of the present step; -1 in a trace without steps."""
        return self._place

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps up to the present one."""
        return tuple(self._steps[: self._place + 1])

    @property
    def current(self) -> Step | None:
        """The step at the present place."""
        return self._steps[self._place] if self._place >= 0 else None

    @property
    def finished(self) -> bool:
        """Whether no step comes after the present one."""
        self._predict(self._place + 1)
        return self._place + 1 >= len(self._steps)

    @property
    @abstractmethod
    def trace(self) -> Trace:
        """The steps up to the present one as a trace; its outcome is truncated before the end."""

    def step(self) -> Step | None:
        """Go on by one step; None at the end."""
        self._predict(self._place + 1)
        if self._place + 1 >= len(self._steps):
            return None
        self._place += 1
        return self._steps[self._place]

    def over(self) -> Step | None:
        """Go on to the next step of this frame or of a caller: calls are run unseen. (No model here
        answers for a whole call, so its steps are predicted all the same.)"""
        return self._until(lambda step, depth: step.depth <= depth)

    def out(self) -> Step | None:
        """Go on until this frame is left: to the caller's next step."""
        return self._until(lambda step, depth: step.depth < depth)

    def run(self, cancel: Callable[[], bool] | None = None) -> Iterator[Step]:
        """Go on to the end, step by step; stop early by not asking for more, or by `cancel`."""
        while not (cancel is not None and cancel()) and (step := self.step()) is not None:
            yield step

    def go_to(self, index: int) -> Step | None:
        """Go to a step, back or forward (to the last one if there are fewer)."""
        if index < 0:
            raise IndexError("steps count from 0")
        self._predict(index)
        self._place = min(index, len(self._steps) - 1)
        return self.current

    def back(self) -> Step | None:
        """One step back; stays at the first."""
        self._place = max(min(0, self._place), self._place - 1)
        return self.current

    @abstractmethod
    def change(self, values: Mapping[str, str]) -> Step | None:
        """What if: give names of the present frame other values, written as Python writes them
        (``{"x": "5", "names": "['a']"}``). What was predicted after the present step is dropped.

        Returns the present step, changed. Raises ValueError for a text that is no value.
        """

    @abstractmethod
    def _predict(self, index: int) -> None:
        """Have the step of this index, unless the trace ends before it."""

    def _until(self, there: Callable[[Step, int], bool]) -> Step | None:
        present = self.current
        depth = present.depth if present is not None else 0
        while (step := self.step()) is not None:
            if there(step, depth):
                return step
        return None
