"""Items that are given one by one: by generators, by objects, by functions that `map` or `filter`
call. Each is asked for when it is needed, so that the calls of several alternate."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import count

from cwm_lab.worldmodel.course.collection import applied_method, parts_of
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.methods import Methods
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    plain,
    spelled_tuple,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    APPLIED,
    NUMBERS,
    integer_of,
    is_text,
    number_of,
    number_read,
)
from cwm_lab.worldmodel.course.protocols import CALLERS
from cwm_lab.worldmodel.values import MAX_ITEMS

STOPS_AT = {"any": True, "all": False}
"""Builtins that take items up to one of this truth."""


_APPLIED = [(name,) for name in APPLIED]


class Ended(Exception):  # noqa: N818 - no error
    """There is no further item."""


class Streams(Methods):
    """What gives items one by one."""

    def _stream(self, value: Operand, *, sized: bool = False) -> Iterator[Operand] | None:
        """The items that code of the program gives; None if it gives none of them. sized: whether
        it is asked first how many they are."""
        if self._is_generator(value):
            return self._generated(value)
        if method := self._special(value, ("__iter__", "__getitem__")):
            return self._iterated(value, method, sized=sized)
        name, parts = parts_of(value)
        calls = name in CALLERS
        if name not in (*CALLERS, "enumerate", "zip") or len(parts) <= calls:
            return None
        sources = parts[:1] if name == "enumerate" else parts[calls:]
        streams = [self._stream(part) for part in sources]
        if not (any(streams) or (calls and (self._is_own(parts[0]) or parts[0] == ("None",)))):
            return None
        given = [
            self._plainly(part) if stream is None else stream
            for stream, part in zip(streams, sources, strict=True)
        ]
        if calls:
            return self._mapped(name, parts[0], given)
        return self._joined_up(given, parts[1:] if name == "enumerate" else None)

    def _joined_up(
        self, sources: Sequence[Iterator[Operand]], start: Sequence[Known] | None
    ) -> Iterator[Operand]:
        """What `zip` gives, or `enumerate` if there is a start, by default 0."""
        first = integer_of(plain(start[0])) if start else 0
        for place, items in enumerate(zip(*sources, strict=False)):
            number = None if first is None else tuple(str(first + place))
            told = [item for item in items if isinstance(item, tuple)]
            if number is None or len(told) < len(items):
                raise Unclear
            yield tuple_of(told if start is None else [number, *told])

    def _generated(self, generator: Operand) -> Iterator[Operand]:
        while (value := self._advance(generator)) is not None:
            yield value

    def _iterated(self, value: Operand, method: str, *, sized: bool) -> Iterator[Operand]:
        """What an object gives by its own `__iter__`, or by its `__getitem__` place by place."""
        iterator = value if method == "__getitem__" else self._through(value, method)
        if sized and self._special(value, ("__len__",)):
            self._through(value, "__len__")
        if method == "__getitem__":
            for place in count():
                if self._has_stopped():
                    return
                yield self._through(value, method, [tuple(str(place))])
        if self._is_generator(iterator):
            yield from self._generated(iterator)
        elif self._special(iterator, ("__next__",)):
            while not self._has_stopped():
                yield self._through(iterator, "__next__")
        else:
            raise Unclear

    def _has_stopped(self) -> bool:
        """Whether a call has told that there is nothing further."""
        if not (self._returned and isinstance(self._returned[0][1], str)):
            return False
        self._returned.pop(0)
        self._written.clear()
        return True

    def _plainly(self, value: Operand) -> Iterator[Operand]:
        """What is given without a call. Raises Unclear where it is not known."""
        rows = self._rows(value, nested=True)
        if rows is None:
            raise Unclear
        yield from map(rows.at, range(rows.size))

    def _mapped(
        self, name: str, function: Known, sources: Sequence[Iterator[Operand]]
    ) -> Iterator[Operand]:
        """What `map` or `filter` gives, by a call for each item; what builtin functions but `int`
        and `float` make of them is not known."""
        own = self._is_own(function)
        reads = next((kind for kind in NUMBERS if function == (kind,)), "") if name == "map" else ""
        for items in zip(*sources, strict=False):
            result: Operand = None
            if own:
                result = self._through(*self._meant(function, ""), items)
            elif reads and len(items) == 1:
                result = number_read(reads, items[0])
            if name == "filter":
                truth = self._known_truth(result if own else items[0])
                if truth is None or (not own and function != ("None",)):
                    raise Unclear
                result = items[0]
                if not truth:
                    continue
            yield result

    def _is_given(self, within: Operand) -> Generator[Signal, Sent, bool]:
        """Whether `in` finds something among what is given one by one. Of the last the network
        says it; what came before was another thing, unless others go on with a generator."""
        items, shared = self._stream(within), self._is_generator(within)
        if items is None or next(items, None) is None:
            return False
        while True:
            if shared and (yield "fork") == 0:
                return True
            try:
                if next(items, None) is None:
                    return False
            except Fails:
                if (yield "fork") == 0:
                    self.effect, self.ends = None, False
                    return True
                raise

    def _read_through(self, iterable: Operand) -> Course:
        """An iterator whose sources that read texts, such as `map` of `int`, are what they give."""
        name, parts = parts_of(iterable)
        if name == "map":
            given = yield from self._strung(iterable)
            items = given.items if isinstance(given, Display) and given is not iterable else None
            told = [item for item in items or () if isinstance(item, tuple)]
            if items is not None and len(told) == len(items) <= MAX_ITEMS:
                return tuple_of(told)
        if name not in (*CALLERS, "enumerate", "zip", "reversed"):
            return iterable
        inner: list[Known] = []
        for part in parts:
            read = yield from self._read_through(part)
            assert isinstance(read, tuple | Display)
            inner.append(read)
        return spelled_tuple(inner, name)

    def _applications(self, iterable: Operand) -> tuple[Operand, Sequence[Operand]] | None:
        """The builtin function that a `map` calls, and with what, if these calls are noted."""
        name, parts = parts_of(iterable)
        if name != "map" or len(parts) != 2 or is_text(plain(parts[1])):
            return None
        method, builtin = applied_method(parts[0]), plain(parts[0]) or ("",)
        found = self._collection(parts[1])
        if found is None or found.items is None or not (method or builtin in _APPLIED):
            return None
        texts = bool(method) or builtin == ("len",)
        fits = all((is_text if texts else _is_number)(plain(item)) for item in found.items)
        return (parts[0], found.items) if fits and len(found.items) <= MAX_ITEMS else None

    def _applied(self, function: Operand, item: Operand) -> Course:
        """What such a call gives."""
        raise NotImplementedError

    def _strung(self, iterable: Operand) -> Course:
        """What `map` of `str`, `int` or `float` gives; anything else as it is."""
        raise NotImplementedError

    def _item_at(self, iterable: Operand, visit: int) -> Operand:
        """What a loop takes in its visit-th round, from 0, of an iterator that code of the program
        gives the items of; None if that is not known. Raises Ended if there is none."""
        if self._is_generator(iterable):
            item: Operand = self._advance(iterable)
            if item is None:
                raise Ended
            return item
        if method := self._special(iterable, ("__next__", "__getitem__")):
            place = [] if method == "__next__" else [tuple(str(visit))]
            return self._through(iterable, method, place)
        name, parts = parts_of(iterable)
        if name == "map" and self._is_own(parts[0]):
            given = [self._item_at(part, visit) for part in parts[1:]]
            return self._through(*self._meant(parts[0], ""), given)
        if name == "enumerate":
            start = integer_of(plain(parts[1])) if len(parts) > 1 else 0
            item = self._item_at(parts[0], visit)
            if start is None or not isinstance(item, tuple):
                return None
            return tuple_of([tuple(str(start + visit)), item])
        if name == "zip" and parts:
            together = [self._item_at(part, visit) for part in parts]
            told = [item for item in together if isinstance(item, tuple)]
            return tuple_of(told) if len(told) == len(together) else None
        rows = self._rows(iterable, nested=True)
        if rows is None:
            return None
        if visit >= rows.size:
            raise Ended
        return rows.at(visit)

    def _next(self, args: Sequence[Operand], pieces: Sequence[Piece], *, top: bool) -> Course:
        """`next` of a generator, or of an object that has it."""
        value: Operand
        if self._is_generator(args[0]):
            value = self._advance(args[0])
            if value is None and len(args) == 1:
                raise self._error_told(("StopIteration", *tuple_of([])))
            value = args[1] if value is None else value
        else:
            value = self._through(args[0], "__next__")
        return (yield from self._noted_return(pieces, value, top=top))

    def _drained(
        self, name: str, items: Iterator[Operand], pieces: Sequence[Piece], *, top: bool
    ) -> Course:
        """What `list` and the like make of all that is given; asked for, if they do more than keep
        it."""
        if name in STOPS_AT:
            for item in items:
                if (yield from self._truth(item)) is STOPS_AT[name]:
                    return (yield from self._known_result(pieces, (str(STOPS_AT[name]),), top=top))
            return (yield from self._known_result(pieces, (str(not STOPS_AT[name]),), top=top))
        given = [*items]
        known = [item for item in given if isinstance(item, tuple)]
        if name in ("list", "tuple") and len(known) == len(given) <= MAX_ITEMS:
            made: Known = Display([*known]) if name == "list" else tuple_of(known)
            return (yield from self._known_result(pieces, made, top=top))
        if name == "sum" and (total := self._sum_of(given, ("0",))) is not None:
            return (yield from self._noted_return(pieces, total, top=top))
        if not self._writes():
            return self._noted_before(pieces)
        return (yield from self._noted(pieces, skippable=top and name != "sum"))


def _is_number(tokens: Known | None) -> bool:
    return isinstance(tokens, tuple) and number_of(tokens) is not None
