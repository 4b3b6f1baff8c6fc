"""The program's own special methods: which operations call them, and with what.

An operator, a comparison, `print` or `len` of an object whose class has the method for it makes a
call, which is stepped into; once it has returned, its result is known.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.collection import KINDS
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    UNWRITABLE,
    Display,
    Known,
    Operand,
    Piece,
    Tokens,
    Unwritable,
    plain,
    spelled_tuple,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    integer_of,
    is_literal_value,
    is_text,
    number_of,
    text_of,
)
from cwm_lab.worldmodel.course.pairs import Pairs
from cwm_lab.worldmodel.values import Atom, Cell
from cwm_lab.worldmodel.vocabulary import BUILTINS, CLOSE, OPEN, spell

TRUTH = ("__bool__", "__len__")
_SOURCES = (
    OPEN,
    "(",
    "zip",
    "enumerate",
    "range",
    "reversed",
    "map",
    "filter",
    "<items>",
    "<keys>",
    "<values>",
)
CALLERS = ("map", "filter")
"""Builtins that call a function with each item, once these are asked for."""
_VIEWS = {"items": "<items>", "keys": "<keys>", "values": "<values>"}


class Protocols(Pairs):
    """Calls that operations make."""

    def _special(self, value: Operand, names: Sequence[str]) -> str:
        """The first of the methods that an object's class has; empty if it has none."""
        cls = self._class_of(value)
        return "" if cls is None else next((name for name in names if name in cls.methods), "")

    def _class_of(self, value: Operand) -> Cell | None:
        """The class of an object of the program's own."""
        if isinstance(value, Display):
            return self.cells[value.cls] if value.cls else None
        cell = self._cell(value)
        return cell.cls if cell is not None and cell.kind == "obj" else None

    def _kind(self, value: Operand) -> str:
        """The name of a known value's builtin type; empty for others."""
        tokens = plain(value)
        if tokens is not None and is_literal_value(tokens):
            if is_text(tokens):
                return "str"
            if tokens in (("True",), ("False",)):
                return "bool"
            number = number_of(tokens)
            return "" if number is None else "int" if number.lstrip("-").isdigit() else "float"
        found = self._members(value)
        return found.kind if found is not None and found.kind in KINDS else ""

    def _type_name(self, value: Operand) -> str:
        """The name of a value's type as messages tell it; empty if it is not known."""
        cls = self._class_of(value)
        if cls is not None:
            return cls.name
        return "NoneType" if value == ("None",) else self._kind(value)

    def _truth(self, value: Operand, node: ast.expr | None = None) -> Generator[Signal, Sent, bool]:
        """Whether a value is true; an object's own method says so, once. See `Notes`."""
        method = self._special(value, TRUTH)
        if not method:
            return (yield from super()._truth(value))
        tested, self._tested = self._tested, None
        if isinstance(node, ast.BoolOp) and tested is not None and tested[0] == value:
            return tested[1]
        told = self._through(value, method)
        size = integer_of(plain(told))
        if told not in (("True",), ("False",)) and (size is None or method == "__bool__"):
            raise Unclear
        return told == ("True",) or bool(size)

    def _through(self, owner: Operand, method: str, args: Sequence[Operand] = ()) -> Known:
        """What such a call has returned. method: none of a function or class. Raises Fails if it is
        the statement's next."""
        if self._returned:
            self._written.clear()  # what is printed before a call has been told with it
            result = self._take_returned(owner, method, args)
            if result == ("NotImplemented",):
                raise Unclear
            return result
        pieces: list[Piece] = ["super" if owner is UNWRITABLE else (owner, None)]
        pieces += [".", self.prompt.names.attribute(method)] if method else []
        pieces.append("(")
        for k, arg in enumerate(args):
            pieces += [*([","] if k else []), (arg, None)]
        self._calls([*pieces, ")"] if None not in args else None)
        raise Fails

    def _calls(self, call: list[Piece] | None) -> None:
        """The statement's effect is a call, after what it has printed; None if it is not known."""
        out = text_of(self._written)
        if out is not None and call is not None:
            written: list[Piece] = ["<out>", (out, None), ";"] if len(out) > 2 else []
            self.effect, self.sure = [*written, "<call>", *call], True

    def _advance(self, generator: Operand) -> Known | None:
        """What a generator of the program's own gives next; None if it has ended. Raises Fails if
        it must go on first."""
        cell = self._cell(generator)
        before = [(call.callee, *call.args) for call, _ in self._returned[:1]]
        ended = cell is not None and self._label_of[cell] in self.prompt.ended
        if ended and before != [(Atom("next"), cell)]:
            return None
        if not self._returned:
            self._calls(["next", "(", (generator, None), ")"])
            raise Fails
        call, result = self._returned.pop(0)
        if call.callee != Atom("next") or not call.args or call.args[0] is not cell:
            raise Unclear
        self._written.clear()
        if isinstance(result, str):
            return None
        known = self._known(result)
        if known is None:
            raise Unclear
        return known

    def _noted_return(self, pieces: Sequence[Piece], result: Operand, *, top: bool) -> Course:
        """The note of a call that has returned."""
        if not self._writes() or result == ("None",) or self._is_generator(result):
            return result
        if not isinstance(result, tuple | Display):
            return result
        if not (top and (yield from self._is_told_once(result))):
            yield from self._noted_as(pieces, result)
        return result

    def _take_returned(self, callee: Operand, method: str, args: Sequence[Operand]) -> Known:
        """What a call of the program's own code has returned. Raises Unclear if it was another."""
        call, result = self._returned.pop(0)
        asked = call.callee
        if isinstance(callee, Unwritable):
            right = asked == Atom("super")
        elif callee is None:
            right = True
        elif isinstance(callee, Display) and callee.cls and isinstance(asked, Cell):
            right = asked.cls is self.cells[callee.cls]
            callee.label = self._label_of.get(asked, "")
        else:
            right = isinstance(asked, Cell) and callee == (self._label_of.get(asked),)
        if not right or (method or None) != call.method or isinstance(result, str):
            raise Unclear
        known = self._known(result)
        if known is None:
            raise Unclear
        values = [*call.args, *(value for _, value in call.keywords)]
        for k, arg in enumerate(args):  # what was spelled out has its label now
            if isinstance(arg, Display):
                given = self._known(values[k]) if k < len(values) else None
                if given is None:
                    raise Unclear
                arg.label = given[0]
        return known

    def _is_generator(self, value: Operand) -> bool:
        cell = self._cell(value)
        return cell is not None and cell.kind == "gen"

    def _made(self, callee: Operand, method: str, args: Sequence[Operand]) -> Known | None:
        """A range, view or iterator, which only holds what it was made of; None for others."""
        args = [(arg.label,) if isinstance(arg, Display) and arg.label else arg for arg in args]
        told = [arg for arg in args if isinstance(arg, tuple)]
        known = [arg for arg in args if isinstance(arg, tuple | Display)]
        if len(known) < len(args) or (len(told) < len(known) and method):
            return None
        if method:
            cell, owner = self._cell(callee), plain(callee)
            if cell is None or cell.kind != "dict" or owner is None or args:
                return None
            return (_VIEWS[method], *tuple_of([owner])) if method in _VIEWS else None
        name = (plain(callee) or ("",))[0]
        if name == "range":
            numbers = [integer_of(plain(arg)) for arg in known]
            if None in numbers or not 1 <= len(told) <= 3 or numbers[2:] == [0]:
                return None
            edges = [("0",), *told] if len(told) == 1 else told
            return (name, *tuple_of(edges[:2] if edges[2:] == [("1",)] else edges))
        calls = name in CALLERS
        sources = known[:1] if name == "enumerate" else known[calls:]
        if calls and not (known and self._is_function(known[0])):
            return None
        whole = all(map(self._may_be_looped, sources))
        counts = name != "enumerate" or all(integer_of(plain(arg)) is not None for arg in known[1:])
        most = {"zip": 9, "map": 9, "filter": 2, "enumerate": 2, "reversed": 1}.get(name, 0)
        if not (1 + calls <= len(known) <= most and whole and counts):
            return None
        return spelled_tuple(known, name)

    def _may_be_looped(self, value: Known) -> bool:
        """Whether an iterator may be made of it."""
        if isinstance(value, Display):
            return value.items is not None and not value.cls
        if self._special(value, ("__iter__",)):
            return False
        return self._cell(value) is not None or value[0] in _SOURCES or value[0] in self._displays

    def _is_function(self, value: Operand) -> bool:
        """Whether it may be called: a function or class of the program's own, a method, or a
        builtin function; or an object with `__call__`."""
        cell, tokens = self._cell(value), plain(value)
        if cell is not None:
            return cell.kind in ("fn", "cls") or bool(self._special(value, ("__call__",)))
        if tokens is None:
            return False
        return tokens[0] == "<bound>" or (len(tokens) == 1 and tokens[0] in ("None", *BUILTINS))

    def _method_of(self, value: Operand, name: str) -> Tokens | None:
        """A method of a builtin type, or of a text, list, dict or set, that is not called yet."""
        tokens, cell = plain(value), self._cell(value)
        if tokens is None:
            return None
        kind = "str" if is_text(tokens) else tokens[0] if cell is None else cell.kind
        of = getattr(builtins, kind) if kind in KINDS else None
        if not isinstance(getattr(of, name, None), types.MethodDescriptorType):
            return None
        return ("<bound>", *tuple_of([tokens, (OPEN, *spell(name), CLOSE)]))
