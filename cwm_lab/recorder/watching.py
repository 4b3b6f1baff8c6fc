"""Iterables over the parts of an object that is not a plain list, dict or set of moderate size."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from gc import get_referents
from itertools import islice
from typing import Any

from cwm_lab.recorder.display import MAX_ITEMS, own_dict

Watch = list[Iterable[Any]]
Get = Callable[[], Any]
"""Gives the object; None if it is gone."""


class Window:
    """The first parts of a large container, or of one whose class may iterate in its own way."""

    __slots__ = ("_get", "_parts")

    def __init__(self, get: Get, parts: Callable[[Any], Iterable[Any]]) -> None:
        self._get = get
        self._parts = parts

    def __iter__(self) -> Iterator[Any]:
        value = self._get()
        return islice(() if value is None else self._parts(value), MAX_ITEMS)


class Same:
    """Something that is read, as the same object for as long as it is equal."""

    __slots__ = ("_last", "_read")

    def __init__(self, read: Callable[[], str | int]) -> None:
        self._read = read
        self._last = read()

    def __iter__(self) -> Iterator[str | int]:
        now = self._read()
        if now != self._last:
            self._last = now
        return iter((self._last,))


class Outside:
    """What an instance itself refers to: its class, its `__dict__`, its slots."""

    __slots__ = ("_get",)

    def __init__(self, get: Get) -> None:
        self._get = get

    def __iter__(self) -> Iterator[Any]:
        return iter(get_referents(self._get()))


def own_names(value: object) -> Iterable[Any]:
    return own_dict(value) or ()


def own_values(value: object) -> Iterable[Any]:
    return (own_dict(value) or {}).values()


def sequence(get: Get, value: Any, base: Any, watch: Watch) -> list[Any]:
    """Watch the parts of a list or set; gives those that are shown. base: that class."""
    if type(value) is base and base.__len__(value) <= MAX_ITEMS:
        watch.append(value)
        return list(value)
    watch.append(Window(get, base.__iter__))
    watch.append(Same(lambda: _size(get(), base)))
    return list(islice(base.__iter__(value), MAX_ITEMS))


def pairs(get: Get, value: Any, watch: Watch) -> tuple[list[Any], list[Any]]:
    """Watch the keys and values of a dict; gives those that are shown."""
    kind = type(value)
    if kind is dict and len(value) <= MAX_ITEMS:
        watch += (value, value.values())
        return list(value), list(value.values())
    base: Any = OrderedDict if issubclass(kind, OrderedDict) else dict
    watch += (Window(get, base.keys), Window(get, base.values))
    watch.append(Same(lambda: _size(get(), dict)))
    if kind is defaultdict:
        watch.append(Window(get, _factory))
    return list(islice(base.keys(value), MAX_ITEMS)), list(islice(base.values(value), MAX_ITEMS))


def _factory(value: defaultdict[Any, Any]) -> Iterable[Any]:
    return (value.default_factory,)


def _size(value: Any, base: Any) -> int:
    return -1 if value is None else int(base.__len__(value))
