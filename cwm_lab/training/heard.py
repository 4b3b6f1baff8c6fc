"""What iterators give to the calls that go through them."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cwm_lab.training.placing import part_of
from cwm_lab.worldmodel.course.memberships import GATHERING

_WORKED_THROUGH = (sum, min, max, sorted, set)
_WORD = {sorted: "reverse", min: "default", max: "default"}
"""What else they may be given by keyword."""


_REVERSED: tuple[type, ...] = (reversed, type(reversed([])), type(reversed(range(0))))
_ITERATORS: tuple[type, ...] = (types.GeneratorType, map, filter, zip, enumerate, *_REVERSED)


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
    function: Any, args: Sequence[Any], keywords: Mapping[str, Any], node: ast.Call
) -> bool:
    """Whether a call goes through all that an iterator gives, one after the other. node: it."""
    if not args or not isinstance(args[0], _ITERATORS):
        return False
    spelled = bool(node.args) and isinstance(node.args[0], ast.GeneratorExp)
    of, name = part_of(function, "__self__"), part_of(function, "__name__", "")
    if type(of) is set and GATHERING.get(name, "&") != "&" and len(args) == 1:
        return spelled and not keywords
    if function not in _WORKED_THROUGH:
        return False
    return not keywords or (spelled and [*keywords] == [_WORD.get(function)])
