"""Traces for Python Tutor: the JSON that its visualiser draws (`{"code": ..., "trace": [...]}`).

The format is that of its Python 3 backend (opt-trace-format.md and pg_encoder.py of Online Python
Tutor): each execution point holds the whole state, values that can change lie on the `heap`. What
the format has no place for stands under the key `cwm_lab`, which Python Tutor ignores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.trace.model import Event, Outcome, Step, Trace
from cwm_lab.trace.program import source_lines
from cwm_lab.trace.pythontutor_values import HeapWriter
from cwm_lab.trace.valuetext import exception_parts, exception_text

EVENTS: dict[Event, str] = {
    "call": "call",
    "line": "step_line",
    "return": "return",
    "exception": "exception",
}
EXTRAS = "cwm_lab"
RETURNED = "__return__"
_LIMITS = {"step-limit", "time-limit", "memory-limit", "output-limit", "truncated", "unparsable"}


def to_pythontutor(trace: Trace) -> dict[str, Any]:
    """`trace` as Python Tutor's JSON document.

    One execution point a step. The context's lines come first in `code`, and all lines count from
    there; an entry expression is its last line.
    """
    context = trace.program.context
    if context and not context.endswith("\n"):
        context += "\n"
    offset = len(source_lines(context))
    numbers = {0, *(number for step in trace.steps for number in _numbers(step))}
    named, last = max(numbers), max(numbers) - min(numbers)
    writer = _Writer(trace, offset, named, last)
    return {
        "code": context + trace.program.text,
        "trace": [writer.point(step) for step in trace.steps] + list(_end(trace.outcome)),
        EXTRAS: {
            "origin": trace.origin,
            "model": trace.model,
            "filename": trace.program.filename,
            "stdin": list(trace.program.stdin),
            "context_lines": offset,
            "last_ids": [named, last],
            "outcome": trace.outcome.to_json(),
        },
    }


def _end(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The point, if any, with which Python Tutor tells of an end that no step shows."""
    if outcome.kind == "syntax-error":
        message = f"{outcome.type}: {outcome.message}"
        yield {"event": "uncaught_exception", "line": outcome.line, "exception_msg": message}
    elif outcome.kind in _LIMITS:
        yield {"event": "instruction_limit_reached", "exception_msg": str(outcome)}


@dataclass
class _Frame:
    """One frame alive: its number as Python Tutor counts, names -> (text, type, identity)."""

    function: str
    number: int
    names: dict[str, tuple[str, str | None, int | None]] = field(default_factory=dict)


class _Writer:
    """Rebuilds the whole state step by step."""

    def __init__(self, trace: Trace, offset: int, named: int, last: int) -> None:
        self._offset = offset
        self._stack: list[_Frame] = []
        self._frames = 0
        self._stdout = ""
        self._heap = HeapWriter(named, last, trace.program)

    def point(self, step: Step) -> dict[str, Any]:
        """The execution point of the next step."""
        self._heap.reset()
        self._heap.record(step.objects)
        self._feed(step)
        self._stdout += step.stdout
        module, *calls = self._stack
        names = {name: self._place(module, name) for name in module.names}
        frames = [self._rendered(frame) for frame in calls]
        if frames:
            frames[-1]["is_highlighted"] = True
            if step.event == "return":
                frames[-1]["encoded_locals"][RETURNED] = self._heap.named(
                    (calls[-1].number, RETURNED), step.value or "None", None, None
                )
                frames[-1]["ordered_varnames"].append(RETURNED)
        line = step.line + self._offset if step.line > 0 else -step.line
        point: dict[str, Any] = {
            "line": line,
            "event": EVENTS[step.event],
            "func_name": step.function,
            "globals": names,
            "ordered_globals": list(names),
            "stack_to_render": frames,
            "heap": self._heap.objects,
            "stdout": self._stdout,
        }
        extras = _extras(step)
        if step.event == "exception":
            name, message = exception_parts(step.value or "")
            point["exception_msg"] = f"{name}: {message}"
        return {**point, EXTRAS: extras} if extras else point

    def _feed(self, step: Step) -> None:
        stack = self._stack
        del stack[step.depth + (step.event != "call") :]
        while len(stack) <= step.depth:
            self._frames += bool(stack)
            own = len(stack) == step.depth
            stack.append(_Frame(step.function if own else "?", self._frames))
        names = stack[-1].names
        for name in step.removed:
            names.pop(name, None)
        for name, text in step.locals.items():
            names[name] = (text, step.types.get(name), None)
        for name, number in step.ids.items():
            if name in names:
                text, kind, _ = names[name]
                names[name] = (text, kind, number)
                self._heap.see(number, text)

    def _place(self, frame: _Frame, name: str) -> object:
        return self._heap.named((frame.number, name), *frame.names[name])

    def _rendered(self, frame: _Frame) -> dict[str, Any]:
        encoded = {name: self._place(frame, name) for name in frame.names}
        return {
            "func_name": frame.function,
            "frame_id": frame.number,
            "encoded_locals": encoded,
            "ordered_varnames": list(encoded),
            "is_highlighted": False,
            "is_parent": False,
            "is_zombie": False,
            "parent_frame_id_list": [],
            "unique_hash": f"{frame.function}_f{frame.number}",
        }


def _extras(step: Step) -> dict[str, str]:
    extras = {}
    if step.detail is not None:
        extras["detail"] = step.detail
    if step.event == "exception" and step.value is not None:
        if exception_text(*exception_parts(step.value)) != step.value:
            extras["value"] = step.value
    elif step.event == "return" and step.depth == 0 and step.value not in (None, "None"):
        extras["value"] = str(step.value)
    return extras


def _numbers(step: Step) -> Iterator[int]:
    yield from step.ids.values()
    for number, record in step.objects.items():
        yield number
        yield from record.parts()
