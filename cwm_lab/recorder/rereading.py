"""The quick way to look at an object again: only numbers, strings and the like in it have changed.

What changed is found in C, part by part, and the texts of all other parts are kept.
"""

from __future__ import annotations

from itertools import compress, count
from operator import is_, is_not
from typing import Any

from cwm_lab.recorder.display import MAX_ITEMS, SCALARS
from cwm_lab.recorder.nodes import INSTANCE, LIST, MAX_PARTS, Node, flat, list_text


def reread(node: Node) -> bool:
    """Look anew at an object of which perhaps only numbers, strings and the like have changed.
    False if there is more to it, and `nodes.read` must be used."""
    parts, record = node.parts, node.record
    if parts is None or record is None:
        return False
    now, held = list(flat(node.watch)), node.held
    keyed = node.category != LIST
    first, before = (len(now) // 2, len(held) // 2) if keyed else (0, 0)
    if keyed and not _same_keys(node, now[:first], held[:before]):
        return False
    values, old = now[first:-1], held[before:-1]
    if len(values) > MAX_ITEMS or int in map(type, parts[len(values) :]):
        return False
    del parts[len(values) :]
    for at in compress(count(), map(is_not, old, values)):
        show = SCALARS.get(type(values[at]))
        if show is None or type(parts[at]) is int:
            return False
        parts[at] = show(values[at])
    for value in values[len(parts) :]:
        show = SCALARS.get(type(value))
        if show is None:
            return False
        parts.append(show(value))
    shown = parts[:MAX_PARTS]
    items = tuple(zip(node.keys, shown, strict=False)) if keyed else tuple(shown)
    node.held = now
    node.record = (record[0], record[1], len(values), items)
    node.text = None if keyed else list_text(node, list)
    return True


def _same_keys(node: Node, now: list[Any], before: list[Any]) -> bool:
    """Whether the keys are those that were there, and perhaps more at the end."""
    if not (len(now) >= len(before) and all(map(is_, now, before))):
        return False
    for key in now[len(before) :]:
        show = SCALARS.get(type(key))
        if show is None or (node.category == INSTANCE and type(key) is not str):
            return False
        node.keys.append(key if node.category == INSTANCE else show(key))
    return True
