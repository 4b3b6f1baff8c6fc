"""The places that a slice means: its bounds are worked out one at a time, what lies between them
follows."""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.arithmetic import counted_from_end
from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.operands import Piece, plain
from cwm_lab.worldmodel.course.operations import integer_of
from cwm_lab.worldmodel.course.ordering import holds, related
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.values import MAX_ITEMS

Edges = tuple[int | None, int | None, int]
"""The start and the stop of a slice, and its step."""


def edges_of(key: Sequence[Piece]) -> Edges | None:
    """Those of a slice as a note has it; None if one is not known, or is no integer."""
    parts: list[int | None] = [None, None, None]
    place = 0
    for piece in key:
        if isinstance(piece, str):
            place += 1
            continue
        tokens = plain(piece[0])
        parts[place] = integer_of(tokens)
        if parts[place] is None and tokens != ("None",):
            return None
    start, stop, step = parts
    return None if step == 0 else (start, stop, 1 if step is None else step)


def unfolded(key: Sequence[Piece]) -> Sequence[Piece]:
    """A key that is a slice's value as the slice that it stands for."""
    tokens = plain(key[0][0]) if len(key) == 1 and isinstance(key[0], tuple) else None
    if tokens is None or tokens[:2] != ("slice", "("):
        return key
    start, stop, step = ((part, None) for part in items_in(tokens[1:]))
    return [start, ":", stop, ":", step]


def as_edges(key: slice) -> Edges | None:
    """The same of a slice itself."""
    parts = key.start, key.stop, key.step
    if not all(part is None or type(part) is int for part in parts) or key.step == 0:
        return None
    return key.start, key.stop, 1 if key.step is None else key.step


def empty_place(places: range) -> list[int]:
    """Where something goes in that takes no place of others, if that can be told."""
    return [places.start] if places.step == 1 and places.start < MAX_ITEMS else []


def sliced(size: int, edges: Edges, *, put: bool = False) -> Working[range]:
    """The places of something of this size that a slice means. put: whether something goes there,
    so that also an empty slice has its place."""
    if not size:
        return range(0)
    if edges[2] < 0:
        return (yield from _backwards(size, *edges))
    start, stop, step = edges
    first = start or 0
    if first < 0:
        first = max((yield from _from_end(size, first)), 0)
    last = size
    if stop is not None and stop < 0:
        last = yield from _from_end(size, stop)
    elif stop is not None and (not stop or (yield from _holds(stop, "<", size))):
        last = stop
    follows = first == 0 or (stop is None and start is not None and start < 0)
    if last <= 0 or not (follows or (yield from _holds(first, "<", last))):
        beyond = put and 0 < last < size and start == first
        last = first = size if beyond and not (yield from _holds(first, "<", size)) else first
    return range(min(first, size), min(last, size), step)


def put_in(size: int, index: int) -> Working[int]:
    """The place at which `insert` puts something into a list of this size."""
    return (yield from sliced(size, (index, None, 1))).start


def _backwards(size: int, start: int | None, stop: int | None, step: int) -> Working[range]:
    first, last = size - 1, -1
    if start is not None and start < 0:
        first = yield from _from_end(size, start)
    elif start is not None and (not start or (yield from _holds(start, "<", size))):
        first = start
    if stop is not None:
        last = stop if stop >= 0 else max((yield from _from_end(size, stop)), -1)
    if first < 0 or (last >= 0 and not (yield from _holds(first, ">", last))):
        return range(0)
    return range(min(first, size - 1), last, step)


def _from_end(size: int, edge: int) -> Working[int]:
    """A place that is counted from the end; -1 if it lies before the beginning."""
    if edge <= -10 and (yield from _holds(-edge, ">", size)):
        return -1
    return max((yield from counted_from_end(size, edge)), -1)


def _holds(left: int, symbol: str, right: int) -> Working[bool]:
    steps = related(symbol, str(left), str(right))
    return (yield from holds(symbol, left, right) if steps is None else steps)
