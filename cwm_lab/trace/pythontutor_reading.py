"""Traces from Python Tutor: its Python 3 backend's JSON read as steps.

Each execution point becomes one step; what changed is found by comparing it with the frame's point
before. The points follow Python Tutor's rules, not docs/steps.md: docs/formats.md says where the
two differ.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cwm_lab.errors import BadProgramError, BadTraceError
from cwm_lab.trace.lines import read_source
from cwm_lab.trace.model import MODULE, Event, Outcome, Step, Trace
from cwm_lab.trace.objects import Object
from cwm_lab.trace.program import CELL_FILENAME, LINE_END, Program, parse_source
from cwm_lab.trace.pythontutor import EVENTS, EXTRAS, RETURNED
from cwm_lab.trace.pythontutor_heap import HeapReader
from cwm_lab.trace.valuetext import exception_parts, exception_text, render

_EVENTS: dict[str, Event] = {theirs: ours for ours, theirs in EVENTS.items()}
_LAMBDA_LINE = re.compile(r" <line \d+>$")
_HOW = "Give the JSON that Python Tutor's Python 3 backend writes: an object with code and trace."
T = TypeVar("T")


def from_pythontutor(data: Mapping[str, Any] | str | bytes) -> Trace:
    """The trace in a Python Tutor document (parsed, or as text).

    Raises BadTraceError, saying at which execution point, if it is not one or is one of another
    language's backend.
    """
    if isinstance(data, str | bytes):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise BadTraceError(f"not readable as JSON: {error}. {_HOW}") from error
    if not isinstance(data, Mapping):
        raise BadTraceError(f"not a Python Tutor document. {_HOW}")
    code = data.get("code")
    if isinstance(code, Mapping):  # with modules of the user's own
        code = code.get("main_code")
    points = data.get("trace")
    if not isinstance(code, str) or not isinstance(points, list):
        raise BadTraceError(f"not a Python Tutor document: it lacks code or trace. {_HOW}")
    extras = data.get(EXTRAS)
    document = _Own.read(code, extras) if isinstance(extras, Mapping) else _Foreign(code)
    reader = _Reader(document)
    steps: list[Step] = []
    end: Mapping[str, Any] | None = None
    for at, point in enumerate(points, start=1):
        if not isinstance(point, Mapping):
            raise BadTraceError(f"execution point {at} is no JSON object. {_HOW}")
        event = point.get("event")
        if not isinstance(event, str) or event not in _EVENTS:
            end = point
            break
        try:
            steps.append(reader.step(point))
        except BadTraceError as error:
            raise BadTraceError(f"execution point {at}: {error}. {_HOW}") from error
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            # Something of another kind than the format has, such as a list for a name.
            raise BadTraceError(f"execution point {at} is broken ({error}). {_HOW}") from error
    return Trace(
        document.program,
        tuple(steps),
        document.outcome or _outcome(steps, end),
        document.origin,
        document.model,
    )


def _outcome(steps: Sequence[Step], end: Mapping[str, Any] | None) -> Outcome:
    """How the run ended, as far as the points tell."""
    if end is not None:
        event = end.get("event")
        message = str(end.get("exception_msg") or end.get("prompt") or "")
        line = end.get("line")
        where = line if isinstance(line, int) else (steps[-1].line if steps else None)
        if event == "instruction_limit_reached":
            return Outcome("step-limit", None, " ".join(message.split()) or None, where)
        if event == "raw_input":
            return Outcome("input-exhausted", None, message or None, where)
        if event == "uncaught_exception":
            name, _, text = message.partition(": ")
            return Outcome("raised" if steps else "syntax-error", name, text, where)
        raise BadTraceError(f"unknown event {event!r}. {_HOW}")
    if not steps:
        return Outcome("finished")
    last = steps[-1]
    if last.event == "exception":
        first = last
        for step in reversed(steps):
            if step.event != "exception" or step.value != last.value:
                break
            first = step
        name, message = exception_parts(last.value or "")
        return Outcome("raised", name, message, first.line)
    if last.event == "return" and last.depth == 0:
        return Outcome("finished")
    return Outcome("truncated", None, "the document ends before the program does", last.line)


class _Foreign:
    """What a document of Python Tutor's own tells of itself: nothing but its code."""

    origin: Any = "python"
    model: str | None = None
    outcome: Outcome | None = None
    last_ids: tuple[int, int] | None = None

    def __init__(self, code: str) -> None:
        self.program = Program(code)
        self.classes: frozenset[str] | None = frozenset()
        self._lines: Mapping[int, int] = {}
        self._names: dict[tuple[int, str], str] = {}
        try:
            tree = parse_source(code)
        except (SyntaxError, BadProgramError):
            return  # the outcome will tell
        self._lines = read_source(tree).shown
        self._known: set[str] = set()
        self._read(tree, "")
        self.classes = frozenset(self._known)

    def line(self, line: int) -> int:
        """The statement's line: Python Tutor tells of each line of a statement."""
        return self._lines.get(line, line)

    def function(self, name: str, line: int, event: Event) -> str:
        """The qualified name of the function that begins on a line."""
        return self._names.get((line, name), name) if event == "call" else name

    def _read(self, tree: ast.AST, prefix: str) -> None:
        for node in ast.iter_child_nodes(tree):
            inner = prefix
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{prefix}{node.name}."
                if isinstance(node, ast.ClassDef):
                    self._known.add(node.name)
                else:
                    self._names[node.lineno, node.name] = prefix + node.name
            self._read(node, inner)


