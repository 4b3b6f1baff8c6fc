"""How things are found among others, and sets made: one comparison at a time.

A small network sees at once where something is, but not well that it is nowhere. So it is compared
with one item after the other, in their order, until one is equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.ordering import Key, equal, is_comparable
from cwm_lab.worldmodel.course.working import Working

OPERATIONS = ("&", "-", "|", "^")
RELATIONS = {"issubset": "<=", "issuperset": ">=", "isdisjoint": "isdisjoint"}
"""Methods of sets that compare two of them."""
_MOST = 40
"""If it might take more comparisons, there are no working steps."""


def can_be_sought(wanted: Sequence[Key], within: Sequence[Key]) -> bool:
    """Whether these are looked for among those one comparison at a time."""
    return len(wanted) * len(within) <= _MOST and all(map(is_comparable, (*wanted, *within)))


def can_be_told_apart(items: Sequence[Key]) -> bool:
    """Whether a set is made of these one comparison at a time."""
    most = len(items) * min(len({*items}), len(items) - 1)
    return len(items) > 1 and most <= 2 * _MOST and all(map(is_comparable, items))


def places_of(wanted: Key, items: Sequence[Key], most: int | None = None) -> Working[list[int]]:
    """The places at which something is. most: how many are looked for."""
    found: list[int] = []
    for place, item in enumerate(items):
        if len(found) == most:
            break
        if (yield from equal(wanted, item)):
            found.append(place)
    return found


def combined(
    symbol: str, left: Sequence[Key], right: Sequence[Key]
) -> Working[tuple[list[int], list[int]]]:
    """The places of the items of each of two sets that an operation on them keeps; of `|` those of
    the second that are new."""
    kept: tuple[list[int], list[int]] = ([], [])
    for side in {"|": (1,), "^": (0, 1)}.get(symbol, (0,)):
        mine, others = (right, left) if side else (left, right)
        for place, item in enumerate(mine):
            found = yield from places_of(item, others, 1)
            if bool(found) is (symbol == "&"):
                kept[side].append(place)
    return kept


def related(symbol: str, left: Sequence[Key], right: Sequence[Key]) -> Working[bool]:
    """Whether two sets are so related. Sizes tell what they can."""
    if symbol == "isdisjoint":
        for item in left:
            if (yield from places_of(item, right, 1)):
                return False
        return True
    if symbol in (">", ">="):
        left, right = right, left
    sizes = len(left), len(right)
    fits = (
        sizes[0] == sizes[1] if symbol in ("==", "!=") else sizes[0] + (symbol in "<>") <= sizes[1]
    )
    for item in left if fits else ():
        if not (yield from places_of(item, right, 1)):
            fits = False
            break
    return fits is (symbol != "!=")


def distinct(items: Sequence[Key]) -> Working[list[int]]:
    """The places of items that are not like one before."""
    found: list[int] = []
    for place, item in enumerate(items):
        if not (yield from places_of(item, [items[k] for k in found], 1)):
            found.append(place)
    return found
