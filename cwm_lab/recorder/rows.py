"""A row: a step in the making, as the recorder hands it on, in this process or out of another.

A plain tuple, because making one takes a twentieth of the time that filling a `Step` takes. And an
entry: a row of which the texts of some values are not made yet.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, cast, overload

from cwm_lab.trace import Event, Object, Step
from cwm_lab.trace.objects import ObjectKind

Record: TypeAlias = Sequence[Any]
"""Fields of an `Object`: kind, type, size, items."""

Row: TypeAlias = tuple[Any, ...]
"""Values of the fields of a `Step` that FIELDS names. Its dicts are not to be written to: rows may
share the empty one. Through JSON its tuples become lists and its numbers keys of text. (Not typed
field by field: compiled, such a tuple would be taken apart and made anew wherever it is passed on,
and which row it is would be lost.)"""

Entry: TypeAlias = tuple[Any, ...]
"""A row; or a row, the number of its frame (`Names.told`), the value that it lacks (if it is of a
return and lacks it), and names of the frame, each followed by its new value. In such a row stands
what changed in objects in the place of their records. See `telling`."""

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
EVENT: Final = 0
LINE: Final = 1
REMOVED: Final = 5
VALUE: Final = 6
STDOUT: Final = 7
DETAIL: Final = 8
OBJECTS: Final = 11
NOTHING: Final[dict[Any, Any]] = {}
"""The empty mapping that rows share."""


def new_row(event: Event, line: int, function: str, depth: int) -> Row:
    """A row with nothing to tell but its place."""
    return (event, line, function, depth, NOTHING, (), None, "", None, NOTHING, NOTHING, NOTHING)


def says_nothing(row: Row) -> bool:
    """Whether this is a line step without news; there are many, and few that differ."""
    event, _, _, _, names, removed, _, out, _, _, ids, told = row
    return event == "line" and not (names or removed or out or ids or told)


def with_value(entry: Entry, value: str | None) -> Entry:
    """The same entry with another value."""
    if type(entry[0]) is not str:
        return (with_value(entry[0], value), *entry[1:])
    return (*entry[:VALUE], value, *entry[VALUE + 1 :])


def to_step(row: Row) -> Step:
    """The row as a step of a trace."""
    return _to_steps((row,))[0]


class Steps(Sequence[Step]):
    """The steps of a trace, made of their rows when one is first asked for: a trace that is passed
    on, compared elsewhere or shown in part need not have them."""

    def __init__(self, count: int, rows: Callable[[], Sequence[Row]]) -> None:
        """rows: gives those of the trace, `count` in all."""
        self._count = count
        self._rows: Callable[[], Sequence[Row]] | None = rows
        self._steps: tuple[Step, ...] = ()

    def __reduce__(self) -> Any:
        return tuple, (self._made(),)

    def __len__(self) -> int:
        return self._count

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
        rows = self._rows
        if rows is not None:
            self._steps = _to_steps(rows())
            self._rows = None
        return self._steps


def _to_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """Rows as the steps of a trace. A frozen dataclass would be filled field by field; here each
    step is given all of its attributes at once, in a tenth of that time. What is the default of its
    field is left to the class."""
    make, put = object.__new__, object.__setattr__
    steps: list[Step] = []
    known: dict[int, Step] = {}
    append = steps.append
    with no_search_for_garbage():
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
    return tuple(steps)


@contextmanager
def no_search_for_garbage() -> Iterator[None]:
    """For a block that makes much that is kept: looking through it takes as long as making it."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


_MADE_BETWEEN_SEARCHES: Final = 10_000


@contextmanager
def fewer_searches_for_garbage() -> Iterator[None]:
    """For a block in which the recorder makes and keeps objects beside the program's: Python looks
    for cycles among those that were made, by default, after 700, and among all the more often."""
    before = gc.get_threshold()
    now = (max(before[0], _MADE_BETWEEN_SEARCHES), *before[1:])
    if before[0]:  # else it never searches
        gc.set_threshold(*now)
    try:
        yield
    finally:
        if gc.get_threshold() == now:
            gc.set_threshold(*before)


def _to_objects(records: Mapping[Any, Record]) -> dict[int, Object]:
    return {int(number): _to_object(record) for number, record in records.items()}


def _to_object(record: Record) -> Object:
    kind, type_name, size, items = record
    if kind in ("dict", "instance"):
        items = tuple(map(tuple, items))
    return Object(cast("ObjectKind", kind), type_name, size, tuple(items))
