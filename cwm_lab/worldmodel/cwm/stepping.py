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
from cwm_lab.worldmodel.moves import Moves

Write = Callable[[Asked, Sequence[Written], Cancel], Iterator[Written]]


class CwmSession(Moves):
    """A place in a predicted trace. The model writes only as far as a move needs, and goes on where
    it stopped. told: steps with which the trace begins."""

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
        self._told = tuple(told)
        self._begin(tuple(true_parts(asked, told)) if told else ())
        if index is None:
            self.step()
        else:
            self.go_to(index)

    @property
    def trace(self) -> Trace:
        """See `Moves`."""
        if self._ended and self._place + 1 >= len(self._steps):
            ended = self._reading.trace(Outcome("truncated", None, "the model ended its text"))
            return ended.with_steps(self._steps)
        return Trace(self.program, self.steps, Outcome("truncated"), "model", self.model)

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
        while len(self._steps) <= index and not self._ended:
            part = next(self._parts, None)
            fresh = self._reading.rest() if part is None else self._reading.feed(part)
            if fresh:  # all of them: what follows may have shown more of the earlier ones
                self._steps = self._read()
            self._ended = part is None or self._reading.done
