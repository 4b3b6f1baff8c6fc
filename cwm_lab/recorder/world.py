"""All objects that the names of live frames lead to, kept in sight: what changed since last time?

One comparison in C tells that nothing did; its cost does not depend on what is beyond the parts
that are shown. Only objects that changed are read again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from gc import get_referents
from itertools import accumulate, compress, count, islice
from operator import eq, is_, is_not, ne
from typing import Any

from cwm_lab.recorder.aims import Aim
from cwm_lab.recorder.display import SCALARS, display
from cwm_lab.recorder.identities import Identities
from cwm_lab.recorder.kinds import (
    TUPLE,
    VOLATILE,
    categorize,
    ends_loudly,
    is_fragile,
    is_plain,
)
from cwm_lab.recorder.nodes import Node, flat, read
from cwm_lab.recorder.rereading import reread
from cwm_lab.recorder.states import GONE
from cwm_lab.recorder.suspects import UNHELD, Frame, Place, find_suspects

MAX_NODES = 300
"""Objects that are kept in sight; what lies beyond has an identity only."""


class _Kinds(dict[type, int]):
    """Categories by type, found out once a run."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __missing__(self, kind: type) -> int:
        found = self[kind] = categorize(kind)
        if not self._world.careful and ends_loudly(kind):
            self._world.be_careful()
        return found


class _Fragile(dict[type, bool]):
    """`is_fragile` by type, found out once a run."""

    def __missing__(self, kind: type) -> bool:
        found = self[kind] = is_fragile(kind)
        return found


