"""Step, Outcome and Trace: the one language in which reality, model and learner speak."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from cwm_lab.errors import BadTraceError
from cwm_lab.trace.objects import Object, reachable
from cwm_lab.trace.program import Program

if TYPE_CHECKING:
    import pandas as pd

TRACE_SCHEMA = "cwm-lab/trace@1"
MODULE = "<module>"
ALL_NAMES = "*"
"""In `Step.untold`: the step tells nothing of any name."""

Event = Literal["call", "line", "return", "exception"]
Origin = Literal["python", "model", "learner"]
OutcomeKind = Literal[
    "finished",
    "raised",
    "step-limit",
    "time-limit",
    "memory-limit",
    "output-limit",
    "syntax-error",
    "input-exhausted",
    "truncated",
    "unparsable",
]


@dataclass(frozen=True)
class Step:
    """One record of a trace: the state **before** `line` runs, as `sys.settrace` sees it.

    event: call, line, return or exception.
    line: 1-based line number in `Program.text`; negative numbers count lines of the context
        (-1 is its first line), for functions that were defined in earlier cells.
    function: qualified name of the frame's function, ``<module>`` at the top.
    depth: 0 for the module, one more for each call.
    locals: names new or changed in this frame since its previous step -> bounded repr; a resumed
        generator's call step lists all of its frame's names.
    removed: names that went since then.
    value: the repr of what is returned, or of the exception.
    stdout: what was written since the previous step (of any frame).
    detail: "resume" or "yield" for a generator's call and return.
    confidence: probability in 0..1 that the step is right, for predictions.
    confidences: probability in 0..1 of each value in `locals`, for predictions, where known.
    types: type name of each value in `locals`, where known.
    ids: small identity number of each mutable value in `locals`, where known.
    objects: identity number -> what is in the object, for those that are new or have changed since
        the trace's previous step.
    untold: names of the frame of which this step tells nothing, whatever became of them, because
        the language of whoever predicted it cannot; `ALL_NAMES` stands for all.
    """

    event: Event
    line: int
    function: str = MODULE
    depth: int = 0
    locals: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    value: str | None = None
    stdout: str = ""
    detail: str | None = None
    confidence: float | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, int] = field(default_factory=dict)
    objects: Mapping[int, Object] = field(default_factory=dict)
    confidences: Mapping[str, float] = field(default_factory=dict)
    untold: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "event": self.event,
            "line": self.line,
            "function": self.function,
            "depth": self.depth,
            "locals": dict(self.locals),
            "removed": list(self.removed),
            "value": self.value,
            "stdout": self.stdout,
            "detail": self.detail,
            "confidence": self.confidence,
        }
        if self.types:
            data["types"] = dict(self.types)
        if self.ids:
            data["ids"] = dict(self.ids)
        if self.objects:
            data["objects"] = {str(n): found.to_json() for n, found in self.objects.items()}
        if self.confidences:
            data["confidences"] = dict(self.confidences)
        if self.untold:
            data["untold"] = list(self.untold)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        event = data["event"]
        if event not in get_args(Event):
            raise BadTraceError(f"unknown event {event!r}; expected one of {get_args(Event)}")
        stdout = data.get("stdout", "")
        if not isinstance(stdout, str):
            raise BadTraceError(f"a step's stdout must be a string, not {stdout!r}")
        return cls(
            event=event,
            line=int(data["line"]),
            function=str(data.get("function", MODULE)),
            depth=int(data.get("depth", 0)),
            locals={str(k): str(v) for k, v in data.get("locals", {}).items()},
            removed=tuple(data.get("removed", ())),
            value=data.get("value"),
            stdout=stdout,
            detail=data.get("detail"),
            confidence=data.get("confidence"),
            types={str(k): str(v) for k, v in data.get("types", {}).items()},
            ids={str(k): int(v) for k, v in data.get("ids", {}).items()},
            objects={int(k): Object.from_json(v) for k, v in data.get("objects", {}).items()},
            confidences={str(k): float(v) for k, v in data.get("confidences", {}).items()},
            untold=tuple(str(name) for name in data.get("untold", ())),
        )


@dataclass(frozen=True)
class Outcome:
    """How a trace ends. type, message and line say which exception, where there was one."""

    kind: OutcomeKind = "finished"
    type: str | None = None
    message: str | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "type": self.type,
            "message": self.message,
            "line": self.line,
        }

    def __str__(self) -> str:
        where = f" on line {self.line}" if self.line is not None else ""
        if self.kind == "finished":
            return "finished"
        if self.kind in ("raised", "syntax-error") and self.type:
            return f"{self.type}: {self.message or ''}".rstrip(": ") + where
        text = self.kind.replace("-", " ")
        return f"{text}{where}" + (f" ({self.message})" if self.message else "")


@dataclass(frozen=True)
class Trace:
    """The steps of one run, real or imagined, and how it ended."""

    program: Program
    steps: Sequence[Step] = ()
    outcome: Outcome = Outcome()
    origin: Origin = "python"
    model: str | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"<Trace {self.origin}: {len(self.steps)} steps, {self.outcome}>"

    @property
    def output(self) -> str:
        """Everything written to standard output."""
        return "".join(step.stdout for step in self.steps)

    def state_at(self, index: int) -> dict[str, str]:
        """All names and values visible in the frame of step `index`, before it runs."""
        return self.stack_at(index)[-1][1]

    def stack_at(self, index: int) -> list[tuple[str, dict[str, str]]]:
        """(function, names -> values) of every frame alive at step `index`, outermost first."""
        frames = _Frames()
        for step in self.steps[: index + 1]:
            frames.feed(step)
        return frames.snapshot()

    def states(self) -> list[dict[str, str]]:
        """`state_at(i)` for every i, in one pass."""
        frames, out = _Frames(), []
        for step in self.steps:
            frames.feed(step)
            out.append(dict(frames.stack[-1][1]))
        return out

    def objects_at(self, index: int) -> dict[int, Object]:
        """The objects to which the names of all frames alive at step `index` lead, by number.

        A part's number may be missing here: the recorder follows a bounded number of objects.
        """
        frames, known = _Numbers(), dict[int, Object]()
        for step in self.steps[: index + 1]:
            frames.feed(step)
            known.update(step.objects)
        return reachable(known, frames.numbers())

    def to_json(self) -> dict[str, Any]:
        """This trace as the documented JSON document `cwm-lab/trace@1`."""
        return {
            "schema": TRACE_SCHEMA,
            "origin": self.origin,
            "model": self.model,
            "program": self.program.to_json(),
            "steps": [step.to_json() for step in self.steps],
            "outcome": self.outcome.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str | bytes) -> Trace:
        """Read a trace document (parsed or as text). Unknown keys are ignored.

        Raises BadTraceError if it is not one.
        """
        try:
            if isinstance(data, str | bytes):
                data = json.loads(data)
            assert isinstance(data, Mapping)
            if data.get("schema") != TRACE_SCHEMA:
                raise BadTraceError(
                    f"not a trace document: its schema is {data.get('schema')!r}, "
                    f"expected {TRACE_SCHEMA!r}"
                )
            outcome = data["outcome"]
            if outcome["kind"] not in get_args(OutcomeKind):
                raise BadTraceError(f"unknown outcome kind {outcome['kind']!r}")
            return cls(
                program=Program.from_json(data["program"]),
                steps=tuple(Step.from_json(step) for step in data["steps"]),
                outcome=Outcome(
                    outcome["kind"],
                    outcome.get("type"),
                    outcome.get("message"),
                    outcome.get("line"),
                ),
                origin=data.get("origin", "python"),
                model=data.get("model"),
            )
        except BadTraceError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
            raise BadTraceError(f"not a readable trace document: {error!r}") from error

    def to_frame(self) -> pd.DataFrame:
        """One row a step: event, line, function, depth, locals, removed, value, stdout, ..."""
        from cwm_lab.trace.tables import steps_frame

        return steps_frame(self)

    def variables_frame(self) -> pd.DataFrame:
        """Step x (function, name): the value's text at each step, NA where it is not visible."""
        from cwm_lab.trace.tables import variables_frame

        return variables_frame(self)

    def with_steps(self, steps: Sequence[Step]) -> Trace:
        return replace(self, steps=tuple(steps))


