"""Attributes that code of the program gives or takes: properties, `__getattr__`, methods that are
read without being called."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    UNWRITABLE,
    Display,
    Known,
    Operand,
    Piece,
    Tokens,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import text_in
from cwm_lab.worldmodel.course.texts import Texts
from cwm_lab.worldmodel.machine import ancestors
from cwm_lab.worldmodel.values import Cell
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

_HIDES = {"__getattribute__", "__setattr__"}
_NOT_IN_ALL = {"is_integer"}
"""Attributes that builtin types have in some versions of Python only."""


class Attributes(Texts):
    """Attributes that are read and set."""

    def _named(self, node: ast.expr) -> Generator[Signal, Sent, tuple[Operand, str | None]]:
        """The value of an expression, and its name if it is one."""
        raise NotImplementedError

    def _Attribute(self, node: ast.Attribute) -> Course:
        value = yield from self._named(node.value)
        cell = self._cell(value[0])
        pieces: list[Piece] = [value, ".", self.prompt.names.attribute(node.attr)]
        known: Known | None = self._attribute(cell, node.attr)
        if known is not None and not self._writes():
            before = self._noted_before(pieces)  # it may have changed since
            known = before if isinstance(before, tuple | Display) else known
        if known is None:
            known = self._named_class(value[0], node.attr)
        if known is None:
            known = self._given(value[0], node.attr)
        if known is None and node.attr == "args" and self._writes():
            raised = self._raised_of(value[0])
            known = None if raised is None else tuple_of(map(self._restored, raised))
        if value[0] is UNWRITABLE:
            return known  # what `super()` gives has no notation
        if known is None:
            known = self._method_of(value[0], node.attr)
        if known is None:
            self._must_have(value[0], node.attr)
            return (yield from self._noted(pieces, skippable=node is self._top))
        if node is not self._top or not (yield from self._is_told_once(known)):
            yield from self._noted_as(pieces, known)
        return known

    def _must_have(self, owner: Operand, name: str) -> None:
        """Raise Fails if a value has no such attribute."""
        cell = self._cell(owner)
        if self._lacks(cell, name):
            raise self._missing(cell, name)
        kind = "" if self._class_of(owner) is not None else self._type_name(owner)
        of = type(None) if kind == "NoneType" else getattr(builtins, kind, None)
        known = name.startswith("__") or name in _NOT_IN_ALL or hasattr(of, name)
        if of is not None and not known:
            raise self._raised_with("AttributeError", f"'{kind}' object has no attribute '{name}'")

    def _inherited(self, name: str) -> Cell | None:
        """The class that `super()` finds a method in, or one that derives from it; None if there
        is none. Raises Unclear where that is not known."""
        owner, me = self.prompt.owner, self.prompt.statement.me
        value = None if me is None else self.prompt.values.get(me)
        cls = value.cls if isinstance(value, Cell) and value.kind == "obj" else value
        if owner is None or not isinstance(cls, Cell) or cls.kind != "cls":
            raise Unclear
        order = ancestors(cls)
        if owner not in order:
            raise Unclear
        after = order[order.index(owner) + 1 :]
        return next((other for other in after if name in other.methods), None)

    def _property(self, owner: Operand, name: str) -> str:
        """How the class of an object tells one of its properties; empty for what is none."""
        cls = self._inherited(name) if owner is UNWRITABLE else self._class_of(owner)
        if cls is None or _HIDES & {*cls.methods}:
            return ""
        kind = cls.kinds.get(name, "")
        return kind if kind.startswith("property") else ""

    def _given(self, owner: Operand, name: str) -> Known | None:
        """What a property or `__getattr__` has returned, or a method that is read without being
        called. Raises Fails if the call is the statement's next."""
        if self._property(owner, name):
            return self._through(owner, name)
        cls, cell = self._class_of(owner), self._cell(owner)
        if self._special(owner, ("__getattr__",)) and self._lacks(cell, name, given=True):
            return self._through(owner, "__getattr__", [(OPEN, *spell(name), CLOSE)])
        of = cell if cls is None and cell is not None and cell.kind == "cls" else cls
        if of is None or name not in of.methods or _HIDES & {*of.methods}:
            return None
        kind = of.kinds.get(name, "")
        if kind == "classmethod":
            return self._bound_method((self._label_of[of],), name)
        shown = cell is not None and (self._label_of[cell], name) in self.prompt.attributes
        known = plain(owner)
        return (
            None
            if kind or shown or cls is None or known is None
            else self._bound_method(known, name)
        )

    def _bound_method(self, owner: Tokens, name: str) -> Tokens:
        """A method that was read without being called, as values are written."""
        return ("<bound>", *tuple_of([owner, (OPEN, *spell(name), CLOSE)]))

    def _meant(self, callee: Operand, method: str) -> tuple[Operand, str]:
        """Whose method is called: behind a bound method its owner's, behind an object its
        `__call__`; functions and classes, which have no method's name, as they are."""
        tokens = plain(callee) or ("",)
        if not method and tokens[0] == "<bound>":
            parts = list(items_in(tokens[1:]))
            cell = self._cell(parts[0]) if len(parts) == 2 else None
            name = text_in(parts[1]) if len(parts) == 2 else None
            if cell is not None and cell.kind in ("obj", "cls") and name is not None:
                callee, method = parts[0], name
        elif not method and self._special(callee, ("__call__",)):
            method = "__call__"
        cls = self._class_of(callee)
        if cls is not None and cls.kinds.get(method) == "classmethod":
            return (self._label_of[cls],), method
        return callee, method

    def _of_bound(self, callee: Operand, method: str) -> tuple[Operand, str]:
        """The same behind a bound method of a list, dict or set that is called by a name."""
        tokens = plain(callee) or ("",)
        parts = list(items_in(tokens[1:])) if tokens[0] == "<bound>" and not method else []
        cell = self._cell(parts[0]) if len(parts) == 2 else None
        if cell is None or cell.kind not in ("list", "dict", "set"):
            return callee, method
        return parts[0], text_in(parts[1]) or method

    def _is_own(self, function: Operand) -> bool:
        """Whether a call of a function is one of the program's own code."""
        callee, method = self._meant(function, "")
        cell = self._cell(callee)
        cls = cell if method == "" and cell is not None and cell.kind == "cls" else None
        if cls is not None:
            return "__init__" in cls.methods
        return bool(method) or (cell is not None and cell.kind == "fn")

    def _stored(self, owner: Operand, name: str, value: Operand) -> list[Piece] | None:
        """The effect of setting an attribute to a value."""
        kind = self._property(owner, name)
        if kind.endswith("="):
            self._through(owner, name, [value])
            return ["<ok>"]
        if kind:
            raise self._without_setter(owner, name)
        cell = self._cell(owner)
        if (
            cell is None
            or cell.kind not in ("obj", "cls")
            or not isinstance(value, tuple | Display)
        ):
            return None
        cls = cell.cls if cell.kind == "obj" else cell
        if cls is None or {name, "__setattr__"} & set(cls.methods):
            return None
        label = self._label_of[cell]
        before = self.prompt.attributes.get((label, name))
        if before is not None and self._known(before) == value:
            return ["<ok>"]  # what does not change is not told
        token = self.prompt.names.attribute(name)
        return [label, ".", token, "=", (value, None), ";", "<ok>"]

    def _without_setter(self, owner: Operand, name: str) -> Fails:
        """The statement ends since a property cannot be set."""
        cls = self._class_of(owner)
        assert cls is not None
        message = f"property '{name}' of '{cls.name}' object has no setter"
        return self._raised_with("AttributeError", message)

    def _all_stored(self, parts: Sequence[tuple[Operand, str, Operand]]) -> list[Piece] | None:
        """The effect of setting several attributes, in the order in which the outcome tells them:
        object by object, those that are there before those that are new."""
        labels, shown = list(self.cells), list(self.prompt.attributes)
        ranks: list[tuple[int, int]] = []
        for owner, name, _ in parts:
            label = (plain(owner) or ("",))[0]
            if label not in labels or self._property(owner, name):
                return None
            known = (label, name) in shown
            ranks.append((labels.index(label), shown.index((label, name)) if known else len(shown)))
        if len({(plain(owner), name) for owner, name, _ in parts}) < len(parts):
            return None
        out: list[Piece] = []
        for k in sorted(range(len(parts)), key=ranks.__getitem__):
            stored = self._stored(*parts[k])
            if stored is None:
                return None
            out += stored[:-1]
        return [*out, "<ok>"]
