"""The objects in sight, in one row with what is watched of each: C finds out which changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from gc import get_referents
from itertools import accumulate, compress, count, islice
from operator import eq, is_, is_not, ne
from types import FunctionType
from typing import Any, Final

from cwm_lab.recorder.nodes import Node, flat


def are_same(watch: list[Any], held: list[Any]) -> bool:
    """Whether these iterables give the very parts that are held."""
    if not COMPILED:
        return all(map(is_, flat(watch), held))
    at, count = 0, len(held)
    for parts in watch:
        for part in parts:
            if at == count:
                return True
            if part is not held[at]:
                return False
            at += 1
    return True


COMPILED: Final = type(are_same) is not FunctionType


class Sight:
    """Nodes, and their `watch` and `held` (see `nodes`) one after the other.

    careful: `held` has the parts' `id` instead, for the program may notice when an object goes.
    stale: watch and held are not what the nodes have by now.
    instances, outside: objects of the program's classes, and their classes and `__dict__`s.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.watch: list[Iterable[Any]] = []
        self.held: list[Any] = []
        self.instances: list[Any] = []
        self.outside: list[Any] = []
        self.careful = self.stale = False
        self._ends: tuple[list[int], list[int]] | None = None

    def same(self) -> bool:
        """Whether all are what they were when they were last read."""
        if self.stale:
            self.gather()
        if self.careful:
            if not all(map(eq, map(id, flat(self.watch)), self.held)):
                return False
        elif not are_same(self.watch, self.held):
            return False
        return self.same_outside()

    def same_outside(self) -> bool:
        """Whether all instances have the class and the `__dict__` that they had."""
        return not self.instances or all(map(is_, get_referents(*self.instances), self.outside))

    def changed(self) -> Iterator[Node]:
        """Those that are not what they were, each to be read again before the next is asked for."""
        first = 0
        if self.stale:
            self.gather()
        # In C up to the first part that is another one; then only its object is read.
        watch_ends, held_ends = self._ends or self._find_ends()
        while first < len(self.nodes):
            now = flat(islice(self.watch, watch_ends[first], None))
            held = islice(self.held, held_ends[first], None)
            differ = map(ne, map(id, now), held) if self.careful else map(is_not, now, held)
            at = next(compress(count(held_ends[first]), differ), None)
            if at is None:
                return
            first = bisect_right(held_ends, at) - 1
            node = self.nodes[first]
            sizes, nodes = (len(node.watch), len(node.held)), len(self.nodes)
            yield node
            # What was added meanwhile stands behind all others.
            self.watch[watch_ends[first] : watch_ends[first + 1]] = node.watch
            self.held[held_ends[first] : held_ends[first + 1]] = node.held
            if sizes != (len(node.watch), len(node.held)) or len(self.nodes) != nodes:
                watch_ends, held_ends = self._find_ends()
            first += 1

    def gather(self) -> None:
        """Take what is watched from the nodes again."""
        self.stale = False
        self.watch = [part for node in self.nodes for part in node.watch]
        self.held = [part for node in self.nodes for part in node.held]
        self._ends = None

    def spoil(self) -> None:
        """A node watches or holds something else now; what it held may go."""
        self.stale = True
        self.watch, self.held, self._ends = [], [], None

    def add(self, node: Node) -> None:
        node.linked = True
        self._ends = None
        self.nodes.append(node)
        if not self.stale:
            self.watch += node.watch
            self.held += node.held
        if node.apart:
            self.instances.append(node.strong)
            self.outside += get_referents(node.strong)

    def remove_last(self) -> None:
        """Let the last one go, which is no instance."""
        node = self.nodes.pop()
        self._ends = None
        if not self.stale:
            del self.watch[len(self.watch) - len(node.watch) :]
            del self.held[len(self.held) - len(node.held) :]

    def remove_unlinked(self) -> None:
        """Let all go that are not linked any more."""
        self.nodes = [node for node in self.nodes if node.linked]
        self.spoil()
        if self.instances:
            self.instances = [node.strong for node in self.nodes if node.apart]
            self.outside = get_referents(*self.instances)

    def clear(self) -> None:
        self.nodes, self.watch, self.held, self._ends = [], [], [], None
        self.instances, self.outside = [], []
        self.stale = False

    def be_careful(self) -> None:
        """From now on, hold no part. The nodes do so already."""
        self.careful = True
        self.instances, self.outside = [], []
        self.gather()

    def _find_ends(self) -> tuple[list[int], list[int]]:
        """Where the parts of each node begin and end among those of all."""
        self._ends = (
            list(accumulate([len(node.watch) for node in self.nodes], initial=0)),
            list(accumulate([len(node.held) for node in self.nodes], initial=0)),
        )
        return self._ends
