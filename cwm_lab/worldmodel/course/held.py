"""Calls of builtins that only put together what is known: their results are told."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from cwm_lab.worldmodel.course.collection import KINDS, items_in
from cwm_lab.worldmodel.course.expressions import Expressions
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    FILLERS,
    NUMBERS,
    argument_of,
    as_float,
    filled,
    is_text,
    number_read,
    text_in,
)
from cwm_lab.worldmodel.course.pairs import Pair, dict_of, dict_of_pairs
from cwm_lab.worldmodel.display import is_exception_class, lineage
from cwm_lab.worldmodel.values import MAX_TEXT, Atom, Cell, Value
from cwm_lab.worldmodel.vocabulary import CLOSE, EXCEPTIONS, OPEN, spell

_CLASSES = (*KINDS, "object", "type")


@dataclass(frozen=True)
class Called:
    """A call whose parts are evaluated. method: its name, if it is one's. args: those by keyword
    behind the others. pieces: its note's left side. given: what a generator expression among its
    arguments has given; None without one. spread: the positional arguments, starred ones spread
    out, if they are known. top: whether it is the statement's whole expression."""

    node: ast.Call
    callee: Operand
    method: str
    args: Sequence[Operand]
    pieces: Sequence[Piece]
    top: bool
    given: Sequence[Operand] | None = None
    spread: Sequence[Operand] | None = None

    @property
    def builtin(self) -> str:
        """The name of the builtin that is called; empty for a method, and for what is no builtin's
        name."""
        tokens = plain(self.callee)
        return tokens[0] if tokens is not None and len(tokens) == 1 and not self.method else ""

    @property
    def by_its_name(self) -> bool:
        """Whether a builtin is called by its own name."""
        return isinstance(self.node.func, ast.Name) and self.node.func.id == self.builtin

    @property
    def is_simple(self) -> bool:
        """Whether there are only plain arguments: no star, no keyword."""
        return not (self.node.keywords or self.is_starred)

    @property
    def is_starred(self) -> bool:
        return any(isinstance(arg, ast.Starred) for arg in self.node.args)

    @property
    def is_of_new(self) -> bool:
        """Whether its first argument is what another call gives: an iterator that has a name may
        have been used up."""
        return bool(self.node.args) and isinstance(self.node.args[0], ast.Call)

    @property
    def only(self) -> Operand:
        """Its one argument; None if it has not one."""
        return self.args[0] if len(self.args) == 1 and self.is_simple else None


