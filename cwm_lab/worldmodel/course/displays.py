"""Tuples, lists, sets, dicts and comprehensions that the source spells out."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.loops import unstarred
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Operand, spelled_tuple
from cwm_lab.worldmodel.course.pairs import Pair, dict_of_pairs
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
        pairs: list[Pair] | None = []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(None if key is None else (yield from self._expr(key)))
            values.append((yield from self._expr(value)))
            more = [(keys[-1], values[-1])] if key is not None else self._spread_pairs(values[-1])
            pairs = None if pairs is None or more is None else [*pairs, *more]
        if all(self._class_of(key) is not None for key in keys):
            kept = self._each_once(keys)
            told = [key for key in keys if isinstance(key, tuple)]
            known = [value for value in values if isinstance(value, tuple | Display)]
            if len(told) == len(known) == len(kept):
                return Display(known, keys=told)
        for part in keys:
            self._hash_of(None if self._class_of(part) is not None else part)
        found = None if pairs is None else dict_of_pairs(pairs)
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
        found = yield from self._comprehension(node.generators, [node.key, node.value])
        return dict_of_pairs([(key, value) for key, value in found])

    def _spread_pairs(self, value: Operand) -> list[Pair] | None:
        """What `**` takes out of a dict."""
        found = self._collection(value)
        return self._pairs_of(value) if found is not None and found.kind == "dict" else None


def set_of(items: Sequence[Operand], make: Make | None = None) -> Display | None:
    """A set of numbers, texts or tuples that are known. make: see `in_set_order`."""
    order = in_set_order(items, make)
    return None if order is None else Display(order, is_set=True)
