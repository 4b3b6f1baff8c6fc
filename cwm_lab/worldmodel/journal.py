"""Writes the steps of an imagined run: which line is a step, what changed since the last one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from cwm_lab.trace import Outcome, Step
from cwm_lab.trace.model import Event
from cwm_lab.worldmodel.boxes import Boxes
from cwm_lab.worldmodel.calibration import RAW, Calibration
from cwm_lab.worldmodel.dialect import Answer
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.layout import Layout
from cwm_lab.worldmodel.machine import Ended, Frame, PredictedError
from cwm_lab.worldmodel.values import Cell, Value

Watch = Callable[[int, Frame], None]
"""Called with a step's index and its frame just before the step is written: who changes the frame's
names there changes the state that the step shows and from which the run goes on."""


class Journal:
    """The steps so far. `recording` is off while the context runs.

    at_line: the line that the run has come to, for messages. printed: text written since the last
    step. calibration: from the answers' probabilities to a step's confidence. preview: is shown
    each step as it would be, before the watches put the state right. boxes: numbers the objects;
    None where nobody will draw them.
    """

    def __init__(
        self,
        layout: Layout,
        max_steps: int,
        on_step: Callable[[Step], None] | None = None,
        calibration: Calibration = RAW,
    ) -> None:
        self.calibration = calibration
        self.layout, self.max_steps, self.on_step = layout, max_steps, on_step
        self.watches: list[Watch] = []
        self.preview: Callable[[Step], None] | None = None
        self.steps: list[Step] = []
        self.recording = False
        self.at_line: int | None = None
        self.printed = ""
        self.boxes: Boxes | None = Boxes()
        self._unseen = 0
        self._raw: float | None = None
        self._certain: dict[str, float] = {}
        self._changed: dict[Cell, float] = {}

    def emit(
        self, frame: Frame, event: Event, value: str | None = None, detail: str | None = None
    ) -> None:
        """Write one step of a frame. Raises Ended at the step limit."""
        if not self.recording:
            return
        self._unseen = self._unseen + 1 if frame.hidden else 0
        if max(self._unseen, len(self.steps)) >= self.max_steps:
            raise Ended(Outcome("step-limit"))
        if frame.hidden:
            return
        if self.preview is not None:
            self.preview(self._step(frame, event, value, detail))
        for watch in self.watches:
            watch(len(self.steps), frame)
        step = self._step(frame, event, value, detail)
        if self.boxes is not None:
            visible = frame.visible(self.layout.free_names(frame.node))
            ids, objects = self.boxes.look(frame, visible, step.locals, called=event == "call")
            if ids or objects:
                step = replace(step, ids=ids, objects=objects)
        for name in step.removed:
            del frame.shown[name]
        frame.shown.update(step.locals)
        self.printed = ""
        self._raw, self._certain, self._changed = None, {}, {}
        self.steps.append(step)
        if self.on_step is not None:
            self.on_step(step)

    def _step(self, frame: Frame, event: Event, value: str | None, detail: str | None) -> Step:
        visible = frame.visible(self.layout.free_names(frame.node))
        texts = {n: display(v) for n, v in visible.items()}
        changed = {n: t for n, t in texts.items() if frame.shown.get(n) != t}
        return Step(
            event=event,
            line=frame.line,
            function=frame.function,
            depth=frame.depth,
            locals=changed,
            removed=tuple(n for n in frame.shown if n not in texts),
            value=value,
            stdout=self.printed,
            detail=detail,
            confidence=None if self._raw is None else self.calibration.step(self._raw),
            confidences=self._certainties({n: visible[n] for n in changed}),
        )

    def _certainties(self, changed: dict[str, Value]) -> dict[str, float]:
        """How probable each changed value is: its own answer's probability, else the step's."""
        if self._raw is None:
            return {}
        found: dict[str, float] = {}
        for name, value in changed.items():
            raw = self._certain.get(name)
            if raw is None and isinstance(value, Cell):
                raw = self._changed.get(value)
            found[name] = self.calibration.value(self._raw if raw is None else raw)
        return found

    def begin(self, module: Frame) -> None:
        """The context has run; from here on steps are written."""
        self.recording, self.printed = True, ""
        self._raw, self._certain, self._changed = None, {}, {}
        module.unit, module.line, module.shown = None, 1, {}

    def trust(self, answer: Answer) -> None:
        """An answer that leads to the next step, with the probability that the network gave it."""
        if answer.confidence is None:
            return
        self._raw = answer.confidence * (1.0 if self._raw is None else self._raw)
        self._certain.update(answer.certain)
        self._changed.update(answer.changed)

    def line(self, frame: Frame, node: ast.AST, *, again: bool = False) -> None:
        """Come to a statement: a step, unless the frame is on its line already."""
        if frame.hidden:
            self.emit(frame, "line")
            return
        unit = self.layout.unit(node)
        if unit is None or getattr(node, "silent", False):
            return
        if unit == frame.unit and not again:
            return
        frame.unit = frame.line = self.at_line = unit
        frame.told_exception = False
        self.emit(frame, "line")

    def raised(self, frame: Frame, value: Value) -> None:
        """The step of an exception that is raised or arrives in a frame."""
        frame.told_exception = True
        self.emit(frame, "exception", value=display(value))

    def throw(self, frame: Frame, value: Value, line: int | None = None) -> None:
        """Let a frame raise an exception. line: where it was first raised, if not here."""
        self.raised(frame, value)
        raise PredictedError(value, frame.line if line is None else line)
