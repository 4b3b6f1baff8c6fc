"""The parts of the machine that the scheduler drives: frames, functions, classes, control signals.

All of it is known from the source alone: parameter binding, method resolution order, scopes.
"""

from __future__ import annotations

import ast
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.trace import MODULE, Outcome
from cwm_lab.worldmodel.desugar import title
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.scopes import Scope, parameter_names
from cwm_lab.worldmodel.values import Atom, Cell, Form, Text, Tup, UnparsableAnswerError, Value
from cwm_lab.worldmodel.vocabulary import UNBOUND, UNBOUND_LOCAL

FunctionNode = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Ask:
    """A frame's request: what does the network answer to this prompt? node: what is asked about.
    iterable: what a loop header goes over. result: what the statement's last call returned."""

    prompt: Prompt
    frame: Frame
    node: ast.AST
    iterable: Value | None = None
    result: Value | None = None


@dataclass(frozen=True)
class Enter:
    """A frame's request: run this other frame and give back what it returns."""

    run: Run


@dataclass(frozen=True)
class Suspend:
    """A generator frame's request: give this value to whoever advanced it, and sleep."""

    value: Value


Run = Generator[Ask | Enter | Suspend, Any, Value]


class PredictedError(Exception):
    """An exception that the network says the program raises. line: where it was raised first."""

    def __init__(self, value: Value, line: int) -> None:
        super().__init__(value)
        self.value, self.line = value, line


class Ended(Exception):  # noqa: N818 - control flow, not an error
    """The prediction is over, whatever the program would do now."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class BreakSignal(Exception):  # noqa: N818
    """A break statement."""


class ContinueSignal(Exception):  # noqa: N818
    """A continue statement."""


class ReturnSignal(Exception):  # noqa: N818
    """A return statement with its value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


SIGNALS = (PredictedError, BreakSignal, ContinueSignal, ReturnSignal)


@dataclass
class Frame:
    """One call under way. names: its own variables. closure: the frame in which its function was
    defined. shown: the texts that the trace has last shown of it."""

    function: str
    node: ast.AST
    scope: Scope
    depth: int
    closure: Frame | None = None
    owner: Cell | None = None
    names: dict[str, Value] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    unit: int | None = None
    line: int = 1
    told_exception: bool = False
    handling: list[PredictedError] = field(default_factory=list)

    def holder(self, name: str) -> Frame | None:
        """The frame whose variable `name` is, seen from here."""
        _, scope = self.scope.resolve(name)
        frame: Frame | None = self
        while frame is not None and frame.scope is not scope:
            frame = frame.closure
        return frame

    def lookup(self, name: str) -> Value | str:
        """A name's value, or which kind of unbound it is."""
        holder = self.holder(name)
        if holder is not None and name in holder.names:
            return holder.names[name]
        if isinstance(self.scope.node, ast.ClassDef) and name in self.module.names:
            return self.module.names[name]
        return UNBOUND_LOCAL if self.scope.resolve(name)[0] == "local" else UNBOUND

    def bind(self, name: str, value: Value) -> None:
        holder = self.holder(name)
        (holder if holder is not None else self).names[name] = value

    def unbind(self, name: str) -> None:
        holder = self.holder(name)
        if holder is not None:
            holder.names.pop(name, None)

    @property
    def hidden(self) -> bool:
        """Whether it is one of a generator expression: its lines are no steps."""
        return getattr(self.node, "hidden", False)

    @property
    def module(self) -> Frame:
        frame = self
        while frame.closure is not None:
            frame = frame.closure
        return frame

    def visible(self, free: tuple[str, ...]) -> dict[str, Value]:
        """The variables that a trace shows: the frame's own, then the free ones that it uses."""
        out = dict(self.names)
        for name in free:
            value = self.lookup(name)
            if not isinstance(value, str):
                out[name] = value
        return {n: v for n, v in out.items() if not (n.startswith("__") and n.endswith("__"))}


@dataclass
class Function:
    """What stands behind a function's cell. kind: function, property, staticmethod, classmethod.
    setter: the function that a property's assignment calls."""

    node: FunctionNode
    scope: Scope
    closure: Frame
    line: int
    defaults: dict[str, Value] = field(default_factory=dict)
    owner: Cell | None = None
    kind: str = "function"
    setter: Cell | None = None

    @property
    def qualified_name(self) -> str:
        name = title(self.node) if isinstance(self.node, ast.FunctionDef) else "<lambda>"
        outer = self.closure.function
        return name if outer == MODULE else f"{outer}.{name}"


@dataclass
class Class:
    """What stands behind a class's cell: the names that its own body bound."""

    own: dict[str, Value]


