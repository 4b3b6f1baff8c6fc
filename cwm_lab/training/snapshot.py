"""Real Python values as the dialect's values, with identity kept for one question's time."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Container
from typing import Any

from cwm_lab.worldmodel.values import (
    FALSE,
    NONE,
    TRUE,
    Atom,
    Cell,
    Form,
    OutsideEnvelopeError,
    Text,
    Tup,
    Value,
)
from cwm_lab.worldmodel.vocabulary import BUILTINS, EXCEPTIONS, WORDS

MAX_DIGITS = 24
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""As the recorder writes addresses, so that a trace is the same on each run."""
_SHOWN_BUILTINS = frozenset(BUILTINS) | frozenset(EXCEPTIONS)
_OWNERS = {str, list, dict, set, tuple}


class Snapshotter:
    """Turns objects into `Value`s; the same object is the same `Cell` throughout.

    lazy: (name, arguments) of iterator objects such as zip, by id, as noted when they were made.
    is_users: whether a function's code belongs to the program. hidden: the items of lists that
    `list.sort` has emptied for the time being, by id. order: a set's items in the order to be told.
    """

    def __init__(
        self,
        lazy: dict[int, tuple[str, tuple[Any, ...], Any]],
        is_users: Callable[[types.CodeType], bool],
        hidden: dict[int, list[Any]],
        order: Callable[[set[Any]], list[Any]],
        ended: Container[int],
    ) -> None:
        self.cells: dict[int, tuple[Any, Cell]] = {}
        self._lazy, self._is_users, self._hidden = lazy, is_users, hidden
        self._order, self._ended = order, ended

    def known(self, thing: object) -> Cell | None:
        entry = self.cells.get(id(thing))
        return entry[1] if entry else None

    def adopt(self, thing: object, cell: Cell) -> None:
        """Let an object be a cell that exists already."""
        self.cells[id(thing)] = (thing, cell)

    def value(self, thing: Any) -> Value:
        kind = type(thing)
        if thing is None:
            return NONE
        if kind is bool:
            return TRUE if thing else FALSE
        if kind in (int, float):
            text = repr(thing)
            if len(text) > MAX_DIGITS:
                raise OutsideEnvelopeError("a number with too many digits")
            return Atom(text)
        if kind is str:
            return Text(ADDRESS.sub(" at 0x...", thing) if "0x" in thing else thing)
        if kind is tuple:
            return Tup(tuple(self.value(item) for item in thing))
        if kind is range:
            step = (thing.step,) if thing.step != 1 else ()
            return Form("range", tuple(Atom(str(n)) for n in (thing.start, thing.stop, *step)))
        if kind is slice:
            edges = (thing.start, thing.stop, thing.step)
            return Form("slice", tuple(self.value(edge) for edge in edges))
        if id(thing) in self.cells:
            return self.cells[id(thing)][1]
        if id(thing) in self._lazy:
            name, args, _ = self._lazy[id(thing)]
            return Form(name, tuple(self.value(arg) for arg in args))
        if kind in (list, set, dict):
            return self._fill(thing, Cell("list"))
        if isinstance(thing, types.MethodDescriptorType):
            return Form("<bound>", (self.value(thing.__objclass__), Text(thing.__name__)))
        if isinstance(thing, types.MethodType) and self._is_users(thing.__func__.__code__):
            return Form("<bound>", (self.value(thing.__self__), Text(thing.__name__)))
        if isinstance(thing, types.BuiltinMethodType) and type(thing.__self__) in _OWNERS:
            return Form("<bound>", (self.value(thing.__self__), Text(thing.__name__)))
        if isinstance(thing, types.ModuleType):
            return Form("<module>", (Text(thing.__name__),))
        if isinstance(thing, types.FunctionType) and self._is_users(thing.__code__):
            return self._adopted(
                thing, Cell("fn", name=thing.__name__, qualified=thing.__qualname__)
            )
        if isinstance(thing, types.GeneratorType) and self._is_users(thing.gi_code):
            ended = thing.gi_frame is None or id(thing) in self._ended
            direct = thing.gi_code.co_varnames[:1] == (".0",)  # what a note mentions has ended
            ended = ended and not direct
            name, qualified = thing.__name__, thing.__qualname__
            return self._adopted(thing, Cell("gen", name=name, qualified=qualified, ended=ended))
        if isinstance(thing, type):
            if thing.__module__ == "builtins" and thing.__name__ in _SHOWN_BUILTINS:
                return Atom(thing.__name__)
            if _is_users_class(thing):
                return self._class(thing)
        if isinstance(thing, types.BuiltinFunctionType) and thing.__name__ in WORDS:
            return Atom(thing.__name__)
        if isinstance(thing, BaseException) and type(thing).__name__ in EXCEPTIONS:
            return Form(type(thing).__name__, tuple(self.value(arg) for arg in thing.args))
        if _is_users_class(kind):
            return self._object(thing)
        raise OutsideEnvelopeError(f"a value of type {kind.__name__}")

    def again(self, thing: Any, cell: Cell) -> Cell:
        """The object's present content as a fresh cell that is not the known one."""
        now = Cell(cell.kind, cls=cell.cls)
        if cell.kind in ("list", "set", "dict"):
            self._content(thing, now)
        elif cell.kind == "obj":
            now.attrs = self._attributes(thing)
        elif cell.kind == "cls":
            now.attrs = self._class_data(thing)
        return now

    def _adopted(self, thing: Any, cell: Cell) -> Cell:
        self.adopt(thing, cell)
        return cell

    def _fill(self, thing: Any, cell: Cell) -> Cell:
        self.adopt(thing, cell)
        self._content(thing, cell)
        return cell

    def _content(self, thing: Any, cell: Cell) -> None:
        if isinstance(thing, dict):
            cell.kind = "dict"
            cell.pairs = [(self.value(k), self.value(v)) for k, v in thing.items()]
        elif isinstance(thing, set):
            cell.kind = "set"
            cell.items = [self.value(item) for item in self._order(thing)]
        else:
            cell.kind = "list"
            cell.items = [self.value(item) for item in self._hidden.get(id(thing), thing)]

    def _class(self, cls: type) -> Cell:
        cell = self._adopted(cls, Cell("cls", name=cls.__name__, qualified=cls.__qualname__))
        bases = [base for base in cls.__bases__ if base is not object]
        cell.bases = tuple(self.value(base) for base in bases)
        kinds: dict[str, str] = {}
        for owner in cls.__mro__:
            if _is_users_class(owner):
                for name, item in vars(owner).items():
                    if _is_method(item):
                        settable = isinstance(item, property) and item.fset is not None
                        kinds.setdefault(name, type(item).__name__ + (" =" if settable else ""))
        cell.methods = tuple(kinds)
        cell.kinds = {name: kind for name, kind in kinds.items() if kind != "function"}
        cell.attrs = self._class_data(cls)
        return cell

    def _class_data(self, cls: type) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for owner in cls.__mro__:
            if not _is_users_class(owner):
                continue
            for name, item in vars(owner).items():
                if not (name.startswith("__") or _is_method(item)):
                    found.setdefault(name, self.value(item))
        return found

    def _object(self, thing: Any) -> Cell:
        if isinstance(thing, (int, str, list, dict, tuple, set, float)):
            raise OutsideEnvelopeError("an object of a class derived from a builtin type")
        cell = self._adopted(thing, Cell("obj"))
        cls = self.value(type(thing))
        assert isinstance(cls, Cell)
        cell.cls = cls
        cell.attrs = self._attributes(thing)
        return cell

    def _attributes(self, thing: Any) -> dict[str, Value]:
        attrs = {}
        if isinstance(thing, BaseException):
            attrs["args"] = self.value(thing.args)
        attrs.update({name: self.value(v) for name, v in vars(thing).items()})
        return attrs


def _is_method(item: object) -> bool:
    return isinstance(item, types.FunctionType | property | staticmethod | classmethod)


def _is_users_class(cls: type) -> bool:
    return cls.__module__ == "__main__" and not issubclass(cls, type)
