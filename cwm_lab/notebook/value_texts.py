"""Values read back from the texts that a trace shows of them. Nothing is run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_VALUE_TEXT = 5_000


class NotKnownError(Exception):
    """The recorded texts do not say what the expression is worth."""


@dataclass(frozen=True)
class Record:
    """An object of the program, as its text shows it: a class name and attributes."""

    type: str
    fields: tuple[tuple[str, Any], ...]

    def __repr__(self) -> str:
        return f"{self.type}({', '.join(f'{name}={value!r}' for name, value in self.fields)})"


@lru_cache(maxsize=4096)
def read_value(text: str) -> Any:
    """The value that a text stands for; nobody may change it. Raises NotKnownError for what is not
    fully written."""
    if len(text) > MAX_VALUE_TEXT:
        raise NotKnownError("the value is too long")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise NotKnownError("the text of the value does not say what it is") from None
    return _read(tree.body)


def _read(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value) if value is not ...:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id="inf")):
            return -float("inf")
        case ast.Name(id="inf" | "nan" as name):
            return float(name)
        case ast.List(elts=items):
            return [_read(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_read(item) for item in items)
        case ast.Set(elts=items):
            return {_hashable(_read(item)) for item in items}
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {_hashable(_read(key)): _read(value) for key, value in pairs if key is not None}
        case ast.Call(func=ast.Name(id="set"), args=[], keywords=[]):
            return set()
        case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]):
            return range(*(_read(arg) for arg in args))
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords):
            return Record(name, tuple((k.arg or "", _read(k.value)) for k in keywords))
    raise NotKnownError("the text of the value does not say what it is")


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise NotKnownError("the value cannot be a key") from None
    return value
