"""What an object was when it was looked at: values of which texts can be made at any time."""

from __future__ import annotations

from typing import Any, NamedTuple

from cwm_lab.recorder.display import MAX_ITEMS, MAX_STRING

LARGE = 1 << 64
"""Integers from here on, and below its negative, have their texts made at once."""
_WAITING = frozenset((float, str, bool, type(None)))
GONE = "gone"
"""In the place of a state: the object is out of sight."""


class Made:
    """The text of a value that was made at once, and the name of its type."""

    __slots__ = ("text", "type")

    def __init__(self, text: str, kind: str) -> None:
        self.text, self.type = text, kind


class State(NamedTuple):
    """What an object was when it was read.

    type: its name. shape: what stands around its parts, if they can be put together to a text.
    size: how many items or attributes it had. shown: how many of them are listed.
    parts: the items, or the keys and then the values (names of attributes and values); there may
        be more behind them. Each is a value that can wait or a tuple of such, a node, or `Made`.
        It must not be written to.
    made: the object itself must be asked for a text that is not simply put together of these.
    """

    type: str
    shape: str | None
    size: int
    shown: int
    parts: list[Any]
    made: bool


def can_wait(kind: type, value: Any) -> bool:
    """Whether the text of this value can be made later: it cannot change, and is small."""
    if kind is int:
        return bool(-LARGE < value < LARGE)
    return kind in _WAITING and (kind is not str or len(value) <= MAX_STRING)


def all_can_wait(value: tuple[Any, ...]) -> bool:
    """Whether that holds for what is in a tuple, and there is not much of it."""
    parts = [*value]
    for part in parts:  # which grows meanwhile
        if len(parts) > MAX_ITEMS:
            return False
        if type(part) is tuple:
            parts += part
        elif not can_wait(type(part), part):
            return False
    return True
