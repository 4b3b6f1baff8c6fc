"""Methods that put a set and other collections together: which items it has then is found by one
comparison after the other."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from cwm_lab.worldmodel.course.collection import Collection, keys_of
from cwm_lab.worldmodel.course.held import Called, Held
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.memberships import (
    GATHERING,
    IN_PLACE,
    can_be_gathered,
    gathered,
)
from cwm_lab.worldmodel.course.notes import END, EQUALS, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Known, Operand
from cwm_lab.worldmodel.course.set_tables import Make, Number, Numbers, in_set_order, numbers_in
from cwm_lab.worldmodel.course.working import truly
from cwm_lab.worldmodel.values import MAX_ITEMS


class Gathering(Held):
    """The course of such a method."""

    def _gathers(self, call: Called) -> Generator[Signal, Sent, Operand]:
        """What a call of such a method gives; None if it is none, or if it is noted otherwise."""
        found = self._members(call.callee) if call.method in GATHERING else None
        args = call.spread if call.is_starred and call.given is None else call.args
        if found is None or found.kind != "set" or found.items is None or args is None:
            return None
        if call.node.keywords:
            return None
        others = [other for arg in args if (other := self._gathered_from(arg)) is not None]
        if call.given is not None and GATHERING[call.method] == "&":
            return None
        if call.given is not None:
            if None in call.given:
                raise Unclear
            others = [Collection("given", tuple(call.given))]
        symbol, in_place = GATHERING[call.method], call.method in IN_PLACE
        if len(others) < len(args) or (symbol == "^" and len(args) != 1):
            return None
        if [other.kind for other in others] == ["set"] and not in_place:
            return None
        keys = [keys for side in (found, *others) if (keys := keys_of(side.items)) is not None]
        if len(keys) <= len(others) or not can_be_gathered(symbol, keys):
            return None
        sets = [other.kind == "set" for other in others]
        taken, kept = truly(gathered(symbol, keys, sets))
        if taken:
            steps = gathered(symbol, keys, sets)
            kept = yield from self._worked(steps, call.pieces, END if in_place else EQUALS)
        order = _in_order(call.method, found, others, kept)
        told = None if order is None else Display(order, is_set=True)
        if in_place:
            self._change(replace(found, items=None if order is None else tuple(order)))
            self._done(call)
            return ("None",)
        if taken:
            return (yield from self._answered(told))
        if told is None:
            return None
        return (yield from self._known_result(call.pieces, told, top=call.top))

    def _is_set_method(self, owner: Operand, method: str) -> bool:
        """Whether it is such a method that takes all of an iterator, of a set that is known."""
        found = self._members(owner) if GATHERING.get(method, "&") != "&" else None
        return found is not None and found.kind == "set"

    def _gathered_from(self, value: Operand) -> Collection | None:
        """What the items of an argument are, if they are known and not too many."""
        found = self._members(value)
        found = self._source(value) if found is None else found
        if found is None or found.items is None or len(found.items) > MAX_ITEMS:
            return None
        return found

    def _done(self, call: Called) -> None:
        """The effect of a call that gives None, if it is the whole statement."""
        if call.top and self.prompt.statement.kind == "<exec>" and not self.prompt.statement.binds:
            self.effect = ["<ok>"]


def _in_order(
    method: str,
    found: Collection,
    others: Sequence[Collection],
    kept: Sequence[tuple[int, int]],
) -> list[Known] | None:
    """The items that are kept of a set and others, in the order of the set that a method makes."""
    same = [found.label != "" and other.label == found.label for other in others]
    sides = [
        other.items or ()
        for other, itself in zip(others, same, strict=True)
        if other.kind == "set" and not itself
    ]
    items = [[found, *others][side].items for side, _ in kept]
    parts = [(of or ())[place] for of, (_, place) in zip(items, kept, strict=True)]
    return in_set_order(parts, _made_by(method, others, same), found.items or (), *sides)


def _made_by(method: str, others: Sequence[Collection], same: Sequence[bool]) -> Make:
    """What a method makes of a set and others. same: which of them are the set itself."""

    def make(table: Numbers, *tables: Numbers) -> Numbers:
        rest = iter(tables)
        args: list[Numbers | dict[Number, None] | list[Number]] = []
        for other, itself in zip(others, same, strict=True):
            numbers = numbers_in(other.items) or []
            if other.kind == "set":
                args.append(table if itself else next(rest))
            else:
                args.append(dict.fromkeys(numbers) if other.kind == "dict" else numbers)
        result: Numbers | None = getattr(table, method)(*args)
        return table if result is None else result

    return make
