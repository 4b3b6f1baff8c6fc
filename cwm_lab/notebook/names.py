"""Which names a piece of source takes from outside: the question behind a cell's context.

Pure analysis of text (`ast`, `symtable`); nothing is run or looked up here.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_CALLS_NOTHING = (
    ast.Assign
    | ast.Expr
    | ast.Import
    | ast.ImportFrom
    | ast.Global
    | ast.Pass
    | ast.Name
    | ast.Constant
    | ast.expr_context
    | ast.Tuple
    | ast.List
    | ast.alias
)


@dataclass(frozen=True)
class Needs:
    """Names that source reads but does not bind first, each in order of first appearance.

    now: read while the source itself runs (for a ``def``: defaults, decorators, annotations).
    later: read when a function defined in the source is called.
    """

    now: tuple[str, ...]
    later: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.now, *self.later)))


def needs(tree: ast.Module) -> Needs:
    """The names that running `tree` may take from the namespace it runs in."""
    found = _Found()
    bound = found.block(tree.body, set())
    later = (name for name in found.later if name not in bound)
    return Needs(tuple(found.now), tuple(later))


def mentions(tree: ast.Module) -> set[str]:
    """Every name that a piece of source speaks of, local or not."""
    found = set()
    for node in ast.walk(tree):
        for field_name in ("id", "name", "asname", "rest", "arg"):
            name = getattr(node, field_name, None)
            if isinstance(name, str):
                found.add(name.partition(".")[0])
    return found


def deletes(tree: ast.Module) -> set[str]:
    """Names that the module level may delete."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Delete)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@dataclass
class _Found:
    """The walk over one module.

    later: what functions defined so far read; due as soon as a statement may call them.
    """

    now: dict[str, None] = field(default_factory=dict)
    later: dict[str, None] = field(default_factory=dict)

    def block(self, body: Iterable[ast.stmt], bound: set[str]) -> set[str]:
        """Walk statements in order; returns the names certainly bound after them."""
        for statement in body:
            bound = self.statement(statement, bound)
        return bound

    def statement(self, node: ast.stmt, bound: set[str]) -> set[str]:
        match node:
            case ast.If() | ast.While():
                bound = self.simple(ast.Expr(node.test), bound)
                after = self.block(node.body, set(bound))
                otherwise = self.block(node.orelse, set(bound))
                return after & otherwise if isinstance(node, ast.If) else bound
            case ast.For() | ast.AsyncFor():
                bound = self.simple(ast.Expr(node.iter), bound)
                inside = self.block(node.body, self.target(node.target, bound))
                self.block(node.orelse, inside)
                return bound
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    bound = self.simple(ast.Expr(item.context_expr), bound)
                    if item.optional_vars is not None:
                        bound = self.target(item.optional_vars, bound)
                return self.block(node.body, bound)
            case ast.Try() | ast.TryStar():
                after = self.block(node.orelse, self.block(node.body, set(bound)))
                for handler in node.handlers:
                    if handler.type is not None:
                        self.simple(ast.Expr(handler.type), bound)
                    inside = {*bound, handler.name} if handler.name else set(bound)
                    after &= self.block(handler.body, inside)
                return after | self.block(node.finalbody, set(bound))
            case ast.Match():
                bound = self.simple(ast.Expr(node.subject), bound)
                for case in node.cases:
                    captured = {
                        name
                        for part in ast.walk(case.pattern)
                        for name in (getattr(part, "name", None), getattr(part, "rest", None))
                        if isinstance(name, str)
                    }
                    inside = bound | captured
                    for expression in (case.pattern, case.guard):
                        for part in ast.walk(expression) if expression else ():
                            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                                self.read(part.id, inside)
                    self.block(case.body, inside)
                return bound
        return self.simple(node, bound)

    def target(self, node: ast.expr, bound: set[str]) -> set[str]:
        """Bind a loop's or a ``with`` item's target, which may read too: ``for a[i] in x``."""
        value = ast.Constant(None)
        return self.simple(ast.Assign([node], value, lineno=1), bound)

    def simple(self, node: ast.stmt, bound: set[str]) -> set[str]:
        """A statement without blocks of its own level (a ``def`` or ``class`` counts as one)."""
        if _may_call(node):
            for name in self.later:
                self.read(name, bound)
        table = symtable.symtable(ast.unparse(ast.fix_missing_locations(node)), "<cell>", "exec")
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if symbol.is_referenced() or name in _changed(node):
                self.read(name, bound)
            if symbol.is_assigned() or symbol.is_imported():
                bound = bound | {name}
        for child in table.get_children():
            self.scope(child, bound, immediate=_runs_at_once(child))
        return bound - _changed(node) if isinstance(node, ast.Delete) else bound

    def scope(self, table: symtable.SymbolTable, bound: set[str], *, immediate: bool) -> None:
        """Names that a nested scope takes from the module level.

        immediate: it runs as part of its statement (class body, comprehension), not when called.
        """
        for symbol in table.get_symbols():
            name = symbol.get_name()
            # Assigned under a `global` statement: `n += 1` reads it too.
            assigned = symbol.is_declared_global() and symbol.is_assigned()
            if assigned or (symbol.is_global() and symbol.is_referenced()):
                if immediate:
                    self.read(name, bound)
                else:
                    self.later[name] = None
        for child in table.get_children():
            self.scope(child, bound, immediate=immediate and _runs_at_once(child))

    def read(self, name: str, bound: set[str]) -> None:
        if name not in bound:
            self.now[name] = None


def _runs_at_once(scope: symtable.SymbolTable) -> bool:
    """Whether a nested scope runs with its statement; a function's body waits for a call."""
    return scope.get_type() == "class" or scope.get_name() in _COMPREHENSIONS


def _may_call(node: ast.stmt) -> bool:
    """Whether running a statement may run a function's body: any operator may, in Python."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return bool(node.decorator_list)
    if isinstance(node, ast.ClassDef):
        return bool(node.decorator_list) or any(map(_may_call, node.body))
    return not all(isinstance(part, _CALLS_NOTHING) for part in ast.walk(node))


def _changed(node: ast.stmt) -> set[str]:
    """Names that a statement needs to exist because it deletes or updates them."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
