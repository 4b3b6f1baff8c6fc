"""A Code World Model stepped like a debugger: what was written is kept, the rest is written on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cwm_lab.errors import ModelError
from cwm_lab.trace import Outcome, Step, Trace
from cwm_lab.worldmodel.cwm.asked import Asked
from cwm_lab.worldmodel.cwm.reading import Reading
from cwm_lab.worldmodel.cwm.truth import changed_part, true_parts
from cwm_lab.worldmodel.cwm.writing import Cancel, Written
from cwm_lab.worldmodel.literals import value_of

Write = Callable[[Asked, Sequence[Written], Cancel], Iterator[Written]]


class CwmSession:
    """A place in a predicted trace; the same moves as `Session`. The model writes only as far as a
    move needs, and goes on where it stopped. told: steps with which the trace begins."""

    def __init__(
        self,
        asked: Asked,
        model: str,
        write: Write,
        *,
        told: Sequence[Step] = (),
        index: int | None = None,
        max_steps: int = 1000,
    ) -> None:
        self.program, self.model, self.max_steps = asked.program, model, max_steps
        self._asked, self._write = asked, write
        self._place = -1
        self._told = tuple(told)
        self._begin(tuple(true_parts(asked, told)) if told else ())
        if index is None:
            self.step()
        else:
            self.go_to(index)

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
    def trace(self) -> Trace:
        """The steps up to the present one as a trace; its outcome is truncated before the end."""
        if self._ended and self._place + 1 >= len(self._steps):
            ended = self._reading.trace(Outcome("truncated", None, "the model ended its text"))
            return ended.with_steps(self._steps)
        return Trace(self.program, self.steps, Outcome("truncated"), "model", self.model)

    def step(self) -> Step | None:
        """Go on by one step; None at the end."""
        self._predict(self._place + 1)
        if self._place + 1 >= len(self._steps):
            return None
        self._place += 1
        return self._steps[self._place]

    def over(self) -> Step | None:
        """Go on to the next step of this frame or of a caller."""
        return self._until(lambda step, depth: step.depth <= depth)

    def out(self) -> Step | None:
        """Go on until this frame is left: to the caller's next step."""
        return self._until(lambda step, depth: step.depth < depth)

    def run(self, cancel: Cancel | None = None) -> Iterator[Step]:
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

    def change(self, values: Mapping[str, str]) -> Step | None:
        """What if: give names of the present frame other values, written as Python writes them. The
        model is shown the present step with these, and goes on from there.

        Returns the present step, changed. Raises ValueError for a text that is no value, or where
        no names can be changed; ModelError where the server's text cannot be gone on with.
        """
        for text in values.values():
            value_of(text)
        if self._place < 0:
            raise ValueError("there is no step whose names could be changed")
        count = self._reading.parts_until(self._place)
        if count is None:
            raise ModelError(
                f"{self.model} drops control tokens, so its text cannot be gone on with otherwise."
            )
        parts = self._reading.parts[:count]
        self._told = self._told[: self._place]
        self._begin((*parts[:-1], changed_part(parts[-1], values)))
        return self.current

    def _begin(self, told: Sequence[Written]) -> None:
        """Go on after some parts. What is told has no probability."""
        self._parts = self._write(self._asked, told, lambda: False)
        self._reading = Reading(self._asked, self.model, told, self.max_steps)
        self._steps = self._read()
        self._ended = self._reading.done

    def _read(self) -> list[Step]:
        """The steps told, which the text may tell less of, and those read after them."""
        read = self._reading.steps[len(self._told) : self.max_steps]
        return [*self._told, *read]

    def _predict(self, index: int) -> None:
        """Have the step of this index, unless the trace ends before it."""
        while len(self._steps) <= index and not self._ended:
            part = next(self._parts, None)
            fresh = self._reading.rest() if part is None else self._reading.feed(part)
            if fresh:  # all of them: what follows may have shown more of the earlier ones
                self._steps = self._read()
            self._ended = part is None or self._reading.done

    def _until(self, there: Callable[[Step, int], bool]) -> Step | None:
        present = self.current
        depth = present.depth if present is not None else 0
        while (step := self.step()) is not None:
            if there(step, depth):
                return step
        return None
