"""The names of one live frame: which are new, or may hold other values than before."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_
from typing import Any, Final, TypeAlias

from cwm_lab.recorder.codes import Code, Place, is_hidden
from cwm_lab.recorder.display import SCALARS, type_name
from cwm_lab.recorder.kinds import VOLATILE
from cwm_lab.recorder.nodes import Node
from cwm_lab.recorder.states import Made, can_wait
from cwm_lab.recorder.suspects import UNHELD
from cwm_lab.recorder.world import World

UNSEEN: Final[Any] = object()
NO_NAMES: Final[frozenset[Any]] = frozenset()
AnyFrame: TypeAlias = Any
"""A frame. Not `FrameType`, whose `f_locals` would have to be a dict: since 3.13 it need not be."""
_FEW: Final = 6
"""Names of which to ask one after the other; more are compared in C first."""


def value_of(names: Any, name: Any) -> Any:
    """What a name is bound to in a namespace, or UNSEEN. Compiled, a dict is asked quickly."""
    if isinstance(names, dict):
        return names.get(name, UNSEEN)
    return names.get(name, UNSEEN)


class Names:
    """What the names of a frame held when it was last looked at.

    seen: name -> its value, or UNHELD. unshown: those that are never shown. boxes: name -> the node
    of its value, if it has one. told: the number under which they are told of; a frame that slept
    has another one.
    settled: all names were looked at, and `Code.stores` tells which may be bound anew: there are no
    values that must be looked at each time. version: of the world, when the boxes were looked at.
    plain: settled, and nothing out of the ordinary happens in the frame (see `Traced`).
    """

    settled: bool = False
    plain: bool = False
    version: object
    unshown: frozenset[Any]
    world: World
    code: Code
    seen: dict[Any, Any]
    boxes: dict[Any, Node]
    told: int
    place: Place

    def forget(self) -> None:
        """The frame is left: its names lead nowhere."""
        boxes = self.boxes
        if self.code.sleeps:
            self.seen, self.boxes, self.unshown, self.told = (
                {},
                {},
                NO_NAMES,
                self.world.new_frame(),
            )
            self.settled = self.plain = False
            self.version = None
        if boxes:
            world = self.world
            given = world.given
            for node in boxes.values():
                node.roots -= 1
            for node in reversed(boxes.values()):
                if not node.roots:
                    now_given = False
                    for value in given:
                        now_given = now_given or node.strong is value
                    world.drop(node, now_given)

    def news(self, frame: AnyFrame, bound: tuple[str, ...]) -> tuple[Any, ...] | None:
        """Names of the frame that were bound to other numbers, strings or the like, each followed
        by its value; None if there is more to look at.

        bound: the names that may hold another value than at the last look.
        """
        is_module = self.code.is_module
        names = frame.f_globals if is_module else frame.f_locals
        seen, boxes = self.seen, self.boxes
        if is_module and len(names) != len(seen):
            return None
        found: tuple[Any, ...] = ()
        for name in bound:
            now = value_of(names, name)
            old = seen.get(name, UNSEEN)
            if now is old:
                continue
            kind = type(now)
            if not can_wait(kind, now):
                return None
            if name in boxes or (old is UNSEEN and is_module):
                return None
            found = (*found, name, now) if found else (name, now)
        for at in range(0, len(found), 2):
            seen[found[at]] = found[at + 1]
        return found

    def look(
        self, frame: AnyFrame, inside: frozenset[str] | None, bound: tuple[str, ...] | None
    ) -> tuple[list[Any], tuple[str, ...]]:
        """Names of the frame that were bound to other values, each followed by what is to be told
        of its value (see `telling`), and names that went.

        inside: names that a comprehension binds, which is running. bound: the names that may hold
        another value than at the last look; None if that can be any.
        """
        code, seen = self.code, self.seen
        removed: tuple[str, ...] = ()
        found: list[Any] = []
        if not self.settled and self.version is None:
            self.settled = code.stores is not None  # the first look is at all names
        # In 3.12 a module's f_locals can be a stale copy, if it holds comprehensions.
        names: Mapping[Any, Any] = seen
        if bound is None or bound:
            names = frame.f_globals if code.is_module else frame.f_locals
        if bound is None and self._holds(names):
            bound = ()
        if bound is None or bound:
            if bound is None and code.is_module:
                names = frame.f_globals.copy()  # other threads may bind names meanwhile
            get = seen.get
            for name in names if bound is None else bound:
                now = value_of(names, name)
                if get(name, UNSEEN) is now or now is UNSEEN or (inside and name in inside):
                    continue
                self.bind(name, now, found)
            if len(seen) != len(names):
                removed = self._unbind(names)
                if code.is_module and len(seen) != len(names):  # bound by who knows whom
                    for name in [name for name in names if name not in seen]:
                        self.bind(name, names[name], found)
            if code.is_module and len(found) > 2:
                found = _in_order(found, frame.f_globals.copy())
        return found, removed

    def _holds(self, names: Mapping[Any, Any]) -> bool:
        """Whether these are bound to what they were bound to at the last look."""
        seen = self.seen
        return (
            len(names) == len(seen) > _FEW
            and all(map(is_, seen.values(), names.values()))
            and (self.code.keeps or all(map(is_, seen, names)))
        )

    def bind(self, name: Any, now: Any, found: list[Any]) -> None:
        """A name holds a value that is new or was not kept; `found` is given what is to be told."""
        seen = self.seen
        if not self.code.shows_all:
            if name not in seen and not self._is_shown(name):
                self.unshown = self.unshown | {name}
            if name in self.unshown:
                seen[name] = now
                return
        world, kind = self.world, type(now)
        box = self.boxes.get(name)
        if box is None and can_wait(kind, now):
            seen[name] = now
            found += (name, now)
            return
        if box is None and not world.careful:
            node = world.known(now)
            if node is not None:
                seen[name] = now
                found += (name, node)
                self.boxes[name] = node
                node.roots += 1
                return
        scalar = kind in SCALARS
        node = None if scalar else world.node_of(now)
        if node is None:
            found += (name, Made(world.show(now), type_name(now)))
            kept = scalar or world.kinds[kind] != VOLATILE
        else:
            found += (name, node)
            kept = not (world.careful and world.fragile[kind])
        if kept:
            seen[name] = now
        elif node is not None:
            seen[name] = UNHELD
        else:
            self.do_not_hold(name)
        if node is box:
            return
        if node is not None:
            self.boxes[name] = node
            node.roots += 1
            world.add(node)
        if box is not None:
            if node is None:
                del self.boxes[name]
            box.roots -= 1
            world.drop(box)

    def do_not_hold(self, name: Any) -> None:
        """Know the value without keeping it; one without a node is then looked at each time."""
        self.seen[name] = UNHELD
        if name not in self.boxes:
            self.settled = self.plain = False

    def _unbind(self, names: Mapping[Any, Any]) -> tuple[str, ...]:
        """Forget names that went; gives those that had been shown."""
        gone = [name for name in self.seen if name not in names]
        removed = tuple(name for name in gone if name not in self.unshown)
        self.unshown = self.unshown.difference(gone)
        for name in gone:
            del self.seen[name]
            box = self.boxes.pop(name, None)
            if box is not None:
                box.roots -= 1
                self.world.drop(box)
        return removed

    def is_tracked(self, name: str) -> bool:
        """Whether a name of the module is shown."""
        raise NotImplementedError

    def _is_shown(self, name: Any) -> bool:
        if not issubclass(type(name), str) or is_hidden(name):  # `globals()[3] = 4`
            return False
        if self.code.is_class:
            # What `Enum` and its like put there by themselves.
            return not (len(name) > 2 and name.startswith("_") and name.endswith("_"))
        return not self.code.is_module or self.is_tracked(name)


def _in_order(found: list[Any], names: Mapping[Any, Any]) -> list[Any]:
    """What was found, in the order in which names were first bound."""
    values = dict(zip(found[::2], found[1::2], strict=True))
    return [part for name in names if name in values for part in (name, values[name])]