class Held(Expressions):
    """Results that follow from what the arguments hold."""

    def _held(self, call: Called) -> Generator[Signal, Sent, Known | None]:
        """A result that only puts together what is known."""
        cls = self._cell(call.callee)
        if cls is not None and cls.kind == "cls" and not call.method and call.is_simple:
            told = [arg for arg in call.args if isinstance(arg, tuple)]
            if not call.args and is_plain(cls):
                return Display([], cls=self._label_of[cls])
            if len(told) == len(call.args) and _is_plain_exception(cls):
                return Display([], cls=self._label_of[cls], args=tuple_of(told))
        if call.builtin == "set" and call.is_simple and not call.args:
            return Display([], is_set=True)
        if call.method == "join" and len(call.args) == 1 and is_text(plain(call.callee)):
            made = [item for item in call.given or () if isinstance(item, tuple)]
            given = call.given is not None and len(made) == len(call.given)
            of: Operand = Display([*made]) if given else call.args[0]
            if not given and call.is_of_new:
                of = self._listed("list", of) or (yield from self._strung(of))
            return self._linked(call.callee, of)
        if call.builtin in ("list", "tuple") and call.is_simple:
            numbers = self._source(call.only)
            if numbers is not None and numbers.kind == "range":
                return replace(numbers, kind=call.builtin).picked(range(numbers.size or 0))  # type: ignore[return-value]
        if call.method in FILLERS and call.is_simple:
            text = filled(text_in(call.callee), call.method, list(map(argument_of, call.args)))
            if text is not None and len(text) <= MAX_TEXT:
                return (OPEN, *spell(text), CLOSE)
        if call.builtin in ("str", "repr") and call.only is not None:
            shown = yield from self._texted(
                call.only, call.node.args[0], quoted=call.builtin == "repr"
            )
            return None if shown is None else (OPEN, *shown, CLOSE)
        if call.builtin == "bool" and call.only is not None:
            truth = self._known_truth(call.only)
            return None if truth is None else (str(truth),)
        if call.builtin in ("any", "all") and call.is_simple:
            return self._decided(call.builtin, call.given, call.only)
        if call.builtin == "list" and call.is_simple and call.is_of_new:
            strung = yield from self._strung(call.only)
            if isinstance(strung, Display) and strung is not call.only:
                return strung
        if call.builtin in NUMBERS and is_text(plain(call.only)):
            return number_read(call.builtin, call.only)
        whole = call.callee if call.method == "copy" and not call.args else None
        copied = None if whole is None else self._collection(whole)
        if copied is not None and copied.kind == "dict" and copied.items is not None:
            return dict_of(copied.items, copied.values)
        if call.builtin == "dict" and call.args and call.given is None:
            pairs = self._given_pairs(call)
            if pairs is not None and (joined := dict_of_pairs(pairs)) is not None:
                return joined
        if call.method == "fromkeys" and plain(call.callee) == ("dict",) and call.is_simple:
            keys = self._source(call.args[0], nested=call.is_of_new) if call.args else None
            if keys is not None and keys.items is not None and len(call.args) < 3:
                value: Operand = call.args[1] if len(call.args) == 2 else ("None",)
                return dict_of_pairs([(key, value) for key in keys.items])
        if call.builtin in ("list", "tuple", "dict") and call.is_simple and call.is_of_new:
            found = self._listed(call.builtin, call.only)
            if found is not None:
                return found
        if call.builtin == "isinstance" and call.is_simple and len(call.args) == 2:
            found = self._instance(*call.args)
            if found is not None:
                return found
        if call.builtin == "issubclass" and call.is_simple and len(call.args) == 2:
            found = self._derived(self._class(call.args[0]), call.args[1])
            if found is not None:
                return found
        if call.builtin == "type" and (cls := self._class_of(call.only)) is not None:
            return (self._label_of[cls],)
        if call.builtin == "type" and (kind := self._kind(call.only)):
            return (kind,)
        if call.builtin == "zip" and call.spread is not None and not call.node.keywords:
            return self._made(call.callee, "", call.spread)
        counted = call.builtin == "enumerate" and not call.is_starred
        counted = counted and [keyword.arg for keyword in call.node.keywords] == ["start"]
        if call.is_simple or counted:
            return self._made(call.callee, call.method, call.args)
        return None

    def _strung(self, iterable: Operand) -> Course:
        """What `map` of `str`, `int` or `float` gives; anything else as it is."""
        tokens = plain(iterable) or ("",)
        parts = list(items_in(tokens[1:])) if tokens[0] == "map" else []
        kind = "" if len(parts) != 2 or len(parts[0]) != 1 else parts[0][0]
        found = self._source(parts[1], nested=True) if kind in ("str", *NUMBERS) else None
        if found is None or found.items is None:
            return iterable
        out: list[Known] = []
        for item in found.items:
            if kind in NUMBERS:
                number = number_read(kind, item) or as_float(kind, item)
            else:
                text = yield from self._texted(item)
                number = None if text is None else (OPEN, *text, CLOSE)
            if number is None:
                return iterable
            out.append(number)
        return Display(out)

    def _grows(self, call: Called) -> bool:
        """Have a list or dict take all that another collection holds, by `extend` or `update`, or
        lose all by `clear`; whether all of that is known."""
        found, more = self._members(call.callee), self._collection(call.only)
        if call.method == "clear" and found is not None and found.items is not None:
            self._change(replace(found, items=(), values=()))
            return True
        if found is None or more is None or found.items is None or more.items is None:
            return False
        if call.method == "extend" and found.kind == "list":
            items = self._grown(found, "+", call.only)
            if items is not None:
                self._change(replace(found, items=items))
            return items is not None
        return False

    def _takes(self, call: Called) -> bool:
        """Have a dict take what `update` is given, or an empty set an object, if that is known."""
        cell, empty = self._cell(call.only), self._members(call.callee)
        if call.method == "add" and cell is not None and cell.kind in ("obj", "fn", "cls"):
            if empty is None or (empty.kind, empty.items) != ("set", ()):
                return False
            self._change(replace(empty, items=(call.only,)))
            return True
        found = self._collection(call.callee) if call.method == "update" else None
        pairs = self._given_pairs(call) if found is not None and found.kind == "dict" else None
        grown = None if found is None or pairs is None else self._dict_grown(found, pairs)
        if grown is not None:
            self._change(grown)
        return grown is not None

    def _given_pairs(self, call: Called) -> list[Pair] | None:
        """The keys and values that `dict` or `update` is given, the keywords' behind the others."""
        names = [keyword.arg for keyword in call.node.keywords]
        count = len(call.node.args)
        pairs = self._pairs_of(call.args[0], is_new=call.is_of_new) if count == 1 else []
        if pairs is None or count > 1 or call.is_starred or None in names:
            return None
        keys = [(OPEN, *spell(name), CLOSE) for name in names if name is not None]
        return [*pairs, *zip(keys, call.args[count:], strict=True)]

    def _decided(self, name: str, given: Sequence[Operand] | None, only: Operand) -> Known | None:
        """What `any` or `all` gives of items whose truth is known."""
        found = self._collection(only) if given is None else None
        items = given if found is None else found.items
        truths = [None] if items is None else list(map(self._known_truth, items))
        stop = name == "any"
        for truth in truths:
            if truth is None:
                return None
            if truth is stop:
                return (str(stop),)
        return (str(not stop),)

    def _listed(self, name: str, iterable: Operand) -> Known | None:
        """What `list`, `tuple` or `dict` makes of an iterator, which gives what is known."""
        if (plain(iterable) or ("",))[0] not in ("zip", "enumerate", "reversed"):
            return None
        rows = self._rows(iterable, nested=True)
        if rows is None:
            return None
        items = [item for k in range(rows.size) if isinstance(item := rows.at(k), tuple)]
        if len(items) < rows.size:
            return None
        if name == "dict":
            pairs = [tuple(items_in(item)) for item in items if item[0] == "("]
            if len(pairs) < len(items) or any(len(pair) != 2 for pair in pairs):
                return None
            return dict_of([key for key, _ in pairs], [value for _, value in pairs])
        return Display([*items]) if name == "list" else tuple_of(items)

    def _instance(self, value: Operand, kind: Operand) -> Known | None:
        """Whether an object is of one of some classes; None if that is not known."""
        cls, own = self._class_of(value), self._kind(value)
        return self._derived(Atom(own) if cls is None and own else cls, kind)

    def _derived(self, cls: Value | None, kind: Operand) -> Known | None:
        """Whether a class is one of some, or derives from one; None if that is not known."""
        tokens = plain(kind)
        if cls is None or tokens is None:
            return None
        kinds = [self._class(one) for one in (items_in(tokens) if tokens[0] == "(" else [tokens])]
        if None in kinds:
            return None
        line = [*lineage(cls), Atom("object")]
        return (str(any(one in kinds for one in line)),)

    def _class(self, value: Operand) -> Value | None:
        """A class that a value is: of the program's own, or a builtin one."""
        cell, tokens = self._cell(value), plain(value)
        if cell is not None:
            return cell if cell.kind == "cls" else None
        known = tokens is not None and len(tokens) == 1 and tokens[0] in (*_CLASSES, *EXCEPTIONS)
        return Atom(tokens[0]) if tokens is not None and known else None


def is_plain(cell: Cell) -> bool:
    """Whether calling a class makes an object without attributes, and nothing else."""
    own = all(isinstance(base, Cell) and is_plain(base) for base in cell.bases)
    return own and not {"__init__", "__new__"} & set(cell.methods)


def _is_plain_exception(cell: Cell) -> bool:
    """Whether a class is an exception's, made as builtin ones are."""
    return is_exception_class(cell) and not (
        cell.attrs or {"__init__", "__new__"} & set(cell.methods)
    )
