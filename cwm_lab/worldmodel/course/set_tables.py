"""In which order the items of a set are told.

Numbers stand in Python's order, which is the same in each run, but depends on how the set came to
be: on the size of its table, and which item came first to a place. Nobody can predict it. So a set
is built that shows the same items in the same order, and the same is done to it. Texts and tuples,
which have another order in each run, are told in the one in which they came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import permutations, product

from cwm_lab.worldmodel.course.collection import all_plain
from cwm_lab.worldmodel.course.operands import Known, Operand, Tokens, plain
from cwm_lab.worldmodel.course.operations import number_of
from cwm_lab.worldmodel.vocabulary import OPEN

Number = int | float
Numbers = set[Number]
Build = Callable[[Sequence[Number]], Numbers]
Make = Callable[..., Numbers]
"""How a set comes to be of others."""
_FEW = 9
_LIKELY = 4
_ALL_ORDERS, _MOST_WAYS = 4, 8
_FILLERS = [10_000_000 + 63 * k for k in range(80)]
"""Numbers that come and go, which leaves a larger table."""


def in_set_order(
    items: Sequence[Operand], make: Make | None = None, *sides: Sequence[Operand]
) -> list[Known] | None:
    """The items of a set in the order in which they are told, each once; None if it is not known.
    make: what makes the set of those that show `sides`; if it is not given, the items came one by
    one."""
    if not items:
        return []
    plainly = [part for item in items if (part := plain(item)) is not None]
    if len(plainly) == len(items) and {part[0] for part in plainly} in ({OPEN}, {"("}):
        return list(dict.fromkeys(plainly)) if all_plain(items) else None
    numbers, shown = numbers_in(items), [numbers_in(side) for side in sides]
    if numbers is None:
        return None
    if make is None:
        return [*map(_written, {*numbers})]
    orders: set[tuple[Tokens, ...]] = set()
    for tables in product(*(() if side is None else shown_so(side) for side in shown)):
        made = make(*(build() for build in tables))
        # What was answered may be wrong.
        orders.add(tuple(map(_written, made if made == {*numbers} else {*numbers})))
    return [*orders.pop()] if len(orders) == 1 else None


def numbers_in(items: Sequence[Operand] | None) -> list[Number] | None:
    """The numbers that items are, True and False among them; None if one is another thing."""
    found = [_number(plain(item)) for item in items or ()]
    known = [number for number in found if number is not None]
    return known if items is not None and len(known) == len(found) else None


def is_number(value: object) -> bool:
    """Whether something is a number that has its place in a set."""
    return type(value) in (int, bool) or (type(value) is float and math.isfinite(value))


def of_constants(items: Sequence[Operand]) -> Make | None:
    """How Python makes a set that the source spells out, of three constants or more: they are a
    set already, which is merged into an empty one."""
    numbers = numbers_in(items)
    return None if numbers is None else lambda: _merged(numbers)


def with_added(items: Sequence[Operand]) -> Make:
    """How a set comes to be from one to which these are added."""

    def make(table: Numbers) -> Numbers:
        table.update(numbers_in(items) or ())
        return table

    return make


def shown_so(order: Sequence[Number]) -> list[Callable[[], Numbers]]:
    """What makes sets that show these in that order, as far as it is likely."""
    ways = _how_made(tuple(map(_written, order)))
    return [partial(build, [order[k] for k in came]) for build, came in ways]


@lru_cache(maxsize=1000)
def _how_made(written: tuple[Tokens, ...]) -> list[tuple[Build, tuple[int, ...]]]:
    """How sets are made that show these in that order, and in which one they come to it."""
    order = [number for item in written if (number := _number(item)) is not None]
    if 1 < len(order) <= _ALL_ORDERS:
        ways = product(permutations(range(len(order))), _BUILT[:_LIKELY])
        found = [(build, came) for came, build in ways if _shows(build, order, came)]
        if found:
            return found[:: max(len(found) // _MOST_WAYS, 1)]
    for first in _beginnings(len(order)):
        came = (*first, *(k for k in range(len(order)) if k not in first))
        shown = [build for build in _BUILT if _shows(build, order, came)]
        if shown:
            likely = [build for build in shown if build in _BUILT[:_LIKELY]] or shown[:1]
            turned = [
                came[::-1],
                *((k, *came[:j], *came[j + 1 :]) for j, k in enumerate(came) if j),
            ]
            others = [way for way in turned if [*likely[0]([order[k] for k in way])] == order]
            # Of those that want the same place, another one may have come first.
            return [*((build, came) for build in likely), *((likely[0], way) for way in others)]
    return []


def _shows(build: Build, order: Sequence[Number], came: Sequence[int]) -> bool:
    """Whether a set that is made so, of items that came so, shows them in that order."""
    return [*build([order[k] for k in came])] == order


def _beginnings(size: int) -> Iterator[tuple[int, ...]]:
    """Which items may have come before the others."""
    for many in range(min(size, 3 if size <= _FEW else 2) + 1):
        yield from permutations(range(size), many)


def _merged(numbers: Sequence[Number]) -> Numbers:
    """What a display of constants makes: Python has built their set twice."""
    made: Numbers = set()
    made.update(frozenset([*frozenset(numbers)]))
    return made


def _grown(numbers: Sequence[Number], size: int) -> Numbers:
    """A set that has had so many items, one by one."""
    more = _FILLERS[: max(size - len(numbers), 0)]
    made: Numbers = {*more}
    for number in numbers:
        made.add(number)
    for number in more:
        made.discard(number)
    return made


def _shrunk(numbers: Sequence[Number], size: int) -> Numbers:
    """A set that has had so many items at once."""
    more = _FILLERS[: max(size - len(numbers), 0)]
    made: Numbers = set(dict.fromkeys([*numbers, *more]))
    for number in more:
        made.discard(number)
    return made


_BUILT: tuple[Build, ...] = (
    lambda order: _grown(order, 0),
    lambda order: set(_grown(order, 0)),
    _merged,
    lambda order: _shrunk(order, 0),
    lambda order: _grown(order, 5),
    lambda order: _shrunk(order, 2 * len(order) + 1),
    lambda order: _shrunk(order, 4 * len(order) + 1),
    lambda order: _grown(order, 20),
    lambda order: _grown(order, 77),
)
"""Ways in which a set comes to be, the likeliest first."""


def _number(tokens: Tokens | None) -> Number | None:
    if tokens in (("True",), ("False",)):
        return tokens == ("True",)
    text = number_of(tokens)
    if text is None:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _written(number: Number) -> Tokens:
    return (str(number),) if isinstance(number, bool) else tuple(repr(number))
