"""Calls: functions made, methods found, parameters bound, frames entered, generators advanced."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Sequence
from typing import Any

from cwm_lab.worldmodel.desugar import is_literal, literal, title
from cwm_lab.worldmodel.dialect import STOP, Call
from cwm_lab.worldmodel.display import display, is_exception_class
from cwm_lab.worldmodel.journal import Journal
from cwm_lab.worldmodel.layout import Layout
from cwm_lab.worldmodel.machine import (
    ArgumentError,
    Enter,
    Frame,
    Function,
    FunctionNode,
    PredictedError,
    ReturnSignal,
    Run,
    bind_arguments,
    member,
)
from cwm_lab.worldmodel.values import (
    NONE,
    Atom,
    Cell,
    Form,
    OutsideEnvelopeError,
    Text,
    Tup,
    UnparsableAnswerError,
    Value,
)

Block = Callable[[Sequence[ast.stmt], Frame], Run]
Evaluate = Callable[[Frame, ast.expr], Generator[Any, Any, Value]]


class Calls:
    """Makes the calls that answers name. block runs statements, returned asks for a lambda's value.

    classes, functions: those of the program so far.
    """

    def __init__(self, layout: Layout, journal: Journal, block: Block, returned: Evaluate) -> None:
        self.layout, self.journal, self.block, self.returned = layout, journal, block, returned
        self.classes: list[Cell] = []
        self.functions: list[Cell] = []

    def function(self, node: FunctionNode, frame: Frame, **more: Any) -> Cell:
        """A new function (or lambda) defined in a frame."""
        name = title(node) if isinstance(node, ast.FunctionDef) else "<lambda>"
        line = self.layout.units.get(id(node), frame.line)
        if isinstance(node, ast.Lambda):
            more["defaults"] = self._lambda_defaults(node, frame)
        payload = Function(node, self.layout.scopes[node], frame, line, **more)
        qualified = payload.scope.qualified
        self.functions.append(Cell("fn", name=name, qualified=qualified, payload=payload))
        return self.functions[-1]

    def _lambda_defaults(self, node: ast.Lambda, frame: Frame) -> dict[str, Value]:
        """A lambda's defaults: what the source spells out, and names, which are only copied."""
        found: dict[str, Value] = {}
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        for name, default in zip(names[::-1], node.args.defaults[::-1], strict=False):
            value = frame.lookup(default.id) if isinstance(default, ast.Name) else None
            if is_literal(default):
                value = literal(default)
            if value is None or isinstance(value, str):
                raise OutsideEnvelopeError("a lambda whose default is computed")
            found[name] = value
        return found

    def call(self, frame: Frame, call: Call) -> Generator[Any, Any, Value | str]:
        """Make a call: the frames that it opens run, what it returns comes back. `STOP` from a
        generator that has ended. Raises PredictedError, and UnparsableAnswerError for a callee that
        cannot be called."""
        callee, args = call.callee, call.args
        if callee == Atom("next"):
            if len(args) != 1 or not isinstance(args[0], Cell) or args[0].kind != "gen":
                raise UnparsableAnswerError("only generators of the program can be advanced")
            return (yield from self._advance(frame, args[0]))
        if callee == Atom("super"):
            return (yield from self._call_super(frame, call))
        if not isinstance(callee, Cell):
            raise UnparsableAnswerError("what is called is no function of the program")
        if call.method is not None:
            function, args = self._find_method(callee, call)
            return (yield from self._enter(frame, function, args, call.keywords))
        if callee.kind == "fn":
            return (yield from self._enter(frame, callee, args, call.keywords))
        if callee.kind == "cls":
            made = Cell("obj", cls=callee)
            initial = member(callee, "__init__")
            if is_exception_class(callee):
                made.attrs["args"] = Tup(args)
            if isinstance(initial, Cell) and initial.kind == "fn":
                yield from self._enter(frame, initial, (made, *args), call.keywords)
            return made
        raise UnparsableAnswerError(f"a {callee.kind} is called")

    def _find_method(self, callee: Cell, call: Call) -> tuple[Cell, tuple[Value, ...]]:
        name = call.method or ""
        if callee.kind == "obj" and callee.cls is not None:
            own = callee.attrs.get(name)
            if isinstance(own, Cell) and own.kind == "fn":
                return own, call.args
            cls: Cell = callee.cls
        else:
            cls = callee
        found = member(cls, name) if cls.kind == "cls" else None
        if not (isinstance(found, Cell) and found.kind == "fn"):
            raise UnparsableAnswerError(f"there is no method {name}")
        if found.payload.setter is not None and call.args:
            found = found.payload.setter
        kind = found.payload.kind
        if kind == "staticmethod" or (callee.kind == "cls" and kind == "function"):
            return found, call.args
        return found, ((cls if kind == "classmethod" else callee), *call.args)

    def _call_super(self, frame: Frame, call: Call) -> Generator[Any, Any, Value]:
        names = getattr(getattr(frame.node, "args", None), "args", [])
        me = frame.names.get(names[0].arg) if names else None
        if not isinstance(me, Cell) or frame.owner is None:
            raise UnparsableAnswerError("super() outside of a method")
        cls = me.cls if me.kind == "obj" and me.cls is not None else me
        found = member(cls, call.method or "", after=frame.owner)
        if isinstance(found, Cell) and found.kind == "fn":
            return (yield from self._enter(frame, found, (me, *call.args), call.keywords))
        if call.method == "__init__":
            return NONE
        raise UnparsableAnswerError(f"super() has no method {call.method}")

    def _enter(
        self,
        frame: Frame,
        cell: Cell,
        args: tuple[Value, ...],
        keywords: tuple[tuple[str, Value], ...],
    ) -> Generator[Any, Any, Value]:
        function = cell.payload
        assert isinstance(function, Function)
        try:
            names = bind_arguments(function, args, keywords)
        except ArgumentError as error:
            value = Form("TypeError", (Text(str(error)),))
            raise PredictedError(value, frame.line) from None
        if function.scope.is_generator:
            return self.sleeping(cell, names)
        callee = self._frame(function, frame.depth + 1, names)
        result = yield Enter(self.leaving(callee, self._body(callee, function)))
        assert not isinstance(result, str)
        return result  # type: ignore[no-any-return]

    def sleeping(self, cell: Cell, names: dict[str, Value]) -> Cell:
        """The generator that a call of a generator function makes, not yet begun."""
        function: Function = cell.payload
        frame = self._frame(function, 0, names)  # its depth is that of whoever advances it
        generator = Cell("gen", name=cell.name, qualified=cell.qualified)
        if frame.hidden:
            generator.name = "<genexpr>"
            generator.qualified = cell.qualified.replace(cell.name, generator.name)
        generator.payload = [frame, self.leaving(frame, self._body(frame, function))]
        return generator

    def _frame(self, function: Function, depth: int, names: dict[str, Value]) -> Frame:
        return Frame(
            function.qualified_name,
            function.node,
            function.scope,
            depth,
            function.closure,
            function.owner,
            names,
            line=function.line,
        )

    def leaving(self, frame: Frame, body: Run) -> Run:
        """A frame's body; if an exception leaves it after further lines, that is one more step."""
        try:
            return (yield from body)
        except PredictedError as error:
            if not frame.told_exception:
                self.journal.raised(frame, error.value)
            raise

    def _body(self, frame: Frame, function: Function) -> Run:
        self.journal.emit(frame, "call")
        node = function.node
        value: Value = NONE
        if isinstance(node, ast.Lambda):
            self.journal.line(frame, node)
            value = yield from self.returned(frame, node.body)
        else:
            if all(map(self.layout.is_docstring, node.body)):
                self.journal.line(frame, node)
            try:
                yield from self.block(node.body, frame)
            except ReturnSignal as signal:
                value = signal.value
        self.journal.emit(frame, "return", value=display(value))
        return value

    def _advance(self, frame: Frame, generator: Cell) -> Generator[Any, Any, Value | str]:
        if generator.payload is None:
            generator.ended = True
            return STOP
        inner, run = generator.payload
        inner.depth = frame.depth + (not inner.hidden)
        if inner.shown or inner.unit is not None:
            inner.shown = {}
            self.journal.emit(inner, "call", detail="resume")
        generator.payload = None
        result = yield Enter(run)
        if run.gi_frame is None:
            generator.ended = True
            return STOP
        generator.payload = [inner, run]
        return result  # type: ignore[no-any-return]
