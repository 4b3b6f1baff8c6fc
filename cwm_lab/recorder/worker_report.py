"""The way out of a recording process: steps and messages become units (`worker_units`).

A message is a JSON list:

    ["ready"]                     limits are set, the program starts
    ["program"]                   what earlier cells defined is there; the program itself is next
    ["step", event, line, ...]    a complete row's fields, in order
    ["value", index, text]        the value of an earlier step is now known to be this
    ["end", kind, type, message, line]
    ["bad", message]              the text is no program at all
    ["failed", traceback]         a failure of the recorder itself
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

from cwm_lab.recorder.display import MAX_STRING
from cwm_lab.recorder.rows import (
    DETAIL,
    LINE,
    NOTHING,
    OBJECTS,
    REMOVED,
    STDOUT,
    VALUE,
    Entry,
    Row,
    with_value,
)
from cwm_lab.recorder.run import Stopped
from cwm_lab.recorder.telling import Telling
from cwm_lab.recorder.worker_messages import CHANNEL_LOST
from cwm_lab.recorder.worker_outgoing import Outgoing, in_json
from cwm_lab.recorder.worker_units import (
    DEFINE,
    HEAD,
    INT,
    MORE,
    ROW,
    SAY,
    SHARED,
    SIZE,
    TOLD,
    UNIT,
    filled,
)
from cwm_lab.trace import Outcome

_LAST = SHARED - SIZE - filled(4 * MAX_STRING)
"""From here on there may be no room for a step of one name and its value."""
_MOST_KEPT = 2**25
"""Bytes that entries may take here while they wait for their texts, about."""
_BEGIN = HEAD.size
_NONE = -1
_pack = UNIT.pack_into
_KEPT_OF_UNIT, _KEPT_OF_PART = 150, 8


class Report:
    """The way out for what is recorded. Only the process that made it can send.

    file: number of an open file; it is this object's from now on. shared: memory that whoever reads
        can look into; without it each step is sent at once.
    telling: has the entries that were told, in case that their texts must be made here after all.
    """

    def __init__(self, file: int, shared: memoryview | None = None) -> None:
        self._file = file
        self._process = os.getpid()
        self._shared = shared
        self._at_once = True
        self._use(memoryview(bytearray(SHARED)), 0)
        self.telling = Telling()
        self._entries = self.telling.entries
        self._latest: Row | None = None
        self._kept = 0
        self._rows: dict[int, int] = {}
        self._held: dict[tuple[Any, ...], Row] = {}
        self._places: dict[tuple[Any, ...], int] = {}
        self._sorts: dict[tuple[Any, ...], int] = {}
        self._names: dict[str, int] = {}
        self._told: dict[int, int] = {}
        self._objects = Outgoing(self._define)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: self._use(memoryview(bytearray(SHARED)), 0))

    def _use(self, buffer: memoryview, start: int) -> None:
        self._buffer = buffer
        self._head = buffer[: HEAD.size].cast("Q")
        self._head[0], self._at = start, _BEGIN

    @property
    def can_wait(self) -> bool:
        """Whether there is memory where steps can wait."""
        return self._shared is not None

    def taker(self, *, wait: bool) -> Callable[[Entry], None]:
        """What takes entries. wait: let steps wait in the shared memory until that is full."""
        assert self._shared is not None
        if not wait:
            return self.entry_now
        self.flush()
        self._at_once = False
        self._use(self._shared, self._head[0])
        return self.entry

    @property
    def line(self) -> int | None:
        """Where the program was last seen."""
        latest = self._entries[-1] if self._entries else self._latest
        if latest is None:
            return None
        line: int = latest[LINE] if type(latest[0]) is str else latest[0][LINE]
        return line

    def send(self, *message: object) -> None:
        """Send a message, and all that was told before."""
        self._put(in_json(message, SAY))
        self.flush()

    def step(self, row: Row) -> None:
        """Tell a complete row."""
        self._latest = row
        self._put(self._complete(row))
        if self._at_once:
            self.flush()

    def entry(self, entry: Entry) -> None:
        """Tell an entry; most of its texts are made where it is read."""
        self._entries.append(entry)
        at = self._at
        if at > _LAST:
            self.flush()
            at = self._at
        head, end = entry[0], at + SIZE
        try:
            # What has no number yet, or does not fit into a unit, is told in other ways.
            if type(head) is str:
                _pack(self._buffer, at, 0, 0, 0, self._rows[id(entry)], ROW)
            elif head[OBJECTS] or (length := len(entry)) > 4:
                end = 0
            else:
                frame = self._told.get(entry[1])
                if frame is None:
                    frame = self._told[entry[1]] = len(self._told)
                place = self._rows[id(head)]
                if length == 2:
                    _pack(self._buffer, at, 0, frame, 0, place, TOLD)
                else:
                    now = entry[-1]
                    name = 0 if length == 3 else self._names[entry[2]]
                    if type(now) is int:
                        _pack(self._buffer, at, now, frame, name, place, INT)
                    else:
                        data = self._objects.value(now, frame, name, place)
                        end = at + len(data)
                        self._buffer[at:end] = data
        except (KeyError, struct.error):
            end = 0
        if end:
            self._at = end
            self._head[1] = end - _BEGIN
            return
        try:
            self._put(self._any(entry))
        except BaseException:
            self._objects.forget()  # the step will not come through
            raise

    def entry_now(self, entry: Entry) -> None:
        """The same, and send it at once."""
        self.entry(entry)
        self.flush()

    def value(self, index: int, value: str) -> None:
        """The value of an earlier step is now known to be this."""
        if index < len(self._entries):
            self._entries[index] = with_value(self._entries[index], value)
        self._put(in_json(("value", index, value), SAY))

    def end(self, outcome: Outcome) -> None:
        self.send("end", outcome.kind, outcome.type, outcome.message, outcome.line)

    def stop(self, stopped: Stopped) -> None:
        """A limit: nothing of the program may run any more, not even its `finally`."""
        outcome = stopped.outcome
        self.send("end", outcome.kind, outcome.type, outcome.message, self.line)
        os._exit(0)

    def flush(self) -> None:
        """Send what was told."""
        at, self._at = self._at, _BEGIN
        if os.getpid() != self._process:
            return  # a fork of the program; only the program itself is recorded
        self._write(self._buffer[_BEGIN:at])
        # In this order: what is found here in between is known by its place to be sent already.
        self._head[1] = 0
        self._head[0] += at - _BEGIN
        self._kept += (at - _BEGIN) * _KEPT_OF_UNIT // SIZE
        kept = self._kept + _KEPT_OF_PART * self._objects.parts
        if kept > _MOST_KEPT and self._entries and self.telling.make_now is not None:
            self.telling.make_now()

    def _write(self, data: bytes | memoryview) -> None:
        try:
            sent = os.write(self._file, data)
            while sent < len(data):
                data = data[sent:]
                sent = os.write(self._file, data)
        except OSError:
            os._exit(CHANNEL_LOST)

    def _put(self, data: bytes) -> None:
        """Tell these units, all or none of them."""
        if self._at + len(data) > SHARED:
            self.flush()
        at = self._at
        if at + len(data) <= SHARED:
            self._buffer[at : at + len(data)] = data
            self._at = at + len(data)
            self._head[1] = self._at - _BEGIN
        elif os.getpid() == self._process:
            self._write(data)
            self._head[0] += len(data)

    def _any(self, entry: Entry) -> bytes:
        """The units of any entry."""
        head = entry[0]
        if type(head) is str:
            return self._complete(entry)
        place = 0
        if head[OBJECTS]:
            place = self._places.get((head[0], head[1], head[2], head[3], head[DETAIL]), 0)
        place = place or self._place(head)
        frame = self._told.get(entry[1])
        if frame is None:
            frame = self._told[entry[1]] = len(self._told)
        last, value = len(entry) - 2, self._objects.value
        units = [self._objects.update(update) for update in head[OBJECTS]]
        if head[REMOVED] or head[STDOUT] or head[VALUE] is not None:
            units.append(in_json((head[REMOVED], head[STDOUT], head[VALUE]), MORE))
        if last == 0:
            units.append(UNIT.pack(0, frame, 0, place, TOLD))
        elif last == 1:
            units.append(value(entry[2], frame, 0, place))
        else:
            # A value that the step lacks; and names, each followed by what it is bound to.
            if last % 2:
                units.append(value(entry[2], frame, 0, 0))
            get = self._names.get
            for at in range(2 + last % 2, last, 2):
                name = get(entry[at]) or self._define(entry[at])
                units.append(value(entry[at + 1], frame, name, 0))
            name = get(entry[last]) or self._define(entry[last])
            units.append(value(entry[-1], frame, name, place))
        return b"".join(units)

    def _complete(self, row: Row) -> bytes:
        if self.can_wait and _is_bare(row):
            return UNIT.pack(0, 0, 0, self._place(row), ROW)
        return in_json(("step", *row), SAY)

    def _place(self, row: Row) -> int:
        """The number of what a row tells when nothing is news."""
        key = (*row[:4], row[DETAIL])
        number = self._places.get(key) or self._give(key, self._places)
        if key not in self._held and _is_bare(row):
            self._held[key] = row
            self._rows[id(row)] = number
        return number

    def _define(self, what: Any) -> int:
        """The number of a name, or of a sort of objects."""
        numbers = self._names if type(what) is str else self._sorts
        return numbers.get(what) or self._give(what, numbers)

    def _give(self, what: Any, numbers: dict[Any, int]) -> int:
        number = len(numbers) + 1
        self._put(in_json(what, DEFINE, number))
        numbers[what] = number
        return number


def _is_bare(row: Row) -> bool:
    """Whether a row tells nothing but its place."""
    return (
        row[4] is NOTHING
        and row[OBJECTS] is NOTHING
        and row[VALUE] is None
        and not (row[REMOVED] or row[STDOUT] or row[9] or row[10])
    )
