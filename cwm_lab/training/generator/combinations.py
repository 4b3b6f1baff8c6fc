"""Combinations of constructs that training never sees, though it sees each construct alone.

Programs that hold one are made only by the held-out family of that name, so that a score on the
family tells whether the network has learned the parts or the pairs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _is_set(node: ast.expr) -> bool:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set"
    return named or isinstance(node, ast.Set | ast.SetComp)


def sets_in_dicts(tree: ast.AST) -> bool:
    """A set as a dict's value: in a display, by an item's assignment, as a default."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and any(_is_set(value) for value in node.values):
            return True
        if isinstance(node, ast.DictComp) and _is_set(node.value):
            return True
        if (
            isinstance(node, ast.Assign)
            and _is_set(node.value)
            and any(isinstance(target, ast.Subscript) for target in node.targets)
        ):
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("setdefault", "get", "pop")
            and any(_is_set(argument) for argument in node.args)
        ):
            return True
    return False


def comprehension_in_fstring(tree: ast.AST) -> bool:
    """A comprehension or generator expression inside an f-string's braces."""
    return any(
        isinstance(inner, _COMPREHENSIONS)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
    )


def while_in_closure(tree: ast.AST) -> bool:
    """A while loop in a function that is defined in a function."""
    return any(
        isinstance(inner, ast.While)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.FunctionDef) and node is not outer
        for inner in ast.walk(node)
    )


COMBINATIONS: Final[dict[str, Callable[[ast.AST], bool]]] = {
    "sets_in_dicts": sets_in_dicts,
    "comprehension_in_fstring": comprehension_in_fstring,
    "while_in_closure": while_in_closure,
}
"""Topic of the templates that have it: whether a program has the combination."""


def has_held_out_combination(source: str) -> bool:
    """Whether a program must not be trained on. Raises SyntaxError if it is not Python."""
    if not any(word in source for word in ("set", "{", "while")):
        return False
    tree = ast.parse(source)
    return any(holds(tree) for holds in COMBINATIONS.values())
