"""The names of one live frame: which are new, hold other values, or values that changed inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_
from types import FrameType
from typing import Any, Final

from cwm_lab.recorder.codes import Code, is_hidden
from cwm_lab.recorder.display import MAX_STRING, SCALARS, type_name
from cwm_lab.recorder.nodes import VOLATILE, Node
from cwm_lab.recorder.rows import NOTHING
from cwm_lab.recorder.world import UNHELD, World

Look = tuple[dict[str, str], tuple[str, ...], dict[str, str], dict[str, int]]
"""What changed in a frame: new texts, names that went, types and identities of values."""
UNSEEN: Final[Any] = object()
NOT_SHOWN: Final = ""
"""In the place of the text of a name that is never shown."""
LARGE: Final = 1 << 64
"""Integers from here on, and below its negative, have their texts made at once."""
_FEW = 6
"""Names of which to ask one after the other; more are compared in C first."""


def can_wait(kind: type, value: Any) -> bool:
    """Whether the text of this value can be made later: it cannot change, is small, and other
    values have other texts."""
    if kind is int:
        return bool(-LARGE < value < LARGE)
    if kind is str:
        return len(value) <= MAX_STRING and " at 0x" not in value
    return kind is bool or kind is float or value is None


class Names:
    """What the names of a frame held when it was last looked at.

    seen: name -> its value, or UNHELD. texts: name -> what is shown, where that is not simply the
    text of what was seen; or NOT_SHOWN. boxes: name -> the node of its value, if it has one.
    settled: all names were looked at, and `Code.stores` tells which may be bound anew: there are no
    values that must be looked at each time. version: of the world, when the boxes were looked at.
    plain: settled, and nothing out of the ordinary happens in the frame (see `Traced`).
    """

    __slots__ = (
        "boxes",
        "code",
        "plain",
        "seen",
        "settled",
        "texts",
        "tracked",
        "version",
        "world",
    )

    def __init__(self, world: World, code: Code, tracked: Callable[[str], bool]) -> None:
        """tracked: whether a name of the module is shown."""
        self.world = world
        self.code = code
        self.tracked = tracked
        self.seen: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.boxes: dict[str, Node] = {}
        self.settled = self.plain = False
        self.version: object = None

    def forget(self) -> None:
        """The frame is left: its names lead nowhere."""
        boxes = self.boxes
        if self.code.sleeps:
            self.seen, self.texts, self.boxes = {}, {}, {}
            self.settled = self.plain = False
            self.version = None
        if boxes:
            for node in boxes.values():
                node.roots -= 1
            for node in reversed(boxes.values()):
                self.world.drop(node)

    def news(self, frame: FrameType, bound: tuple[str, ...]) -> tuple[Any, ...] | None:
        """Names of the frame that were bound to other numbers, strings or the like, each followed
        by its value; None if there is more to look at.

        bound: the names that may hold another value than at the last look. Objects are as they
        were.
        """
        is_module = self.code.is_module
        names = frame.f_globals if is_module else frame.f_locals
        seen, texts = self.seen, self.texts
        if is_module and len(names) != len(seen):
            return None
        found: tuple[Any, ...] = ()
        for name in bound:
            now = names.get(name, UNSEEN)
            old = seen.get(name, UNSEEN)
            if now is old:
                continue
            kind = type(now)
            if kind is int:
                if not -LARGE < now < LARGE:
                    return None
                if type(old) is int and old == now and name not in texts:
                    continue
            elif kind is str:
                if len(now) > MAX_STRING or " at 0x" in now:
                    return None
                if type(old) is str and old == now and name not in texts:
                    continue
            elif kind is float:
                same = type(old) is float and (old == now or old != old)
                if same and repr(old) == repr(now) and name not in texts:
                    continue
            elif kind is not bool and now is not None:
                return None
            if name in texts or (old is UNSEEN and is_module):
                return None
            found = (*found, name, now) if found else (name, now)
        if not found:
            return found
        if len(found) == 2:
            seen[found[0]] = found[1]
            return found
        changed = dict(zip(found[::2], found[1::2], strict=True))
        seen.update(changed)
        order = frame.f_globals.copy() if is_module else seen
        parts: list[Any] = []
        for name in order:
            if name in changed:
                parts += (name, changed[name])
        return tuple(parts)

    def look(
        self, frame: FrameType, inside: frozenset[str] | None, bound: tuple[str, ...] | None
    ) -> Look:
        """What changed in the frame.

        inside: names that a comprehension binds, which is running. bound: the names that may hold
        another value than at the last look; None if that can be any.
        """
        code, world, seen = self.code, self.world, self.seen
        removed: tuple[str, ...] = ()
        changed: dict[str, str] = {}
        types: dict[str, str] = {}
        ids: dict[str, int] = {}
        if not self.settled and self.version is None:
            self.settled = code.stores is not None  # the first look is at all names
        # In 3.12 a module's f_locals can be a stale copy, if it holds comprehensions.
        names: Mapping[str, Any] = seen
        if bound is None or bound:
            names = frame.f_globals if code.is_module else frame.f_locals
        if bound is None and self._holds(names):
            bound = ()
        if bound is None or bound:
            if bound is None and code.is_module:
                names = frame.f_globals.copy()  # other threads may bind names meanwhile
            get, value_of = seen.get, names.get
            for name in names if bound is None else bound:
                now = value_of(name, UNSEEN)
                if get(name, UNSEEN) is now or now is UNSEEN or (inside and name in inside):
                    continue
                self.bind(name, now, changed, types, ids)
            if len(seen) != len(names):
                removed = self._unbind(names)
                if code.is_module and len(seen) != len(names):  # bound by who knows whom
                    for name in [name for name in names if name not in seen]:
                        self.bind(name, names[name], changed, types, ids)
        if self.version is not world.version or world.overfull:
            self.version = world.version
            if self.boxes:
                self.look_inside(changed, types, ids)
        if len(changed) > 1:
            changed = self.in_order(frame, changed)
        return changed or NOTHING, removed, types or NOTHING, ids or NOTHING

    def in_order(self, frame: FrameType, changed: dict[str, str]) -> dict[str, str]:
        """Names in the order in which they were first bound."""
        order = frame.f_globals.copy() if self.code.is_module else self.seen
        return {name: changed[name] for name in order if name in changed}

    def _holds(self, names: Mapping[str, Any]) -> bool:
        """Whether these are bound to what they were bound to at the last look."""
        seen = self.seen
        return (
            len(names) == len(seen) > _FEW
            and all(map(is_, seen.values(), names.values()))
            and (self.code.keeps or all(map(is_, seen, names)))
        )

    def bind(
        self,
        name: str,
        now: Any,
        changed: dict[str, str],
        types: dict[str, str],
        ids: dict[str, int],
    ) -> None:
        """A name holds a value that is new or was not kept."""
        seen, texts = self.seen, self.texts
        before = texts.get(name)
        if before is None:
            if name in seen:
                before = SCALARS[type(seen[name])](seen[name])
            elif not self._is_shown(name):
                before = texts[name] = NOT_SHOWN
        if before == NOT_SHOWN:
            seen[name] = now
            return
        world, kind = self.world, type(now)
        show = SCALARS.get(kind)
        if show is not None and name not in self.boxes:
            seen[name] = now
            text = show(now)
            if text != before:
                changed[name] = text
                types[name] = kind.__name__
            if not can_wait(kind, now):
                texts[name] = text
            elif name in texts:
                del texts[name]
            return
        node = None if show is not None else world.node_of(now)
        if node is None:
            text = world.show(now)
            kept = show is not None or world.kinds[kind] != VOLATILE
        else:
            text = world.text_of(node)
            kept = not (world.careful and world.fragile[kind])
        if kept:
            seen[name] = now
        elif node is not None:
            seen[name] = UNHELD
        else:
            self.do_not_hold(name)
        texts[name] = text
        box = self.boxes.get(name)
        if text != before:
            changed[name] = text
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
        """Know the value without keeping it; one without a node is then looked at each time."""
        self.seen[name] = UNHELD
        if name not in self.boxes:
            self.settled = self.plain = False

    def _unbind(self, names: Mapping[str, Any]) -> tuple[str, ...]:
        """Forget names that went; gives those that had been shown."""
        gone = [name for name in self.seen if name not in names]
        removed = tuple(name for name in gone if self.texts.pop(name, None) != NOT_SHOWN)
        for name in gone:
            del self.seen[name]
            box = self.boxes.pop(name, None)
            if box is not None:
                box.roots -= 1
                self.world.drop(box)
        return removed

    def look_inside(
        self, changed: dict[str, str], types: dict[str, str], ids: dict[str, int]
    ) -> None:
        """What changed although no name was bound anew."""
        texts, world = self.texts, self.world
        for name, node in self.boxes.items():
            text = None if world.overfull else node.text
            if text is None:
                text = world.text_of(node)
            if text != texts[name]:
                texts[name] = changed[name] = text
                types[name] = type_name(node.get())
                ids[name] = node.number

    def _is_shown(self, name: str) -> bool:
        if not issubclass(type(name), str) or is_hidden(name):  # `globals()[3] = 4`
            return False
        if self.code.is_class:
            # What `Enum` and its like put there by themselves.
            return not (len(name) > 2 and name.startswith("_") and name.endswith("_"))
        return not self.code.is_module or self.tracked(name)
