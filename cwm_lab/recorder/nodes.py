"""One object that can change, as the recorder keeps it in sight: its parts, and how to look again.

Looking is done in C: `watch` is a row of iterables over the object's parts, `held` what they gave
when it was last read. While ``all(map(is_, chain.from_iterable(watch), held))``, nothing changed.
None of these iterables runs the program's own code. What was found is a `State`; its texts are made
by `telling`, mostly later.
"""

from __future__ import annotations

import sys
import types
import weakref
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from gc import get_referents
from itertools import chain, islice
from typing import Any, NamedTuple

from cwm_lab.recorder import arrays
from cwm_lab.recorder.display import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_STRING,
    SCALARS,
    STABLE_TYPES,
    attributes_of,
    has_slots,
    in_order,
    is_shown_by_attributes,
    is_simple,
    named,
    own_dict,
    type_name,
)

LARGE = 1 << 64
"""Integers from here on, and below its negative, have their texts made at once."""
_WAITING = frozenset((float, str, bool, type(None)))
SCALAR, STABLE, VOLATILE, TUPLE, LIST, DICT, SET, INSTANCE, CONTENT, LEAF = range(10)
"""How values of a type are looked at. STABLE: the text stays. VOLATILE: no identity, its text is
read each time. CONTENT: an identity, and a text that is read each time. LEAF: an identity, and a
text that stays."""

Watch = list[Iterable[Any]]
Display = Callable[[Any], str]

flat = chain.from_iterable
_ENDS = (object(),)
"""Follows the parts of an object that can grow: found at its place, the length is what it was."""
KEYED = (DICT, INSTANCE)
_SHAPES: dict[type, str] = {list: "[{}]", tuple: "({})", dict: "{{{}}}", set: "{{{}}}"}
_ORDERED = (int, float, bool, str)
"""Types of a set's items that are told in their own order."""
_CONTENT_TYPES: tuple[type, ...] = (
    bytearray,
    deque,
    complex,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_WEAK_OFFSET = type.__dict__["__weakrefoffset__"].__get__
_SLEEPERS = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, weakref.ref)


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


def is_fragile(kind: type) -> bool:
    """Whether objects of this type can be known without being kept: by a weak reference."""
    return _WEAK_OFFSET(kind) != 0 and categorize(kind) not in (SCALAR, STABLE, VOLATILE)


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


class _Window:
    """The first parts of a large container, or of one whose class may iterate in its own way."""

    __slots__ = ("_get", "_parts")

    def __init__(self, get: Callable[[], Any], parts: Callable[[Any], Iterable[Any]]) -> None:
        self._get = get
        self._parts = parts

    def __iter__(self) -> Iterator[Any]:
        value = self._get()
        return islice(() if value is None else self._parts(value), MAX_ITEMS)


class _Same:
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


OUTSIDE_APART = sys.version_info < (3, 13)
"""Whether an instance refers to its class and its `__dict__` only, not to what is in that."""


