"""Statements that bring names from the source alone: def, class, import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

from cwm_lab.trace import MODULE
from cwm_lab.worldmodel.asking import Questions
from cwm_lab.worldmodel.calls import Calls
from cwm_lab.worldmodel.desugar import is_literal, literal
from cwm_lab.worldmodel.journal import Journal
from cwm_lab.worldmodel.layout import Layout
from cwm_lab.worldmodel.machine import Class, Enter, Frame, Function, Run, finish_class
from cwm_lab.worldmodel.values import NONE, Atom, Cell, Form, OutsideEnvelopeError, Text, Value
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS, WORDS

MODULES = ("math", "string")
"""The modules of which the model knows anything."""
CONSTANTS = {
    "pi": "3.141592653589793",
    "e": "2.718281828459045",
    "tau": "6.283185307179586",
    "inf": "inf",
    "nan": "nan",
}


class Definitions:
    """Defines functions and classes, and imports; defaults and decorators are asked for."""

    def __init__(
        self, layout: Layout, journal: Journal, calls: Calls, questions: Questions
    ) -> None:
        self.layout, self.journal = layout, journal
        self.calls, self.questions = calls, questions

    def function(self, node: ast.FunctionDef, frame: Frame) -> Iterator[Any]:
        spec = node.args
        defaults: dict[str, Value] = {}
        positional = [*spec.posonlyargs, *spec.args]
        pairs: list[tuple[ast.arg, ast.expr | None]] = list(
            zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True)
        )
        pairs += zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        for parameter, default in pairs:
            if default is not None:
                defaults[parameter.arg] = (
                    literal(default)
                    if is_literal(default)
                    else (yield from self.questions.evaluate(frame, default))
                )
        decorators = node.decorator_list
        if any(isinstance(d, ast.Attribute) for d in decorators):
            existing = frame.lookup(node.name)
            sets = any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in decorators)
            if sets and isinstance(existing, Cell) and isinstance(existing.payload, Function):
                existing.payload.setter = self.calls.function(node, frame, owner=frame.owner)
            return
        kind = next((d.id for d in decorators if isinstance(d, ast.Name)), "function")
        owner = frame.owner if isinstance(frame.node, ast.ClassDef) else None
        frame.bind(
            node.name, self.calls.function(node, frame, defaults=defaults, kind=kind, owner=owner)
        )

    def define_class(self, node: ast.ClassDef, frame: Frame) -> Iterator[Any]:
        if node.keywords:
            raise OutsideEnvelopeError("classes with keyword arguments")
        bases: list[Value] = []
        for base in node.bases:
            if not isinstance(base, ast.Name):
                raise OutsideEnvelopeError("a base class that is not a plain name")
            found = frame.lookup(base.id)
            if isinstance(found, str):
                if base.id == "object":
                    continue
                if base.id not in EXCEPTIONS:
                    raise OutsideEnvelopeError(f"classes derived from {base.id}")
                found = Atom(base.id)
            bases.append(found)
        qualified = self.layout.scopes[node].qualified
        cls = Cell("cls", name=node.name, qualified=qualified, bases=tuple(bases))
        self.calls.classes.append(cls)
        body = Frame(
            node.name if frame.function == MODULE else f"{frame.function}.{node.name}",
            node,
            self.layout.scopes[node],
            frame.depth + 1,
            frame,
            cls,
            line=self.layout.units.get(id(node), frame.line),
            unit=self.layout.unit(node),  # what stands on the line of `class` is no step of its own
        )
        yield Enter(self.calls.leaving(body, self._class_body(node, body, cls)))
        frame.bind(node.name, cls)

    def _class_body(self, node: ast.ClassDef, frame: Frame, cls: Cell) -> Run:
        self.journal.emit(frame, "call")
        yield from self.calls.block(node.body, frame)
        self.journal.emit(frame, "return", value="None")
        cls.payload = Class(frame.names)
        finish_class(cls)
        return NONE

    def import_module(self, node: ast.Import, frame: Frame) -> Iterator[Any]:
        for alias in node.names:
            self._module_value(alias.name, frame)
            frame.bind(alias.asname or alias.name, Form("<module>", (Text(alias.name),)))
        return iter(())

    def import_from(self, node: ast.ImportFrom, frame: Frame) -> Iterator[Any]:
        self._module_value(node.module or ".", frame)
        for alias in node.names:
            if alias.name in CONSTANTS:
                value = Atom(CONSTANTS[alias.name])
            elif alias.name in WORDS:
                value = Atom(alias.name)
            else:
                raise OutsideEnvelopeError(f"{alias.name} of the module {node.module}")
            frame.bind(alias.asname or alias.name, value)
        return iter(())

    def _module_value(self, name: str, frame: Frame) -> None:
        if name.split(".")[0] not in sys.stdlib_module_names:
            value = Form("ModuleNotFoundError", (Text(f"No module named {name!r}"),))
            self.journal.throw(frame, value)
        if name not in MODULES:
            raise OutsideEnvelopeError(f"the module {name}")