class World:
    """The objects in sight.

    frames: the live frames, outermost first.
    watch, held: those of all nodes in a row; see `nodes`. In careful mode, `held` has the parts'
        `id` instead, for the program may notice when an object goes.
    instances, outside: objects of the program's classes, and their classes and `__dict__`s.
    version: another object whenever something changed.
    updates: what changed in objects since the last row (see `telling.Update`). gone: numbers of
        objects that will not come again.
    dirty: whether anything may have changed an object since they were last looked at.
    aims: all that may have changed, as the statement names it; None: anything. aimer: its frame.
    opaque: some object shows what is in others that are no children of it.
    at_once: called when texts must be made at each step from now on, from the objects themselves.
    stale: watch and held are not what the nodes have by now.
    overfull: not all objects are in sight, so that any text may have changed unseen.
    """

    def __init__(self, hidden: Mapping[int, str], at_once: Callable[[], None]) -> None:
        self.frames: list[Frame] = []
        self.watch: list[Iterable[Any]] = []
        self.held: list[Any] = []
        self.instances: list[Any] = []
        self.outside: list[Any] = []
        self.version = object()
        self.updates: list[tuple[Node | None, int, Any]] = []
        self.gone: list[int] = []
        self.careful = False
        self.dirty = True
        self.aims: tuple[Aim, ...] | None = None
        self.aimer: Frame | None = None
        self.opaque = self.stale = False
        self.overfull = False
        self.kinds = _Kinds(self)
        self.fragile = _Fragile()
        self.lost: list[int] = []
        self._identities = Identities(self._ended)
        self._at_once = at_once
        self._hidden = hidden
        self._nodes: list[Node] = []
        self._table: dict[int, Node] = {}
        self._gone = False
        self._ends: tuple[list[int], list[int]] | None = None

    def show(self, value: object) -> str:
        return display(value, hidden=self._hidden)

    def catch_up(self) -> None:
        """Find out what changed since objects were last looked at."""
        if self.lost:
            self.release()
        if not (self.dirty and self._nodes):
            return
        if self.aims is None or self.careful or self.opaque or self.overfull:
            suspects = None
        else:
            assert self.aimer is not None
            suspects = find_suspects(self.aims, self.aimer, self.frames[0], self._table, self.kinds)
        if suspects is None:
            if not self.same():
                self.update()
            return
        for node in suspects:
            if not node.linked:
                continue
            before = node.children
            if node.plain:
                if not self._read(node):
                    continue
            elif all(map(is_, flat(node.watch), node.held)):
                continue
            else:
                self._read_whole(node)
            self.stale = True
            if node.children is not before and not self._follow(node, before):
                self.link()
            self.version = object()

    def same(self) -> bool:
        """Whether nothing changed since this was last asked, or `update` was called."""
        if self.stale:
            self._gather()
        if self.careful:
            if self._gone or not all(map(eq, map(id, flat(self.watch)), self.held)):
                return False
        elif not all(map(is_, flat(self.watch), self.held)):
            return False
        return not self.instances or all(map(is_, get_referents(*self.instances), self.outside))

    def known(self, value: object) -> Node | None:
        """The node of a value, if a name has been bound to it and it is in sight."""
        node = self._table.get(id(value))
        return node if node is not None and node.linked and node.number > 0 else None

    def node_of(self, value: object) -> Node | None:
        """The node of a value that a name is bound to; None if it has no identity."""
        found = self.kinds[type(value)]
        if found <= VOLATILE or (found == TUPLE and is_plain(value, self.kinds)):
            return None
        node = self._table.get(id(value))
        if node is None:
            node = self._new(value, found, self._identities.number(value))
        elif node.number < 0:
            self._rename(node, value)
        if node.state is None:
            self._read_whole(node)
        return node

    def expect(self, frame: Frame, place: Place) -> None:
        """A line of this frame begins or goes on: what may it change?"""
        self.dirty = place.wild or (
            place.unless != "" and type(frame.seen.get(place.unless, UNHELD)) not in SCALARS
        )
        self.aims, self.aimer = place.aims, frame

    def expect_anything(self) -> None:
        self.dirty, self.aims = True, None

    def _gather(self) -> None:
        self.stale = False
        self.watch = [part for node in self._nodes for part in node.watch]
        self.held = [part for node in self._nodes for part in node.held]
        self._ends = None

    def update(self) -> None:
        """Something changed: find out what."""
        if self._gone:
            self._gone = False
            self.link()
        while not self._read_changed():
            # Once it is known what is in sight now, whatever else changed is to be found.
            self.link()
        if self.instances and not all(map(is_, get_referents(*self.instances), self.outside)):
            self._update_outside()
        self.version = object()

    def _read_changed(self) -> bool:
        """Read again the objects that changed; stops, and is False, where some may have come into
        sight or gone out of it."""
        first = 0
        # In C up to the first part that is another one; then only its object is read.
        watch_ends, held_ends = self._ends or self._find_ends()
        while first < len(self._nodes):
            now = flat(islice(self.watch, watch_ends[first], None))
            held = islice(self.held, held_ends[first], None)
            differ = map(ne, map(id, now), held) if self.careful else map(is_not, now, held)
            at = next(compress(count(held_ends[first]), differ), None)
            if at is None:
                break
            first = bisect_right(held_ends, at) - 1
            node = self._nodes[first]
            before, sizes = node.children, (len(node.watch), len(node.held))
            nodes = len(self._nodes)
            self._read(node)
            if (node.children is not before or node.get() is None) and not self._follow(
                node, before
            ):
                self._ends = None
                return False
            # What `_follow` added stands behind all others.
            self.watch[watch_ends[first] : watch_ends[first + 1]] = node.watch
            self.held[held_ends[first] : held_ends[first + 1]] = node.held
            if sizes != (len(node.watch), len(node.held)) or len(self._nodes) != nodes:
                watch_ends, held_ends = self._find_ends()
            first += 1
        return True

    def _find_ends(self) -> tuple[list[int], list[int]]:
        """Where the parts of each node begin and end among those of all."""
        self._ends = (
            list(accumulate([len(node.watch) for node in self._nodes], initial=0)),
            list(accumulate([len(node.held) for node in self._nodes], initial=0)),
        )
        return self._ends

    def _update_outside(self) -> None:
        """An instance has another class or another `__dict__`."""
        for node in self._nodes:
            if node.apart:
                self._read_whole(node)
        self.link()

    def _follow(self, node: Node, before: list[Node]) -> bool:
        """A node has other children than before; False if some may be out of sight now."""
        if not self._nodes or node.get() is None:
            return False
        if not self._extend([child for child in node.children if not child.linked]):
            return False
        return all(child.roots or child.parents for child in before)

    def add(self, node: Node) -> None:
        """Keep an object in sight, and what it leads to."""
        if not self._extend([node]):
            self.link()

    def _extend(self, queue: list[Node]) -> bool:
        """Keep these in sight, and what they lead to; False if there is no room for all."""
        for found in queue:  # which grows meanwhile
            if found.linked:
                continue
            if len(self._nodes) >= MAX_NODES:
                self._be_overfull(True)
                return False
            if found.state is None:
                self._read_whole(found)
            found.linked = True
            self._ends = None
            self._nodes.append(found)
            self.watch += found.watch
            self.held += found.held
            if found.apart:
                self.instances.append(found.strong)
                self.outside += get_referents(found.strong)
            queue += found.children
        return True

    def drop(self, node: Node) -> None:
        """A name no longer leads to this object; other names or objects may."""
        if node.roots or any(parent.roots and parent.linked for parent in node.parents):
            return
        last = bool(self._nodes) and self._nodes[-1] is node
        if last and not (node.children or node.parents or node.apart):
            self._nodes.pop()
            self._ends = None
            if not self.stale:
                del self.watch[len(self.watch) - len(node.watch) :]
                del self.held[len(self.held) - len(node.held) :]
            self._table.pop(id(node.get()), None)
            self._forget(node)
        elif not self._leave(node):
            self.link()

    def _leave(self, node: Node) -> bool:
        """Let an object go out of sight alone; False if what it leads to may go, too."""
        if self.overfull or not node.linked or any(parent.linked for parent in node.parents):
            return False
        for child in node.children:
            if child is node or not (
                child.roots or any(p.roots and p.linked for p in child.parents if p is not node)
            ):
                return False
        self._nodes.remove(node)
        self._ends, self.stale = None, True
        if node.apart:
            self.instances = [other.strong for other in self._nodes if other.apart]
            self.outside = get_referents(*self.instances)
        self._table.pop(id(node.get()), None)
        self._forget(node)
        return True

    def link(self) -> None:
        """Names or objects lead elsewhere than before: keep in sight what they lead to now."""
        roots = dict.fromkeys(node for frame in self.frames for node in frame.boxes.values())
        for node in self._nodes:
            node.linked = False
        self._nodes, self.watch, self.held, self._ends = [], [], [], None
        self.stale = False
        self.instances, self.outside = [], []
        self._be_overfull(False)
        self._extend([*roots])
        for key, node in list(self._table.items()):
            if not node.linked and node not in roots:
                del self._table[key]
                self._forget(node)

    def _be_overfull(self, overfull: bool) -> None:
        if overfull is not self.overfull:
            self.overfull = overfull
            self.updates.append((None, 0, overfull))
            self._at_once()

    def _forget(self, node: Node) -> None:
        self.lost.append(node.number)
        self.updates.append((node, node.number, GONE))
        for child in node.children:
            child.parents.discard(node)
        node.let_go()

    def release(self) -> None:
        """Let go of objects that are out of sight, if the program has lost them."""
        lost, self.lost = self.lost, []
        self.gone += self._identities.release(lost)

    def tell_all(self) -> None:
        """A step may not have come through: what it had to tell of objects is told again."""
        self.updates += [(node, node.number, node.state) for node in self._table.values()]

    def let_go(self) -> None:
        """The run is over: hold nothing of the program."""
        for node in self._table.values():
            node.let_go()
        self._table.clear()
        self._nodes, self.watch, self.held, self.instances, self.outside = [], [], [], [], []

    def be_careful(self) -> None:
        """From now on, keep nothing whose end the program may notice."""
        self.careful = True
        for frame in self.frames:
            for name, value in frame.seen.items():
                if self.fragile[type(value)]:
                    frame.do_not_hold(name)
        for node in self._table.values():
            node.loosen(self.fragile)
            node.forget_parts(self.fragile)
            if node.apart:
                node.state = None
        # Read instances again, and follow them.
        self._gone = True
        self.instances, self.outside = [], []
        self._gather()

    def _new(self, value: object, found: int, number: int) -> Node:
        node = self._table[id(value)] = Node(value, number, found)
        if self.careful:
            node.loosen(self.fragile)
        return node

    def _child(self, value: object, found: int) -> Node:
        node = self._table.get(id(value))
        return node or self._new(value, found, self._identities.anonymous(value))

    def _read(self, node: Node) -> bool:
        """Look at an object anew; False if nothing changed. If it leads to other objects than
        before, its list of children is another one."""
        if node.plain:
            changed = reread(node, self._child, self.kinds)
            if changed is not None:
                if changed:
                    self.updates.append((node, node.number, node.state))
                return changed
        self._read_whole(node)
        return True

    def _read_whole(self, node: Node) -> None:
        if node.get() is None:
            node.watch, node.held = [], []
            return
        read(node, self._child, self.kinds, self.show)
        if node.opaque:
            self.opaque = True
        assert node.state is not None
        if node.state.made:
            self._at_once()
        if self.careful:
            node.forget_parts(self.fragile)
        self.updates.append((node, node.number, node.state))

    def _rename(self, node: Node, value: object) -> None:
        """A name is bound to an object that so far was only a part of others."""
        node.number = self._identities.number(value)
        self.updates.append((node, node.number, node.state))
        self.version = object()

    def _ended(self, number: int, key: int) -> None:
        """An object that is not kept has gone."""
        self.gone.append(number)
        if self._table.pop(key, None) is not None:
            self._gone = True
