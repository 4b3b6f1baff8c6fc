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
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from cwm_lab.recorder.display import (
    MAX_ITEMS,
    attributes_of,
    has_slots,
    in_order,
    is_simple,
    named,
    named_shape,
    own_dict,
    type_name,
)
from cwm_lab.recorder.kinds import (
    CONTENT,
    DICT,
    INSTANCE,
    LEAF,
    LIST,
    SET,
    TUPLE,
    VOLATILE,
    Fragile,
    is_plain,
)
from cwm_lab.recorder.states import Made, State, all_can_wait, can_wait
from cwm_lab.recorder.watching import (
    Outside,
    Same,
    Watch,
    Window,
    own_names,
    own_values,
    pairs,
    sequence,
)

if TYPE_CHECKING:
    from cwm_lab.recorder.objects import Objects

flat = chain.from_iterable
ENDS: Final = (object(),)
"""Follows the parts of an object that can grow: found at its place, the length is what it was."""
KEYED: Final = (DICT, INSTANCE)
SHAPES: Final = {LIST: "[{}]", TUPLE: "({})", DICT: "{{{}}}", SET: "{{{}}}"}
"""What stands around the parts of a list and so on, by category."""
_EXACT: Final = (list, tuple, dict, set)
_ORDERED: Final = (int, float, bool, str)
"""Types of a set's items that are told in their own order."""
_NOTHING: Final[list[Any]] = []
_NO_NODES: Final[set[Any]] = set()
"""What all objects hold that are out of sight; not to be written to."""
OUTSIDE_APART: Final = sys.version_info < (3, 13)
"""Whether an instance refers to its class and its `__dict__` only, not to what is in that."""


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
    step: its last state but one, its last, and the one part in which they differ, if it is known;
        None in its place: they differ in size alone.
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
        "step",
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
        self.step: tuple[State, State, int | None] | None = None
        self.roots = 0
        self.linked = self.apart = self.opaque = self.plain = self.mixed = False
        self.told: Any = None
        self.children: list[Node] = []
        self.parents: set[Node] = set()

    def get(self) -> Any:
        """The object; None if it is gone."""
        return self.strong if self.weak is None else self.weak()

    def loosen(self, fragile: Fragile) -> None:
        """Know the object without keeping it."""
        if self.weak is None and fragile[type(self.strong)]:
            self.weak, self.strong = weakref.ref(self.strong), None

    def forget_parts(self, fragile: Fragile) -> None:
        """Hold the `id` of each part instead of the part."""
        self.plain = False
        if not self.held:
            return
        own = None if self.weak is None else own_dict(self.weak())
        self.kept = [p for p in self.held if p is not own and not fragile[type(p)]]
        self.held = list(map(id, self.held))

    def lead_to(self, children: list[Node]) -> None:
        """These are its children now; the list is another one only if they are others."""
        if children != self.children:
            for inner in self.children:
                inner.parents.discard(self)
            for inner in children:
                inner.parents.add(self)
            self.children = children

    def let_go(self) -> None:
        """Out of sight: hold nothing any more."""
        self.strong = self.weak = self.state = self.step = None
        self.watch = self.held = self.kept = self.children = _NOTHING
        self.parents = _NO_NODES
        self.linked = False