class _Frames:
    """Rebuilds the stack of frames from steps that only tell differences."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, dict[str, str]]] = []

    def feed(self, step: Step) -> None:
        while len(self.stack) > step.depth + 1:
            self.stack.pop()
        if step.event == "call" and len(self.stack) > step.depth:
            self.stack.pop()
        if len(self.stack) <= step.depth:
            while len(self.stack) < step.depth:
                self.stack.append(("?", {}))
            self.stack.append((step.function, {}))
        names = self.stack[-1][1]
        for name in step.removed:
            names.pop(name, None)
        names.update(step.locals)

    def snapshot(self) -> list[tuple[str, dict[str, str]]]:
        return [(function, dict(names)) for function, names in self.stack]


class _Numbers:
    """Rebuilds which object each name of each frame holds."""

    def __init__(self) -> None:
        self._stack: list[dict[str, int]] = []

    def feed(self, step: Step) -> None:
        del self._stack[step.depth + 1 :]
        if step.event == "call":
            del self._stack[step.depth :]
        while len(self._stack) <= step.depth:
            self._stack.append({})
        names = self._stack[step.depth]
        for name in (*step.removed, *step.locals):
            names.pop(name, None)
        names.update(step.ids)

    def numbers(self) -> list[int]:
        return [number for names in self._stack for number in names.values()]
