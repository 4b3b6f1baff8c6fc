"""The objects of a program that are known: a node for each, and what they were when last read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cwm_lab.recorder.display import display
from cwm_lab.recorder.identities import Identities
from cwm_lab.recorder.kinds import Fragile, Kinds
from cwm_lab.recorder.nodes import Node, read
from cwm_lab.recorder.rereading import reread
from cwm_lab.recorder.sight import are_same
from cwm_lab.recorder.states import GONE


class Objects:
    """
    version: another object whenever something changed.
    updates: what changed in objects since the last row (see `telling.Update`). gone: numbers of
        objects that will not come again; lost: of such as are out of sight.
    opaque: some object shows what is in others that are no children of it.
    careful: nothing is held whose end the program may notice.
    """

    def __init__(self, hidden: Mapping[int, str], at_once: Callable[[], None]) -> None:
        """at_once: called when texts must be made at each step from now on, from the objects
        themselves. hidden: texts of the recorder's own stand-ins, by `id`."""
        self.version = object()
        self.updates: list[tuple[Node | None, int, Any]] = []
        self.gone: list[int] = []
        self.lost: list[int] = []
        self.opaque = self.careful = False
        self.kinds = Kinds(self.be_careful)
        self.fragile = Fragile()
        self._identities = Identities(self._ended)
        self._at_once = at_once
        self._hidden = hidden
        self._table: dict[int, Node] = {}
        self._gone = False

    def be_careful(self) -> None:
        """From now on, keep nothing whose end the program may notice."""
        raise NotImplementedError

    def show(self, value: object) -> str:
        return display(value, hidden=self._hidden)

    def known(self, value: object) -> Node | None:
        """The node of a value, if a name has been bound to it and it is in sight."""
        node = self._table.get(id(value))
        return node if node is not None and node.linked and node.number > 0 else None

    def _new(self, value: object, found: int, number: int) -> Node:
        node = self._table[id(value)] = Node(value, number, found)
        if self.careful:
            node.loosen(self.fragile)
        return node

    def child(self, value: object, found: int) -> Node:
        node = self._table.get(id(value))
        return node or self._new(value, found, self._identities.anonymous(value))

    def _read(self, node: Node) -> bool:
        """Look at an object that changed; False if it did not. If it leads to other objects than
        before, its list of children is another one."""
        if node.plain:
            changed = reread(node, self)
            if changed is not None:
                if changed:
                    self.updates.append((node, node.number, node.state))
                return changed
        self._read_whole(node)
        return True

    def _look_again(self, node: Node) -> bool:
        """The same for an object that may be as it was."""
        if node.plain:
            return self._read(node)
        if are_same(node.watch, node.held):
            return False
        self._read_whole(node)
        return True

    def _read_whole(self, node: Node) -> None:
        if node.get() is None:
            node.watch, node.held = [], []
            return
        read(node, self)
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

    def _end(self, node: Node) -> None:
        self._table.pop(id(node.get()), None)
        self._forget(node)

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

    def _ended(self, number: int, key: int) -> None:
        """An object that is not kept has gone."""
        self.gone.append(number)
        if self._table.pop(key, None) is not None:
            self._gone = True