def read(node: Node, objects: Objects) -> None:
    """Look at a node's object anew. If it has other children than before, their list is another.

    objects: those that are known.
    """
    show = objects.show
    value = node.get()
    if node.category == LEAF:
        text = Made(show(value), "")
        node.state = State(type_name(value), None, 0, 1, [text], not is_simple(type(value)))
        return
    if not node.children and _read_quickly(node, value):
        return
    reading = _Reading(node, objects)
    watch, part = reading.watch, reading.part
    found = node.category
    parts: list[Any]
    if found == LIST:
        size = list.__len__(value)
        parts = [*map(part, sequence(node.get, value, list, watch))]
    elif found == TUPLE:
        size = tuple.__len__(value)
        parts = [*map(part, islice(tuple.__iter__(value), MAX_ITEMS))]
    elif found == SET:
        size = set.__len__(value)
        parts = [*map(part, in_order(sequence(node.get, value, set, watch), show))]
    elif found == DICT:
        size = dict.__len__(value)
        keys, values = pairs(node.get, value, watch)
        parts = [*map(part, keys), *map(part, values)]
    elif found == INSTANCE:
        node.apart = OUTSIDE_APART and node.weak is None and not has_slots(type(value))
        if not node.apart:
            watch.append(Outside(node.get))
        own = own_dict(value)
        attributes = named(own) if node.apart else attributes_of(value)
        if own is not None and node.weak is None:
            watch += (own, own.values())
        elif own is not None:
            watch += (Window(node.get, own_names), Window(node.get, own_values))
        size = len(attributes)
        parts = [*attributes, *map(part, attributes.values())]
    else:
        size, reading.made = 0, True
        node.opaque = True
        watch.append(Same(lambda: show(node.get())))
        parts = [Made(show(value), "")]
    if watch:
        watch.append(ENDS)
    made, children = reading.made, reading.children
    node.lead_to(children)
    node.watch = watch
    node.held = list(flat(watch))
    node.mixed = bool(children) or Made in map(type, parts)
    shown = len(parts) // 2 if found in KEYED else len(parts)
    name, shape = type_name(value), SHAPES[found] if type(value) in _EXACT else None
    if found == INSTANCE and type(value) is not types.SimpleNamespace:
        shape = named_shape(name)
    elif found == SET:
        made = made or size > len(parts) or not all(type(p) in _ORDERED for p in parts)
    made = made or (shape is None and found < CONTENT)
    node.plain = not made and is_plainly_watched(node, value)
    node.state = State(name, shape, size, shown, parts, made)


class _Reading:
    """The parts of a node's object that is looked at anew: what is to be watched of it, what are
    its children, and whether it must be asked for its text (`State.made`)."""

    def __init__(self, node: Node, objects: Objects) -> None:
        self._node, self._objects = node, objects
        self.watch: Watch = []
        self.children: list[Node] = []
        self.made = False

    def part(self, value: Any) -> Any:
        """What a `State` has of this part."""
        kind = type(value)
        if can_wait(kind, value):
            return value
        kinds, show = self._objects.kinds, self._objects.show
        found = kinds[kind]
        if found == VOLATILE:
            self._node.opaque = True
            self.watch.append(Same(lambda: show(value)))
        if found <= VOLATILE or (found == TUPLE and is_plain(value, kinds)):
            if kind is tuple and all_can_wait(value):
                return value
            self.made = self.made or not is_simple(kind)
            return Made(show(value), type_name(value))
        inner = self._objects.child(value, found)
        self.children.append(inner)
        return inner


def _read_quickly(node: Node, value: Any) -> bool:
    """The same for a list, dict or instance of nothing but numbers, strings and the like; False
    for all others."""
    kind = type(value)
    if kind is list:
        now, watch, shape = value.copy(), [value, ENDS], "[{}]"
        shown = len(now)
    elif kind is dict:
        now, watch, shape = [*value, *value.values()], [value, value.values(), ENDS], "{{{}}}"
        shown = len(value)
    elif node.category == INSTANCE and OUTSIDE_APART and node.weak is None:
        own = own_dict(value)
        if own is None or kind is types.SimpleNamespace or has_slots(kind):
            return False
        if not all(type(name) is str for name in own):
            return False
        now, watch, shape = [*own, *own.values()], [own, own.values(), ENDS], ""
        shown = len(own)
    else:
        return False
    if shown > MAX_ITEMS:
        return False
    for part in now:
        if not can_wait(type(part), part):
            return False
    name = type_name(value)
    now += ENDS
    node.apart = not shape
    node.plain, node.mixed = True, False
    node.watch, node.held = watch, now
    node.state = State(name, shape or named_shape(name), shown, shown, now, False)
    return True


def is_plainly_watched(node: Node, value: Any) -> bool:
    """Whether what is watched is the object's items, or its keys and then its values, no more."""
    kind, watch = type(value), node.watch
    if node.category == LIST:
        return kind is list and len(watch) == 2 and watch[0] is value
    if node.category == DICT:
        return kind is dict and len(watch) == 3 and watch[0] is value
    plain = node.category == INSTANCE and node.apart and len(watch) == 3
    return plain and all(type(name) is str for name in own_dict(value) or ())
