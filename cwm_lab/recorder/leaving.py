"""Objects that no name leads to any more, but perhaps will in a moment: what a call has made or was
given is mostly bound or stored by the statement that made the call."""

from __future__ import annotations

from typing import Final

from cwm_lab.recorder.kinds import DICT, INSTANCE, LIST
from cwm_lab.recorder.nodes import Node
from cwm_lab.recorder.states import Made

_SILENT: Final = (LIST, DICT, INSTANCE)
MOST: Final = 16
"""Nodes that wait; and that go out of sight together without all being linked anew."""


class Leaving:
    """depths: nodes that names no longer lead to -> twice the number of frames that were live then,
    and one; or twice that of when the names of a frame were looked at since. deepest: the largest
    of these."""

    def __init__(self) -> None:
        self.depths: dict[Node, int] = {}
        self.deepest = 0

    def add(self, node: Node, depth: int) -> None:
        """A name of one of so many live frames led to this."""
        self.depths[node] = 2 * depth + 1
        self.deepest = max(self.deepest, 2 * depth + 1)

    def are_due(self, depth: int) -> bool:
        """Whether some may be `due`."""
        return 2 * depth <= self.deepest or len(self.depths) > MOST

    def due(self, depth: int) -> list[Node]:
        """Those of which it is certain by now whether they stay. depth: how many frames are live,
        and the names of the innermost are to be looked at."""
        at, deepest = 2 * depth, 0
        depths: dict[Node, int] = {}
        found: list[Node] = []
        too_many = len(self.depths) - MOST
        for node, before in self.depths.items():
            too_many -= 1
            if at == before or too_many >= 0:
                found.append(node)
                continue
            depths[node] = now = min(before, at)
            deepest = max(deepest, now)
        self.depths, self.deepest = depths, deepest
        return found

    def all(self) -> list[Node]:
        """All of them; none is leaving then."""
        found = [*self.depths]
        self.depths.clear()
        self.deepest = 0
        return found


def ends_silently(node: Node) -> bool:
    """Whether nothing happens at the end of an object and of all that it alone may hold: there is
    no file, function or the like in it."""
    within = [node]
    for found in within:  # which grows meanwhile
        state = found.state
        if state is None or not (found.linked and found.plain and found.category in _SILENT):
            return False
        if found.mixed:
            if len(within) > MOST or Made in map(type, state.parts):
                return False
            for child in found.children:
                others = child.parents
                if not (child.roots or any(other.roots and other.linked for other in others)):
                    within += (child,) if child not in within else ()
    return True


def is_led_to(node: Node) -> bool:
    """Whether some name leads to a node, perhaps through others."""
    if node.roots:
        return True
    above = dict.fromkeys(node.parents)
    row = [*above]
    for found in row:  # which grows meanwhile
        if not found.linked:
            continue
        if found.roots:
            return True
        for parent in found.parents:
            if parent not in above:
                above[parent] = None
                row.append(parent)
    return False


def all_that_leave(node: Node) -> list[Node] | None:
    """What goes out of sight with a node that no name leads to; None if that is too much, or not
    plain to see."""
    leaving = [node]
    for found in leaving:  # which grows meanwhile
        if not found.linked or len(leaving) > MOST:
            return None
        for child in found.children:
            if child.roots:
                continue
            others = child.parents.difference(leaving)
            if not others:
                if child not in leaving:
                    leaving.append(child)
            elif not any(other.roots and other.linked for other in others):
                return None
    return leaving
