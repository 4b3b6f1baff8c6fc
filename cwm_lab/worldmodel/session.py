"""A prediction that is stepped like a debugger: in, over, out, back, and what if.

Going back and changing a variable replay the answers already given, without the network: the same
scheduler, fed from a log. So every state is exact, and nothing needs to be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.calibration import RAW, Calibration
from cwm_lab.worldmodel.decoding import Completion
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.literals import value_of
from cwm_lab.worldmodel.machine import Frame
from cwm_lab.worldmodel.scheduler import Asking, Lead, Scheduler, hear


@dataclass(frozen=True)
class _Logged:
    """An answer that was given when so many steps were written."""

    steps: int
    completion: Completion


class Session:
    """A program's prediction and a place in it.

    `steps` are those up to the place; `finished` says that nothing comes after them. The network is
    asked only for what a move needs.
    """

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
        self._place = -1
        self._begin()
        if index is not None:
            self.go_to(index)
        else:
            self.step()

    def __repr__(self) -> str:
        return f"<Session of {self.model}: at step {self._place}>"

    # --- where we are -------------------------------------------------------------------------

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
        if self._ended is not None and self._place + 1 >= len(self._steps):
            return self._ended
        outcome = replace(Trace(self.program).outcome, kind="truncated")
        return Trace(self.program, self.steps, outcome, "model", self.model)

    # --- moves --------------------------------------------------------------------------------

    def step(self) -> Step | None:
        """Go on by one step; None at the end."""
        self._predict(self._place + 1)
        if self._place + 1 >= len(self._steps):
            return None
        self._place += 1
        return self._steps[self._place]

    def over(self) -> Step | None:
        """Go on to the next step of this frame or of a caller: calls are run unseen. (The network
        has not learned to answer for a whole call, so its steps are predicted all the same.)"""
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

    def change(self, values: Mapping[str, str]) -> Step | None:
        """What if: give names of the present frame other values, written as Python writes them
        (``{"x": "5", "names": "['a']"}``). What was predicted after the present step is dropped.

        Returns the present step, changed. Raises ValueError for a text that is no value.
        """
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
        """Have the step of this index, unless the trace ends before it."""
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

    def _until(self, there: Callable[[Step, int], bool]) -> Step | None:
        present = self.current
        depth = present.depth if present is not None else 0
        while (step := self.step()) is not None:
            if there(step, depth):
                return step
        return None
