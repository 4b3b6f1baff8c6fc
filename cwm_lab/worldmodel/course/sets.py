"""Operations on sets: the network says which items are left, or are new."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.choices import Choice
from cwm_lab.worldmodel.course.collection import Collection, in_set_order
from cwm_lab.worldmodel.course.items import Arrow
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Known, Operand
from cwm_lab.worldmodel.course.subscripts import Subscripts
from cwm_lab.worldmodel.values import MAX_ITEMS


class Sets(Subscripts):
    """What two sets give together."""

    def _of_sets(
        self, symbol: str, left: Operand, right: Operand
    ) -> tuple[Arrow, Callable[[], Course]]:
        """How an operation notes places: on two sets, those of the left one's items that are left,
        or those of the right one's that are new."""
        if symbol not in ("&", "-", "|"):
            return False, self._anywhere
        a, b = self._members(left), self._members(right)
        for value, found in ((left, a), (right, b)):
            if found is None and self._may_have_places(value) is False:
                return False, self._anywhere
            if found is not None and found.kind != "set":
                return False, self._anywhere
        if a is None or b is None or a.items is None or b.items is None:
            return None, self._anywhere
        if len(a.items) + len(b.items) > MAX_ITEMS:
            return False, self._anywhere
        return True, partial(self._combined, symbol, a, b)

    def _combined(self, symbol: str, left: Collection, right: Collection) -> Course:
        """What an operation on two sets gives."""
        order = yield from self._set_places(symbol, left, right, EQUALS)
        return (yield from self._answered(None if order is None else Display(order, is_set=True)))

    def _set_places(
        self, symbol: str, left: Collection, right: Collection, last: Choice
    ) -> Generator[Signal, Sent, list[Known] | None]:
        """The places that an operation on two sets notes; gives the items, if their order is
        known."""
        places = yield from self._places((right if symbol == "|" else left).size, last)
        if symbol == "|":
            found = [*(left.items or ()), *(right.at(place) for place in places)]
            return in_set_order(found, left.items or (), right.items or ())
        return [item for place in places if isinstance(item := left.at(place), tuple)]

    def _set_augmented(self, symbol: str, left: Operand, right: Operand) -> Course:
        """The note of `|=`, `&=` or `-=` on a set, which it changes."""
        mine, other = self._members(left), self._members(right)
        assert mine is not None
        assert other is not None
        yield from self._left([(left, None), symbol, (right, None)], ARROW)
        order = yield from self._set_places(symbol, mine, other, END)
        self._change(replace(mine, items=None if order is None else tuple(order)))
        return left
