"""Which object is which: small numbers for values that can change, so that aliasing shows."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

_SWEEP_EVERY = 500
"""New numbers after which all objects that only this table holds are let go."""
_NEVER_WEAK = frozenset((list, dict, tuple))
"""Types of which it is known that there is no weak reference to them; asking takes long."""


def _references(kept: dict[int, object], number: int) -> int:
    """To the object that is kept under this number; 0 if none is."""
    value = kept.get(number)
    return 0 if value is None else sys.getrefcount(value)


_OWN_REFERENCES = _references({0: object()}, 0)
"""References to an object that the program has lost: the table, and those of asking, which are
others where this is compiled."""


class Identities:
    """Numbers for objects, in order of first appearance; no two objects ever share one.

    Objects that names are bound to count from 1 upwards. One that so far was only a part of others
    counts from -1 downwards, and gets its positive number when a name is bound to it.

    An address can be used again once an object is gone. So the table notices when one goes, through
    a weak reference; lists, dicts and the like, which cannot have one, it keeps alive until
    `release` finds that the program has lost them. Objects with a `__del__` thus end when they
    would, unless they sit in a list or dict: then at the next step.
    """

    def __init__(self, ended: Callable[[int, int], None]) -> None:
        """ended: told the number and the `id` of an object that has gone."""
        self._numbers: dict[int, int] = {}
        self._kept: dict[int, object] = {}
        self._weak: dict[int, weakref.ref[object]] = {}
        self._named = 0
        self._anonymous = 0
        self._ended = ended

    def number(self, value: object) -> int:
        """The number of a value that a name is bound to, a new one if it has none yet."""
        known = self._numbers.get(id(value))
        if known is not None and known > 0:
            return known
        if known is not None:
            self._kept.pop(known, None)
            self._weak.pop(known, None)
        self._named += 1
        return self._add(value, self._named)

    def anonymous(self, value: object) -> int:
        """The number of a part of another object."""
        known = self._numbers.get(id(value))
        if known is not None:
            return known
        self._anonymous += 1
        return self._add(value, -self._anonymous)

    def release(self, numbers: Iterable[int]) -> Iterator[int]:
        """Let go of those of these objects that the program has lost; gives their numbers."""
        for number in numbers:
            if 0 < _references(self._kept, number) <= _OWN_REFERENCES:
                del self._numbers[id(self._kept.pop(number))]
                yield number

    def let_go(self) -> None:
        """Know none of them any more."""
        self._weak.clear()
        self._kept.clear()
        self._numbers.clear()

    def _add(self, value: object, number: int) -> int:
        key = id(value)
        self._numbers[key] = number
        if type(value) not in _NEVER_WEAK:
            with suppress(TypeError):
                self._weak[number] = weakref.ref(value, lambda _: self._forget(number, key))
                return number
        self._kept[number] = value
        if (self._named + self._anonymous) % _SWEEP_EVERY == 0:
            for lost in self.release(list(self._kept)):
                self._ended(lost, 0)
        return number

    def _forget(self, number: int, key: int) -> None:
        if self._numbers.get(key) == number:
            del self._numbers[key]
        self._weak.pop(number, None)
        self._ended(number, key)
