"""The names of one live frame: which are new, hold other values, or values that changed inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_
from types import FrameType
from typing import Any, Final

from cwm_lab.recorder.codes import Code
from cwm_lab.recorder.display import SCALARS, type_name
from cwm_lab.recorder.nodes import VOLATILE, Node
from cwm_lab.recorder.rows import NOTHING
from cwm_lab.recorder.world import UNHELD, World

Look = tuple[dict[str, str], tuple[str, ...], dict[str, str], dict[str, int]]
"""What changed in a frame: new texts, names that went, types and identities of values."""
SAME: Final[Look] = (NOTHING, (), NOTHING, NOTHING)
"""Nothing did."""
_UNSEEN: Any = object()
_FEW = 6
"""Names of which to ask one after the other; more are compared in C first."""


class Names:
    """What the names of a frame held when it was last looked at.

    seen: name -> its value, or UNHELD. texts: name -> what is shown. boxes: name -> the node of its
    value, if it has one. stores: `Code.stores`; None if there are values that must be looked at
    each time. version: of the world, when the boxes were looked at.
    """

    __slots__ = ("_code", "_tracked", "_world", "boxes", "seen", "stores", "texts", "version")

    def __init__(self, world: World, code: Code, tracked: Callable[[str], bool]) -> None:
        """tracked: whether a name of the module is shown."""
        self._world = world
        self._code = code
        self._tracked = tracked
        self.seen: dict[str, Any] = {}
        self.stores: Mapping[int | None, tuple[str, ...]] | None = None
        self.texts: dict[str, str] = {}
        self.boxes: dict[str, Node] = {}
        self.version: object = None

    def forget(self) -> None:
        """The frame is left: its names lead nowhere."""
        boxes = self.boxes
        if self._code.sleeps:
            self.seen, self.texts, self.boxes = {}, {}, {}
            self.version = None
        if boxes:
            for node in boxes.values():
                node.roots -= 1
            for node in reversed(boxes.values()):
                self._world.drop(node)

    def look(
        self, frame: FrameType, inside: frozenset[str] | None, bound: tuple[str, ...] | None
    ) -> Look:
        """What changed in the frame.

        inside: names that a comprehension binds, which is running. bound: the names that may hold
        another value than at the last look; None if that can be any.
        """
        code, world = self._code, self._world
        if world.lost:
            world.release()
        if world.dirty and world.watch and not world.same():
            world.update()
        changed = types = ids = NOTHING
        removed: tuple[str, ...] = ()
        seen = self.seen
        if self.version is None:
            self.stores = code.stores  # from now on; the first look is at all names
        # In 3.12 a module's f_locals can be a stale copy, if it holds comprehensions.
        names: Mapping[str, Any] = seen
        if bound is None or bound:
            names = frame.f_globals if code.is_module else frame.f_locals
        if bound is None and self._holds(names):
            bound = ()
        if bound is None or bound:
            get, texts = seen.get, self.texts
            if bound is None and code.is_module:
                names = frame.f_globals.copy()  # other threads may bind names meanwhile
            value_of = names.get
            for name in names if bound is None else bound:
                now = value_of(name, _UNSEEN)
                if get(name, _UNSEEN) is now or now is _UNSEEN or (inside and name in inside):
                    continue
                kind = type(now)
                show = SCALARS.get(kind)
                before = texts.get(name)
                if (
                    show is None
                    or name in self.boxes
                    or (before is None and (code.is_module or code.is_class or name[0] in "._"))
                ):
                    if changed is NOTHING:
                        changed = {}
                    if ids is NOTHING:
                        types, ids = types.copy(), {}
                    self._bind(name, now, changed, types, ids)
                    continue
                seen[name] = now
                text = show(now)
                if text == before:
                    continue
                texts[name] = text
                if changed is NOTHING:
                    changed = {name: text}
                    # Rows share it, until more is to be said: `ids` tells which.
                    typed = world.typed.get((name, kind))
                    if typed is None:
                        typed = world.typed[name, kind] = {name: kind.__name__}
                    types = typed
                else:
                    changed[name] = text
                    if ids is NOTHING:
                        types, ids = types.copy(), {}
                    types[name] = kind.__name__
            if len(seen) != len(names):
                removed = self._unbind(names)
                if code.is_module and len(seen) != len(names):  # bound by who knows whom
                    changed, types, ids = {**changed}, {**types}, {**ids}
                    for name in [name for name in names if name not in seen]:
                        self._bind(name, names[name], changed, types, ids)
        if self.version is not world.version or world.overfull:
            self.version = world.version
            if self.boxes:
                if changed is NOTHING:
                    changed = {}
                if ids is NOTHING:
                    types, ids = types.copy(), {}
                self._look_inside(changed, types, ids)
        if not (changed or removed or ids):
            return SAME
        if len(changed) > 1:
            order = frame.f_globals.copy() if code.is_module else seen
            changed = {name: changed[name] for name in order if name in changed}
        return changed, removed, types, ids

    def _holds(self, names: Mapping[str, Any]) -> bool:
        """Whether these are bound to what they were bound to at the last look."""
        seen = self.seen
        return (
            len(names) == len(seen) > _FEW
            and all(map(is_, seen.values(), names.values()))
            and (self._code.keeps or all(map(is_, seen, names)))
        )

    def _bind(
        self,
        name: str,
        now: Any,
        changed: dict[str, str],
        types: dict[str, str],
        ids: dict[str, int],
    ) -> None:
        """A name holds a value that is new or was not kept."""
        before = self.texts.get(name)
        if before is None and not self._is_shown(name):
            self.seen[name] = now
            return
        world, kind = self._world, type(now)
        node = None if kind in SCALARS else world.node_of(now)
        if node is None:
            text = world.show(now)
            kept = kind in SCALARS or world.kinds[kind] != VOLATILE
        else:
            text = world.text_of(node)
            kept = not (world.careful and world.fragile[kind])
        if kept:
            self.seen[name] = now
        else:
            self.do_not_hold(name)
        box = self.boxes.get(name)
        if text != before:
            self.texts[name] = changed[name] = text
            types[name] = type_name(now)
            if node is not None:
                ids[name] = node.number
        elif node is not None and (box is None or box.number != node.number):
            ids[name] = node.number
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

    def do_not_hold(self, name: str) -> None:
        """Not to keep the value means to look at it each time."""
        self.seen[name] = UNHELD
        self.stores = None

    def _unbind(self, names: Mapping[str, Any]) -> tuple[str, ...]:
        """Forget names that went; gives those that had been shown."""
        gone = [name for name in self.seen if name not in names]
        removed = tuple(name for name in gone if self.texts.pop(name, None) is not None)
        for name in gone:
            del self.seen[name]
            box = self.boxes.pop(name, None)
            if box is not None:
                box.roots -= 1
                self._world.drop(box)
        return removed

    def _look_inside(
        self, changed: dict[str, str], types: dict[str, str], ids: dict[str, int]
    ) -> None:
        """What changed although no name was bound anew."""
        texts, world = self.texts, self._world
        for name, node in self.boxes.items():
            text = None if world.overfull else node.text
            if text is None:
                text = world.text_of(node)
            if text != texts[name]:
                texts[name] = changed[name] = text
                types[name] = type_name(node.get())
                ids[name] = node.number

    def _is_shown(self, name: str) -> bool:
        if not issubclass(type(name), str):  # `globals()[3] = 4`
            return False
        if name.startswith(".") or (name.startswith("__") and name.endswith("__")):
            return False
        if self._code.is_class:
            # What `Enum` and its like put there by themselves.
            return not (len(name) > 2 and name.startswith("_") and name.endswith("_"))
        return not self._code.is_module or self._tracked(name)