@dataclass
class _Own:
    """A document that `to_pythontutor` wrote."""

    program: Program
    origin: Any
    model: str | None
    outcome: Outcome | None
    last_ids: tuple[int, int] | None
    offset: int
    classes: frozenset[str] | None = None

    @classmethod
    def read(cls, code: str, extras: Mapping[str, Any]) -> _Own:
        empty = {"schema": "cwm-lab/trace@1", "program": {"source": code}, "steps": []}
        stdin, last = extras.get("stdin", []), extras.get("last_ids")
        offset = extras.get("context_lines", 0)
        if not isinstance(stdin, list) or not isinstance(offset, int):
            raise BadTraceError(f"the key {EXTRAS} is broken; leave it out")
        rest = Trace.from_json({**empty, **extras, "outcome": extras.get("outcome")})
        ends = [0, *(found.end() for found in LINE_END.finditer(code)), len(code)]
        cut = ends[max(0, min(offset, len(ends) - 1))]
        program = Program(
            source=code[cut:],
            filename=str(extras.get("filename", CELL_FILENAME)),
            context=code[:cut],
            stdin=tuple(map(str, stdin)),
        )
        return cls(program, rest.origin, rest.model, rest.outcome, _two_numbers(last), offset)

    def line(self, line: int) -> int:
        return line - self.offset if line > self.offset else -line

    def function(self, name: str, _line: int, _event: Event) -> str:
        return name


class _Reader:
    """Turns points, each with the whole state, into steps that tell what changed."""

    def __init__(self, document: _Foreign | _Own) -> None:
        self._document = document
        self._before: dict[int, dict[str, tuple[str, int | None]]] = {}
        self._functions: dict[int, str] = {}
        self._records: dict[int, Object] = {}
        self._stdout = ""

    def step(self, point: Mapping[str, Any]) -> Step:
        """The step of the next point. Raises BadTraceError if it is not well-formed."""
        event = _EVENTS[point["event"]]
        frames = [
            frame
            for frame in _get(point, "stack_to_render", list, [])
            if not _get(_mapping(frame), "is_zombie", bool, False)
        ]
        heap = HeapReader(
            _get(point, "heap", dict, {}), self._document.classes, self._document.last_ids
        )
        line = self._document.line(_get(point, "line", int))
        if frames:
            number = _get(frames[-1], "frame_id", int)
            names = _ordered(frames[-1], "encoded_locals", "ordered_varnames")
            function = _LAMBDA_LINE.sub("", _get(frames[-1], "func_name", str))
        else:
            number, function = 0, _get(point, "func_name", str, MODULE)
            names = _ordered(point, "globals", "ordered_globals")
        alive = {0, *(frame.get("frame_id") for frame in frames)}
        self._before = {at: names for at, names in self._before.items() if at in alive}
        extras = _get(point, EXTRAS, dict, {})
        returned = names.pop(RETURNED, None)
        if number not in self._functions or event == "call":
            self._functions[number] = self._document.function(function, line, event)
        stdout = _get(point, "stdout", str, "")
        if not stdout.startswith(self._stdout):
            raise BadTraceError("its stdout does not go on from the point before")
        written, self._stdout = stdout[len(self._stdout) :], stdout
        value: str | None = None
        if event == "return":
            value = render(heap.value(returned)) if frames else "None"
        elif event == "exception":
            name, _, message = _get(point, "exception_msg", str, "").partition(": ")
            value = exception_text(name, message)
        locals_, removed, types, ids = self._changes(number, names, heap)
        records = heap.records()
        objects = {n: found for n, found in records.items() if self._records.get(n) != found}
        self._records |= objects
        return Step(
            event,
            line,
            self._functions[number],
            len(frames),
            locals=locals_,
            removed=removed,
            value=_get(extras, "value", str, "") or value,
            stdout=written,
            detail=_get(extras, "detail", str, "") or None,
            types=types,
            ids=ids,
            objects=objects,
        )

    def _changes(
        self, number: int, names: Mapping[str, object], heap: HeapReader
    ) -> tuple[dict[str, str], tuple[str, ...], dict[str, str], dict[str, int]]:
        """Names that are new or changed in a frame, those that went, types, identities."""
        before = self._before.get(number, {})
        now: dict[str, tuple[str, int | None]] = {}
        changed: dict[str, str] = {}
        types: dict[str, str] = {}
        ids: dict[str, int] = {}
        for name, part in names.items():
            if isinstance(self._document, _Foreign) and name[:2] == name[-2:] == "__":
                continue
            value = heap.value(part)
            text, identity = render(value), heap.identity(part)
            now[name] = (text, identity)
            if before.get(name) == now[name]:
                continue
            if identity is not None:
                ids[name] = identity
            if name not in before or before[name][0] != text:
                changed[name] = text
                if kind := heap.type_name(part, value):
                    types[name] = kind
        self._before[number] = now
        return changed, tuple(name for name in before if name not in now), types, ids


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadTraceError("a frame of stack_to_render is no JSON object")
    return value


def _two_numbers(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value):
        return value[0], value[1]
    raise BadTraceError(f"the key {EXTRAS} is broken; leave it out")


_MISSING: Any = object()


def _get(data: Mapping[str, Any], key: str, kind: type[T], default: T = _MISSING) -> T:
    value = data.get(key, default)
    if value is _MISSING:
        raise BadTraceError(f"it has no {key}")
    if not isinstance(value, kind):
        raise BadTraceError(f"its {key} is {value!r:.40}")
    return value


def _ordered(data: Mapping[str, Any], values: str, order: str) -> dict[str, object]:
    """Names in the order in which they are shown, with what stands for them."""
    found = _get(data, values, dict)
    names = [
        name for name in _get(data, order, list, []) if isinstance(name, str) and name in found
    ]
    return {name: found[name] for name in [*names, *found]}
