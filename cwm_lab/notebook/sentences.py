"""Sentences about values: their form, and how a change inside a long container is told."""

from __future__ import annotations

from typing import Any

from cwm_lab.notebook.value_texts import NotKnownError, read_value

MAX_CODE = 80
"""Most characters of a value or expression inside a sentence."""
MAX_ITEM = 40
MAX_ITEMS = 3
"""More changed items than this are not told one by one."""
LONG = 60
"""Two texts that are longer together are compared item by item."""

Sentence = list[str | list[str]]
"""Words as strings; code, names and values as one-item lists: `["the loop takes ", ["'r'"]]`."""


def cut(text: str, limit: int = MAX_CODE) -> str:
    """The text, or as much of it as fits, and a mark."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def parts_changed(name: str, old: str, new: str) -> Sentence:
    """What changed inside a long list or dict: items with other values, or new ones at the end.

    Nothing where the whole is short, where the texts do not tell, or where there is no short way.
    """
    if len(old) + len(new) < LONG:
        return []
    try:
        before, after = read_value(old), read_value(new)
    except NotKnownError:
        return []
    if isinstance(before, list) and isinstance(after, list):
        if len(after) > len(before) and after[: len(before)] == before:
            return _appended(name, after[len(before) :])
        if len(after) == len(before):
            return _items_changed(name, dict(enumerate(before)), dict(enumerate(after)))
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() <= after.keys():
        return _items_changed(name, before, after)
    return []


def _appended(name: str, items: list[Any]) -> Sentence:
    if len(items) > MAX_ITEMS:
        return []
    said: Sentence = [[name], " gets at its end "]
    for number, item in enumerate(items):
        said += [", " if number else "", [cut(repr(item), MAX_ITEM)]]
    return said


def _items_changed(name: str, before: dict[Any, Any], after: dict[Any, Any]) -> Sentence:
    keys = [key for key, value in after.items() if key not in before or before[key] != value]
    if not 0 < len(keys) <= MAX_ITEMS:
        return []
    said: Sentence = []
    for number, key in enumerate(keys):
        said += [", " if number else "", [f"{name}[{cut(repr(key), 20)}]"]]
        now = [cut(repr(after[key]), MAX_ITEM)]
        if key in before:
            said += [" goes from ", [cut(repr(before[key]), MAX_ITEM)], " to ", now]
        else:
            said += [" is new: ", now]
    return said
