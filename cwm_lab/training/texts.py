"""Which texts a statement compares or searches, letter by letter."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.worldmodel.course.operations import ENDS, affix, is_lettered, is_recased
from cwm_lab.worldmodel.course.searching import is_searched
from cwm_lab.worldmodel.desugar import is_literal
from cwm_lab.worldmodel.values import MAX_ITEMS

Search = tuple[str, str, list[Any]]
"""A text, the method by which it is searched, and its arguments."""
_ORDERS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_MISSING = object()


def value_of(node: ast.expr, vals: Mapping[int, Any]) -> Any:
    """The value of an expression that was evaluated."""
    if is_literal(node):
        return ast.literal_eval(node)
    return vals.get(id(node), _MISSING)


def compares_texts(node: ast.Compare, vals: Mapping[int, Any]) -> bool:
    """Whether it compares two texts that are short enough to be told letter by letter."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], _ORDERS):
        return False
    sides = value_of(node.left, vals), value_of(node.comparators[0], vals)
    return all(type(side) is str and is_lettered(side) for side in sides)


def compared_ends(node: ast.Call, vals: Mapping[int, Any]) -> tuple[str, str] | None:
    """What `startswith` or `endswith` compares letter by letter, if it does."""
    func = node.func
    if not isinstance(func, ast.Attribute) or len(node.args) != 1 or node.keywords:
        return None
    texts = value_of(func.value, vals), value_of(node.args[0], vals)
    if func.attr not in ENDS or not type(texts[0]) is type(texts[1]) is str:
        return None
    return affix(*texts, func.attr)


def recases(node: ast.AST, vals: Mapping[int, Any]) -> bool:
    """Whether it is a method that changes the case of a text's letters."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    text, plainly = value_of(node.func.value, vals), not (node.args or node.keywords)
    return type(text) is str and plainly and is_recased(text, node.func.attr)


def text_within(node: ast.Compare, vals: Mapping[int, Any]) -> str | None:
    """The text that `in` looks for in another one, if it says where."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
        return None
    text, within = value_of(node.left, vals), value_of(node.comparators[0], vals)
    if not type(text) is type(within) is str or not is_searched(within, "count", [text]):
        return None
    return text


def search_of(node: ast.AST, vals: Mapping[int, Any]) -> Search | None:
    """A comparison or call as a search in a text that says where it finds something."""
    if isinstance(node, ast.Compare):
        text = text_within(node, vals)
        return None if text is None else (value_of(node.comparators[0], vals), "find", [text])
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(func, ast.Attribute) or not isinstance(node, ast.Call) or node.keywords:
        return None
    owner, args = value_of(func.value, vals), [value_of(arg, vals) for arg in node.args]
    if type(owner) is not str:
        return None
    sought = func.attr in ("find", "index") and is_sought(owner, args)
    found = sought or is_searched(owner, func.attr, args)
    return (owner, func.attr, args) if found else None


def searched_text(node: ast.Call, vals: Mapping[int, Any]) -> str | None:
    """The text that is told letter by letter, since a call searches it."""
    search = search_of(node, vals)
    return search[0] if search is not None and is_searched(*search) else None


def is_sought(owner: str, args: Sequence[Any]) -> bool:
    """Whether one text, that is not empty, is looked for in a short one."""
    return len(owner) <= MAX_ITEMS and len(args) == 1 and type(args[0]) is str and args[0] != ""
