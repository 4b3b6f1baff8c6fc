"""What calls step into: the program's own functions, methods, classes and callable objects."""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.builtin_calls import Builtins
from cwm_lab.worldmodel.course.held import Called, is_plain
from cwm_lab.worldmodel.course.operands import (
    Display,
    Operand,
    Piece,
    Unwritable,
    plain,
)
from cwm_lab.worldmodel.course.operations import text_in
from cwm_lab.worldmodel.dialect import written_keyword
from cwm_lab.worldmodel.values import Value

_KEEPS = [(name,) for name in "list tuple len enumerate zip reversed type isinstance".split()]
"""Builtins that look at their argument alone, not at what is in it."""


class Callees(Builtins):
    """Finds what is called."""

    def _asks_itself(self, value: Operand) -> bool:
        """Whether a value that is looked at may call code of the program."""
        if isinstance(value, Display):
            return bool(value.cls) or value.items is None
        tokens, cell = plain(value), self._cell(value)
        if cell is not None:
            return cell.kind in ("obj", "gen")
        return tokens is None or (tokens[0] != "(" and self._may_be_asked(value))

    def _attribute_called(self, owner: Operand, name: str) -> Operand:
        """What an object's attribute stands for that is called and is no method; None if it is one,
        or it is not known. Raises Fails if there is none, or code of the program gives it first."""
        cell = self._cell(owner)
        if self._property(owner, name):
            return self._given(owner, name)
        if cell is None or cell.kind != "obj":
            self._must_have(owner, name)
            return None
        known = self._attribute(cell, name)
        if known is not None:
            return known
        if self._lacks(cell, name, given=True) and self._special(owner, ("__getattr__",)):
            return self._given(owner, name)
        self._must_have(owner, name)
        return None

    def _must_be_callable(self, call: Called) -> None:
        """Raise Fails if what is called cannot be."""
        cls = None if call.method else self._class_of(call.callee)
        kind = "" if call.method else self._kind(call.callee)
        if plain(call.callee) == ("None",) and not call.method:
            kind = "NoneType"
        if cls is None and not kind:
            return
        of = kind if cls is None else cls.name
        raise self._raised_with("TypeError", f"'{of}' object is not callable")

    def _call(self, call: Called) -> list[Piece] | None:
        """How the outcome tells a call: a note's left side with the callee's label, starred
        arguments spread out; None if they are not known."""
        out: list[Piece] = [(call.callee, None)]
        if call.method:
            out += [".", self.prompt.names.attribute(call.method)]
        if not call.is_starred and all(keyword.arg for keyword in call.node.keywords):
            told = call.pieces[call.pieces.index("(") :]
            return [
                *out,
                *(piece if isinstance(piece, str) else (piece[0], None) for piece in told),
            ]
        keywords = self._keywords(call)
        if call.spread is None or keywords is None:
            return None
        arguments = [part for value in call.spread for part in (",", (value, None))]
        return [*out, "(", *[*arguments, *keywords][1:], ")"]

    def _keywords(self, call: Called) -> list[Piece] | None:
        """The keyword arguments of a call, each behind a comma, those of dicts spread out; None if
        they are not known."""
        out: list[Piece] = []
        values = call.args[len(call.node.args) :]
        for keyword, value in zip(call.node.keywords, values, strict=True):
            if keyword.arg is not None:
                out += [",", self.prompt.names.attribute(keyword.arg), "=", (value, None)]
                continue
            found = self._collection(value)
            if found is None or found.kind != "dict" or found.items is None:
                return None
            for key, item in zip(found.items, found.values, strict=True):
                name = text_in(key)
                if name is None:
                    return None
                out += [",", *written_keyword(name, self.prompt.names), "=", (item, None)]
        return out

    def _with_arguments(self, pieces: Sequence[Piece], args: Sequence[Value]) -> list[Piece]:
        """The left side of a call's note with the arguments that it was made with, where they were
        not known."""
        out = list(pieces)
        first = out.index("(") + 1
        values = [k for k in range(first, len(out)) if isinstance(out[k], tuple)]
        for k, arg in zip(values, args, strict=False):
            piece = out[k]
            if isinstance(piece, tuple) and piece[0] is None:
                out[k] = (self._known(arg), piece[1])
        return out

    def _own_code(self, callee: Operand, method: str, args: Sequence[Operand]) -> bool | None:
        """Whether a call steps into the program's own code; None if it may."""
        if isinstance(callee, Unwritable):
            return None
        cell = self._cell(callee)
        if method:
            if callee is None:
                return None
            if isinstance(callee, Display) and callee.cls:
                return True if method in self.cells[callee.cls].methods else None
            if cell is None or cell.kind in ("list", "dict", "set"):
                compared = [callee] if method == "sort" else []
                return None if any(map(self._may_be_asked, [*args, *compared])) else False
            if cell.kind in ("obj", "cls"):
                cls = cell.cls if cell.kind == "obj" else cell
                assert cls is not None
                return True if method in cls.methods else None
            return None
        if callee is None:
            return None
        if cell is None and callee in _KEEPS and not any(map(self._asks_itself, args)):
            return False
        if cell is None:
            return None if any(map(self._may_be_asked, args)) else False
        if cell.kind == "fn":
            return True
        if cell.kind == "cls":
            return True if "__init__" in cell.methods else False if is_plain(cell) else None
        return None
