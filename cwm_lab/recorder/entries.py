"""What the steps of one live frame tell: its names that have news, what was written, and what
changed in objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cwm_lab.recorder.names import UNSEEN, AnyFrame, Names, value_of
from cwm_lab.recorder.rows import NOTHING, Entry, Row
from cwm_lab.recorder.states import can_wait
from cwm_lab.recorder.streams import Output


class Entries(Names):
    """The names of a frame and what is told of them. written: what was written and not told."""

    output: Output
    written: list[str]

    def entry_of_one(self, frame: AnyFrame, row: Row, name: str) -> Entry | None:
        """The same as `entry` where nothing but this name can have news; None if that has more
        than a number, a string or the like."""
        is_module = self.code.is_module
        names = frame.f_globals if is_module else frame.f_locals
        now = value_of(names, name)
        seen = self.seen
        old = seen.get(name, UNSEEN)
        if now is old:
            return row
        kind = type(now)
        if (
            can_wait(kind, now)
            and name not in self.boxes
            and not (is_module and len(names) != len(seen))
        ):
            seen[name] = now
            return (row, self.told, name, now)
        return None

    def entry(self, frame: AnyFrame, row: Row, bound: tuple[str, ...] | None) -> Entry:
        """What a step tells, in a frame that is settled.

        row: what is known of it. bound: the names that may hold another value than before.
        """
        world = self.world
        if world.dirty or world.lost:
            world.catch_up()
        found = self.news(frame, bound) if bound else ()
        if found is None:
            return self.full(frame, row, None, bound)
        return self._told(row, found)

    def full(
        self,
        frame: AnyFrame,
        row: Row,
        inside: frozenset[str] | None,
        bound: tuple[str, ...] | None,
    ) -> Entry:
        """The row with all that is to be told. inside, bound: see `Names.look`."""
        found, removed = self.look(frame, inside, bound)
        return self._told(row, found, removed)

    def _told(self, row: Row, found: Sequence[Any], removed: tuple[str, ...] = ()) -> Entry:
        """The entry of a row that names and their values are to be told with, and what was written
        and what changed in objects."""
        world = self.world
        updates = world.updates
        head: Any = row
        if updates or removed or self.written:
            event, line, function, depth, _, _, value, _, detail, _, _, _ = row
            out = self.output.take() if self.written else ""
            if updates:
                world.updates = []
            head = (
                event, line, function, depth, NOTHING, removed, value, out, detail, NOTHING,
                NOTHING, updates or NOTHING,
            )  # fmt: skip
        elif not found and self.version is world.version:
            return row
        # While objects may change unseen, each step has the names looked into.
        self.version = None if world.overfull else world.version
        return (head, self.told, *found)

    def all(self, frame: AnyFrame, row: Row) -> Entry:
        """What a step tells of a function's frame of which nothing is known yet."""
        world = self.world
        world.catch_up()
        if self.code.stores is None or world.overfull:
            return self.full(frame, row, None, None)
        self.settled = True
        seen = self.seen
        found: list[Any] = []
        names: Any = frame.f_locals
        values: dict[str, Any] = names if isinstance(names, dict) else dict(names)
        for name, now in values.items():
            kind = type(now)
            if can_wait(kind, now):
                seen[name] = now
                found += (name, now)
            else:
                self.bind(name, now, found)
        return self._told(row, found)
