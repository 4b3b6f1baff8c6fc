"""What is looked for among others, and sets: one comparison after the other, then the places."""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.choices import POSITIONS, Choice
from cwm_lab.worldmodel.course.collection import Collection, keys_of
from cwm_lab.worldmodel.course.items import Arrow
from cwm_lab.worldmodel.course.memberships import (
    OPERATIONS,
    can_be_sought,
    can_be_told_apart,
    combined,
    distinct,
    related,
)
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Note, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Known, Operand, Piece
from cwm_lab.worldmodel.course.set_tables import Make, in_set_order, numbers_in, with_added
from cwm_lab.worldmodel.course.subscripts import Subscripts
from cwm_lab.worldmodel.course.working import Working, truly
from cwm_lab.worldmodel.values import MAX_ITEMS

_OPERATORS: dict[str, Make] = {
    "|": operator.or_, "&": operator.and_, "-": operator.sub, "^": operator.xor,
}  # fmt: skip
_IN_PLACE: dict[str, Make] = {
    "|": operator.ior, "&": operator.iand, "-": operator.isub, "^": operator.ixor,
}  # fmt: skip


class Sets(Subscripts):
    """What two sets give together, and how one is made."""

    def _of_sets(
        self, symbol: str, left: Operand, right: Operand
    ) -> tuple[Arrow, Callable[[], Course], Note | None]:
        """How an operation notes places: on two sets, those of the left one's items that are left,
        or those of the right one's that are new; what asks for them at once, and the working
        steps."""
        if symbol not in OPERATIONS:
            return False, self._anywhere, None
        a, b = self._members(left), self._members(right)
        placed = symbol != "^"
        for value, found in ((left, a), (right, b)):
            if found is None and self._may_have_places(value) is False:
                return False, self._anywhere, None
            if found is not None and found.kind != "set":
                return False, self._anywhere, None
        if a is None or b is None or a.items is None or b.items is None:
            return None, self._anywhere, None
        if len(a.items) + len(b.items) > MAX_ITEMS:
            return False, self._anywhere, None
        course, steps = partial(self._combined, symbol, a, b), _steps(symbol, a, b)
        if steps is None or (not placed and not truly(steps)[0]):
            return placed, course, None
        return placed, course, course

    def _combined(
        self, symbol: str, left: Collection, right: Collection, pieces: Sequence[Piece] = ()
    ) -> Course:
        """What an operation on two sets gives."""
        make = _OPERATORS[symbol]
        order = yield from self._kept(symbol, left, right, EQUALS, pieces, make)
        return (yield from self._answered(None if order is None else Display(order, is_set=True)))

    def _kept(
        self,
        symbol: str,
        left: Collection,
        right: Collection,
        last: Choice,
        pieces: Sequence[Piece],
        make: Make,
    ) -> Generator[Signal, Sent, list[Known] | None]:
        """The places that an operation on two sets notes, behind working steps that find them, if
        it carries some; gives the items, if their order is known. make: what makes that of them."""
        mine, more = left.items or (), right.items or ()
        steps = _steps(symbol, left, right)
        new: list[int] = []
        if steps is None:
            kept = yield from self._places((right if symbol == "|" else left).size, last)
            kept, new = ([], kept) if symbol == "|" else (kept, [])
        else:
            kept, new = yield from self._worked(steps, pieces, last if symbol == "^" else ARROW)
            if symbol != "^":
                for place in new if symbol == "|" else kept:
                    yield POSITIONS[place]
                yield last
        items = [*mine] if symbol == "|" else [*map(left.at, kept)]
        items += map(right.at, new)
        if left == right and (left.label or left.display is right.display):
            return in_set_order(items, lambda table: make(table, table), mine)
        return in_set_order(items, make, mine, more)

    def _set_augmented(self, symbol: str, left: Operand, right: Operand) -> Course:
        """The note of `|=`, `&=` or `-=` on a set, which it changes."""
        mine, other = self._members(left), self._members(right)
        assert mine is not None
        assert other is not None
        pieces: list[Piece] = [(left, None), symbol, (right, None)]
        if _steps(symbol, mine, other) is None:
            yield from self._left(pieces, ARROW)
        order = yield from self._kept(symbol, mine, other, END, pieces, _IN_PLACE[symbol])
        self._change(replace(mine, items=None if order is None else tuple(order)))
        return left

    def _related(self, symbol: str, left: Collection, right: Collection) -> Working[bool] | None:
        """The working steps by which two sets are compared."""
        keys = keys_of(left.items), keys_of(right.items)
        if keys[0] is None or keys[1] is None or not can_be_sought(keys[0], keys[1]):
            return None
        return related(symbol, keys[0], keys[1], are_sets=right.kind == "set")

    def _set_made(self, found: Collection) -> Note | None:
        """The working steps by which a set is made of a collection's items."""
        keys = keys_of(found.items)
        if keys is None or not can_be_told_apart(keys):
            return None
        return partial(self._distinct, found, distinct(keys))

    def _distinct(
        self, found: Collection, steps: Working[list[int]], pieces: Sequence[Piece]
    ) -> Course:
        items, given = found.items or (), found.kind == "given"
        places = yield from self._worked(steps, pieces, EQUALS if given else ARROW)
        if not given:
            for place in places:
                yield POSITIONS[place]
            yield EQUALS
        return (yield from self._answered(_set_of(found, [items[place] for place in places])))

    def _set_picked(self, found: Collection) -> Course:
        """A set of the items at some places."""
        places = yield from self._places(found.size, EQUALS)
        items = [found.items[place] for place in places] if found.items else []
        return (yield from self._answered(_set_of(found, items)))

    def _set_method(self, found: Collection, name: str, args: Sequence[Operand]) -> Course:
        """The place of a method of sets, and what it gives and does."""
        assert found.items is not None
        size, last = len(found.items), EQUALS if name == "pop" else END
        needed = int(name != "discard")
        room = found.room(args[0]) if name == "add" else 0
        places = yield from self._places(size + room, last, needed, 1)
        self._set_changed_at(found, name, args, places)
        if name != "pop":
            return ("None",)
        return (yield from self._answered(found.at(places[0]) if places else None))

    def _set_changed_at(
        self, found: Collection, name: str, args: Sequence[Operand], places: Sequence[int]
    ) -> None:
        """What a set becomes to which something is added, or from which it is taken."""
        items = found.items or ()
        if places and places[0] == len(items):
            order = in_set_order([*items, args[0]], with_added(args), items)
            self._change(replace(found, items=None if order is None else tuple(order)))
        elif places and name != "add":
            self._change(found.without(places[0]))

    def _set_changed(
        self, found: Collection, name: str, args: Sequence[Operand], places: Sequence[int]
    ) -> Course:
        """The same behind working steps that have looked for it."""
        if name == "add" and not places:
            places = [len(found.items or ())]
            yield POSITIONS[places[0]]
        if name == "remove" and not places:
            self._may_fail(True, self._no_place(replace(found, kind="dict"), [(args[0], None)]))
            yield from self._or_raises()
            return None
        yield END
        self._set_changed_at(found, name, args, places)
        return ("None",)


def _set_of(found: Collection, items: Sequence[Operand]) -> Display | None:
    """The set that is made of a collection. items: of those that it holds, each once."""
    numbers = numbers_in(found.items)
    if found.kind == "set":
        order = in_set_order(items, lambda table: {*table}, found.items or ())
    elif found.kind == "dict" and numbers is not None:
        order = in_set_order(items, lambda: set(dict.fromkeys(numbers)))
    elif numbers is not None:
        order = in_set_order(items, lambda: {*numbers})
    else:
        order = in_set_order(items)
    return None if order is None else Display(order, is_set=True)


def _steps(
    symbol: str, left: Collection, right: Collection
) -> Working[tuple[list[int], list[int]]] | None:
    keys = keys_of(left.items), keys_of(right.items)
    if keys[0] is None or keys[1] is None or not can_be_sought(keys[0], keys[1]):
        return None
    return combined(symbol, keys[0], keys[1])
