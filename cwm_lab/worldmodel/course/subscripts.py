"""Subscripts: the network says where an item is, is put, or is taken away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.choices import POSITIONS, Choice
from cwm_lab.worldmodel.course.arithmetic import counted_from_end
from cwm_lab.worldmodel.course.collection import (
    Collection,
    all_plain,
)
from cwm_lab.worldmodel.course.items import TRUTHS, Arrow, Items
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Note, Sent, Signal
from cwm_lab.worldmodel.course.operands import Operand, Piece, plain
from cwm_lab.worldmodel.course.operations import (
    integer_of,
    is_literal_value,
    text_in,
)
from cwm_lab.worldmodel.course.ranges import part as part_of
from cwm_lab.worldmodel.course.ranges import range_of
from cwm_lab.worldmodel.course.slicing import Edges, edges_of, empty_place, sliced, unfolded
from cwm_lab.worldmodel.course.working import Working, truly
from cwm_lab.worldmodel.values import MAX_ITEMS, Atom, Form, Text


class Subscripts(Items):
    """Subscripts that are read, and those that are targets."""

    def _has_place(self, owner: Operand, key: Sequence[Piece]) -> Arrow:
        """Whether the note of a subscript names places."""
        found = self._collection(owner)
        if found is None:
            return self._may_have_places(owner)
        if found.kind in ("set", "view"):
            return False
        if found.kind != "dict":
            return (found.size or 0) <= MAX_ITEMS
        value = key[0][0] if len(key) == 1 and isinstance(key[0], tuple) else None
        return all_plain([value, *(found.items or ())])

    def _subscript(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece], *, top: bool
    ) -> Course:
        """What a subscript gives."""
        pieces: list[Piece] = [owner, "[", *key, "]"]
        key = unfolded(key)
        found, arrow = self._collection(owner[0]), self._has_place(owner[0], key)
        if found is not None and not self._writes():
            return self._noted_before(pieces, found, many=":" in key)
        many = ":" in key
        numbers, cut = range_of(owner[0]), edges_of(key) if many else None
        if numbers is not None and cut is not None:
            return (yield from self._range_cut(pieces, numbers, cut, top=top))
        ask: Callable[[], Course] = self._anywhere
        if found is not None:
            ask = partial(self._picked if many else self._item, found)
        skippable, late = top and not arrow, self._says_late(found, key, arrow)
        safe = many and found is not None and all(map(_is_edge, key)) and _steps(key)
        index = integer_of(plain(key[0][0])) if isinstance(key[0], tuple) and not many else None
        working: Note | None = None
        if arrow and found is not None and found.kind != "dict":
            edges = edges_of(key) if many and found.items is not None else None
            if edges is not None:
                working = partial(self._cut_out, found, edges)
            elif index is not None and index < -1:
                working = partial(self._from_end, found, index)
        return (
            yield from self._noted(
                pieces,
                skippable=skippable,
                safe=safe,
                arrow=arrow,
                ask=ask,
                late=late,
                error=self._subscript_fails(owner[0], found, key, late=late),
                working=working,
            )
        )

    def _subscript_fails(
        self, owner: Operand, found: Collection | None, key: Sequence[Piece], *, late: Arrow
    ) -> Form | None:
        """The error of a subscript that is read, if it fails."""
        error = self._no_place(found, key) if late else None
        if error is None and len(key) == 1 and isinstance(key[0], tuple):
            return self._reading_fails(owner, key[0][0])
        return error

    def _reading_fails(self, owner: Operand, key: Operand) -> Form | None:
        """The same for any key."""
        raise NotImplementedError

    def _from_end(self, found: Collection, index: int, pieces: Sequence[Piece]) -> Course:
        """The value at a place that is counted from the end."""
        place = yield from self._worked(counted_from_end(found.size or 0, index), pieces, ARROW)
        if 0 <= place < (found.size or 0):
            yield POSITIONS[place]
            yield EQUALS
            return (yield from self._answered(found.at(place)))
        yield from self._or_raises()
        return None

    def _range_cut(
        self, pieces: Sequence[Piece], numbers: range, edges: Edges, *, top: bool
    ) -> Course:
        """The part of a range that a slice is."""
        steps, simple = truly(part_of(numbers, edges))
        if not steps:
            return (yield from self._known_result(pieces, simple, top=top))
        if not self._writes():
            return self._noted_before(pieces)
        found = yield from self._worked(part_of(numbers, edges), pieces)
        return (yield from self._answered(found))

    def _cut_out(self, found: Collection, edges: Edges, pieces: Sequence[Piece]) -> Course:
        """The values that a slice gives: its bounds are worked out."""
        places = yield from self._worked(sliced(found.size or 0, edges), pieces, ARROW)
        for place in places:
            yield POSITIONS[place]
        yield EQUALS
        return (yield from self._answered(found.picked(places)))

    def _no_place(
        self, found: Collection | None, key: Sequence[Piece], doing: str = ""
    ) -> Form | None:
        """The error of a subscript that finds nothing. doing: what the message says it was for."""
        value = key[0][0] if len(key) == 1 and isinstance(key[0], tuple) else None
        text, integer = text_in(value), integer_of(plain(value))
        if found is None:
            return None
        if found.kind == "dict":
            if text is None and integer is None:
                return None
            return Form("KeyError", (Atom(str(integer)) if text is None else Text(text),))
        if integer is None:
            return None
        kind = "string" if found.kind == "text" else found.kind
        return Form("IndexError", (Text(f"{kind} {doing}index out of range"),))

    def _says_late(self, found: Collection | None, key: Sequence[Piece], arrow: Arrow) -> Arrow:
        """Whether the note of a subscript says in place of a place that there is none."""
        if arrow is False or ":" in key:
            return False
        if arrow is None or found is None:
            return None
        assert isinstance(key[0], tuple)
        return found.kind == "dict" or is_literal_value(plain(key[0][0]))

    def _store(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece], value: Operand
    ) -> Generator[Signal, Sent, None]:
        """Put a value at a place that the network says, or at a dict's end."""
        found = yield from self._target_place(owner, key, grows=True)
        if found is None:
            return
        known, place = found
        if known.kind == "dict" and known.size == place:
            assert isinstance(key[0], tuple)
            self._change(known.inserted(place, key[0][0], value))
        else:
            self._change(known.replaced(place, value))

    def _remove(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece]
    ) -> Generator[Signal, Sent, None]:
        """Delete what is at a place that the network says."""
        if (cut := self._as_cut(owner[0], key)) is not None:
            found, edges = cut
            steps = sliced(found.size or 0, edges)
            self._change(found.cut((yield from self._cut_places(owner, key, steps))))
            return
        place = yield from self._target_place(owner, key)
        if place is not None:
            self._change(place[0].without(place[1]))

    def _as_cut(self, owner: Operand, key: Sequence[Piece]) -> tuple[Collection, Edges] | None:
        """A list and the edges of its part that a target is, if they are known."""
        found, edges = self._collection(owner), edges_of(key) if ":" in key else None
        if edges is None or found is None or found.kind != "list" or found.items is None:
            return None
        return (found, edges) if self._has_place(owner, key) and self._writes() else None

    def _cut_places(
        self,
        owner: tuple[Operand, str | None],
        key: Sequence[Piece],
        steps: Working[range],
        *,
        put: bool = False,
    ) -> Generator[Signal, Sent, range]:
        """The note of the part of a list that a target is."""
        left: list[Piece] = [owner, "[", *key, "]"]
        places = yield from self._worked(steps, left, ARROW)
        for place in places or (empty_place(places) if put else ()):
            yield POSITIONS[place]
        yield END
        return places

    def _put_in(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece], value: Operand
    ) -> Generator[Signal, Sent, None]:
        """Put values in place of a part of a list."""
        cut = self._as_cut(owner[0], key)
        if cut is None:
            yield from self._store(owner, key, value)
            return
        found, edges = cut
        rows = self._rows(value, nested=True)
        if rows is None and is_literal_value(plain(value)):
            wide = "must assign iterable to extended slice"
            must = wide if sys.version_info >= (3, 13) else "can only assign an iterable"
            raise self._raised_with("TypeError", must if edges[2] == 1 else wide)
        if rows is None:
            yield "may fail"
        steps = sliced(found.size or 0, edges, put=edges[2] == 1)
        places = yield from self._cut_places(owner, key, steps, put=True)
        if rows is None:
            if edges[2] != 1:
                yield "may fail"
            self._change(replace(found, items=None))
            self._pure = False
            return
        if edges[2] != 1 and rows.size != len(places):
            message = f"sequence of size {rows.size} to extended slice of size {len(places)}"
            raise self._raised_with("ValueError", f"attempt to assign {message}")
        items = found.cut(places, [*map(rows.at, range(rows.size))]).items or ()
        self._change(replace(found, items=items if len(items) <= MAX_ITEMS else None))
        self._pure = self._pure and len(items) <= MAX_ITEMS

    def _is_sure(self, owner: Operand, key: Sequence[Piece]) -> bool:
        """Whether the note of a target says where that is, or that it is nowhere."""
        found, arrow = self._collection(owner), self._has_place(owner, key)
        if found is None or found.kind not in ("list", "dict") or ":" in key:
            return False
        assert isinstance(key[0], tuple)
        value = plain(key[0][0])
        fits = found.kind == "dict" or integer_of(value) is not None or value in TRUTHS
        return fits and self._says_late(found, key, arrow) is True

    def _target_place(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece], *, grows: bool = False
    ) -> Generator[Signal, Sent, tuple[Collection, int] | None]:
        """The note of a subscript that is a target; gives its place, if what it belongs to is
        known."""
        self._must_write()
        found, arrow = self._collection(owner[0]), self._has_place(owner[0], key)
        if ":" in key or (found is not None and found.kind not in ("list", "dict")):
            arrow = False
        late = self._says_late(found, key, arrow)
        if not late:
            yield "may fail"
        if arrow is None:
            arrow = (yield "fork") == 0
        if not arrow:
            self._stale, self._pure = True, False
            return None
        size = None if found is None else found.size
        error = self._no_place(found, key, "assignment ") if late else None
        self._may_fail(late is not False, error)
        if size is not None and grows and found is not None and found.kind == "dict":
            assert isinstance(key[0], tuple)
            size += found.room(key[0][0])
            self._may_fail(not is_literal_value(plain(key[0][0])))
        place = yield from self._one_place(owner, key, found, END, size)
        if found is None or found.items is None or place is None:
            self._stale, self._pure = True, False
            return None
        return found, place

    def _one_place(
        self,
        owner: tuple[Operand, str | None],
        key: Sequence[Piece],
        found: Collection | None,
        last: Choice,
        size: int | None = None,
    ) -> Generator[Signal, Sent, int | None]:
        """The note of the one place that a subscript names, up to and with `last`; None if that is
        not known. size: how many places there are, if not as many as are taken."""
        left: list[Piece] = [owner, "[", *key, "]"]
        size = found.size if size is None and found is not None else size
        index = integer_of(plain(key[0][0])) if isinstance(key[0], tuple) else None
        if found is None or size is None or found.kind != "list" or index is None or index > -2:
            yield from self._left(left, ARROW)
            places = yield from self._places(size, last, 1, 1)
            return places[0] if places else None
        place = yield from self._worked(counted_from_end(size, index), left, ARROW)
        if not 0 <= place < size:
            yield from self._or_raises()
            return None
        yield POSITIONS[place]
        yield last
        return place

    def _read_place(
        self, owner: tuple[Operand, str | None], key: Sequence[Piece]
    ) -> Generator[Signal, Sent, tuple[Operand, Callable[[Operand], None] | None]]:
        """The note of what an augmented assignment reads; gives its value, and how to store
        another."""
        found, arrow = self._collection(owner[0]), self._has_place(owner[0], key)
        if ":" in key or (found is not None and found.kind not in ("list", "dict")):
            arrow = False
        if not self._writes():
            return self._read_before([owner, "[", *key, "]"], found)
        late = self._says_late(found, key, arrow)
        if not late:
            yield "may fail"
        if arrow is None:
            arrow = (yield "fork") == 0
        if not arrow:
            return None, None
        self._may_fail(late is not False, self._no_place(found, key) if late else None)
        place = yield from self._one_place(owner, key, found, EQUALS)
        if found is None or found.items is None or place is None:
            return (yield from self._asked(END)), None
        value = yield from self._answered(found.at(place))
        return value, lambda new: self._change(found.replaced(place, new))

    def _read_before(
        self, left: Sequence[Piece], found: Collection | None
    ) -> tuple[Operand, Callable[[Operand], None] | None]:
        """The same, of what was read before a call that has returned."""
        note = self._note_before(left)
        if found is None or found.items is None or len(note.places) != 1:
            return note.value, None
        value = found.at(note.places[0]) if note.value is None else note.value
        return value, lambda new: self._change(found.replaced(note.places[0], new))


def _is_edge(piece: Piece) -> bool:
    """Whether a part of a slice is an integer, None or a colon."""
    if isinstance(piece, str):
        return True
    tokens = plain(piece[0])
    return tokens == ("None",) or integer_of(tokens) is not None


def _steps(key: Sequence[Piece]) -> bool:
    """Whether a slice has no step, or one that is not 0."""
    last = key[-1]
    return key.count(":") < 2 or last == ":" or plain(last[0]) != ("0",)  # type: ignore[arg-type]
