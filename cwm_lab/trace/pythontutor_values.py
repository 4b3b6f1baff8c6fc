"""Values as Python Tutor encodes them on the heap of an execution point."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cwm_lab.trace.objects import Object, Part
from cwm_lab.trace.program import Program
from cwm_lab.trace.valuetext import Group, Opaque, Scalar, Value, is_mark, parse, render

TAGS = {"list": "LIST", "tuple": "TUPLE", "set": "SET", "dict": "DICT"}
LABEL = "IMPORTED_FAUX_PRIMITIVE"
"""The tag of a text that stands in a box as it is."""
_Key = tuple[object, ...]
_NAMED = re.compile(
    r"<(class|module|function|built-in function|built-in method|bound method) ([\w.<>]+)>"
)


class HeapWriter:
    """Keeps what is known of all objects, and writes those that one point needs.

    Objects whose identity is known keep their number on the heap, but those that no name ever held,
    which have negative ones, count on from `named` up to `last`. All others get one above that by
    the place where they stand, so that it is the same at each point. What is in an object comes
    from its record, where there is one (`Step.objects`), and else from the newest text of a name.
    """

    def __init__(self, named: int, last: int, program: Program) -> None:
        self.objects: dict[str, list[Any]] = {}
        self._named = named
        self._last = last
        self._numbers: dict[_Key, int] = {}
        self._texts: dict[int, Value] = {}
        self._records: dict[int, Object] = {}
        self._signatures = _Signatures(program)

    def reset(self) -> None:
        """Begin another point."""
        self.objects = {}

    def record(self, records: Mapping[int, Object]) -> None:
        """Objects that are new or have changed."""
        self._records.update(records)

    def see(self, number: int, text: str) -> None:
        """The newest text of an object, under whatever name it was seen."""
        self._note(number, parse(text))

    def named(self, key: _Key, text: str, kind: str | None, number: int | None) -> object:
        """What stands in a frame's box. key: the frame and the name."""
        if number is not None:
            return self._refer(number, self._texts[number], (number,), kind)
        return self._value(parse(text), key, kind)

    def _note(self, number: int, value: Value) -> None:
        self._texts[number] = value
        record = self._records.get(number)
        if record is None or not isinstance(value, Group):
            return
        for part, text in _pairwise(record.items, value):
            if isinstance(part, int) and "..." not in render(text) and not self._is_plain(part):
                self._note(part, text)

    def _is_plain(self, number: int) -> bool:
        return number in self._records and _is_plain(self._records[number])

    def _value(self, value: Value, key: _Key, kind: str | None = None) -> object:
        if isinstance(value, Scalar):
            return _primitive(value.value)
        if isinstance(value, Opaque):
            if is_mark(value) or value.text[:1] in "'\"[{(" or value.text.startswith("<int of "):
                return [LABEL, value.text]
            shared = value.text.startswith(("<class ", "<module ", "<function ", "<built-in "))
            if shared and "<lambda>" not in value.text:
                key = (value.text,)
        number = self._numbers.get(key)
        if number is None:
            self._last += 1
            number = self._numbers[key] = self._last
        return self._refer(number, value, key, kind)

    def _part(self, part: Part, key: _Key) -> object:
        if isinstance(part, str):
            return self._value(parse(part), key)
        record = self._records.get(part)
        if part not in self._texts and record is None:
            return [LABEL, "..."]  # further away than the recorder looks
        return self._refer(part, self._text_of(part), (part,), record.type if record else None)

    def _text_of(self, number: int) -> Value:
        if number in self._texts:
            return self._texts[number]
        record = self._records[number]
        held = record.items[0] if len(record.items) == 1 else None
        other = record.kind in ("function", "class", "other")
        return parse(held) if other and isinstance(held, str) else Opaque(f"<{record.type}>")

    def _refer(self, number: int, value: Value, key: _Key, kind: str | None) -> list[object]:
        at = number if number >= 0 else self._named - number
        if str(at) not in self.objects:
            encoded: list[Any] = []
            self.objects[str(at)] = encoded  # before its parts, which may lead back to it
            record = self._records.get(number)
            if record is not None and _is_plain(record) and not _is_cut(value):
                encoded += self._recorded(number, record)
            else:
                encoded += self._written(value, key, kind)
        return ["REF", at]

    def _recorded(self, number: int, record: Object) -> Iterator[Any]:
        if record.kind == "instance":
            yield from ("INSTANCE", record.type)
        else:
            yield TAGS[record.kind]
        for at, item in enumerate(record.items):
            if not isinstance(item, tuple):
                yield self._part(item, (number, at))
            elif record.kind == "instance":
                yield [item[0], self._part(item[1], (number, item[0]))]
            else:
                name, held = item
                yield [self._part(name, (number, "key", name)), self._part(held, (number, name))]

    def _written(self, value: Value, key: _Key, kind: str | None) -> Iterator[Any]:
        match value:
            case Scalar(held):
                yield from ("HEAP_PRIMITIVE", type(held).__name__, _primitive(held))
            case Opaque(text):
                printed = ["INSTANCE_PPRINT", kind or type_of(value) or "object", text]
                yield from self._signatures.encoded(text) or printed
            case Group("dict", _, _, pairs):
                yield TAGS["dict"]
                for left, right in pairs:
                    text = render(left)
                    yield [
                        self._value(left, (*key, "key", text)),
                        [LABEL, ""] if right is None else self._value(right, (*key, text)),
                    ]
            case Group("instance", type_, _, _, attributes):
                yield from ("INSTANCE", type_)
                for name, part in attributes:
                    yield [name, self._value(part, (*key, name))]
            case Group():
                yield TAGS[value.kind]
                for at, part in enumerate(value.items):
                    yield self._value(part, (*key, at))


