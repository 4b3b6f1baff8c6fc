"""Traces for Python Tutor: the JSON that its visualiser draws (`{"code": ..., "trace": [...]}`).

The format is that of its Python 3 backend (opt-trace-format.md and pg_encoder.py of Online Python
Tutor): each execution point holds the whole state, values that can change lie on the `heap`. What
the format has no place for stands under the key `cwm_lab`, which Python Tutor ignores.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.trace.model import Event, Outcome, Step, Trace
from cwm_lab.trace.valuetext import (
    Group,
    Opaque,
    Scalar,
    Value,
    exception_parts,
    exception_text,
    is_mark,
    parse,
    render,
)

EVENTS: dict[Event, str] = {
    "call": "call",
    "line": "step_line",
    "return": "return",
    "exception": "exception",
}
TAGS = {"list": "LIST", "tuple": "TUPLE", "set": "SET"}
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
    offset = len(context.splitlines())
    last = max((number for step in trace.steps for number in step.ids.values()), default=0)
    writer = _Writer(trace, offset, last)
    return {
        "code": context + trace.program.text,
        "trace": [writer.point(step) for step in trace.steps] + list(_end(trace.outcome)),
        EXTRAS: {
            "origin": trace.origin,
            "model": trace.model,
            "filename": trace.program.filename,
            "stdin": list(trace.program.stdin),
            "context_lines": offset,
            "last_id": last,
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

    def __init__(self, trace: Trace, offset: int, last: int) -> None:
        self._offset = offset
        self._stack: list[_Frame] = []
        self._frames = 0
        self._order: dict[str, None] = {}
        self._stdout = ""
        self._heap = _Heap(last, _Signatures(trace))

    def point(self, step: Step) -> dict[str, Any]:
        """The execution point of the next step."""
        self._feed(step)
        self._heap.reset()
        self._stdout += step.stdout
        module, *calls = self._stack
        names = {name: self._heap.place(module, name) for name in module.names}
        self._order |= dict.fromkeys(names)
        frames = [self._rendered(frame) for frame in calls]
        if frames:
            frames[-1]["is_highlighted"] = True
            if step.event == "return":
                frames[-1]["encoded_locals"][RETURNED] = self._heap.returned(calls[-1], step)
                frames[-1]["ordered_varnames"].append(RETURNED)
        line = step.line + self._offset if step.line > 0 else -step.line
        point: dict[str, Any] = {
            "line": line,
            "event": EVENTS[step.event],
            "func_name": step.function,
            "globals": names,
            "ordered_globals": [name for name in self._order if name in names],
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
            names[name] = (text, step.types.get(name), step.ids.get(name))
            self._heap.seen(step.ids.get(name), text)
        for name, number in step.ids.items():
            if name in names and name not in step.locals:
                names[name] = (*names[name][:2], number)
                self._heap.seen(number, names[name][0])

    def _rendered(self, frame: _Frame) -> dict[str, Any]:
        encoded = {name: self._heap.place(frame, name) for name in frame.names}
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


class _Heap:
    """Values as Python Tutor encodes them. Objects whose identity is known keep their number on the
    heap; all others get one by the place where they stand, so that it is the same at each point."""

    def __init__(self, last: int, signatures: _Signatures) -> None:
        self.objects: dict[str, list[Any]] = {}
        self._last = last
        self._numbers: dict[tuple[object, ...], int] = {}
        self._latest: dict[int, Value] = {}
        self._signatures = signatures

    def reset(self) -> None:
        self.objects = {}

    def seen(self, number: int | None, text: str) -> None:
        """The newest text of an object, under whatever name it was seen."""
        if number is not None:
            self._latest[number] = parse(text)

    def place(self, frame: _Frame, name: str) -> object:
        """What stands in a frame's box for a name."""
        text, kind, number = frame.names[name]
        if number is not None:
            return self._refer(number, self._latest[number], (number,), kind)
        return self._part(parse(text), (frame.number, name), kind)

    def returned(self, frame: _Frame, step: Step) -> object:
        return self._part(parse(step.value or "None"), (frame.number, RETURNED), None)

    def _part(self, value: Value, key: tuple[object, ...], kind: str | None = None) -> object:
        if isinstance(value, Scalar):
            held = value.value
            if isinstance(held, float) and (not held.is_integer() or "e" in repr(held)):
                special = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(held))
                return held if special is None else ["SPECIAL_FLOAT", special]
            return ["SPECIAL_FLOAT", repr(held)] if isinstance(held, float) else held
        if isinstance(value, Opaque):
            if is_mark(value) or value.text[:1] in "'\"[{(" or value.text.startswith("<int of "):
                return ["IMPORTED_FAUX_PRIMITIVE", value.text]
            shared = value.text.startswith(("<class ", "<module ", "<function ", "<built-in "))
            if shared and "<lambda>" not in value.text:
                key = (value.text,)
        number = self._numbers.get(key)
        if number is None:
            self._last += 1
            number = self._numbers[key] = self._last
        return self._refer(number, value, key, kind)

    def _refer(
        self, number: int, value: Value, key: tuple[object, ...], kind: str | None
    ) -> list[object]:
        if str(number) not in self.objects:
            self.objects[str(number)] = encoded = []
            encoded += self._encoded(value, key, kind)
        return ["REF", number]

    def _encoded(self, value: Value, key: tuple[object, ...], kind: str | None) -> list[Any]:
        def parts(values: tuple[Value, ...]) -> list[object]:
            return [self._part(part, (*key, at)) for at, part in enumerate(values)]

        match value:
            case Scalar(held):
                return ["HEAP_PRIMITIVE", type(held).__name__, self._part(value, key)]
            case Opaque(text):
                return self._signatures.encoded(text) or [
                    "INSTANCE_PPRINT",
                    kind or type_of(value) or "object",
                    text,
                ]
            case Group("list" | "tuple" | "set"):
                return [TAGS[value.kind], *parts(value.items)]
            case Group("dict"):
                nothing = ["IMPORTED_FAUX_PRIMITIVE", ""]
                return [
                    "DICT",
                    *(
                        [
                            self._part(name, (*key, "key", render(name))),
                            self._part(held, (*key, render(name))) if held else nothing,
                        ]
                        for name, held in value.pairs
                    ),
                ]
        return [
            "INSTANCE",
            value.type,
            *([name, self._part(held, (*key, name))] for name, held in value.attributes),
        ]


