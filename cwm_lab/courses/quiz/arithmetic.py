"""Small sums over recorded values: what an expression would give if a common mistake were true.

This is no interpreter: numbers, texts, lists, a few functions, all bounded; anything else has no
value. Nothing of the learner's program runs.
"""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_MAX_TEXT = 300
_MAX_NUMBER = 10**15
_MAX_POWER = 40
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)

BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "float": float,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sorted": sorted,
    "str": str,
    "sum": sum,
}


class _Unknown(Exception):
    """The expression is beyond these sums."""


def result(node: ast.expr, names: Mapping[str, str]) -> str | None:
    """The `repr` of an expression over names with literal values; None if it cannot be told."""
    try:
        return repr(_bounded(_evaluate(node, names)))
    except (_Unknown, RecursionError, *_FAULTS):
        return None


def mistaken(node: ast.expr, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(result, rule) of an expression for each common mistake that changes its result.

    Nothing, if the expression itself cannot be evaluated here.
    """
    right = result(node, names)
    if right is None:
        return
    for rule, change in _MISTAKES.items():
        changed = _changed(node, change)
        if changed is None:
            continue
        wrong = result(changed, names)
        if wrong is not None and wrong != right:
            yield wrong, rule
    numbers = {name: _as_number(text) for name, text in names.items()}
    if numbers != names:
        wrong = result(node, numbers)
        if wrong is not None and wrong != right:
            yield wrong, "text-is-no-number"


def _as_number(text: str) -> str:
    inner = text[1:-1] if text[:1] in "'\"" else ""
    return inner if inner.isdecimal() and inner.isascii() else text


def _bounded(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) > _MAX_NUMBER:
            raise _Unknown
    elif isinstance(value, str | list | tuple) and len(value) > _MAX_TEXT:
        raise _Unknown
    return value


def _evaluate(node: ast.expr, names: Mapping[str, str]) -> Any:
    match node:
        case ast.Constant(value):
            return _bounded(value)
        case ast.Name(name) if name in names and len(names[name]) <= _MAX_TEXT:
            try:
                return ast.literal_eval(names[name])
            except (SyntaxError, MemoryError) as error:
                raise _Unknown from error
        case ast.List(items):
            return [_evaluate(item, names) for item in items]
        case ast.Tuple(items):
            return tuple(_evaluate(item, names) for item in items)
        case ast.UnaryOp(ast.USub(), operand):
            return -_evaluate(operand, names)
        case ast.UnaryOp(ast.Not(), operand):
            return not _evaluate(operand, names)
        case ast.BinOp(left, sign, right):
            return _binary(_evaluate(left, names), sign, _evaluate(right, names))
        case ast.Compare(left, [sign], [right]) if type(sign) in COMPARE:
            return COMPARE[type(sign)](_evaluate(left, names), _evaluate(right, names))
        case ast.Subscript(value, ast.Slice(lower, upper, step)):
            bounds = [None if b is None else _evaluate(b, names) for b in (lower, upper, step)]
            return _evaluate(value, names)[slice(*bounds)]
        case ast.Subscript(value, index):
            return _evaluate(value, names)[_evaluate(index, names)]
        case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS and name not in names:
            return _FUNCTIONS[name](*(_evaluate(argument, names) for argument in arguments))
    raise _Unknown


def _binary(left: Any, sign: ast.operator, right: Any) -> Any:
    function = BINARY.get(type(sign))
    if function is None:
        raise _Unknown
    if isinstance(sign, ast.Mod) and isinstance(left, str):
        raise _Unknown  # formatting
    if isinstance(sign, ast.Pow) and not (isinstance(right, int) and abs(right) <= _MAX_POWER):
        raise _Unknown
    if isinstance(sign, ast.Mult):
        for many, times in ((left, right), (right, left)):
            if isinstance(many, str | list | tuple) and times * len(many) > _MAX_TEXT:
                raise _Unknown
    return _bounded(function(left, right))


def _changed(node: ast.expr, change: Callable[[ast.AST], ast.AST | None]) -> ast.expr | None:
    """A copy with each part changed where the mistake applies; None if it applies nowhere."""
    walker = _Walker(change)
    changed = walker.visit(copy.deepcopy(node))
    return changed if walker.hits else None


class _Walker(ast.NodeTransformer):
    def __init__(self, change: Callable[[ast.AST], ast.AST | None]) -> None:
        self.change = change
        self.hits = 0

    def visit(self, node: ast.AST) -> Any:
        node = self.generic_visit(node)
        changed = self.change(node)
        if changed is None:
            return node
        self.hits += 1
        return changed


def _operator(old: type[ast.operator], new: ast.operator) -> Callable[[ast.AST], ast.AST | None]:
    def change(node: ast.AST) -> ast.AST | None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, old):
            return ast.BinOp(node.left, new, node.right)
        return None

    return change


def _left_to_right(node: ast.AST) -> ast.AST | None:
    match node:
        case ast.BinOp(a, ast.Add() | ast.Sub() as low, ast.BinOp(b, high, c)) if not isinstance(
            high, ast.Add | ast.Sub
        ):
            return ast.BinOp(ast.BinOp(a, low, b), high, c)
    return None


def _from_one(node: ast.AST) -> ast.AST | None:
    match node:
        case ast.Subscript(value, index, context) if not isinstance(index, ast.Slice):
            return ast.Subscript(value, ast.BinOp(index, ast.Sub(), ast.Constant(1)), context)
    return None


def _end_included(node: ast.AST) -> ast.AST | None:
    match node:
        case ast.Slice(lower, ast.expr() as upper, step):
            return ast.Slice(lower, ast.BinOp(upper, ast.Add(), ast.Constant(1)), step)
    return None


def _int_rounds(node: ast.AST) -> ast.AST | None:
    match node:
        case ast.Call(ast.Name("int"), [argument], []):
            return ast.Call(ast.Name("round", ast.Load()), [argument], [])
    return None


_MISTAKES: Mapping[str, Callable[[ast.AST], ast.AST | None]] = {
    "floor-division": _operator(ast.FloorDiv, ast.Div()),
    "true-division": _operator(ast.Div, ast.FloorDiv()),
    "remainder": _operator(ast.Mod, ast.FloorDiv()),
    "power": _operator(ast.Pow, ast.Mult()),
    "precedence": _left_to_right,
    "index-from-zero": _from_one,
    "slice-end": _end_included,
    "int-cuts": _int_rounds,
}
