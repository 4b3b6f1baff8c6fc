"""The quick way to look again at an object that is as plain as most: what changed is found in C,
part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import compress, count
from operator import is_, is_not
from typing import Any

from cwm_lab.recorder.display import MAX_ITEMS
from cwm_lab.recorder.kinds import DICT, INSTANCE, LIST, SET
from cwm_lab.recorder.nodes import Node, flat
from cwm_lab.recorder.states import State, can_wait

_NODES = (LIST, DICT, SET, INSTANCE)
"""Categories whose values always have nodes."""


def reread(node: Node, child: Callable[[Any, int], Node], kinds: Mapping[type, int]) -> bool | None:
    """Look again at an object that is `plain`: whether anything changed. None if there is more to
    it, and `nodes.read` must be used. Arguments as there."""
    state, held = node.state, node.held
    assert state is not None
    now = [*flat(node.watch)]
    changed = [*compress(count(), map(is_not, now, held))]
    size, keyed = len(now), node.category != LIST
    shown = size // 2 if keyed else size - 1
    first = shown if keyed else 0
    parts = state.parts
    if size == len(held):
        if not changed:
            return False
        if changed[0] < first:
            return None
        if node.mixed:
            parts = parts[: size - 1]
    elif shown > MAX_ITEMS:
        return None
    elif not keyed:
        changed += range(len(held), size - 1)
        if node.mixed:
            parts = parts[: state.shown]
    else:
        # Other keys: perhaps those that were there, and more at the end.
        before = state.shown
        if shown < before or not all(map(is_, now, held[:before])):
            return None
        for key in now[before:shown]:
            if not can_wait(type(key), key) or (node.category == INSTANCE and type(key) is not str):
                return None
        values = now[shown:-1]
        changed = [*compress(count(shown), map(is_not, values, held[before:-1]))]
        changed += range(shown + before, size - 1)
        if node.mixed:
            parts = [*parts[:before], *now[before:shown], *parts[before : 2 * before]]
    mixed = node.mixed
    for at in changed:
        value = now[at]
        kind = type(value)
        if can_wait(kind, value):
            if mixed:
                parts[at : at + 1] = (value,)
        elif at == size - 1:
            continue  # what follows the last item, in the place of one that went
        elif kinds[kind] in _NODES:
            if not mixed:
                mixed, parts = True, now[:-1]
            parts[at : at + 1] = (child(value, kinds[kind]),)
        else:
            return None
    if mixed:
        del parts[size - 1 :]
        node.lead_to([part for part in parts if type(part) is Node])
        node.mixed = mixed
    else:
        parts = now
    node.held = now
    node.state = tuple.__new__(State, (state[0], state[1], shown, shown, parts, False))
    return True
