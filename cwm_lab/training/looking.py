"""The working steps by which something is found among others or in texts, and sets are combined and
made, as a note has them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.training import placing, texts
from cwm_lab.training.questions import Question
from cwm_lab.training.scratchpad import Part, searching, worked_out
from cwm_lab.training.targets import from_end
from cwm_lab.worldmodel.course.lettering import can_be_tested, can_end_so, ends_so, tested
from cwm_lab.worldmodel.course.memberships import (
    GATHERING,
    IN_PLACE,
    OPERATIONS,
    RELATIONS,
    can_be_gathered,
    can_be_matched,
    can_be_sought,
    can_be_told_apart,
    combined,
    distinct,
    gathered,
    matched,
    places_of,
    related,
)
from cwm_lab.worldmodel.course.operations import ENDS, SYMBOLS
from cwm_lab.worldmodel.course.ranges import contains, is_small, length
from cwm_lab.worldmodel.course.slicing import put_in
from cwm_lab.worldmodel.values import MAX_ITEMS

_SEEKING = {"count": None, "index": 1, "remove": 1}
"""Methods of lists that look for something, and how often."""
_ONE_BY_ONE = ("add", "discard", "remove")
"""Methods of sets that look for something."""


def of_node(question: Question, node: ast.AST, told: placing.Told) -> list[Part]:
    """Of a subscript, a search in a text, or what is looked for in sets and lists."""
    vals = question.vals
    steps, most = searching(texts.search_of(node, vals), question.searched_for)
    question.searched_for += most
    if steps:
        return steps
    if isinstance(node, ast.Subscript):
        return from_end(texts.value_of(node.value, vals), placing.key_of(node.slice, vals))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = (texts.value_of(side, vals) for side in (node.left, node.comparators[0]))
        return of_comparison(SYMBOLS[type(node.ops[0])], left, right, told)
    if isinstance(node, ast.BinOp) and SYMBOLS[type(node.op)] in OPERATIONS:
        both = [texts.value_of(side, vals) for side in (node.left, node.right)]
        if type(both[0]) is type(both[1]) is set:
            items = (placing.items_of(side, told) for side in both)
            return of_operation(SYMBOLS[type(node.op)], *items)
    return []


def of_comparison(symbol: str, left: Any, right: Any, told: placing.Told) -> list[Part]:
    """Of `in`, or of a comparison of two sets."""
    if symbol in ("in", "not in") and type(right) is range:
        simple = type(left) is int and abs(left) < 100 and is_small(right)
        return worked_out(contains(right, left)) if simple else []
    if symbol in ("in", "not in"):
        items = None if type(right) is str else placing.items_of(right, told)
        return [] if items is None else _sought(left, items, 1)
    if type(left) is type(right) is dict and symbol in ("==", "!="):
        pairs = [[*side, *side.values()] for side in (left, right)]
        return worked_out(matched(symbol, *pairs)) if can_be_matched(*pairs) else []
    one, other = placing.items_of(left, told), placing.items_of(right, told)
    if not type(left) is type(right) is set or one is None or other is None:
        return []
    if symbol not in ("==", "!=", "<", "<=", ">", ">=") or not can_be_sought(one, other):
        return []
    return worked_out(related(symbol, one, other))


def of_operation(
    symbol: str, left: Sequence[Any] | None, right: Sequence[Any] | None
) -> list[Part]:
    """Of an operation on the items of two sets."""
    if left is None or right is None or len(left) + len(right) > MAX_ITEMS:
        return []
    return worked_out(combined(symbol, left, right)) if can_be_sought(left, right) else []


def of_call(
    function: Any,
    args: Sequence[Any],
    keywords: Mapping[str, Any],
    before: list[Any] | None,
    told: placing.Told,
    heard: list[Any] | None = None,
) -> list[Part]:
    """Of a call. before: what `placing.before_call` gave. heard: what an iterator has given."""
    owner, name = placing.part_of(function, "__self__"), placing.part_of(function, "__name__", "")
    if type(owner) is list and name in ("pop", "insert") and args and type(args[0]) is int:
        if name == "pop":
            return from_end(before, args[0])
        known = before is not None and len(before) < MAX_ITEMS
        return worked_out(put_in(len(before or ()), args[0])) if known else []
    if type(owner) is set and name in GATHERING and not keywords:
        mine = placing.items_of(owner, told) if before is None else before
        given = args if heard is None else [heard]
        return of_gathering(name, owner, mine, given, told)
    if type(owner) is str and not (args or keywords) and can_be_tested(owner, name):
        return worked_out(tested(owner, name))
    if len(args) != 1 or keywords:
        return []
    if type(owner) is str and name in ENDS and type(args[0]) is tuple:
        plainly = all(type(part) is str for part in args[0])
        known = plainly and can_end_so(owner, args[0], name)
        return worked_out(ends_so(owner, args[0], name)) if known else []
    if function is len and type(args[0]) is range:
        return worked_out(length(args[0])) if is_small(args[0]) else []
    if function is set:
        items = placing.items_of(args[0], told) if heard is None else heard
        return worked_out(distinct(items)) if items is not None and can_be_told_apart(items) else []
    if (type(owner) is list and name in _SEEKING) or (type(owner) is tuple and name == "count"):
        return _sought(args[0], owner if before is None else before, _SEEKING[name])
    if type(owner) is not set:
        return []
    if name in _ONE_BY_ONE:
        return [] if before is None else _sought(args[0], before, 1)
    sides = placing.items_of(owner, told), placing.row_of(args[0], told)
    if name not in RELATIONS or sides[0] is None or sides[1] is None:
        return []
    known, are_sets = can_be_sought(sides[0], sides[1]), type(args[0]) is set
    steps = related(RELATIONS[name], sides[0], sides[1], are_sets=are_sets)
    return worked_out(steps) if known else []


def of_gathering(
    name: str, owner: set[Any], mine: Sequence[Any] | None, args: Sequence[Any], told: placing.Told
) -> list[Part]:
    """Of a method that puts a set and others together. mine: the set's items before."""
    symbol = GATHERING[name]
    sides = [mine, *(mine if arg is owner else placing.row_of(arg, told) for arg in args)]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides) or (symbol == "^" and len(args) != 1):
        return []
    are_sets = [type(arg) is set for arg in args]
    if are_sets == [True] and name not in IN_PLACE:
        return of_operation(symbol, *known)
    return worked_out(gathered(symbol, known, are_sets)) if can_be_gathered(symbol, known) else []


def _sought(wanted: Any, items: Sequence[Any], most: int | None) -> list[Part]:
    return worked_out(places_of(wanted, items, most)) if can_be_sought([wanted], items) else []
