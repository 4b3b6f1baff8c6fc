"""Small rewritings of the syntax tree that let scheduler and teacher ask the same questions."""

from __future__ import annotations

import ast
import copy

from cwm_lab.worldmodel.values import Atom, Text, Value

DELEGATED = "__from__"
"""The variable of the loop that a `yield from` becomes; what is named so is not shown."""
DESCRIPTORS = frozenset(["property", "staticmethod", "classmethod"])


def desugar(tree: ast.Module) -> ast.Module:
    """Turn decorators into assignments (``f = decorate(f)``) that share the definition's line,
    chained comparisons into several (``a < b and b < c``) where the middle is a name or constant,
    and a statement ``yield from x`` into a loop that yields, on one line.

    property, staticmethod and classmethod stay: what they do is known from the source alone.
    Works in place; the added statements carry the attribute `silent`, since they are no line of
    their own, and a loop that was none what it was, as `origin`.
    """
    _Statements().visit(tree)
    for node in list(ast.walk(tree)):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.Compare):
                setattr(node, name, _unchained(value))
            elif isinstance(value, list):
                value[:] = [_unchained(v) if isinstance(v, ast.Compare) else v for v in value]
    return ast.fix_missing_locations(tree)


def _unchained(node: ast.Compare) -> ast.expr:
    sides = [node.left, *node.comparators]
    if len(node.ops) == 1 or not all(map(_is_still, sides[1:-1])):
        return node
    parts: list[ast.expr] = [
        ast.copy_location(ast.Compare(copy.deepcopy(left) if k else left, [op], [right]), node)
        for k, (left, op, right) in enumerate(zip(sides, node.ops, sides[1:], strict=False))
    ]
    return ast.copy_location(ast.BoolOp(ast.And(), parts), node)


def _is_still(node: ast.expr) -> bool:
    """Whether an expression may be evaluated twice: a name, a constant, an item of a name's."""
    if isinstance(node, ast.Subscript):
        return _is_still(node.value) and _is_still(node.slice)
    return isinstance(node, ast.Name) or is_literal(node)


def is_literal(node: ast.expr) -> bool:
    """Whether the expression is a constant that the source spells out (5, -1, 'a', None)."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return isinstance(node, ast.Constant)


def literal(node: ast.expr) -> Value:
    """The value of a constant that the source spells out (see `is_literal`)."""
    if isinstance(node, ast.UnaryOp):
        inner = literal(node.operand)
        assert isinstance(inner, Atom)
        return inner if inner.text == "0" else Atom("-" + inner.text)
    assert isinstance(node, ast.Constant)
    return Text(node.value) if isinstance(node.value, str) else Atom(repr(node.value))


def delegates(node: ast.For) -> bool:
    """Whether a loop was a `yield from`."""
    return isinstance(node.target, ast.Name) and node.target.id == DELEGATED


class _Statements(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Expressions may be nested very deeply, and hold no statements."""
        return node if isinstance(node, ast.expr) else super().generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        if not isinstance(node.value, ast.YieldFrom):
            return node
        passed_on = ast.Expr(ast.Yield(ast.Name(DELEGATED, ast.Load())))
        passed_on.silent = True  # type: ignore[attr-defined]
        loop = ast.For(ast.Name(DELEGATED, ast.Store()), node.value.value, [passed_on], [])
        loop.origin = node  # type: ignore[attr-defined]
        for part in (loop, loop.target, passed_on, passed_on.value, passed_on.value.value):  # type: ignore[attr-defined]
            ast.copy_location(part, node)
        return loop

    def _definition(self, node: ast.FunctionDef | ast.ClassDef) -> list[ast.stmt]:
        self.generic_visit(node)
        kept: list[ast.expr] = []
        added: list[ast.stmt] = []
        for decorator in reversed(node.decorator_list):
            if isinstance(decorator, ast.Name) and decorator.id in DESCRIPTORS:
                kept.insert(0, decorator)
                continue
            if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
                kept.insert(0, decorator)
                continue
            call = ast.Call(decorator, [ast.Name(node.name, ast.Load())], [])
            assign = ast.Assign([ast.Name(node.name, ast.Store())], call)
            assign.silent = True  # type: ignore[attr-defined]
            ast.copy_location(assign, node)
            for child in ast.walk(assign):
                if not hasattr(child, "lineno") and isinstance(child, ast.expr):
                    ast.copy_location(child, node)
            added.append(assign)
        node.decorator_list = kept
        return [node, *added]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        return self._definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> list[ast.stmt]:
        return self._definition(node)
