"""What has come in of a recording process: units and documents (`worker_units`, `worker_report`)
become steps again. The program may have written any of it itself: all is checked."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, get_args

from cwm_lab.recorder.nodes import Node
from cwm_lab.recorder.rows import (
    DETAIL,
    EVENT,
    NOTHING,
    VALUE,
    Entry,
    Steps,
    new_row,
)
from cwm_lab.recorder.telling import Update
from cwm_lab.recorder.worker_incoming import Incoming, Sort, scalar
from cwm_lab.recorder.worker_messages import UnreadableError
from cwm_lab.recorder.worker_said import TEXT_OR_NONE, Said
from cwm_lab.recorder.worker_units import (
    CHANGE,
    CUT,
    DOCUMENTS,
    FIXED,
    FIXED_VALUES,
    FLOAT,
    FLOAT_UNIT,
    GONE,
    GROW,
    INT,
    LARGEST,
    MORE,
    NEW,
    NODE,
    OBJECT,
    OTHER,
    ROW,
    SAY,
    SIZE,
    TEXT,
    TOLD,
    UNIT,
    filled,
)
from cwm_lab.trace import Event

_EVENTS = frozenset(get_args(Event))
_PLACE_TYPES: tuple[Any, ...] = (str, int, str, int, TEXT_OR_NONE)
_VALUES = frozenset((INT, FLOAT, FIXED, NODE, TEXT, OTHER))
_INT_CHANGE = INT + CHANGE
_LACKS = "a return step lacks its value, and no other does"
_decode = json.JSONDecoder().raw_decode


class Received(Said):
    """What has come in so far."""

    def __init__(self, max_steps: int) -> None:
        super().__init__()
        self._most = max_steps
        self._rest = b""
        self._taken = self._sent = 0
        self._places: list[Any] = [()]
        self._names = [""]
        self._sorts: list[Any] = [None]
        self._begun = False
        self._parts: list[Any] = []
        self._updates: list[Update] = []
        self._more: list[Any] | None = None
        self._objects = Incoming()

    @property
    def steps(self) -> Steps:
        return Steps(len(self._entries), self._telling.rows)

    @property
    def known(self) -> int:
        """Up to which place in the stream all has come in."""
        return self._taken + len(self._rest)

    def feed(self, data: bytes) -> None:
        """Take what was sent next. Raises UnreadableError if that is not what a `Report` sends."""
        start, self._sent = self._sent, self._sent + len(data)
        self.take(start, data)

    def take(self, start: int, data: bytes) -> None:
        """Take what stands in the stream from this place on, as far as it is not known. Raises
        UnreadableError."""
        known = self.known
        if not start <= known < start + len(data):
            return
        self._rest += data[known - start :]
        try:
            self._take_units()
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise UnreadableError from error

    def _take_units(self) -> None:
        data, at = self._rest, 0
        end = len(data) - len(data) % SIZE
        units = UNIT.iter_unpack(memoryview(data)[:end])
        places, names = self._places, self._names
        entries, left = self._entries, self._most - len(self._entries)
        entry: Entry | None
        try:
            for value, a, b, place, kind in units:
                size = SIZE
                if kind == ROW and not self._begun:
                    entry = places[place]
                elif kind == INT and place and not self._begun:
                    entry = (places[place], a, names[b], value) if b else (places[place], a, value)
                    if (entry[0][EVENT] == "return") is (b != 0):
                        raise ValueError(_LACKS)
                elif kind == _INT_CHANGE:
                    self._begun = True
                    self._objects.change(value, a, b, place, self._updates)
                    entry = None
                elif kind == TOLD:
                    entry = self._end(place, a)
                else:
                    text = ""
                    if kind in DOCUMENTS:
                        if not 0 <= value <= LARGEST:
                            raise ValueError("this is no document")
                        size += filled(value)
                        if at + size > end:
                            return  # the rest is to come
                        if size == 2 * SIZE:
                            next(units)
                        else:
                            next(islice(units, size // SIZE - 1, size // SIZE - 1), None)
                        text = data[at + SIZE : at + SIZE + value].decode()
                    if kind == TEXT and place and b and not self._begun:
                        entry = (places[place], a, names[b], text)
                        if entry[0][EVENT] == "return":
                            raise ValueError(_LACKS)
                    elif kind in _VALUES:
                        entry = self._take_value(self._value(kind, value, text), a, b, place)
                    else:
                        entry = self._take(value, a, b, place, kind, text)
                if entry is not None:
                    left -= 1
                    if left < 0 or not entry:
                        raise ValueError("more steps than were asked for, or at no place")
                    entries.append(entry)
                at += size
                if kind == SAY and self.done:
                    return
        finally:
            self._taken += at
            self._rest = data[at:]

    def _take_value(self, now: Any, frame: int, name: int, place: int) -> Entry | None:
        """What a name is bound to, or a returned value; the entry, if it ends a step."""
        if type(now) is Node and now.state is None:
            raise ValueError("nothing is known of this object")
        if not name:
            if self._parts:
                raise ValueError(_LACKS)
            self._parts.append(now if type(now) is Node else scalar(now))
        else:
            self._parts += self._names[name], now
        if place:
            return self._end(place, frame)
        self._begun = True
        return None

    def _take(self, value: int, a: int, b: int, place: int, kind: int, text: str) -> Entry | None:
        """What any other unit tells; the entry, if it ends a step."""
        if kind - CHANGE in _VALUES:
            now = self._value(kind - CHANGE, value, text)
            self._objects.change(now, a, b, place, self._updates)
        elif kind - GROW in _VALUES:
            now = self._value(kind - GROW, value, text)
            self._objects.grow(now, a, self._names[b], self._updates)
        elif kind == NEW:
            self._updates.append(self._objects.new(value, a, self._sorts[b], place))
        elif kind == CUT:
            self._objects.cut(a, b, place, self._updates)
        elif kind == GONE:
            self._updates.append(self._objects.gone(a))
        elif kind in DOCUMENTS:
            # Not `json.loads`, which takes half its time for what is not needed here.
            document, end = _decode(text)
            if end != len(text):
                raise ValueError("more than one document")
            if kind == SAY:
                return self._take_message(document)
            if kind == OBJECT:
                self._updates.append(self._objects.object(document))
            elif kind == MORE:
                self._more = document
            else:
                self._define(place, document)
                return None
        else:
            raise ValueError("this is no unit")
        self._begun = True
        return None

    def _value(self, kind: int, value: int, text: str) -> Any:
        if kind == TEXT:
            return text
        if kind == INT:
            return value
        if kind == NODE:
            return self._objects.node(value)
        if kind == FLOAT:
            return FLOAT_UNIT.unpack(UNIT.pack(value, 0, 0, 0, 0))[0]
        if kind == FIXED:
            return FIXED_VALUES[value]
        document, _ = _decode(text)
        return self._objects.part(document)

    def _define(self, number: int, document: Any) -> None:
        """What a number stands for."""
        if type(document) is str:
            self._names[number : number + 1] = (document,)
            return
        if len(document) == 3:
            self._sorts[number : number + 1] = (Sort(*document),)
            return
        event, line, function, depth, detail = document
        if event not in _EVENTS or not all(map(isinstance, document, _PLACE_TYPES)):
            raise ValueError("this is no place")
        row = new_row(event, line, function, depth)
        self._places[number : number + 1] = ((*row[:DETAIL], detail, *row[DETAIL + 1 :]),)

    def _end(self, place: int, frame: int) -> Entry:
        """The entry of the step of which all was told."""
        parts, updates = self._parts, self._updates
        event, line, function, depth, _, _, _, _, detail, _, _, _ = head = self._places[place]
        if updates or self._more:
            removed, out, value = self._more or ((), "", None)
            if not (all(type(name) is str for name in removed) and type(out) is str):
                raise TypeError("these are no texts")
            if not isinstance(value, TEXT_OR_NONE):
                raise TypeError("this is no text")
            head = (
                event, line, function, depth, NOTHING, tuple(removed), value, out, detail, NOTHING,
                NOTHING, updates or NOTHING,
            )  # fmt: skip
        if (event == "return" and head[VALUE] is None) is not (len(parts) % 2 == 1):
            raise ValueError(_LACKS)
        self._begun, self._parts, self._updates, self._more = False, [], [], None
        return (head, frame, *parts)
