"""The quick ways to look again at an object that is as plain as most: at the part that a statement
changes, where it says which; else part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cwm_lab.recorder.display import MAX_ITEMS
from cwm_lab.recorder.kinds import DICT, INSTANCE, LIST, SET
from cwm_lab.recorder.nodes import ENDS, Node
from cwm_lab.recorder.states import State, can_wait

if TYPE_CHECKING:
    from cwm_lab.recorder.objects import Objects

_NODES: Final = (LIST, DICT, SET, INSTANCE)
"""Categories whose values always have nodes."""
_ABSENT: Final[Any] = object()


def look_at(node: Node, how: str, objects: Objects) -> bool | None:
    """Look at what a statement may change of an object: whether it did. None if there is more to
    it. how: see `Aim`. objects: those that are known."""
    state, held = node.state, node.held
    assert state is not None
    shown = state.shown
    if not node.plain:
        return _look_at_size(node, state)
    if how == "append":
        items = node.strong
        count = told = len(items)
        if node.category != LIST or count != shown + 1 or count > MAX_ITEMS:
            return None
        value, at = items[-1], shown
        now = [*held[:-1], value, held[-1]]
    elif how[0] == "." and node.category == INSTANCE:
        own: Any = node.watch[0]
        name, count = how[1:], len(own)
        value = own.get(name, _ABSENT)
        told = 2 * count
        at = told - 1
        for key in range(shown):
            if held[key] == name:
                at = shown + key
                break
        if value is _ABSENT or count != shown + (at >= 2 * shown) or count > MAX_ITEMS:
            return None
        if count > shown:
            now = [*held[:shown], name, *held[shown:-1], value, held[-1]]
        elif held[at] is value:
            return False
        else:
            now = held.copy()
            now[at] = value
    else:
        return None
    part, kind = value, type(value)
    if not can_wait(kind, value):
        # The first of its type may be one that must not be held: then nothing is plain any more.
        if objects.kinds[kind] not in _NODES or not node.plain:
            return None
        part = objects.child(value, objects.kinds[kind])
    parts = now
    if node.mixed or part is not value:
        parts = state.parts if node.mixed else held
        before = parts[at] if count == shown else None
        if count == shown:
            parts = parts[:told]
            parts[at] = part
        elif how == "append":
            parts = [*parts[:shown], part]
        else:
            parts = [*parts[:shown], name, *parts[shown : 2 * shown], part]
        node.mixed = True
        if type(part) is Node or type(before) is Node:
            node.lead_to([part for part in parts if type(part) is Node])
    node.held = now
    node.state = State(state.type, state.shape, count, count, parts, False)
    node.step = state, node.state, at
    return True


def _look_at_size(node: Node, state: State) -> bool | None:
    """The same for a list that has more items than are watched, where one is added."""
    size, watch = state.size + 1, node.watch
    # Two things are watched: the first items, and how many there are.
    if node.category != LIST or state.shown < MAX_ITEMS or len(watch) != 3 or state.made:
        return None
    if type(node.strong) is not list or len(node.strong) != size:
        return None
    node.held[-2:-1] = watch[1]
    node.state = State(state.type, state.shape, size, state.shown, state.parts, state.made)
    node.step = state, node.state, None
    return True


def reread(node: Node, objects: Objects) -> bool | None:
    """Look again at an object that is `plain`: whether anything changed. None if there is more to
    it, and `nodes.read` must be used. Arguments as there."""
    state, held = node.state, node.held
    assert state is not None
    now = _parts(node)
    changed = [at for at in range(min(len(now), len(held))) if now[at] is not held[at]]
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
        if shown < before or (changed and changed[0] < before):
            return None
        for key in now[before:shown]:
            if not can_wait(type(key), key) or (node.category == INSTANCE and type(key) is not str):
                return None
        more = shown - before
        changed = [at for at in range(shown, shown + before) if now[at] is not held[at - more]]
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
        elif objects.kinds[kind] in _NODES:
            if not mixed:
                mixed, parts = True, now[:-1]
            parts[at : at + 1] = (objects.child(value, objects.kinds[kind]),)
        else:
            return None
    if mixed:
        del parts[size - 1 :]
        node.lead_to([part for part in parts if type(part) is Node])
        node.mixed = mixed
    else:
        parts = now
    node.held = now
    node.state = State(state.type, state.shape, shown, shown, parts, False)
    return True


def _parts(node: Node) -> list[Any]:
    """What is watched of an object that is `plain`: its items, or keys and then values, and what
    marks the end."""
    if node.category == LIST:
        items: list[Any] = node.strong
        now = items.copy()
    else:
        attributes: Any = node.watch[0]
        own: dict[Any, Any] = attributes
        now = [*own]
        now += own.values()
    now += ENDS
    return now
