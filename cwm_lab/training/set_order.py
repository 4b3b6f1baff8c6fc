"""The order in which sets are told.

Python's own order of strings in a set is another in each run, so no network can know it. Told is an
order that can be known: what was in the set keeps its place, and what is new stands in the order in
which it came, or else in which the statement's values mention it. Sets of numbers keep Python's
order, which is the same in each run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_DEPTH = 3


class SetOrders:
    """Remembers the told order of each set, as long as the program runs."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[set[Any], list[Any]]] = {}

    def items(self, told: set[Any], mentioned: Iterable[Any]) -> list[Any]:
        """The set's items in the told order. mentioned: values of the statement at hand."""
        if not any(isinstance(item, str | tuple) for item in told):
            return list(told)
        known = self._known[id(told)][1] if id(told) in self._known else []
        order = [item for item in known if item in told]
        if len(order) < len(told):
            new = told.difference(order)
            for item in self._parts(mentioned, _DEPTH):
                if item in new:
                    order.append(item)
                    new.discard(item)
            order += sorted(new, key=str)
        self._known[id(told)] = (told, order)
        return order

    def known(self, told: set[Any]) -> list[Any] | None:
        """The order of a set of strings, or of tuples, that was told before; None for others."""
        kinds = {type(item) for item in told}
        found = self._known.get(id(told))
        if len(kinds) != 1 or not kinds <= {str, tuple} or found is None:
            return None
        return list(found[1]) if len(found[1]) == len(told) and told.issuperset(found[1]) else None

    def give(self, told: set[Any], order: Iterable[Any]) -> None:
        """Remember in which order a set's items came."""
        found = list(dict.fromkeys(order))
        if len(found) == len(told) and told.issuperset(found):
            self._known[id(told)] = (told, found)

    def _parts(self, values: Iterable[Any], depth: int) -> Iterator[Any]:
        """The strings, numbers and tuples in values, in order; of strings also their characters."""
        for value in values:
            if isinstance(value, str):
                yield value
                yield from value
            elif isinstance(value, int | float):
                yield value
            elif depth and isinstance(value, set):
                yield from self._known[id(value)][1] if id(value) in self._known else ()
            elif depth and isinstance(value, dict | list | tuple):
                if isinstance(value, tuple):
                    yield value
                yield from self._parts(value, depth - 1)
