"""Builtin functions and methods that `map`, and `key` of what orders, call by the way: each call is
noted like one that the source spells out."""

from __future__ import annotations

import ast
from collections.abc import Generator

from cwm_lab.worldmodel.course.callees import Callees
from cwm_lab.worldmodel.course.collection import applied_method
from cwm_lab.worldmodel.course.held import Called
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal, Steps
from cwm_lab.worldmodel.course.operands import Operand, Piece, plain
from cwm_lab.worldmodel.course.operations import is_text


class Applications(Callees):
    """The notes of such calls."""

    def _called(self, call: Called) -> Course:
        """A call whose parts are evaluated."""
        raise NotImplementedError

    def _text_keys(self, call: Called) -> Steps:
        """The calls of a method of texts by which something is ordered."""
        names = [keyword.arg for keyword in call.node.keywords]
        orders = call.method == "sort" or call.builtin in ("sorted", "min", "max")
        if not orders or "key" not in names or {*names} - {"key", "reverse"}:
            return
        key = call.args[len(call.node.args) + names.index("key")]
        of = call.callee if call.method else call.args[0] if len(call.node.args) == 1 else None
        found = self._members(of)
        items = found.items if found is not None else None
        if applied_method(key) and items and all(is_text(plain(item)) for item in items):
            for item in items:
                self._sort_keys.append((yield from self._applied(key, item)))

    def _all_applied(self, iterable: Operand) -> Generator[Signal, Sent, list[Operand] | None]:
        """What a `map` of a builtin function gives, call by call; None for others."""
        found = self._applications(iterable)
        if found is None:
            return None
        out: list[Operand] = []
        for item in found[1]:
            value = yield from self._applied(found[0], item)
            out.append(value)
        return out

    def _applied(self, function: Operand, item: Operand) -> Course:
        """A call of a builtin function or method with one item, noted like one that is spelled
        out."""
        method = applied_method(function)
        name = (plain(function) or ("",))[0]
        arg, given = ast.Name("item"), (item, None)
        if method:
            attribute = self.prompt.names.attribute(method)
            node = ast.Call(ast.Attribute(arg, method), [], [])
            pieces: list[Piece] = [given, ".", attribute, "(", ")"]
            return (
                yield from self._called(Called(node, item, method, [], pieces, False, None, []))
            )
        node = ast.Call(ast.Name(name), [arg], [])
        pieces = [name, "(", given, ")"]
        return (
            yield from self._called(Called(node, function, "", [item], pieces, False, None, [item]))
        )
