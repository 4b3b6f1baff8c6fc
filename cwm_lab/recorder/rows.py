"""A row: a step in the making, as the recorder hands it on, in this process or out of another.

A plain tuple, because making one takes a twentieth of the time that filling a `Step` takes. And an
entry: a row of which the texts of some values are not made yet.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast, overload

from cwm_lab.recorder.display import SCALARS
from cwm_lab.trace import Event, Object, Step
from cwm_lab.trace.objects import ObjectKind

Record = tuple[str, str, int, tuple[Any, ...]]
"""Fields of an `Object`: kind, type, size, items."""

Row: TypeAlias = tuple[
    Event,
    int,
    str,
    int,
    dict[str, str],
    tuple[str, ...],
    str | None,
    str,
    str | None,
    dict[str, str],
    dict[str, int],
    dict[int, Record],
]
"""Values of the fields of a `Step` that FIELDS names. Its dicts are not to be written to: rows may
share the empty one. Through JSON its tuples become lists and its numbers keys of text."""

Entry: TypeAlias = tuple[Any, ...]
"""A row; or a row, the value that it lacks (if it is of a return and lacks it), and names of its
frame, each followed by its new value. The values are numbers, strings and the like, which cannot
change, and of bounded size: so their texts can be made at any time."""

FIELDS: Final = (
    "event",
    "line",
    "function",
    "depth",
    "locals",
    "removed",
    "value",
    "stdout",
    "detail",
    "types",
    "ids",
    "objects",
)
LINE: Final = 1
REMOVED: Final = 5
VALUE: Final = 6
STDOUT: Final = 7
NOTHING: dict[Any, Any] = {}
"""The empty mapping that rows share."""


def new_row(event: Event, line: int, function: str, depth: int) -> Row:
    """A row with nothing to tell but its place."""
    return (event, line, function, depth, NOTHING, (), None, "", None, NOTHING, NOTHING, NOTHING)


def complete(entry: Entry) -> Row:
    """The row of an entry: the texts that it lacks are made."""
    row = entry[0]
    if type(row) is str:
        return cast("Row", entry)
    event, line, function, depth, names, removed, value, out, detail, types, ids, told = row
    first = 1
    if event == "return" and value is None:
        first, value = 2, SCALARS[type(entry[1])](entry[1])
    if len(entry) == first + 2:
        name, now = entry[first:]
        names = {name: SCALARS[type(now)](now)}
        types = _TYPED.get((name, type(now))) or _typed(name, type(now))
    elif len(entry) > first:
        pairs = range(first, len(entry), 2)
        names = {entry[i]: SCALARS[type(entry[i + 1])](entry[i + 1]) for i in pairs}
        types = {entry[i]: type(entry[i + 1]).__name__ for i in pairs}
    return event, line, function, depth, names, removed, value, out, detail, types, ids, told


_TYPED: dict[tuple[str, type], dict[str, str]] = {}
"""What rows say of the type of one such value; they share it."""
_MOST_TYPED = 10_000


def _typed(name: str, kind: type) -> dict[str, str]:
    if len(_TYPED) >= _MOST_TYPED:
        _TYPED.clear()
    found = _TYPED[name, kind] = {name: kind.__name__}
    return found


def says_nothing(row: Row) -> bool:
    """Whether this is a line step without news; there are many, and few that differ."""
    event, _, _, _, names, removed, _, out, _, _, ids, told = row
    return event == "line" and not (names or removed or out or ids or told)


def with_value(row: Row, value: str | None) -> Row:
    """The same row with another value."""
    return cast("Row", (*row[:VALUE], value, *row[VALUE + 1 :]))


def to_step(row: Row) -> Step:
    """The row as a step of a trace."""
    return _to_steps((row,))[0]


class Steps(Sequence[Step]):
    """The steps of a trace, made of their rows when one is first asked for: a trace that is passed
    on, compared elsewhere or shown in part need not have them."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        self._rows: Sequence[Entry] | None = rows
        self._steps: tuple[Step, ...] = ()

    def __len__(self) -> int:
        return len(self._steps if self._rows is None else self._rows)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self._made()[index]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Steps | tuple | list):
            return NotImplemented
        return self._made() == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as little as its steps have one

    def __repr__(self) -> str:
        return repr(self._made())

    def _made(self) -> tuple[Step, ...]:
        if self._rows is not None:
            self._steps, self._rows = _to_steps([*map(complete, self._rows)]), None
        return self._steps


def _to_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """Rows as the steps of a trace. A frozen dataclass would be filled field by field; here each
    step is given all of its attributes at once, in a tenth of that time. What is the default of its
    field is left to the class."""
    make, put = object.__new__, object.__setattr__
    steps: list[Step] = []
    known: dict[int, Step] = {}
    append = steps.append
    paused = gc.isenabled()
    gc.disable()  # there is no garbage here, and looking for it takes as long as all the rest
    try:
        for row in rows:
            step = known.get(id(row))
            if step is None:
                (
                    event,
                    line,
                    function,
                    depth,
                    names,
                    removed,
                    value,
                    out,
                    detail,
                    types,
                    ids,
                    told,
                ) = row
                attributes: dict[str, Any] = {
                    "event": event,
                    "line": line,
                    "function": function,
                    "depth": depth,
                    "locals": names,
                    "stdout": out,
                    "types": types,
                    "ids": ids,
                    "objects": _to_objects(told) if told else NOTHING,
                    "confidences": NOTHING,
                }
                if removed:
                    attributes["removed"] = removed
                if event != "line":
                    attributes["value"] = value
                    attributes["detail"] = detail
                step = make(Step)
                put(step, "__dict__", attributes)
                if not (names or told or out):
                    known[id(row)] = step  # a row without news may stand for many steps
            append(step)
    finally:
        if paused:
            gc.enable()
    return tuple(steps)


def _to_objects(records: Mapping[Any, Record]) -> dict[int, Object]:
    return {int(number): _to_object(record) for number, record in records.items()}


def _to_object(record: Record) -> Object:
    kind, type_name, size, items = record
    if kind in ("dict", "instance"):
        items = tuple(map(tuple, items))
    return Object(cast("ObjectKind", kind), type_name, size, tuple(items))