def type_of(value: Value) -> str | None:
    """The class's name as far as the value's text tells it."""
    if isinstance(value, Scalar):
        return type(value.value).__name__
    if isinstance(value, Group):
        return value.type.rpartition(".")[2]
    text = value.text
    for start, kind in _STARTS.items():
        if text.startswith(start):
            return kind
    if text.endswith(("j", "j)")):
        return "complex"
    if text.startswith("<"):
        return text[1:-1].partition(" ")[0].partition(".")[0].partition(":")[0] or None
    name = text.partition("(")[0].rpartition(".")[2]
    return name if name.isidentifier() else None


_STARTS = {
    "<function ": "function",
    "<built-in ": "builtin_function_or_method",
    "<bound method ": "method",
    "<class ": "type",
    "<module ": "module",
    "<int of ": "int",
    "b'": "bytes",
    'b"': "bytes",
    "'": "str",
    '"': "str",
    "...": None,
    "[": "list",
    "{...}": None,
    "(...": "tuple",
}


class _Signatures:
    """What the source tells of functions and classes beyond their names."""

    def __init__(self, trace: Trace) -> None:
        self._parameters: dict[str, set[str]] = {}
        self._bases: dict[str, list[str]] = {}
        for text in (trace.program.context, trace.program.text):
            for node in _walked(text):
                if isinstance(node, ast.ClassDef):
                    names = [base.id for base in node.bases if isinstance(base, ast.Name)]
                    self._bases[node.name] = names
                elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    shown = f"{node.name}({', '.join(_parameters(node.args))})"
                    self._parameters.setdefault(node.name, set()).add(shown)

    def encoded(self, text: str) -> list[Any] | None:
        """The heap's entry for a function, class or module; None for other values."""
        word, _, name = text.strip("<").partition(" ")
        name = name.removesuffix(">")
        if not text.startswith("<") or not text.endswith(">") or not name:
            return None
        if word == "class":
            return ["CLASS", name, self._bases.get(name, [])]
        if word == "module":
            return ["module", name]
        if text.startswith("<built-in function "):
            return ["FUNCTION", f"{name.removeprefix('function ')}(...)", None]
        if word in ("built-in", "bound"):
            return ["FUNCTION", f"{word} {name}", None]
        if word == "function":
            # Two functions of one name cannot be told apart by it.
            known = self._parameters.get(name, set())
            return ["FUNCTION", next(iter(known)) if len(known) == 1 else name, None]
        return None


def _walked(text: str) -> Iterator[ast.AST]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from ast.walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # a program that does not compile has no functions to tell of


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    yield from (one.arg for one in [*arguments.posonlyargs, *arguments.args])
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    yield from (one.arg for one in arguments.kwonlyargs)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"