def ancestors(cls: Cell) -> list[Cell]:
    """A class and its bases in the program, in the order of look-up (C3, Python's own)."""
    chains = [ancestors(base) for base in cls.bases if isinstance(base, Cell)]
    chains.append([base for base in cls.bases if isinstance(base, Cell)])
    order = [cls]
    while chains := [chain for chain in chains if chain]:
        head = next((c[0] for c in chains if not any(c[0] in other[1:] for other in chains)), None)
        if head is None:
            return order
        order.append(head)
        chains = [[c for c in chain if c is not head] for chain in chains]
    return order


def member(cls: Cell, name: str, after: Cell | None = None) -> Value | None:
    """What a class finds under a name, from `after` on in its order of look-up (for super())."""
    order = ancestors(cls)
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else []
    for owner in order:
        if isinstance(owner.payload, Class) and name in owner.payload.own:
            return owner.payload.own[name]
    return None


def finish_class(cls: Cell) -> None:
    """Note a class's methods and data attributes, inherited ones included."""
    methods: dict[str, str] = {}
    data: dict[str, Value] = {}
    for owner in ancestors(cls):
        if isinstance(owner.payload, Class):
            for name, value in owner.payload.own.items():
                if isinstance(value, Cell) and value.kind == "fn":
                    settable = " =" if value.payload.setter is not None else ""
                    methods.setdefault(name, value.payload.kind + settable)
                elif not name.startswith("__"):
                    data.setdefault(name, value)
    cls.methods, cls.attrs = tuple(methods), data
    cls.kinds = {name: kind for name, kind in methods.items() if kind != "function"}


def bind_arguments(
    function: Function, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
) -> dict[str, Value]:
    """Parameters to values, as Python binds them. Raises ArgumentError with Python's message."""
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    names = [a.arg for a in positional]
    bound: dict[str, Value] = dict(zip(names, args, strict=False))
    extra: list[tuple[Value, Value]] = []
    title = function.qualified_name + "()"
    if len(args) > len(names):
        if spec.vararg is None:
            needed = len(names) - len(spec.defaults)
            takes = f"from {needed} to {len(names)}" if spec.defaults else f"{len(names)}"
            plural = "argument" if len(names) == 1 and not spec.defaults else "arguments"
            were = "was" if len(args) == 1 else "were"
            raise ArgumentError(
                f"{title} takes {takes} positional {plural} but {len(args)} {were} given"
            )
        bound[spec.vararg.arg] = Tup(tuple(args[len(names) :]))
    keyword_names = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
    for name, value in keywords:
        if name in keyword_names:
            if name in bound:
                raise ArgumentError(f"{title} got multiple values for argument '{name}'")
            bound[name] = value
        elif spec.kwarg is not None:
            extra.append((Text(name), value))
        else:
            raise ArgumentError(f"{title} got an unexpected keyword argument '{name}'")
    for name, value in function.defaults.items():
        bound.setdefault(name, value)
    missing = [name for name in names if name not in bound]
    if missing:
        raise ArgumentError(_missing(title, "positional", missing))
    missing = [a.arg for a in spec.kwonlyargs if a.arg not in bound]
    if missing:
        raise ArgumentError(_missing(title, "keyword-only", missing))
    if spec.vararg is not None:
        bound.setdefault(spec.vararg.arg, Tup(()))
    if spec.kwarg is not None:
        bound[spec.kwarg.arg] = Cell("dict", pairs=extra)
    return {name: bound[name] for name in parameter_names(spec)}


class ArgumentError(Exception):
    """A call whose arguments do not fit; the message is that of Python's TypeError."""


def _missing(title: str, kind: str, names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > 2:
        listed = ", ".join(quoted[:-1]) + f", and {quoted[-1]}"
    else:
        listed = " and ".join(quoted)
    plural = "argument" if len(names) == 1 else "arguments"
    return f"{title} missing {len(names)} required {kind} {plural}: {listed}"


def exception_type(value: Value) -> str:
    """The class name of an exception value."""
    if isinstance(value, Form):
        return value.name
    if isinstance(value, Cell) and value.kind == "obj" and value.cls is not None:
        return value.cls.name
    if isinstance(value, Atom):
        return value.text
    if isinstance(value, Cell) and value.kind == "cls":
        return value.name
    raise UnparsableAnswerError("what is raised is no exception")


def exception_args(value: Value) -> tuple[Value, ...]:
    """What an exception was made with."""
    if isinstance(value, Form):
        return value.args
    if isinstance(value, Cell):
        args = value.attrs.get("args")
        return args.items if isinstance(args, Tup) else ()
    return ()
