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
GATHERING = {
    "copy": "|", "union": "|", "update": "|", "intersection": "&", "intersection_update": "&",
    "difference": "-", "difference_update": "-",
    "symmetric_difference": "^", "symmetric_difference_update": "^",
}  # fmt: skip
"""Methods of sets that put it and others together."""
IN_PLACE = frozenset(
    "update intersection_update difference_update symmetric_difference_update".split()
)
"""Those that change the set."""
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


def can_be_gathered(symbol: str, sides: Sequence[Sequence[Key]]) -> bool:
    """Whether a set, the first one, and others are put together one comparison at a time."""
    most, size = 0, len(sides[0])
    for side in sides[1:]:
        if symbol == "|":
            size += len(side)
        most += size * len(side) * (2 if symbol == "^" else 1)
    return most <= 2 * _MOST and all(is_comparable(key) for side in sides for key in side)


def gathered(
    symbol: str, sides: Sequence[Sequence[Key]], are_sets: Sequence[bool]
) -> Working[list[tuple[int, int]]]:
    """The sides and places of the items that are left when a set, the first side, and others are
    put together. are_sets: which of the others are sets, in which nothing is twice."""
    kept = [(0, place) for place in range(len(sides[0]))]
    for side, (items, is_set) in enumerate(zip(sides[1:], are_sets, strict=True), 1):
        if symbol == "|":
            before = len(kept)
            for place, item in enumerate(items):
                among = [sides[of][k] for of, k in (kept[:before] if is_set else kept)]
                if not (yield from places_of(item, among, 1)):
                    kept.append((side, place))
            continue
        left, kept = kept, []
        for of, k in left:
            found = yield from places_of(sides[of][k], items, 1)
            if bool(found) is (symbol == "&"):
                kept.append((of, k))
        if symbol == "^":
            places = [*range(len(items))] if is_set else (yield from distinct(items))
            for place in places:
                if not (yield from places_of(items[place], sides[0], 1)):
                    kept.append((side, place))
    return kept


def related(
    symbol: str, left: Sequence[Key], right: Sequence[Key], *, are_sets: bool = True
) -> Working[bool]:
    """Whether two sets are so related. Sizes tell what they can, if nothing is twice: are_sets."""
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
    fits = fits or not are_sets
    for item in left if fits else ():
        if not (yield from places_of(item, right, 1)):
            fits = False
            break
    return fits is (symbol != "!=")


def can_be_matched(left: Sequence[Key], right: Sequence[Key]) -> bool:
    """Whether two dicts are compared one key after the other. left, right: keys and values."""
    sizes = len(left) // 2, len(right) // 2
    most = sizes[0] * (sizes[1] + 1) if sizes[0] == sizes[1] else 0
    return most <= _MOST and all(map(is_comparable, (*left, *right)))


def matched(symbol: str, left: Sequence[Key], right: Sequence[Key]) -> Working[bool]:
    """Whether two dicts are equal, or are not: each key is looked for in the other, then the values
    are compared. left, right: the keys, then as many values."""
    size = len(left) // 2
    same = len(left) == len(right)
    for place in range(size if same else 0):
        found = yield from places_of(left[place], right[:size], 1)
        if not found or not (yield from equal(left[size + place], right[size + found[0]])):
            same = False
            break
    return same is (symbol == "==")


def distinct(items: Sequence[Key]) -> Working[list[int]]:
    """The places of items that are not like one before."""
    found: list[int] = []
    for place, item in enumerate(items):
        if not (yield from places_of(item, [items[k] for k in found], 1)):
            found.append(place)
    return found
