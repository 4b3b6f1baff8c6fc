"""Tuples, lists, sets, dicts and comprehensions that the source spells out."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.loops import unstarred
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Operand, spelled_tuple
from cwm_lab.worldmodel.course.operations import integer_of, is_text
from cwm_lab.worldmodel.course.set_tables import Make, in_set_order, of_constants
from cwm_lab.worldmodel.course.templates import Templates
from cwm_lab.worldmodel.desugar import is_literal


class Displays(Templates):
    """A course for each of them."""

    def _Tuple(self, node: ast.Tuple) -> Course:
        parts = yield from self._parts(node.elts)
        self._side_by_side = parts
        known = [part for part in parts or () if isinstance(part, tuple | Display)]
        return None if parts is None or len(known) < len(parts) else spelled_tuple(known)

    def _List(self, node: ast.List) -> Course:
        parts = yield from self._parts(node.elts)
        if parts is None:
            return None
        known = [part for part in parts if isinstance(part, tuple | Display)]
        return Display(known) if len(known) == len(parts) else None

    def _Set(self, node: ast.Set) -> Course:
        parts = yield from self._parts(node.elts)
        self._each_once([part for part in parts or () if self._class_of(part) is not None])
        for part in parts or ():
            self._hash_of(None if self._class_of(part) is not None else part)
        constant = len(node.elts) > 2 and all(map(is_literal, node.elts))
        made = set_of(parts or (None,), of_constants(parts or ()) if constant else None)
        if made is None and self._writes():
            yield "may fail"  # an item that is a list
        return made

    def _Dict(self, node: ast.Dict) -> Course:
        keys: list[Operand] = []
        values: list[Operand] = []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(None if key is None else (yield from self._expr(key)))
            values.append((yield from self._expr(value)))
        if all(self._class_of(key) is not None for key in keys):
            kept = self._each_once(keys)
            told = [key for key in keys if isinstance(key, tuple)]
            known = [value for value in values if isinstance(value, tuple | Display)]
            if len(told) == len(known) == len(kept):
                return Display(known, keys=told)
        for part in keys:
            self._hash_of(None if self._class_of(part) is not None else part)
        found = dict_of(keys, values)
        if found is None and self._writes():
            yield "may fail"  # a key that is a list
        return found

    def _parts(self, nodes: Sequence[ast.expr]) -> Generator[Signal, Sent, list[Operand] | None]:
        """The values of expressions side by side, starred ones spread out; None if these are not
        known."""
        out: list[Operand] | None = []
        for node in nodes:
            value = yield from self._expr(unstarred(node))
            items = self._spread(node, value)
            out = None if out is None or items is None else [*out, *items]
        return out

    def _ListComp(self, node: ast.ListComp) -> Course:
        found = yield from self._comprehension(node.generators, [node.elt])
        items = [item for (item,) in found]
        known = [item for item in items if isinstance(item, tuple | Display)]
        return Display(known) if len(known) == len(items) else None

    def _SetComp(self, node: ast.SetComp) -> Course:
        found = yield from self._comprehension(node.generators, [node.elt])
        return set_of([item for (item,) in found])

    def _DictComp(self, node: ast.DictComp) -> Course:
        pairs = yield from self._comprehension(node.generators, [node.key, node.value])
        found: dict[Operand, Operand] = {}
        for key, value in pairs:
            if not isinstance(key, tuple):
                return None
            found[key] = value
        return dict_of([*found], [*found.values()])


def dict_of(keys: Sequence[Operand], values: Sequence[Operand]) -> Display | None:
    """A dict of these, if they are known and the keys are all texts or all integers, each once."""
    told = [key for key in keys if isinstance(key, tuple)]
    known = [value for value in values if isinstance(value, tuple | Display)]
    alike = all(map(is_text, told)) or all(integer_of(key) is not None for key in told)
    if len(told) < len(keys) or len(known) < len(values) or len(set(told)) < len(told):
        return None
    return Display(known, keys=told) if alike else None


def set_of(items: Sequence[Operand], make: Make | None = None) -> Display | None:
    """A set of numbers, texts or tuples that are known. make: see `in_set_order`."""
    order = in_set_order(items, make)
    return None if order is None else Display(order, is_set=True)
