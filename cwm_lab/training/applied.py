"""The notes of builtin functions and methods that `map`, and `key` of what orders, call by the way.

Each is noted like a call that the source spells out.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from typing import Any

from cwm_lab.training import looking, placing
from cwm_lab.training.filling import of_format
from cwm_lab.training.scratchpad import Operand, Part, item_of
from cwm_lab.worldmodel.course.operations import APPLIED, APPLIED_METHODS

_TAKES = (list, tuple, set, sum, min, max, sorted)


def is_applied(function: Any) -> bool:
    """Whether its calls are noted one by one."""
    if isinstance(function, types.MethodDescriptorType):
        return function.__objclass__ is str and function.__name__ in APPLIED_METHODS
    return isinstance(function, types.BuiltinFunctionType) and function.__name__ in APPLIED


def is_taken(function: Any, node: ast.Call) -> bool:
    """Whether a call takes all that an iterator gives that its argument has just made."""
    joins = isinstance(function, types.BuiltinMethodType) and function.__name__ == "join"
    one = len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.Call)
    return one and (function in _TAKES or (joins and type(function.__self__) is str))


def of_map(lazy: placing.Lazy | None) -> tuple[Any, list[Any]] | None:
    """The function of a `map` and what it is called with, if that is noted."""
    name, parts = lazy[:2] if lazy is not None else ("", ())
    if name != "map" or len(parts) != 2 or not is_applied(parts[0]):
        return None
    items = placing.items_of(parts[1]) if type(parts[1]) is not str else None
    known = items is not None and all(_is_taken_by(parts[0], item) for item in items)
    return (parts[0], items) if known and items is not None else None


def of_key(key: Any, items: Sequence[Any]) -> bool:
    """Whether the calls of a key function are noted."""
    text = isinstance(key, types.MethodDescriptorType) and is_applied(key)
    return text and all(_is_taken_by(key, item) for item in items)


def note_of(function: Any, item: Any, told: placing.Told) -> list[Part]:
    """The note of one call."""
    arg = ast.Name("item", ast.Load())
    vals = {id(arg): item}
    if isinstance(function, types.MethodDescriptorType):
        called: Any = getattr(item, function.__name__)
        given: list[Any] = []
        node = ast.Call(ast.Attribute(arg, function.__name__, ast.Load()), [], [])
    else:
        called, given = function, [item]
        node = ast.Call(ast.Name(function.__name__, ast.Load()), [arg], [])
    value = called(*given)
    places = placing.of_call(called, given, {}, None, value, told)
    working = [*of_format(called, given, {}), *looking.of_call(called, given, {}, None, told)]
    parts = item_of(node, value, vals, places, None, working)
    assert parts is not None
    return [Operand(part.value) if isinstance(part, Operand) else part for part in parts]


def _is_taken_by(function: Any, item: Any) -> bool:
    if isinstance(function, types.MethodDescriptorType):
        return type(item) is str
    return type(item) is str if function is len else type(item) in (int, float)
