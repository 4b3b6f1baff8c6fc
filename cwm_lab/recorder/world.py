"""All objects that the names of live frames lead to, kept in sight: what changed since last time?

One comparison in C tells that nothing did; its cost does not depend on what is beyond the parts
that are shown. Only objects that changed are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cwm_lab.recorder.aims import Aim
from cwm_lab.recorder.display import SCALARS
from cwm_lab.recorder.kinds import TUPLE, VOLATILE, is_plain
from cwm_lab.recorder.leaving import Leaving, all_that_leave, ends_silently, is_led_to
from cwm_lab.recorder.nodes import Node
from cwm_lab.recorder.objects import Objects
from cwm_lab.recorder.rereading import look_at
from cwm_lab.recorder.sight import Sight
from cwm_lab.recorder.suspects import UNHELD, find_suspects

if TYPE_CHECKING:
    from cwm_lab.recorder.codes import Place
    from cwm_lab.recorder.names import Names

MAX_NODES: Final = 300
"""Objects that are kept in sight; what lies beyond has an identity only."""


class World(Objects):
    """The objects in sight.

    frames: the live frames, outermost first.
    dirty: whether anything may have changed an object since they were last looked at.
    aims: all that may have changed, as the statement names it; None: anything. aimer: its frame.
    overfull: not all objects are in sight, so that any text may have changed unseen.
    given: what the frame that is left gives to its caller.
    """

    def __init__(
        self, hidden: Mapping[int, str], at_once: Callable[[], None], patient: bool
    ) -> None:
        """patient: the program does not look at objects that it has lost."""
        super().__init__(hidden, at_once)
        self._patient = patient
        self.frames: list[Names] = []
        self.dirty = True
        self.aims: tuple[Aim, ...] | None = None
        self.aimer: Names | None = None
        self.overfull = False
        self.given: tuple[Any, ...] = ()
        self._frames_told = 0
        self._sight = Sight()
        self._leaving = Leaving()

    def new_frame(self) -> int:
        """A number for a frame of which is to be told."""
        self._frames_told += 1
        return self._frames_told

    def catch_up(self) -> None:
        """Find out what changed since objects were last looked at."""
        leaving = self._leaving
        if leaving.depths and leaving.are_due(len(self.frames)):
            self._part_with(leaving.due(len(self.frames)))
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
                self._part_with(leaving.all())
                self._update()
            return
        for node, how in suspects.items():
            if not node.linked:
                continue
            before = node.children
            changed = None
            if how and (node.plain or how == "append"):
                changed = look_at(node, how, self)
            if changed:
                self.updates.append((node, node.number, node.state))
            elif changed is False or not self._look_again(node):
                continue
            if not self._sight.stale:
                self._sight.spoil()
            if node.children is not before and not self._follow(node, before):
                self.link()
            self.version = object()

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

    def expect(self, frame: Names, place: Place) -> None:
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
        return all(child.roots or child.parents or self._wait_for(child) for child in before)

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
                if not self._leaving.depths:
                    self._be_overfull(True)
                return False
            if found.state is None:
                self._read_whole(found)
            self._sight.add(found)
            queue += found.children
        return True

    def drop(self, node: Node, given: bool = False) -> None:
        """A name no longer leads to this object; other names or objects may. given: the caller of
        the name's frame has it now."""
        if node.roots or any(parent.roots and parent.linked for parent in node.parents):
            return
        if not (((given or node.parents) and self._wait_for(node)) or self._leave(node)):
            self.link()

    def _wait_for(self, node: Node) -> bool:
        """Let an object stay in sight for a moment; False if that might change the program."""
        if not self._patient or self.careful or self.overfull or not ends_silently(node):
            return False
        self._leaving.add(node, len(self.frames))
        return True

    def _part_with(self, nodes: list[Node]) -> None:
        """Let those of these objects go out of sight that no name leads to."""
        for node in nodes:
            if node.linked and not is_led_to(node) and not self._leave(node):
                self.link()

    def _leave(self, node: Node) -> bool:
        """Let an object go out of sight, and what goes with it; False if that is not plain to
        see."""
        nodes = self._sight.nodes
        if nodes and nodes[-1] is node and not (node.children or node.parents or node.apart):
            self._sight.remove_last()
            self._end(node)
            return True
        if self.overfull or any(parent.linked for parent in node.parents):
            return False
        leaving = all_that_leave(node) if node.linked else []  # it may have gone with another
        if leaving is None:
            return False
        for found in leaving:
            found.linked = False
        if leaving:
            self._sight.remove_unlinked()
        for found in leaving:
            self._end(found)
        return True

    def link(self) -> None:
        """Names or objects lead elsewhere than before: keep in sight what they lead to now."""
        self._leaving.all()
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

    def let_go(self) -> None:
        """The run is over: hold nothing of the program."""
        for node in [*self._table.values()]:
            node.let_go()  # which may be the end of its object
        self._table.clear()
        self._identities.let_go()
        self.aims, self.aimer = None, None
        self._leaving.all()
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
