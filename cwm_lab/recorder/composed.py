"""The text of an object put together from what was found of it and of its parts."""

from __future__ import annotations

from typing import Any

from cwm_lab.recorder.display import MAX_DEPTH, MAX_ITEMS, MAX_TEXT, SCALARS, Display, display
from cwm_lab.recorder.kinds import DICT, INSTANCE, SET, TUPLE
from cwm_lab.recorder.nodes import KEYED, Node
from cwm_lab.recorder.states import Made, State


class CannotError(Exception):
    """Only the object itself can give its text."""


TOO_HIGH = 99


class Tale:
    """What is told of an object so far.

    parts: texts or nodes of the parts that `state` shows, in the same order. children: the nodes
    among them; nodes: there was one, ever. above: nodes of what it is a part of, in order.
    reach: how many levels deep its parts may be that have no node of their own.
    text: what a name bound to it shows; None if that is to be made. height: how many levels that
        has, so that it stands in other texts as it is; `TOO_HIGH` if it may not.
    """

    __slots__ = (
        "above",
        "children",
        "height",
        "nodes",
        "number",
        "parts",
        "reach",
        "state",
        "text",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.state: State | None = None
        self.parts: list[Any] = []
        self.children: list[Node] = []
        self.above: dict[Node, None] = {}
        self.nodes = False
        self.reach = self.height = 0
        self.text: str | None = None

    def part(self, value: Any) -> Any:
        """The text of a part, or its node."""
        show = SCALARS.get(type(value))
        if show is not None:
            return show(value)
        if type(value) is Node:
            self.nodes = True
            return value
        text = value.text if type(value) is Made else display(value)
        self.reach = max(self.reach, 1 + sum(map(text.count, "([{<")))
        return text


def compose(node: Node, room: int, inside: set[Node]) -> str | None:
    """The text of a node from those of its parts, as `display` would write it; None for what is not
    simply put together.

    room: levels of nesting left. inside: what it is a part of.
    """
    tale: Tale = node.told
    state = tale.state
    if state is None:
        return None
    if state.shape is None:
        return None if state.made else str(tale.parts[0])
    shape, shown, parts = state.shape, state.shown, tale.parts
    if node in inside or not room:
        return shape.format("...")
    if tale.text is not None and tale.height <= room:
        return tale.text
    most = shown if shown <= MAX_ITEMS else -1
    if most < state.size or tale.reach >= room or (shown == 0 and node.category == SET):
        return None
    if tale.children:
        inside.add(node)
        texts: list[str] = []
        for part in parts:
            text = part if type(part) is str else compose(part, room - 1, inside)
            if text is None:
                return None
            texts.append(text)
        inside.discard(node)
        parts = texts
    if node.category in KEYED:
        between = "=" if node.category == INSTANCE else ": "
        pairs = zip(parts[:shown], parts[shown:], strict=True)
        inner = ", ".join([f"{key}{between}{value}" for key, value in pairs])
    else:
        inner = ", ".join(parts)
    if len(inner) > MAX_TEXT - len(shape):
        return None
    text = shape.format(f"{inner}," if node.category == TUPLE and shown == 1 else inner)
    keep(tale, text, room)
    return text


def keep(tale: Tale, text: str, room: int) -> None:
    """Have the text at hand as long as nothing in it changes."""
    height = tale.reach
    for child in tale.children:
        inner: Tale = child.told
        height = max(height, TOO_HIGH if inner.text is None else inner.height)
    if height < room:
        tale.text, tale.height = text, height + 1


def again(node: Node) -> str:
    """The text of any node, as `display` would write it. Raises CannotError."""
    return _Again({}).show(node, 0)


class _Again(Display):
    """A walk through what was found, with nodes in the place of objects."""

    def show(self, value: Any, depth: int) -> str:
        kind = type(value)
        if kind is Made:
            if value.type != "type":  # as for classes
                self.left -= len(value.text) + 2
            return str(value.text)
        if kind is not Node:
            return super().show(value, depth)
        state: State | None = value.told.state
        if state is None or state.made:
            raise CannotError
        if state.shape is None:
            return self.show(state.parts[0], depth)
        if id(value) in self.inside or depth >= MAX_DEPTH:
            text = state.shape.format("...")
            self.left -= len(text) + 2
            return text
        self.left -= 2
        self.inside.add(id(value))
        inner = self._inner(value.category, state, depth)
        self.inside.discard(id(value))
        empty_set = value.category == SET and not state.size
        return f"{state.type}()" if empty_set else state.shape.format(inner)

    def _inner(self, category: int, state: State, depth: int) -> str:
        shown, parts, size = state.shown, state.parts, state.size
        if category == DICT:
            return self.pairs(zip(parts[:shown], parts[shown:], strict=False), size, depth)
        if category == INSTANCE:
            attributes = dict(zip(parts[:shown], parts[shown:], strict=False))
            return self.attributes(attributes, depth)
        if category == TUPLE and size == 1:
            return f"{self.show(parts[0], depth + 1)},"
        return self.items(parts[:shown], size, depth)
