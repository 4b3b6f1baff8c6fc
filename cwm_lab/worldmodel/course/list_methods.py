"""Methods that change lists: the places at which they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.choices import POSITIONS
from cwm_lab.worldmodel.course.arithmetic import counted_from_end
from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Note
from cwm_lab.worldmodel.course.operands import Operand, Piece, plain
from cwm_lab.worldmodel.course.operations import integer_of
from cwm_lab.worldmodel.course.orders import Orders
from cwm_lab.worldmodel.course.slicing import put_in
from cwm_lab.worldmodel.values import Form, Text


class ListMethods(Orders):
    """A course for each of them."""

    def _list_method(self, found: Collection, name: str, args: Sequence[Operand]) -> Course:
        """The places of a method of lists, and what it gives and does."""
        size = found.size
        last = EQUALS if name == "pop" else END
        if found.items is not None and name in ("append", "reverse"):
            # Nothing is decided here.
            if name == "reverse":
                for place in reversed(POSITIONS[: len(found.items)]):  # noqa: UP028
                    yield place
                self._change(replace(found, items=found.items[::-1]))
            else:
                yield POSITIONS[len(found.items)]
                self._change(found.inserted(len(found.items), args[-1] if args else None))
            yield END
            return ("None",)
        if name in ("sort", "reverse"):
            places = yield from self._places(size, last, size or 0)
            parts = [found.at(place) for place in places]
            self._change(found if found.items is None else replace(found, items=tuple(parts)))
            return ("None",)
        grows = name in ("append", "insert")
        if name == "pop" and found.items is not None:
            self._error = _nothing_popped(found)
        places = yield from self._places(
            size if size is None or not grows else size + 1, last, 1, 1
        )
        if found.items is None or not places:
            self._change(replace(found, items=None))
            return (yield from self._asked(END)) if name == "pop" else ("None",)
        value = found.at(places[0])
        if grows:
            self._change(found.inserted(places[0], args[-1] if args else None))
        else:
            self._change(found.without(places[0]))
        return (yield from self._answered(value)) if name == "pop" else ("None",)

    def _removed(self, found: Collection, places: Sequence[int]) -> Course:
        if not places:
            yield from self._or_raises()
            return None
        yield END
        self._change(found.without(places[0]))
        return ("None",)

    def _counted_out(self, found: Collection, name: str, args: Sequence[Operand]) -> Note | None:
        """The note of `insert` at a place that is known, or of `pop` of one that is counted from
        the end; None of others."""
        place = integer_of(plain(args[0])) if len(args) == 1 + (name == "insert") else None
        if place is None or found.items is None or (name == "pop" and place > -2):
            return None
        if name == "pop":
            return partial(self._popped, found, place)
        return partial(self._inserted, found, place, args[1])

    def _popped(self, found: Collection, index: int, pieces: Sequence[Piece]) -> Course:
        size = found.size or 0
        place = yield from self._worked(counted_from_end(size, index), pieces, ARROW)
        if not 0 <= place < size:
            self._error = _nothing_popped(found)
            yield from self._or_raises()
            return None
        yield POSITIONS[place]
        yield EQUALS
        self._change(found.without(place))
        return (yield from self._answered(found.at(place)))

    def _inserted(
        self, found: Collection, index: int, item: Operand, pieces: Sequence[Piece]
    ) -> Course:
        place = yield from self._worked(put_in(found.size or 0, index), pieces, ARROW)
        yield POSITIONS[place]
        yield END
        self._change(found.inserted(place, item))
        return ("None",)


def _nothing_popped(found: Collection) -> Form:
    message = "pop index out of range" if found.items else "pop from empty list"
    return Form("IndexError", (Text(message),))
