"""What is told of names and objects: texts, made of what the recorder found, in the order of steps.

Making them takes longer than finding out what changed. So the entries of a run are kept as they
are, and completed when somebody asks for a step; or each at once, where it is told as it happens,
or where the text of an object is only to be had from the object itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import compress, count
from operator import is_not
from typing import Any

from cwm_lab.recorder.composed import TOO_HIGH, CannotError, Tale, again, compose
from cwm_lab.recorder.display import MAX_DEPTH, SCALARS, display
from cwm_lab.recorder.kinds import DICT, INSTANCE, LIST, SET, TUPLE
from cwm_lab.recorder.nodes import KEYED, Node
from cwm_lab.recorder.rows import (
    NOTHING,
    OBJECTS,
    REMOVED,
    Entry,
    Record,
    Row,
    no_search_for_garbage,
)
from cwm_lab.recorder.states import GONE, Made, State

MAX_PARTS = 50
"""Items of one object that its record lists."""
_KINDS = {TUPLE: "tuple", LIST: "list", DICT: "dict", SET: "set", INSTANCE: "instance"}
Update = tuple[Node | None, int, Any]
"""What changed in an object: its node, its number and its `State` (None: not known yet), or GONE.
Without a node: whether from here on objects may change unseen."""


class Told:
    """What was told of the names of a frame: texts, and nodes of objects; as of which `version`."""

    __slots__ = ("boxes", "texts", "version")

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.boxes: dict[str, Node] = {}
        self.version: object = None


class Telling:
    """Makes the rows of a run out of its entries, one after the other.

    entries: those of the run so far, of which the first ones may be rows by now.
    hidden: texts of the recorder's own stand-ins, by `id`.
    gone: numbers of objects that will not be told of again.
    make_now: has the texts of the entries so far made, and those of all that come from then on at
        once; None if nothing runs.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.hidden: Mapping[int, str] = {}
        self.gone: list[int] = []
        self.make_now: Callable[[], None] | None = None
        self._done = 0
        self._version = object()
        self._unsure = False
        self._told: dict[int, Told] = {}
        self._records: dict[int, Record] = {}
        self._lock = threading.Lock()

    def rows(self) -> list[Row]:
        """All of them."""
        with self._lock, no_search_for_garbage():
            self.settle()
            return self.entries

    def settle(self) -> None:
        """Make rows of the entries that there are."""
        entries, complete = self.entries, self.complete
        for at in range(self._done, len(entries)):
            entry = entries[at]
            if type(entry[0]) is not str:
                entries[at] = complete(entry)
                self._done = at + 1  # else, and should this be stopped here, it is a row already
        self._done = len(entries)
        if self.gone:
            self.forget()

    def drop(self) -> None:
        """Forget the entries so far; what they told is known."""
        self.settle()
        self.entries.clear()
        self._done = 0

    def forget(self) -> None:
        for number in self.gone:
            self._records.pop(number, None)
        self.gone.clear()

    def complete(self, entry: Entry) -> Row:
        """The row of the next entry."""
        row: Any = entry[0]
        if type(row) is str:
            return entry
        told = self._told.get(entry[1])
        if told is None:
            told = self._told[entry[1]] = Told()
        nothing = row[OBJECTS] is NOTHING and not row[REMOVED]
        if nothing and len(entry) == 4 and told.version is self._version:
            # The most frequent one: a name is bound to another number or the like.
            name, now = entry[2], entry[3]
            show = SCALARS.get(type(now))
            if show is not None and name not in told.boxes and not self._unsure:
                text = show(now)
                if told.texts.get(name) == text:
                    return row  # type: ignore[no-any-return]
                told.texts[name] = text
                types = _TYPED.get((name, type(now))) or _typed(name, type(now))
                event, line, function, depth, _, removed, value, out, detail, _, _, _ = row
                return (
                    event, line, function, depth, {name: text}, removed, value, out, detail,
                    types, NOTHING, NOTHING,
                )  # fmt: skip
        event, line, function, depth, _, removed, value, out, detail, _, _, updates = row
        objects = self._take(updates) if updates else NOTHING
        first = 2
        if event == "return" and value is None:
            show = SCALARS.get(type(entry[2]))
            first, value = 3, show(entry[2]) if show else self._text_of(entry[2])
        changed: dict[str, str] = {}
        types = {}
        ids: dict[str, int] = {}
        texts = told.texts
        for at in range(first, len(entry), 2):
            name, now = entry[at], entry[at + 1]
            show = SCALARS.get(type(now))
            if show is None or name in told.boxes:
                self._bind(told, name, now, changed, types, ids)
                continue
            text = show(now)
            if texts.get(name) != text:
                texts[name] = changed[name] = text
                types[name] = type(now).__name__
        for name in removed:
            texts.pop(name, None)
            told.boxes.pop(name, None)
        if told.version is not self._version or self._unsure:
            told.version = self._version
            if told.boxes:
                self._look_inside(told, changed, types, ids)
        if len(changed) > 1:
            changed = {name: changed[name] for name in texts if name in changed}
        elif not (changed or removed or ids or objects or out or first == 3 or updates):
            return row  # type: ignore[no-any-return]
        return (
            event, line, function, depth, changed or NOTHING, removed, value, out, detail,
            types or NOTHING, ids or NOTHING, objects or NOTHING,
        )  # fmt: skip

    def _bind(
        self,
        told: Told,
        name: str,
        now: Any,
        changed: dict[str, str],
        types: dict[str, str],
        ids: dict[str, int],
    ) -> None:
        """A name holds another value. now: one that can wait, `Made`, or a node."""
        box = told.boxes.pop(name, None)
        kind: str
        if type(now) is Node:
            told.boxes[name] = now
            text, kind = self._text_of(now), now.told.state.type
        elif type(now) is Made:
            text, kind = now.text, now.type
        else:
            text, kind = SCALARS[type(now)](now), type(now).__name__
        different = told.texts.get(name) != text
        if different:
            told.texts[name] = changed[name] = text
            types[name] = kind
        if type(now) is Node and (different or box is None or box.told.number != now.told.number):
            ids[name] = now.told.number

    def _look_inside(
        self,
        told: Told,
        changed: dict[str, str],
        types: dict[str, str],
        ids: dict[str, int],
    ) -> None:
        """What changed although no name was bound anew."""
        texts = told.texts
        for name, node in told.boxes.items():
            text = None if self._unsure else node.told.text
            if text is None:
                text = self._text_of(node)
            if text != texts[name]:
                texts[name] = changed[name] = text
                types[name] = node.told.state.type
                ids[name] = node.told.number

    def _text_of(self, node: Node) -> str:
        """What a name shows that is bound to this object."""
        if self._unsure:
            return display(node.get(), hidden=self.hidden)
        tale: Tale = node.told
        text = tale.text
        if text is None:
            text = compose(node, MAX_DEPTH, set())
            if text is None:
                try:
                    text = again(node)
                except CannotError:
                    text = display(node.get(), hidden=self.hidden)
            if tale.text is None:
                tale.text = text
                tale.height = TOO_HIGH if tale.children else tale.reach + 1
        return text

    def _take(self, updates: Iterable[Update]) -> dict[int, Record]:
        """What changed in objects; gives the records that are news."""
        news: dict[int, Record] = {}
        for node, number, state in updates:
            if node is None:
                self._unsure = state
                continue
            tale: Tale | None = node.told
            if state is GONE:
                if tale is not None:
                    for child in tale.children:
                        child.told.above.pop(node, None)
                continue
            if tale is None:
                tale = node.told = Tale(number)
            elif tale.state is not None:
                self._version = object()
            if tale.number != number:
                # A name is bound to an object that so far was only a part of others.
                for there in (self._records, news):
                    there.pop(tale.number, None)
                tale.number = number
                for above in tale.above:
                    self._tell(above, news)
            if state is not None and state is not tale.state:
                _renew(node, tale, state)
            self._tell(node, news)
        return news

    def _tell(self, node: Node, news: dict[int, Record]) -> None:
        tale: Tale = node.told
        if tale.state is None:
            return
        record = _record(node.category, tale.state, tale)
        if self._records.get(tale.number) != record:
            self._records[tale.number] = news[tale.number] = record


