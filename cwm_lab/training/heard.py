"""What iterators give to the calls that go through them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_WORKED_THROUGH = (sum, min, max, sorted, set)
_WORD = {sorted: "reverse", min: "default", max: "default"}
"""What else they may be given by keyword."""


class Heard:
    """An iterator that remembers what it has given."""

    def __init__(self, source: Iterator[Any]) -> None:
        self.source = source
        self.items: list[Any] = []

    def __iter__(self) -> Heard:
        return self

    def __next__(self) -> Any:
        self.items.append(next(self.source))
        return self.items[-1]


def works_through(
    function: Any, args: Sequence[Any], keywords: Mapping[str, Any], *, spelled: bool
) -> bool:
    """Whether a call goes through what an iterator gives, one after the other. spelled: whether
    that is a generator expression."""
    iterates = bool(args) and isinstance(args[0], types.GeneratorType | map | filter)
    if not iterates or function not in _WORKED_THROUGH:
        return False
    return not keywords or (spelled and [*keywords] == [_WORD.get(function)])
