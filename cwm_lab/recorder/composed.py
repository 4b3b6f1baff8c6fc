"""The text of an object put together from what its node and those of its parts hold already."""

from __future__ import annotations

import types
from typing import Any

from cwm_lab.recorder.display import MAX_TEXT
from cwm_lab.recorder.nodes import DICT, INSTANCE, SET, TUPLE, Node

_SHAPES: dict[type, str] = {list: "[{}]", tuple: "({})", dict: "{{{}}}", set: "{{{}}}"}


def compose(node: Node, room: int, inside: set[Node]) -> str | None:
    """The text of a node from its record and those of its parts, as `display` would write it; None
    for what only `display` can write.

    room: levels of nesting left. inside: what it is a part of.
    """
    if node.record is None:
        return None
    _, name, size, items = node.record
    kind = type(node.get())
    if node.category == INSTANCE and kind is not types.SimpleNamespace:
        shape = f"{name}({{}})"
    elif kind in _SHAPES:
        shape = _SHAPES[kind]
    else:
        return None
    if node in inside or not room:
        return shape.format("...")
    if node.text is not None and not node.children:
        return node.text
    if len(items) < size or node.reach >= room or (size == 0 and node.category == SET):
        return None
    if node.children:
        inside.add(node)
        texts: list[Any] = []
        if node.category == DICT:
            numbers = {child.number: child for child in node.children}
            for item in items:
                parts = [
                    part if type(part) is str else compose(numbers[part], room - 1, inside)
                    for part in item
                ]
                if None in parts:
                    return None
                texts.append(parts)
        else:
            # Children stand in the order of the parts that they are.
            children = iter(node.children)
            named = node.category == INSTANCE
            for item in items:
                part = item[1] if named else item
                text = part if type(part) is str else compose(next(children), room - 1, inside)
                if text is None:
                    return None
                texts.append((item[0], text) if named else (text,))
        inside.discard(node)
    else:
        texts = [item if type(item) is tuple else (item,) for item in items]
    between = "=" if node.category == INSTANCE else ": "
    inner = ", ".join([between.join(parts) for parts in texts])
    if len(inner) > MAX_TEXT - len(shape):
        return None
    return shape.format(f"{inner}," if node.category == TUPLE and size == 1 else inner)
