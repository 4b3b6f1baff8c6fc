"""A bounded queue that is fair: whoever asks for much waits behind himself only."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FullError(Exception):
    """There is no room. mine: whether it is the asker's own room that is full."""

    def __init__(self, *, mine: bool) -> None:
        super().__init__("full")
        self.mine = mine


class FairQueue(Generic[T]):
    """Takes turns between owners; each owner's things come in their order.

    room: for all together. room_each: for one owner.
    """

    def __init__(self, room: int, room_each: int) -> None:
        self.room, self.room_each = room, room_each
        self._owners: OrderedDict[str, deque[T]] = OrderedDict()
        self._there = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, self._owners.values()))

    def check(self, owner: str, most: int | None = None) -> None:
        """Raises FullError if there is no place for another thing of this owner. most: how many he
        may have, if not as many as everybody."""
        if len(self) >= self.room:
            raise FullError(mine=False)
        if len(self._owners.get(owner, ())) >= (most or self.room_each):
            raise FullError(mine=True)

    def put(self, owner: str, thing: T, most: int | None = None) -> None:
        """Take a place. Raises FullError."""
        self.check(owner, most)
        self._owners.setdefault(owner, deque()).append(thing)
        self._there.set()

    def put_back(self, owner: str, thing: T) -> None:
        """Before all others: a thing that was taken, and that nobody could see to."""
        self._owners.setdefault(owner, deque()).appendleft(thing)
        self._owners.move_to_end(owner, last=False)
        self._there.set()

    async def get(self) -> T:
        """The next thing, once there is one."""
        while not self._owners:
            self._there.clear()
            await self._there.wait()
        owner, things = self._owners.popitem(last=False)
        thing = things.popleft()
        if things:
            self._owners[owner] = things  # behind all others
        return thing

    def remove(self, thing: T) -> bool:
        """Give a place up; False if the thing has none."""
        for owner, things in self._owners.items():
            if thing in things:
                things.remove(thing)
                if not things:
                    del self._owners[owner]
                return True
        return False

    def order(self) -> Iterator[T]:
        """All things as they would come now."""
        lines = [list(things) for things in self._owners.values()]
        for turn in range(max(map(len, lines), default=0)):
            yield from (line[turn] for line in lines if turn < len(line))
