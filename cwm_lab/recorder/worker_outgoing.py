"""Values and objects as units (`worker_units`), on their way out of a recording process.

What stands in JSON for a value:

    a number, a text, null, true, false     itself
    [node]                                  an object
    [text, type]                            a text that was made at once
    [null, value, ...]                      a tuple
    [true, code, ...]                       a text that JSON does not keep: its characters' numbers

For an object:

    [node, number]                          it is in sight, and nothing is known of it yet
    [node, number, first number, category, type, shape, size, shown, value, ...]
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from itertools import compress, count
from operator import is_, is_not
from typing import Any

from cwm_lab.recorder.display import named_shape
from cwm_lab.recorder.kinds import INSTANCE
from cwm_lab.recorder.nodes import KEYED, Node
from cwm_lab.recorder.states import GONE as IS_GONE
from cwm_lab.recorder.states import Made, State
from cwm_lab.recorder.telling import Update
from cwm_lab.recorder.worker_units import (
    CHANGE,
    CUT,
    FIXED,
    FIXED_VALUES,
    FLOAT,
    FLOAT_UNIT,
    GONE,
    GROW,
    INT,
    NAMED_SHAPE,
    NEW,
    NO_SHAPE,
    NODE,
    OBJECT,
    OTHER,
    OWN_SHAPE,
    SIZE,
    TEXT,
    UNIT,
    with_document,
)

_FIXED = {value: number for number, value in enumerate(FIXED_VALUES)}
_PLAIN = frozenset((int, float, bool, type(None)))
_FEW = 6
"""Parts that take longer in one document than in units."""
_MOST = 2**32
"""Items that a unit has no place for."""


def _encoder() -> Callable[[object], str]:
    """`json.dumps`, without what it does anew for each call (most of its time for short texts)."""
    make: Any = json.encoder.c_make_encoder  # type: ignore[attr-defined]
    if make is None:  # not CPython
        return json.dumps
    quote = json.encoder.encode_basestring_ascii
    encode = make(None, json.JSONEncoder().default, quote, None, ":", ",", False, False, True)
    return lambda value: "".join(encode(value, 0))


_encode = _encoder()


def in_json(document: object, kind: int, place: int = 0) -> bytes:
    """A unit and this document."""
    return with_document(_encode(document).encode(), 0, 0, place, kind)


class Outgoing:
    """Values and objects on their way out. parts: how many parts of objects were told of."""

    def __init__(self, define: Callable[[Any], int]) -> None:
        """define: gives the number of a name, or of a sort of objects."""
        self.parts = 0
        self._define = define
        self._numbers: dict[Node, int] = {}
        self._states: dict[Node, tuple[int, State]] = {}
        self._last = 0

    def value(self, value: Any, a: int, b: int, place: int, change: int = 0) -> bytes:
        """The unit of a value, with what else is to stand in it."""
        kind = type(value)
        try:
            if kind is int:
                return UNIT.pack(value, a, b, place, INT + change)
            if kind is str:
                text: bytes = value.encode()
                unit = UNIT.pack(len(text), a, b, place, TEXT + change)
                return unit + text + bytes(-len(text) % SIZE)
        except (struct.error, UnicodeEncodeError):
            pass  # too large; half of a character
        if kind is Node:
            return UNIT.pack(self._number(value), a, b, place, NODE + change)
        if kind is float:
            return FLOAT_UNIT.pack(value, a, b, place, FLOAT + change)
        if kind is bool or value is None:
            return UNIT.pack(_FIXED[value], a, b, place, FIXED + change)
        return with_document(_encode(self._part(value)).encode(), a, b, place, OTHER + change)

    def update(self, update: Update) -> bytes:
        """The units of a change."""
        node, number, state = update
        assert node is not None  # else texts are made at once
        own = self._number(node)
        if state is IS_GONE:
            del self._numbers[node]
            self._states.pop(node, None)
            return UNIT.pack(0, own, 0, 0, GONE)
        if state is None:
            return in_json([own, number], OBJECT)
        before = self._states.get(node)
        self._states[node] = number, state
        kind, shape, parts = state.type, state.shape, state.parts
        size, shown = state.size, state.shown
        category = node.category
        told = 2 * shown if category in KEYED else shown
        self.parts += told
        if before is not None and size < _MOST and before[0] == number:
            was, step = before[1], node.step
            if step is not None and step[0] is was and step[1] is state:
                at = step[2]
                if at is None:
                    return UNIT.pack(0, own, shown, size, CUT)
                if category != INSTANCE or was.shown == shown:
                    return self.value(parts[at], own, at, size, CHANGE)
                name = parts[shown - 1]
                if name.isascii():
                    return self.value(parts[at], own, self._define(name), 0, GROW)
            if kind == was.type and shape == was.shape:
                if category not in KEYED or was.shown == shown:
                    return self._changes(own, was, state, told)
                if category == INSTANCE and was.shown + 1 == shown == size:
                    grown = self._grown(own, was, state)
                    if grown:
                        return grown
        form = NO_SHAPE if shape is None else OWN_SHAPE
        if shape == named_shape(kind):
            form = NAMED_SHAPE
        few = told == 0 or (told <= _FEW and category not in KEYED and shape is not None)
        if few and number == node.first and size < _MOST:
            sort = self._define((category, kind, form))
            new = UNIT.pack(number, own, sort, size, NEW)
            return new + b"".join(
                [self.value(parts[at], own, at, size, CHANGE) for at in range(told)]
            )
        values = map(self._part, parts[:told])
        document = [own, number, node.first, category, kind, form, size, shown, *values]
        return in_json(document, OBJECT)

    def _changes(self, own: int, was: State, state: State, told: int) -> bytes:
        """The units of parts that are others than before, or more or less of them."""
        parts, size = state.parts, state.size
        had = told if was.shown == state.shown else was.shown
        changed = [*compress(count(), map(is_not, was.parts, parts))]
        both = min(had, told)
        while changed and changed[-1] >= both:  # what is behind the parts
            changed.pop()
        changed += range(had, told)
        if had > told or not changed:
            said = [self.value(parts[at], own, at, size, CHANGE) for at in changed]
            return b"".join([*said, UNIT.pack(0, own, state.shown, size, CUT)])
        first = changed[0]
        if len(changed) > 1:
            return b"".join([self.value(parts[at], own, at, size, CHANGE) for at in changed])
        return self.value(parts[first], own, first, size, CHANGE)

    def _grown(self, own: int, was: State, state: State) -> bytes:
        """The units of one more attribute; none if these are not those there were and one more."""
        had, shown, parts = was.shown, state.shown, state.parts
        if not (all(map(is_, was.parts[:had], parts)) and parts[had].isascii()):
            return b""
        units = [self.value(parts[2 * shown - 1], own, self._define(parts[had]), 0, GROW)]
        for at in compress(count(), map(is_not, was.parts[had:], parts[shown : shown + had])):
            units += (self.value(parts[shown + at], own, shown + at, shown, CHANGE),)
        return b"".join(units)

    def forget(self) -> None:
        """What was said last may not have been heard: say all of it the next time."""
        self._states.clear()

    def _number(self, node: Node) -> int:
        known = self._numbers.get(node)
        if known is None:
            known = self._last = self._numbers[node] = self._last + 1
        return known

    def _part(self, value: Any) -> Any:
        """What stands in JSON for a value."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is str:
            return value if value.isascii() or _is_kept(value) else [True, *map(ord, value)]
        if kind is Node:
            return [self._number(value)]
        return [value.text, value.type] if kind is Made else [None, *map(self._part, value)]


def _is_kept(text: str) -> bool:
    """Whether JSON gives back the same text: it takes two surrogates for one character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
