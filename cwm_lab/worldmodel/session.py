"""A prediction that is stepped like a debugger: in, over, out, back, and what if.

Going back and changing a variable replay the answers already given, without the network: the same
scheduler, fed from a log. So every state is exact, and nothing needs to be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.calibration import RAW, Calibration
from cwm_lab.worldmodel.decoding import Completion
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.literals import value_of
from cwm_lab.worldmodel.machine import Frame
from cwm_lab.worldmodel.moves import Moves
from cwm_lab.worldmodel.scheduler import Asking, Lead, Scheduler, hear


@dataclass(frozen=True)
class _Logged:
    """An answer that was given when so many steps were written."""

    steps: int
    completion: Completion


class Session(Moves):
    """The built-in model's prediction of a program, and a place in it."""

    def __init__(
        self,
        program: Program,
        complete: Callable[[Prompt], Completion],
        *,
        model: str = "builtin",
        calibration: Calibration = RAW,
        max_steps: int = 1000,
        lead: Lead | None = None,
        index: int | None = None,
    ) -> None:
        self.program, self.model, self.max_steps = program, model, max_steps
        self._complete, self._calibration, self._lead = complete, calibration, lead
        self._edits: dict[int, dict[str, str]] = {}
        self._log: list[_Logged] = []
        self._begin()
        if index is not None:
            self.go_to(index)
        else:
            self.step()

    @property
    def trace(self) -> Trace:
        """See `Moves`."""
        if self._ended is not None and self._place + 1 >= len(self._steps):
            return self._ended
        outcome = replace(Trace(self.program).outcome, kind="truncated")
        return Trace(self.program, self.steps, outcome, "model", self.model)

    def change(self, values: Mapping[str, str]) -> Step | None:
        """See `Moves`."""
        for text in values.values():
            value_of(text)
        if self._place < 0:
            raise ValueError("there is no step whose names could be changed")
        place = self._place
        self._edits = {at: names for at, names in self._edits.items() if at <= place}
        self._edits[place] = {**self._edits.get(place, {}), **values}
        self._log = [entry for entry in self._log if entry.steps <= place]
        self._begin()
        self._predict(place)
        return self.current

    # --- the scheduler behind it --------------------------------------------------------------

    def _begin(self) -> None:
        """A fresh run, at the first question that the log does not answer."""

        def watch(index: int, frame: Frame) -> None:
            for name, text in self._edits.get(index, {}).items():
                frame.bind(name, value_of(text))

        self._steps: list[Step] = []
        self._ended: Trace | None = None
        self._replay = iter(list(self._log))
        scheduler = Scheduler(
            self.program,
            model=self.model,
            max_steps=self.max_steps,
            on_step=self._steps.append,
            calibration=self._calibration,
            watch=watch,
            lead=self._lead,
        )
        self._run: Asking = scheduler.run()
        self._waiting: Prompt | None = None

    def _predict(self, index: int) -> None:
        while len(self._steps) <= index and self._ended is None:
            try:
                self._waiting = next(self._run) if self._waiting is None else self._answer()
            except StopIteration as stop:
                self._ended = stop.value

    def _answer(self) -> Prompt:
        assert self._waiting is not None
        prompt = self._waiting
        logged = next(self._replay, None)
        if logged is None:
            logged = _Logged(len(self._steps), self._complete(prompt))
            self._log.append(logged)
        return hear(self._run, prompt, logged.completion)