def _primitive(held: bool | int | float | str | None) -> object:
    """Floats that JSON cannot tell from integers, or cannot hold, are texts."""
    if not isinstance(held, float):
        return held
    special = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(held))
    if special is not None or (held.is_integer() and "e" not in repr(held)):
        return ["SPECIAL_FLOAT", special or repr(held)]
    return held


def _is_plain(record: Object) -> bool:
    """Whether all of an object is in its record, and Python Tutor can draw it."""
    drawn = record.kind == "instance" or (record.kind in TAGS and record.type == record.kind)
    return drawn and len(record.items) == record.size


def _is_cut(value: Value) -> bool:
    return "more)" in render(value)


def _pairwise(
    items: Sequence[Part | tuple[Part, Part]], value: Group
) -> Iterator[tuple[Part, Value]]:
    """Parts of a record beside the same parts of a text."""
    texts: list[tuple[Value | None, ...]] = [
        *((item,) for item in value.items),
        *value.pairs,
        *((held,) for _, held in value.attributes),
    ]
    for item, together in zip(items, texts, strict=False):
        parts = item[-len(together) :] if isinstance(item, tuple) else (item,)
        for part, text in zip(parts, together, strict=False):
            if text is not None:
                yield part, text


def type_of(value: Value) -> str | None:
    """The class's name as far as the value's text tells it."""
    if isinstance(value, Scalar):
        return type(value.value).__name__
    if isinstance(value, Group):
        return value.type.rpartition(".")[2]
    text = value.text
    for start, kind in _STARTS.items():
        if text.startswith(start):
            return kind
    if text.endswith(("j", "j)")):
        return "complex"
    if text.startswith("<"):
        return text[1:-1].partition(" ")[0].partition(".")[0].partition(":")[0] or None
    name = text.partition("(")[0].rpartition(".")[2]
    return name if name.isidentifier() else None


_STARTS = {
    "<function ": "function",
    "<built-in ": "builtin_function_or_method",
    "<bound method ": "method",
    "<class ": "type",
    "<module ": "module",
    "<int of ": "int",
    "b'": "bytes",
    'b"': "bytes",
    "'": "str",
    '"': "str",
    "...": None,
    "[": "list",
    "{...}": None,
    "(...": "tuple",
}


class _Signatures:
    """What the source tells of functions and classes beyond their names."""

    def __init__(self, program: Program) -> None:
        self._parameters: dict[str, set[str]] = {}
        self._bases: dict[str, list[str]] = {}
        for text in (program.context, program.text):
            for node in _walked(text):
                if isinstance(node, ast.ClassDef):
                    names = [base.id for base in node.bases if isinstance(base, ast.Name)]
                    self._bases[node.name] = names
                elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    shown = f"{node.name}({', '.join(_parameters(node.args))})"
                    self._parameters.setdefault(node.name, set()).add(shown)

    def encoded(self, text: str) -> list[Any] | None:
        """The heap's entry for a function, class or module; None for other values."""
        match = _NAMED.fullmatch(text)
        if match is None:
            return None
        word, name = match.groups()
        if word == "class":
            return ["CLASS", name, self._bases.get(name, [])]
        if word == "module":
            return ["module", name]
        if word == "built-in function":
            return ["FUNCTION", f"{name}(...)", None]
        if word != "function":
            return ["FUNCTION", f"{word} {name}", None]
        # Two functions of one name cannot be told apart by it.
        known = self._parameters.get(name, set())
        return ["FUNCTION", next(iter(known)) if len(known) == 1 else name, None]


def _walked(text: str) -> Iterator[ast.AST]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from ast.walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # a program that does not compile has no functions to tell of


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    yield from (one.arg for one in [*arguments.posonlyargs, *arguments.args])
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    yield from (one.arg for one in arguments.kwonlyargs)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"