class _Outside:
    """What an instance itself refers to: its class, its `__dict__`, its slots."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    def __iter__(self) -> Iterator[Any]:
        return iter(get_referents(self._node.get()))


class Node:
    """An object in sight.

    number: its identity; first: the one that it had first. category: how it is looked at.
    strong, weak: the object, or a reference.
    watch, held: see above. state: what it was when it was last read; None before.
    children: nodes among its parts. parents: nodes that it is a part of.
    roots: how many names of live frames lead to it. linked: whether it is in sight by now.
    plain: see `is_plainly_watched`; mixed: its state has other parts than what is watched.
    opaque: it shows what is in objects that are no children of it.
    apart: what an instance itself refers to is watched for all of them at once.
    told: what is told of it so far (`telling`).
    """

    __slots__ = (
        "apart",
        "category",
        "children",
        "first",
        "held",
        "kept",
        "linked",
        "mixed",
        "number",
        "opaque",
        "parents",
        "plain",
        "roots",
        "state",
        "strong",
        "told",
        "watch",
        "weak",
    )

    def __init__(self, value: object, number: int, category: int) -> None:
        self.number = self.first = number
        self.category = category
        self.strong: Any = value
        self.weak: weakref.ref[Any] | None = None
        self.watch: Watch = []
        self.held: list[Any] = []
        self.kept: list[Any] = []
        self.state: State | None = None
        self.roots = 0
        self.linked = self.apart = self.opaque = self.plain = self.mixed = False
        self.told: Any = None
        self.children: list[Node] = []
        self.parents: set[Node] = set()

    def get(self) -> Any:
        """The object; None if it is gone."""
        return self.strong if self.weak is None else self.weak()

    def loosen(self, fragile: Mapping[type, bool]) -> None:
        """Know the object without keeping it."""
        if self.weak is None and fragile[type(self.strong)]:
            self.weak, self.strong = weakref.ref(self.strong), None

    def forget_parts(self, fragile: Mapping[type, bool]) -> None:
        """Hold the `id` of each part instead of the part."""
        self.plain = False
        if not self.held:
            return
        own = None if self.weak is None else own_dict(self.weak())
        self.kept = [p for p in self.held if p is not own and not fragile[type(p)]]
        self.held = list(map(id, self.held))

    def let_go(self) -> None:
        """Out of sight: hold nothing any more."""
        self.strong = self.weak = self.state = None
        self.watch, self.held, self.kept, self.children = [], [], [], []
        self.parents.clear()
        self.linked = False


def read(
    node: Node, child: Callable[[Any, int], Node], kinds: Mapping[type, int], show: Display
) -> None:
    """Look at a node's object anew. If it has other children than before, their list is another.

    child: gives the node of a part. kinds: categories by type. show: a part as a text.
    """
    value = node.get()
    if node.category == LEAF:
        text = Made(show(value), "")
        node.state = State(type_name(value), None, 0, 1, [text], not is_simple(type(value)))
        return
    watch: Watch = []
    children: list[Node] = []
    made = False

    def part(value: Any) -> Any:
        nonlocal made
        kind = type(value)
        if can_wait(kind, value):
            return value
        found = kinds[kind]
        if found == VOLATILE:
            node.opaque = True
            watch.append(_Same(lambda: show(value)))
        if found <= VOLATILE or (found == TUPLE and is_plain(value, kinds)):
            if kind is tuple and _can_wait(value):
                return value
            made = made or not is_simple(kind)
            return Made(show(value), type_name(value))
        inner = child(value, found)
        children.append(inner)
        return inner

    found = node.category
    parts: list[Any]
    if found == LIST:
        size = list.__len__(value)
        parts = [*map(part, _sequence(node, value, list, watch))]
    elif found == TUPLE:
        size = tuple.__len__(value)
        parts = [*map(part, islice(tuple.__iter__(value), MAX_ITEMS))]
    elif found == SET:
        size = set.__len__(value)
        parts = [*map(part, in_order(_sequence(node, value, set, watch), show))]
    elif found == DICT:
        size = dict.__len__(value)
        keys, values = _pairs(node, value, watch)
        parts = [*map(part, keys), *map(part, values)]
    elif found == INSTANCE:
        node.apart = OUTSIDE_APART and node.weak is None and not has_slots(type(value))
        if not node.apart:
            watch.append(_Outside(node))
        own = own_dict(value)
        attributes = named(own) if node.apart else attributes_of(value)
        if own is not None and node.weak is None:
            watch += (own, own.values())
        elif own is not None:
            watch += (_Window(node.get, _own_names), _Window(node.get, _own_values))
        size = len(attributes)
        parts = [*attributes, *map(part, attributes.values())]
    else:
        size, made = 0, True
        node.opaque = True
        watch.append(_Same(lambda: show(node.get())))
        parts = [Made(show(value), "")]
    if watch:
        watch.append(_ENDS)
    if children != node.children:
        for inner in node.children:
            inner.parents.discard(node)
        for inner in children:
            inner.parents.add(node)
        node.children = children
    node.watch = watch
    node.held = list(flat(watch))
    node.mixed = bool(children) or Made in map(type, parts)
    shown = len(parts) // 2 if found in KEYED else len(parts)
    name, shape = type_name(value), _SHAPES.get(type(value))
    if found == INSTANCE and type(value) is not types.SimpleNamespace:
        shape = f"{name}({{}})"
    elif found == SET:
        made = made or size > len(parts) or not all(type(p) in _ORDERED for p in parts)
    made = made or (shape is None and found < CONTENT)
    node.plain = not made and is_plainly_watched(node, value)
    node.state = State(name, shape, size, shown, parts, made)


def _can_wait(value: tuple[Any, ...]) -> bool:
    """Whether that holds for all items of a tuple."""
    return len(value) <= MAX_ITEMS and all(
        _can_wait(part) if type(part) is tuple else can_wait(type(part), part) for part in value
    )


def is_plainly_watched(node: Node, value: Any) -> bool:
    """Whether what is watched is the object's items, or its keys and then its values, no more."""
    kind, watch = type(value), node.watch
    if node.category == LIST:
        return kind is list and len(watch) == 2 and watch[0] is value
    if node.category == DICT:
        return kind is dict and len(watch) == 3 and watch[0] is value
    plain = node.category == INSTANCE and node.apart and len(watch) == 3
    return plain and all(type(name) is str for name in own_dict(value) or ())


def _own_names(value: object) -> Iterable[Any]:
    return own_dict(value) or ()


def _own_values(value: object) -> Iterable[Any]:
    return (own_dict(value) or {}).values()


def _sequence(node: Node, value: Any, base: Any, watch: Watch) -> list[Any]:
    """Watch the parts of a list or set; gives those that are shown."""
    if type(value) is base and base.__len__(value) <= MAX_ITEMS:
        watch.append(value)
        return list(value)
    watch.append(_Window(node.get, base.__iter__))
    watch.append(_Same(lambda: _size(node.get(), base)))
    return list(islice(base.__iter__(value), MAX_ITEMS))


def _pairs(node: Node, value: Any, watch: Watch) -> tuple[list[Any], list[Any]]:
    """Watch the keys and values of a dict; gives those that are shown."""
    kind = type(value)
    if kind is dict and len(value) <= MAX_ITEMS:
        watch += (value, value.values())
        return list(value), list(value.values())
    base: Any = OrderedDict if issubclass(kind, OrderedDict) else dict
    watch += (_Window(node.get, base.keys), _Window(node.get, base.values))
    watch.append(_Same(lambda: _size(node.get(), dict)))
    if kind is defaultdict:
        watch.append(_Window(node.get, _factory))
    return list(islice(base.keys(value), MAX_ITEMS)), list(islice(base.values(value), MAX_ITEMS))


def _factory(value: defaultdict[Any, Any]) -> Iterable[Any]:
    return (value.default_factory,)


def _size(value: Any, base: Any) -> int:
    return -1 if value is None else int(base.__len__(value))


def is_plain(value: Any, kinds: Mapping[type, int], depth: int = MAX_DEPTH) -> bool:
    """Whether a tuple holds only what has no identity."""
    for part in tuple.__iter__(value):
        found = kinds[type(part)]
        if found == TUPLE:
            if not (depth and is_plain(part, kinds, depth - 1)):
                return False
        elif found >= VOLATILE:
            return False
    return True
