"""The values of one execution point of Python Tutor, read as value texts are built."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.errors import BadTraceError
from cwm_lab.trace.objects import Object, Part
from cwm_lab.trace.pythontutor_values import LABEL, type_of
from cwm_lab.trace.valuetext import Group, GroupKind, Opaque, Scalar, Value, render

MAX_DEPTH = 8
MAX_ITEMS = 100
MAX_STRING = 300
MAX_INT_BITS = 1100
MAX_TEXT = 4000
"""Characters of one value after which further items are left out."""

_GROUPS: dict[str, GroupKind] = {"LIST": "list", "TUPLE": "tuple", "SET": "set", "DICT": "dict"}
_INSTANCES = ("INSTANCE", "INSTANCE_PPRINT")
_OTHER_LANGUAGES = ("C_", "JS_")
_SPECIAL = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}
_GENERATOR = re.compile(r"<(generator|coroutine|async_generator) object ([\w.<>]+) at 0x")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class HeapReader:
    """The values of one execution point: `heap` by number, as the document has it.

    classes: names of the program's own classes; None in a document that `to_pythontutor` wrote,
        where what is printed of an object is its text.
    last_ids: in such a document, the highest numbers of objects that a name held, and of others.
    """

    def __init__(
        self,
        heap: Mapping[str, Any],
        classes: frozenset[str] | None,
        last_ids: tuple[int, int] | None,
    ) -> None:
        self._heap = heap
        self._classes = classes
        self._last_ids = last_ids
        self._inside: list[int] = []
        self._left = MAX_TEXT

    def value(self, part: object) -> Value:
        """The tree of what stands in a frame's box."""
        self._left = MAX_TEXT
        return self._value(part)

    def identity(self, part: object) -> int | None:
        """The number of an object that can change."""
        number = _reference(part)
        if number is None:
            return None
        return self._own(number) if self._has_identity(number) else None

    def _own(self, number: int) -> int:
        """An object's number in the trace: negative, if no name ever held it."""
        if self._last_ids is None or number <= self._last_ids[0]:
            return number
        return self._last_ids[0] - number

    def records(self) -> dict[int, Object]:
        """What is in each object that can change, by number."""
        found: dict[int, Object] = {}
        for key in self._heap:
            if key.isdecimal() and self._has_identity(int(key)):
                record = self._record(self._entry(int(key)))
                if record is not None:
                    found[self._own(int(key))] = record
        return found

    def _record(self, entry: list[Any]) -> Object | None:
        tag, *rest = entry
        marks = [item for item in rest if _is_mark(item)]
        size = len(rest) - len(marks) + sum(map(_left_out, marks))
        items = [item for item in rest if not _is_mark(item)]
        if tag == "DICT":
            pairs = tuple((self._known(item[0]), self._known(item[1])) for item in items)
            return Object("dict", "dict", size, pairs)
        if tag in _GROUPS:
            return Object(_GROUPS[tag], _GROUPS[tag], size, tuple(map(self._known, items)))
        if tag not in _INSTANCES:
            return None
        if tag == "INSTANCE_PPRINT":
            if len(rest) < 3:
                return None
            del items[1]
            size -= 1
        attributes = tuple((str(item[0]), self._known(item[1])) for item in items[1:])
        return Object("instance", str(rest[0]), size - 1, attributes)

    def _known(self, part: object) -> Part:
        """A part of a record: its number, if it can change, else its text."""
        number = self.identity(part)
        return render(self.value(part)) if number is None else number

    def _has_identity(self, number: int) -> bool:
        if self._last_ids is not None:
            return number <= self._last_ids[1]
        tag, *rest = self._entry(number)
        if tag == "TUPLE":
            inner = [_reference(part) for part in rest]
            return any(part is not None and self._has_identity(part) for part in inner)
        return tag in ("LIST", "SET", "DICT", *_INSTANCES)

    def type_name(self, part: object, value: Value) -> str | None:
        """The class's name, as `Step.types` tells it."""
        number = _reference(part)
        if number is not None:
            tag, *rest = self._entry(number)
            if tag in _INSTANCES:
                return str(rest[0]).rpartition(".")[2]
        return type_of(value)

    def _value(self, part: object) -> Value:
        if part is None or isinstance(part, bool | int | float | str):
            return self._scalar(part)
        if not isinstance(part, list) or not part or not isinstance(part[0], str):
            raise BadTraceError(f"{part!r:.80} is no value")
        tag, *rest = part
        if tag == "REF":
            return self._object(_get_number(rest))
        if len(rest) == 1 and isinstance(rest[0], str):
            if tag == "SPECIAL_FLOAT":
                try:
                    return Scalar(_SPECIAL[rest[0]] if rest[0] in _SPECIAL else float(rest[0]))
                except ValueError as error:
                    raise BadTraceError(f"{rest[0]!r} is no float") from error
            if tag == LABEL:
                return Opaque(f"<{rest[0]}>" if rest[0].startswith("imported ") else rest[0])
        return self._unknown(part)

    def _scalar(self, held: bool | int | float | str | None) -> Value:
        value: Value = Scalar(held)
        if isinstance(held, str) and len(held) > MAX_STRING:
            value = Opaque(f"{held[:MAX_STRING]!r}...({len(held)} chars)")
        elif isinstance(held, int) and held.bit_length() > MAX_INT_BITS:
            value = Opaque(f"<int of {held.bit_length()} bits>")
        self._left -= len(render(value)) + 2
        return value

    def _entry(self, number: int) -> list[Any]:
        entry = self._heap.get(str(number))
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            raise BadTraceError(f"the heap has no readable object {number}")
        return entry

    def _object(self, number: int) -> Value:
        entry = self._entry(number)
        tag, *rest = entry
        if tag in ("FUNCTION", "CLASS", "module", "HEAP_PRIMITIVE"):
            return self._special(tag, rest)
        if tag in _INSTANCES:
            name, *rest = rest or [None]
            if not isinstance(name, str):
                return self._unknown(entry)
            if tag == "INSTANCE_PPRINT":
                text, *rest = rest or [None]
                if not isinstance(text, str):
                    return self._unknown(entry)
                if not rest:
                    return self._printed(name, text)
            empty = Group("instance", name)
        elif tag in _GROUPS:
            empty = Group(_GROUPS[tag], _GROUPS[tag])
        elif len(rest) == 1 and isinstance(rest[0], str) and not tag.startswith(_OTHER_LANGUAGES):
            return Opaque(_ADDRESS.sub(" at 0x...", rest[0]))
        else:
            return self._unknown(entry)
        if number in self._inside or len(self._inside) >= MAX_DEPTH:
            return Opaque(_outside(empty))
        self._inside.append(number)
        try:
            return self._group(empty, rest)
        finally:
            self._inside.pop()

    def _group(self, empty: Group, rest: list[Any]) -> Value:
        parts: list[Any] = []
        for item in rest:
            if self._left <= 0 or (len(parts) >= MAX_ITEMS and not _is_mark(item)):
                break
            self._left -= 2  # so that a graph of nothing but references is cut, too
            parts.append(self._item(empty.kind, item))
        cut = Opaque(f"...({len(rest) - len(parts)} more)")
        more = len(parts) < len(rest)
        if empty.kind == "dict":
            return Group("dict", "dict", pairs=(*parts, (cut, None)) if more else tuple(parts))
        if empty.kind == "instance":
            found = (*parts, ("", cut)) if more else tuple(parts)
            return Group("instance", empty.type, attributes=found)
        return Group(empty.kind, empty.type, (*parts, cut) if more else tuple(parts))

    def _item(self, kind: GroupKind, item: object) -> object:
        if kind not in ("dict", "instance"):
            return self._value(item)
        if not isinstance(item, list) or len(item) != 2:
            raise BadTraceError(f"{item!r:.80} is no pair")
        if kind == "instance":
            if not isinstance(item[0], str):
                raise BadTraceError(f"{item[0]!r:.80} is no attribute's name")
            self._left -= len(item[0])
            return item[0], self._value(item[1])
        key = self._value(item[0])
        return key, None if item[1] == [LABEL, ""] else self._value(item[1])

    def _printed(self, name: str, text: str) -> Value:
        """An object that is known by what its class prints of it."""
        if self._classes is None:
            return Opaque(text)
        if name in self._classes:
            return Group("instance", name)
        if match := _GENERATOR.match(text):
            return Opaque(f"<{match[1]} {match[2].rpartition('.')[2]}>")
        if " object at 0x" in text:
            return Opaque(f"<{name}>")
        return Opaque(_ADDRESS.sub(" at 0x...", text))

    def _special(self, tag: str, rest: list[Any]) -> Value:
        if tag == "HEAP_PRIMITIVE" and len(rest) == 2:
            return self._value(rest[1])
        if not rest or not isinstance(rest[0], str):
            return self._unknown([tag, *rest])
        name = rest[0]
        if tag != "FUNCTION":
            return Opaque(f"<{tag.lower()} {name}>")
        if name.startswith(("bound ", "built-in ")):
            return Opaque(f"<{name}>")
        if name.endswith("(...)"):
            return Opaque(f"<built-in function {name.removesuffix('(...)')}>")
        return Opaque(f"<function {name.partition('(')[0]}>")

    def _unknown(self, entry: list[Any]) -> Value:
        if str(entry[0]).startswith(_OTHER_LANGUAGES):
            raise BadTraceError(f"{entry[0]} is a value of another language than Python")
        raise BadTraceError(f"{json.dumps(entry, default=repr)[:80]} is no value")


def _outside(empty: Group) -> str:
    shapes = {"list": "[...]", "tuple": "(...)", "set": "{...}", "dict": "{...}"}
    return shapes.get(empty.kind, f"{empty.type}(...)")


def _is_mark(item: object) -> bool:
    text = json.dumps(item) if isinstance(item, list) else ""
    return LABEL in text and " more)" in text


def _left_out(mark: object) -> int:
    digits = re.findall(r"\((\d+) more\)", json.dumps(mark))
    return int(digits[0]) if digits else 0


def _reference(part: object) -> int | None:
    return _get_number(part[1:]) if isinstance(part, list) and part[:1] == ["REF"] else None


def _get_number(rest: Sequence[object]) -> int:
    if len(rest) != 1 or not isinstance(rest[0], int):
        raise BadTraceError("a REF has no number")
    return rest[0]
