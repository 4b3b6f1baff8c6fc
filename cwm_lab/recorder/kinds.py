"""How values of a type are looked at, so that nothing of the program's own code runs."""

from __future__ import annotations

import types
import weakref
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from cwm_lab.recorder import arrays
from cwm_lab.recorder.display import (
    MAX_DEPTH,
    SCALARS,
    STABLE_TYPES,
    is_shown_by_attributes,
    own_dict,
)

SCALAR: Final = 0
STABLE: Final = 1
VOLATILE: Final = 2
TUPLE: Final = 3
LIST: Final = 4
DICT: Final = 5
SET: Final = 6
INSTANCE: Final = 7
CONTENT: Final = 8
LEAF: Final = 9
"""How values of a type are looked at. STABLE: the text stays. VOLATILE: no identity, its text is
read each time. CONTENT: an identity, and a text that is read each time. LEAF: an identity, and a
text that stays."""

_CONTENT_TYPES: Final[tuple[type, ...]] = (
    bytearray,
    deque,
    complex,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_WEAK_OFFSET: Final = type.__dict__["__weakrefoffset__"].__get__
_SLEEPERS: Final = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, weakref.ref)


def categorize(kind: type) -> int:
    """How values of this type are looked at."""
    if kind in SCALARS:
        return SCALAR
    if kind in STABLE_TYPES or issubclass(kind, type):
        return STABLE
    if issubclass(kind, Enum) and _has_plain_values(kind):
        return STABLE
    if issubclass(kind, Enum | BaseException | frozenset) or kind is slice:
        return VOLATILE
    for base, found in ((tuple, TUPLE), (list, LIST), (dict, DICT), (set, SET)):
        if issubclass(kind, base):
            return found
    if issubclass(kind, int | float | str | bytes) or arrays.is_scalar(kind):
        return STABLE
    if issubclass(kind, _CONTENT_TYPES):
        return CONTENT
    if kind is types.SimpleNamespace or is_shown_by_attributes(kind):
        return INSTANCE
    return CONTENT if arrays.is_array(kind) else LEAF


def _has_plain_values(kind: type) -> bool:
    members = type.__getattribute__(kind, "__dict__").get("_member_map_", {})
    return all(type((own_dict(m) or {}).get("_value_")) in SCALARS for m in members.values())


def ends_loudly(kind: type) -> bool:
    """Whether the program may notice when an object of this type goes: such an object must not be
    kept, not for a moment. So must what holds one, and so nothing is, once one was seen."""
    if issubclass(kind, _SLEEPERS):
        return True
    bases = type.__getattribute__(kind, "__mro__")
    return any("__del__" in type.__getattribute__(base, "__dict__") for base in bases)


class Kinds:
    """Categories by type, found out once a run."""

    def __init__(self, loud: Callable[[], None]) -> None:
        """loud: called for a type of which `ends_loudly`."""
        self._loud = loud
        self._found: dict[type, int] = {}

    def __getitem__(self, kind: type) -> int:
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = categorize(kind)
            if ends_loudly(kind):
                self._loud()
        return found


class Fragile:
    """By type, found out once a run: whether objects can be known without being kept, by a weak
    reference."""

    def __init__(self) -> None:
        self._found: dict[type, bool] = {}

    def __getitem__(self, kind: type) -> bool:
        found = self._found.get(kind)
        if found is None:
            found = _WEAK_OFFSET(kind) != 0 and categorize(kind) not in (SCALAR, STABLE, VOLATILE)
            self._found[kind] = found
        return found


def is_plain(value: Any, kinds: Kinds, depth: int = MAX_DEPTH) -> bool:
    """Whether a tuple holds only what has no identity."""
    for part in tuple.__iter__(value):
        found = kinds[type(part)]
        if found == TUPLE:
            if not (depth and is_plain(part, kinds, depth - 1)):
                return False
        elif found >= VOLATILE:
            return False
    return True
