"""What an object was when it was looked at: values of which texts can be made at any time."""

from __future__ import annotations

from typing import Any, Final

from cwm_lab.recorder.display import MAX_ITEMS, MAX_STRING

LARGE: Final = 1 << 61
"""Integers from here on, and below its negative, have their texts made at once. (Smaller ones are
compared as C does where this is compiled.)"""
GONE: Final = "gone"
"""In the place of a state: the object is out of sight."""


class Made:
    """The text of a value that was made at once, and the name of its type."""

    __slots__ = ("text", "type")

    def __init__(self, text: str, kind: str) -> None:
        self.text, self.type = text, kind


class State:
    """What an object was when it was read.

    type: its name. shape: what stands around its parts, if they can be put together to a text.
    size: how many items or attributes it had. shown: how many of them are listed.
    parts: the items, or the keys and then the values (names of attributes and values); there may
        be more behind them. Each is a value that can wait or a tuple of such, a node, or `Made`.
        It must not be written to.
    made: the object itself must be asked for a text that is not simply put together of these.
    """

    __slots__ = ("made", "parts", "shape", "shown", "size", "type")

    def __init__(
        self, kind: str, shape: str | None, size: int, shown: int, parts: list[Any], made: bool
    ) -> None:
        self.type, self.shape = kind, shape
        self.size, self.shown = size, shown
        self.parts, self.made = parts, made


def can_wait(kind: type, value: Any) -> bool:
    """Whether the text of this value can be made later: it cannot change, and is small."""
    if kind is int:
        number: int = value
        return -LARGE < number < LARGE
    if kind is str:
        text: str = value
        return len(text) <= MAX_STRING
    return kind is float or kind is bool or value is None


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
