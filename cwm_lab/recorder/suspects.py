"""Which objects a statement may have changed, found by what its syntax says (`aims`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cwm_lab.recorder.aims import CHANGING, Aim
from cwm_lab.recorder.display import MAX_ITEMS, SCALARS, own_dict
from cwm_lab.recorder.kinds import INSTANCE, Kinds
from cwm_lab.recorder.nodes import Node

if TYPE_CHECKING:
    from cwm_lab.recorder.names import Names

UNHELD: Final[Any] = object()
"""Stands for a value that a frame's name is bound to and that is not kept."""


def find_suspects(
    aims: tuple[Aim, ...],
    frame: Names,
    module: Names,
    table: dict[int, Node],
    kinds: Kinds,
) -> dict[Node, str] | None:
    """The objects that a statement may have changed, and how, if that tells in which part (`Aim`;
    else empty); None if that can be any.

    frame: where it stands. module: the outermost frame. table: `id` -> node, of objects in sight.
    """
    found: dict[Node, str] = {}
    before: Aim | None = None
    values: list[Any] | None = None
    for aim in aims:
        if before is None or before.name != aim.name or before.path != aim.path:
            before = aim
            values = _values(aim, frame, module, table, kinds)
        if values is None:
            return None
        how = aim.how
        for value in values:
            kind = type(value)
            if kind in SCALARS:
                continue
            hit = is_hit(kind, kinds[kind], how, aim.own)
            if hit is None:
                return None
            if hit:
                node = table.get(id(value))
                if node is None or not node.linked:
                    return None
                apart = how == "append" or how.startswith(".")
                found[node] = how if apart and node not in found else ""
    return found


def _values(
    aim: Aim,
    frame: Names,
    module: Names,
    table: dict[int, Node],
    kinds: Kinds,
) -> list[Any] | None:
    """Where an aim leads to; None if that is not certain."""
    name, path = aim.name, aim.path
    value = frame.seen.get(name, UNHELD)
    if value is UNHELD:
        # One of the module, unless its line may have bound that meanwhile.
        value = module.seen.get(name, UNHELD)
        bound = module.place.bound
        if value is UNHELD or bound is None or name in bound:
            return None
    if not path:
        return [value]
    node = table.get(id(value))
    if node is not None and node.apart and node.plain and len(path) == 1 and path[0]:
        # The most frequent one: an attribute of an object as plain as most.
        attributes: Any = node.watch[0]
        value = attributes.get(path[0], UNHELD)
        return None if value is UNHELD else [value]
    values = [value]
    for step in path:
        parts = _parts(values, step, table, kinds)
        if parts is None:
            return None
        values = parts
    return values


def _parts(values: list[Any], step: str, table: dict[int, Node], kinds: Kinds) -> list[Any] | None:
    """The objects among the items, or the attributes of this name, of these; None if that is not
    certain."""
    parts: list[Any] = []
    for value in values:
        kind = type(value)
        if step:
            own = own_dict(value) if kinds[kind] == INSTANCE else None
            if own is None or step not in own:
                return None
            parts.append(own[step])
        elif kind is list or kind is dict:
            node = table.get(id(value))
            # Beyond these, or where they are not plain, parts are no children.
            if node is None or not (node.linked and node.plain) or len(value) > MAX_ITEMS:
                return None
            parts += [child.strong for child in node.children]
        elif kind is not str:
            return None
    return parts


def is_hit(kind: type, category: int, how: str, own: bool) -> bool | None:
    """Whether the statement may have changed an object of this type; None if it may have changed
    others. how, own: of its aim."""
    if kind is list or kind is dict or kind is set:
        return not how.startswith(".")
    if category == INSTANCE:
        # Items of such an object, and methods that the program defines, have steps of their own.
        if how.startswith("."):
            return True
        return False if own or how in ("[", "=") else None
    if kind is tuple or kind is range:
        return False
    return False if kind is type and own and how not in CHANGING else None
