"""The objects that names lead to: boxes and arrows, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cwm_lab.errors import BadTraceError

ObjectKind = Literal["list", "tuple", "set", "dict", "instance", "function", "class", "other"]
Part = str | int
"""The text of a part without identity, or the identity number of one that has it."""


@dataclass(frozen=True)
class Object:
    """What is in one object.

    kind: how to draw it. type: name of its class. size: its true number of items.
    items: the first of them. For a list, tuple or set its parts; for a dict pairs (key part, value
        part); for an instance pairs (attribute's name, value part); for others one text.
    """

    kind: ObjectKind
    type: str
    size: int
    items: tuple[Part | tuple[Part, Part], ...] = ()

    def to_json(self) -> dict[str, Any]:
        items = [list(item) if isinstance(item, tuple) else item for item in self.items]
        return {"kind": self.kind, "type": self.type, "size": self.size, "items": items}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Object:
        if data["kind"] not in get_args(ObjectKind):
            raise BadTraceError(f"unknown kind of object {data['kind']!r}")
        items = tuple(
            (_part(*item[:1]), _part(*item[1:])) if isinstance(item, list) else _part(item)
            for item in data["items"]
        )
        return cls(data["kind"], str(data["type"]), int(data["size"]), items)

    def parts(self) -> Iterable[int]:
        """Identity numbers of the parts that have one."""
        for item in self.items:
            for part in item if isinstance(item, tuple) else (item,):
                if isinstance(part, int):
                    yield part


def _part(part: object) -> Part:
    if isinstance(part, str | int) and not isinstance(part, bool):
        return part
    raise BadTraceError(f"a part is a text or an identity number, not {part!r}")


def reachable(known: Mapping[int, Object], roots: Iterable[int]) -> dict[int, Object]:
    """Those of `known` that can be reached from `roots`, nearest first."""
    found: dict[int, Object] = {}
    queue = list(roots)
    for number in queue:  # which grows meanwhile
        if number in known and number not in found:
            found[number] = known[number]
            queue.extend(known[number].parts())
    return found
