"""The objects that predicted names lead to, numbered as the recorder numbers them (docs/steps.md).

Only bookkeeping: which object is which, and what is in it, is what the network's answers said.
Tuples and iterators have no label in the dialect, so two of them with the same parts count as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cwm_lab.trace.objects import Object, ObjectKind, Part
from cwm_lab.worldmodel.display import display, in_order, is_exception_class
from cwm_lab.worldmodel.machine import Frame
from cwm_lab.worldmodel.values import Cell, Form, Tup, Value

MAX_PARTS = 50
"""Items of one object that are listed."""
MAX_OBJECTS = 300
"""Objects that are followed, nearest to the names first."""
_VIEWS = {"<items>": "dict_items", "<keys>": "dict_keys", "<values>": "dict_values"}
_ITERATORS = frozenset(["enumerate", "zip", "map", "filter", "reversed"])
Content = tuple[object, ...]


def has_identity(value: Value) -> bool:
    """Whether a trace numbers such a value: what can change, and tuples that hold it."""
    if isinstance(value, Cell):
        if value.kind == "obj":
            return value.cls is None or not is_exception_class(value.cls)
        return value.kind in ("list", "set", "dict", "gen")
    if isinstance(value, Tup):
        return any(map(has_identity, value.items))
    return isinstance(value, Form) and (value.name in _VIEWS or value.name in _ITERATORS)


class Boxes:
    """Numbers for objects. Those that names are bound to count from 1 upwards; one that so far is
    only a part of others from -1 downwards, until a name is bound to it."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}
        self._named = self._anonymous = 0
        self._contents: dict[Value, Content] = {}
        self._records: dict[int, Object] = {}
        self._sight: list[Value] = []
        self._frames: list[tuple[Frame, dict[str, Value]]] = []

    def look(
        self, frame: Frame, visible: Mapping[str, Value], changed: Iterable[str], *, called: bool
    ) -> tuple[dict[str, int], dict[int, Object]]:
        """What a step tells: its names' numbers where they or their texts are others than before,
        and the objects that are new or have changed since the last step.

        called: whether the frame begins, or goes on after it slept.
        """
        del self._frames[frame.depth + (not called) :]
        if not self._frames or self._frames[-1][0] is not frame:
            self._frames.append((frame, {}))
        held = self._frames[-1][1]
        told: dict[int, Object] = {}
        self._follow([], told)
        ids: dict[str, int] = {}
        texts = set(changed)
        for name in [name for name in held if name not in visible]:
            del held[name]
        for name, value in visible.items():
            if not has_identity(value):
                held.pop(name, None)
                continue
            number = self._number(value, told)
            if name in texts or held.get(name) != value:
                ids[name] = number
            if held.get(name) is not value:
                held[name] = value
                self._follow([value], told)
        self._sight = self._reached()
        return ids, told

    def _number(self, value: Value, told: dict[int, Object]) -> int:
        """The number of a value that a name is bound to."""
        number = self._numbers.get(value, 0)
        if number > 0:
            return number
        self._named += 1
        self._numbers[value] = self._named
        if number < 0:
            self._records.pop(number, None)
            told.pop(number, None)
            self._contents.pop(value, None)
            for parent in self._sight:  # the objects that hold it are told anew
                if value in self._contents.get(parent, ()):
                    del self._contents[parent]
                    self._read(parent, told)
        return self._named

    def _part(self, value: Value) -> Part:
        if not has_identity(value):
            return display(value)
        if value not in self._numbers:
            self._anonymous += 1
            self._numbers[value] = -self._anonymous
        return self._numbers[value]

    def _follow(self, new: list[Value], told: dict[int, Object]) -> None:
        """Look at all objects in sight, or at new ones, and at those that they lead to."""
        waiting = new or list(self._sight)
        known = set(waiting)
        for value in waiting:  # which grows meanwhile
            self._read(value, told)
            for part in _parts(value):
                if part not in known and has_identity(part) and len(waiting) < MAX_OBJECTS:
                    known.add(part)
                    waiting.append(part)

    def _read(self, value: Value, told: dict[int, Object]) -> None:
        names = tuple(value.attrs) if isinstance(value, Cell) else ()
        content = (*names, *_parts(value))
        if self._contents.get(value) == content and not isinstance(value, Form):
            return
        self._contents[value] = content
        number = self._numbers[value]
        record = self._record(value)
        if self._records.get(number) != record:
            self._records[number] = told[number] = record

    def _record(self, value: Value) -> Object:
        part = self._part
        if isinstance(value, Tup):
            return Object(
                "tuple", "tuple", len(value.items), tuple(map(part, value.items[:MAX_PARTS]))
            )
        if isinstance(value, Form):
            return Object("other", _VIEWS.get(value.name, value.name), 0, (display(value),))
        assert isinstance(value, Cell)
        if value.kind == "gen":
            return Object("other", "generator", 0, (display(value),))
        if value.kind == "obj":
            name = value.cls.name if value.cls is not None else "object"
            attributes = list(value.attrs.items())
            items = tuple((key, part(own)) for key, own in attributes[:MAX_PARTS])
            return Object("instance", name, len(attributes), items)
        if value.kind == "dict":
            pairs = tuple((part(key), part(own)) for key, own in value.pairs[:MAX_PARTS])
            return Object("dict", "dict", len(value.pairs), pairs)
        shown = in_order(value.items) if value.kind == "set" else value.items
        kind: ObjectKind = "set" if value.kind == "set" else "list"
        return Object(kind, kind, len(value.items), tuple(map(part, shown[:MAX_PARTS])))

    def _reached(self) -> list[Value]:
        """The objects in sight, those that were there first."""
        found = dict.fromkeys(value for _, held in self._frames for value in held.values())
        waiting = list(found)
        for value in waiting:  # which grows meanwhile
            for part in _parts(value):
                if part not in found and has_identity(part) and len(waiting) < MAX_OBJECTS:
                    found[part] = None
                    waiting.append(part)
        return waiting


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, Tup):
        return value.items
    if isinstance(value, Form) or not isinstance(value, Cell):
        return ()
    if value.kind == "dict":
        return [part for pair in value.pairs for part in pair]
    return list(value.attrs.values()) if value.kind == "obj" else value.items
