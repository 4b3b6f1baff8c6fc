"""Which object is which: small numbers for values that can change, so that aliasing shows."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable

_SWEEP_EVERY = 500
"""New numbers after which all objects that only this table holds are let go."""
_OWN_REFERENCES = 3
"""References to an object that the program has lost: the table, a variable here, the argument of
`sys.getrefcount`."""


class Identities:
    """Numbers for objects, in order of first appearance; no two objects ever share one.

    An address can be used again once an object is gone. So the table notices when one goes, through
    a weak reference; lists, dicts and the like, which cannot have one, it keeps alive until
    `release` finds that the program has lost them. Objects with a `__del__` thus end when they
    would, unless they sit in a list or dict: then at the next step.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: dict[int, object] = {}
        self._weak: dict[int, weakref.ref[object]] = {}
        self._last = 0

    def number(self, value: object) -> int:
        """The number of `value`, a new one if it was not seen before."""
        key = id(value)
        known = self._numbers.get(key)
        if known is not None:
            return known
        self._last += 1
        number = self._numbers[key] = self._last
        try:
            self._weak[number] = weakref.ref(value, lambda _: self._forget(number, key))
        except TypeError:
            self._kept[number] = value
            if self._last % _SWEEP_EVERY == 0:
                self.release(list(self._kept))
        return number

    def release(self, numbers: Iterable[int]) -> None:
        """Let go of those of these objects that the program has lost."""
        for number in numbers:
            value = self._kept.get(number)
            if value is not None and sys.getrefcount(value) <= _OWN_REFERENCES:
                del self._kept[number], self._numbers[id(value)]

    def _forget(self, number: int, key: int) -> None:
        if self._numbers.get(key) == number:
            del self._numbers[key]
        self._weak.pop(number, None)