def _renew(node: Node, tale: Tale, state: State) -> None:
    """An object has changed; so may have the texts of all that it is a part of."""
    before, parts, now = tale.state, tale.parts, state.parts
    size = state.shown * 2 if node.category in KEYED else state.shown
    plain = state.shown if node.category == INSTANCE else 0
    if before is None or (node.category in KEYED and before.shown != state.shown):
        kept: dict[int, Any] = {}
        if before is not None:
            first = before.shown if plain else 0
            kept = dict(zip(map(id, before.parts[first:]), parts[first:], strict=False))
        parts = tale.parts = [*now[:plain]]
        parts += [kept.get(id(value)) or tale.part(value) for value in now[plain:size]]
    else:
        del parts[size:]
        for at in compress(count(), map(is_not, before.parts[: len(parts)], now)):
            parts[at] = now[at] if at < plain else tale.part(now[at])
        parts += [tale.part(value) for value in now[len(parts) : size]]
    tale.state = state
    children = [part for part in parts if type(part) is Node] if tale.nodes else []
    if children != tale.children:
        for child in tale.children:
            child.told.above.pop(node, None)
        for child in children:
            if child.told is None:
                child.told = Tale(child.first)
            child.told.above[node] = None
        tale.children = children
    tale.text = None
    if tale.above:
        # A parent may have no text of its own and yet stand in that of a name further up.
        stale = dict.fromkeys(tale.above)
        row = [*stale]
        for parent in row:  # which grows meanwhile
            parent.told.text = None
            for above in parent.told.above:
                if above not in stale:
                    stale[above] = None
                    row.append(above)


def _record(category: int, state: State, tale: Tale) -> Record:
    shown, parts = state.shown, tale.parts
    if tale.children:
        parts = [part if type(part) is str else part.told.number for part in parts]
    items: tuple[Any, ...]
    if category in KEYED:
        most = min(shown, MAX_PARTS)
        items = tuple(zip(parts[:most], parts[shown : shown + most], strict=True))
    else:
        items = tuple(parts[:MAX_PARTS])
    return (_KINDS.get(category, "other"), state.type, state.size, items)


_TYPED: dict[tuple[str, type], dict[str, str]] = {}
"""What rows say of the type of one such value; they share it."""
_MOST_TYPED = 10_000


def _typed(name: str, kind: type) -> dict[str, str]:
    if len(_TYPED) >= _MOST_TYPED:
        _TYPED.clear()
    found = _TYPED[name, kind] = {name: kind.__name__}
    return found
