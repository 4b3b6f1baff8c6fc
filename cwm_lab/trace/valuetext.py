"""Value texts (docs/steps.md, Values) as trees and back, without evaluating anything.

`parse` never fails: what is not written just as the rules say becomes one `Opaque` text, so that
`render(parse(text)) == text` for every string.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

GroupKind = Literal["list", "tuple", "set", "dict", "instance"]
MAX_NESTING = 40
"""Levels that are taken apart; the rules show 8, predictions may hold anything."""

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_BYTES = re.compile(
    r"b(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")(?:\.\.\.\(\d+ bytes\))?", re.DOTALL
)
_CUT_STRING = re.compile(r"\.\.\.\(\d+ chars\)")
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf|nan)(?![\w.])")
_COMPLEX = re.compile(r"-?[\d.einf+na-]+j(?!\w)|\([-+\d.einfa]+j\)")
_MARK = re.compile(r"\.\.\.(?:\(\d+ more\))?")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ATTRIBUTE = re.compile(r"([^\W\d]\w*)=")
_OPENERS = {"(": ")", "[": "]", "{": "}"}
_CONSTANTS: dict[str, bool | None] = {"None": None, "True": True, "False": False}


@dataclass(frozen=True)
class Scalar:
    """A value that JSON can hold as it is."""

    value: bool | int | float | str | None


@dataclass(frozen=True)
class Opaque:
    """A value, or a mark such as ``...(98 more)``, that is known by its text alone."""

    text: str


@dataclass(frozen=True)
class Group:
    """A container or an object. items: values; for a dict (key, value) with value None for a mark;
    for an instance (attribute's name, value), with "" as the name of a mark."""

    kind: GroupKind
    type: str
    items: tuple[Value, ...] = ()
    pairs: tuple[tuple[Value, Value | None], ...] = ()
    attributes: tuple[tuple[str, Value], ...] = ()


Value = Scalar | Opaque | Group
T = TypeVar("T")


@lru_cache(maxsize=4096)
def parse(text: str) -> Value:
    """The tree of one value's text."""
    reader = _Reader(text)
    try:
        value = reader.value(0)
    except _OddError:
        return Opaque(text)
    return value if reader.at == len(text) and render(value) == text else Opaque(text)


def render(value: Value) -> str:
    """The text of a value. Sets are written in the order of the rules."""
    match value:
        case Scalar(held):
            return repr(held)
        case Opaque(text):
            return text
        case Group("list", _, items):
            return f"[{', '.join(map(render, items))}]"
        case Group("tuple", _, (one,)) if not is_mark(one):
            return f"({render(one)},)"
        case Group("tuple", _, items):
            return f"({', '.join(map(render, items))})"
        case Group("set", _, ()):
            return "set()"
        case Group("set", _, items):
            return f"{{{', '.join(render(item) for item in _sorted(items))}}}"
        case Group("dict", _, _, pairs):
            return f"{{{', '.join(render_pair(key, held) for key, held in pairs)}}}"
    parts = (f"{name}={render(held)}" if name else render(held) for name, held in value.attributes)
    return f"{value.type}({', '.join(parts)})"


def render_pair(key: Value, held: Value | None) -> str:
    return render(key) if held is None else f"{render(key)}: {render(held)}"


def is_mark(value: Value) -> bool:
    """Whether this stands for what is not shown."""
    return isinstance(value, Opaque) and _MARK.fullmatch(value.text) is not None


def exception_parts(text: str) -> tuple[str, str]:
    """(class, what `str` makes of it) of an exception's text: ``ValueError('bad')`` is ValueError
    and ``bad``."""
    name, bracket, inside = text.partition("(")
    if not bracket or not inside.endswith(")"):
        return text, ""
    inside = inside[:-1]
    argument = parse(inside)
    if isinstance(argument, Scalar) and isinstance(argument.value, str) and name != "KeyError":
        return name, argument.value
    several = parse(f"({inside})")
    if isinstance(several, Group) and len(several.items) > 1:
        return name, f"({inside})"
    return name, inside


def exception_text(name: str, message: str) -> str:
    """The text of an exception of which class and message are known: the reverse of
    `exception_parts` where its one argument is a string."""
    if not message:
        return f"{name}()"
    if name == "KeyError" and isinstance(parse(message), Scalar):
        return f"{name}({message})"
    return f"{name}({message!r})"


def _sorted(items: tuple[Value, ...]) -> list[Value]:
    marks = [item for item in items if is_mark(item)]
    values = [item for item in items if not is_mark(item)]

    def order(item: Value) -> tuple[int, float | str]:
        if isinstance(item, Scalar) and isinstance(item.value, int | float):
            return (0, item.value)
        if isinstance(item, Scalar) and isinstance(item.value, str):
            return (1, item.value)
        raise TypeError

    try:
        values.sort(key=order)
    except TypeError:
        values.sort(key=render)
    return values + marks


class _OddError(Exception):
    """The text is not written as the rules say."""


class _Reader:
    """Recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def value(self, depth: int) -> Value:
        text, at = self._text, self.at
        if depth > MAX_NESTING or at >= len(text):
            raise _OddError
        first = text[at]
        if first in "'\"":
            return self._string()
        for pattern in (_COMPLEX, _BYTES, _MARK):
            if match := pattern.match(text, at):
                return self._opaque(match.end())
        if match := _NUMBER.match(text, at):
            self.at = match.end()
            return _number(match[0])
        if first == "<":
            return self._opaque(self._balanced("<", ">"))
        if first in _OPENERS:
            return self._group(first, depth)
        if match := _NAME.match(text, at):
            return self._named(match[0], depth)
        raise _OddError

    def _string(self) -> Value:
        match = _STRING.match(self._text, self.at)
        if match is None:
            raise _OddError
        if cut := _CUT_STRING.match(self._text, match.end()):
            return self._opaque(cut.end())
        self.at = match.end()
        try:
            held = ast.literal_eval(match[0])
        except (SyntaxError, ValueError) as error:
            raise _OddError from error
        return Scalar(held) if repr(held) == match[0] else Opaque(match[0])

    def _group(self, opener: str, depth: int) -> Value:
        closer = _OPENERS[opener]
        if self._text.startswith(f"...{closer}", self.at + 1):
            return self._opaque(self.at + len("(...)"))
        self.at += 1
        if opener == "{":
            return self._braces(depth)
        items = self._until(closer, lambda: self.value(depth + 1))
        return Group("list" if opener == "[" else "tuple", _KINDS[opener], tuple(items))

    def _braces(self, depth: int) -> Value:
        pairs = self._until("}", lambda: self._pair(depth))
        marks = [key for key, held in pairs if held is None]
        if not pairs or len(marks) == sum(is_mark(key) for key in marks) < len(pairs):
            return Group("dict", "dict", pairs=tuple(pairs))
        return Group("set", "set", tuple(key for key, _ in pairs))

    def _pair(self, depth: int) -> tuple[Value, Value | None]:
        key = self.value(depth + 1)
        return key, self.value(depth + 1) if self._taken(": ") else None

    def _named(self, name: str, depth: int) -> Value:
        after = self.at + len(name)
        if not self._text.startswith("(", after):
            self.at = after
            return Scalar(_CONSTANTS[name]) if name in _CONSTANTS else Opaque(name)
        if self._text.startswith("set()", self.at):
            self.at += len("set()")
            return Group("set", "set")
        if self._text[after + 1 : after + 2] != ")" and not _ATTRIBUTE.match(self._text, after + 1):
            self.at = after
            end = self._balanced("(", ")")
            self.at = after - len(name)
            return self._opaque(end)
        self.at = after + 1
        found = self._until(")", lambda: self._attribute(depth))
        return Group("instance", name, attributes=tuple(found))

    def _attribute(self, depth: int) -> tuple[str, Value]:
        match = _ATTRIBUTE.match(self._text, self.at)
        if match is None:
            mark = self.value(depth + 1)
            if not is_mark(mark):
                raise _OddError
            return "", mark
        self.at = match.end()
        return match[1], self.value(depth + 1)

    def _until(self, closer: str, read: Callable[[], T]) -> list[T]:
        found: list[T] = []
        while not self._taken(closer):
            if found and not self._taken(", "):
                if closer == ")" and len(found) == 1 and self._taken(",)"):
                    return found
                raise _OddError
            found.append(read())
        return found

    def _taken(self, part: str) -> bool:
        if not self._text.startswith(part, self.at):
            return False
        self.at += len(part)
        return True

    def _opaque(self, end: int) -> Opaque:
        start, self.at = self.at, end
        return Opaque(self._text[start:end])

    def _balanced(self, opener: str, closer: str) -> int:
        """Where the bracket that opens here is closed; brackets in strings do not count."""
        depth, at = 0, self.at
        while at < len(self._text):
            if match := _STRING.match(self._text, at):
                at = match.end()
                continue
            if self._text[at] == opener:
                depth += 1
            elif self._text[at] == closer:
                depth -= 1
                if depth == 0:
                    return at + 1
            at += 1
        raise _OddError


_KINDS = {"[": "list", "(": "tuple"}


def _number(text: str) -> Value:
    try:
        held = int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:  # more digits than Python takes
        return Opaque(text)
    return Scalar(held) if repr(held) == text else Opaque(text)
