"""All objects that the names of live frames lead to, kept in sight: what changed since last time?

One comparison in C tells that nothing did; its cost does not depend on what is beyond the parts
that are shown. Only objects that changed are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_
from typing import Any

from cwm_lab.recorder.aims import Aim
from cwm_lab.recorder.display import SCALARS, display
from cwm_lab.recorder.identities import Identities
from cwm_lab.recorder.kinds import (
    TUPLE,
    VOLATILE,
    Fragile,
    Kinds,
    is_plain,
)
from cwm_lab.recorder.nodes import Node, flat, read
from cwm_lab.recorder.rereading import reread
from cwm_lab.recorder.sight import Sight
from cwm_lab.recorder.states import GONE
from cwm_lab.recorder.suspects import UNHELD, Frame, Place, find_suspects

MAX_NODES = 300
"""Objects that are kept in sight; what lies beyond has an identity only."""


class World:
    """The objects in sight.

    frames: the live frames, outermost first.
    version: another object whenever something changed.
    updates: what changed in objects since the last row (see `telling.Update`). gone: numbers of
        objects that will not come again.
    dirty: whether anything may have changed an object since they were last looked at.
    aims: all that may have changed, as the statement names it; None: anything. aimer: its frame.
    opaque: some object shows what is in others that are no children of it.
    at_once: called when texts must be made at each step from now on, from the objects themselves.
    careful: nothing is held whose end the program may notice.
    overfull: not all objects are in sight, so that any text may have changed unseen.
    """

    def __init__(self, hidden: Mapping[int, str], at_once: Callable[[], None]) -> None:
        self.frames: list[Frame] = []
        self.version = object()
        self.updates: list[tuple[Node | None, int, Any]] = []
        self.gone: list[int] = []
        self.careful = False
        self.dirty = True
        self.aims: tuple[Aim, ...] | None = None
        self.aimer: Frame | None = None
        self.opaque = False
        self.overfull = False
        self.kinds = Kinds(self.be_careful)
        self.fragile = Fragile()
        self.lost: list[int] = []
        self._identities = Identities(self._ended)
        self._at_once = at_once
        self._hidden = hidden
        self._sight = Sight()
        self._table: dict[int, Node] = {}
        self._gone = False

    def show(self, value: object) -> str:
        return display(value, hidden=self._hidden)

    def catch_up(self) -> None:
        """Find out what changed since objects were last looked at."""
        if self.lost:
            self.release()
        if not (self.dirty and self._sight.nodes):
            return
        if self.aims is None or self.careful or self.opaque or self.overfull:
            suspects = None
        else:
            assert self.aimer is not None
            suspects = find_suspects(self.aims, self.aimer, self.frames[0], self._table, self.kinds)
        if suspects is None:
            if (self._gone and self.careful) or not self._sight.same():
                self._update()
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
            self._sight.stale = True
            if node.children is not before and not self._follow(node, before):
                self.link()
            self.version = object()

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

    def _update(self) -> None:
        """Something changed: find out what."""
        if self._gone:
            self._gone = False
            self.link()
        while not self._read_changed():
            # Once it is known what is in sight now, whatever else changed is to be found.
            self.link()
        if not self._sight.same_outside():
            self._update_outside()
        self.version = object()

    def _read_changed(self) -> bool:
        """Read again the objects that changed; stops, and is False, where some may have come into
        sight or gone out of it."""
        for node in self._sight.changed():
            before = node.children
            self._read(node)
            other = node.children is not before or node.get() is None
            if other and not self._follow(node, before):
                return False
        return True

    def _update_outside(self) -> None:
        """An instance has another class or another `__dict__`."""
        for node in self._sight.nodes:
            if node.apart:
                self._read_whole(node)
        self.link()

    def _follow(self, node: Node, before: list[Node]) -> bool:
        """A node has other children than before; False if some may be out of sight now."""
        if not self._sight.nodes or node.get() is None:
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
        nodes = self._sight.nodes
        for found in queue:  # which grows meanwhile
            if found.linked:
                continue
            if len(nodes) >= MAX_NODES:
                self._be_overfull(True)
                return False
            if found.state is None:
                self._read_whole(found)
            self._sight.add(found)
            queue += found.children
        return True

    def drop(self, node: Node) -> None:
        """A name no longer leads to this object; other names or objects may."""
        if node.roots or any(parent.roots and parent.linked for parent in node.parents):
            return
        nodes = self._sight.nodes
        last = bool(nodes) and nodes[-1] is node
        if last and not (node.children or node.parents or node.apart):
            self._sight.remove_last()
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
        self._sight.remove(node)
        self._table.pop(id(node.get()), None)
        self._forget(node)
        return True

    def link(self) -> None:
        """Names or objects lead elsewhere than before: keep in sight what they lead to now."""
        roots = dict.fromkeys(node for frame in self.frames for node in frame.boxes.values())
        for node in self._sight.nodes:
            node.linked = False
        self._sight.clear()
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
        self._sight.clear()

    def be_careful(self) -> None:
        """From now on, keep nothing whose end the program may notice."""
        if self.careful:
            return
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
        self._sight.be_careful()

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
