"""A program laid out for walking: one tree of context and program, its scopes, its step lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cwm_lab.trace import Program, parse_source
from cwm_lab.trace.lines import read_source
from cwm_lab.worldmodel.desugar import desugar
from cwm_lab.worldmodel.scopes import Scope, analyse
from cwm_lab.worldmodel.statement import Kind, Statement, describe
from cwm_lab.worldmodel.values import OutsideEnvelopeError

Header = ast.If | ast.While | ast.For | ast.ExceptHandler
MAX_NESTING = 100
"""How deep expressions and blocks may be nested: what walks them calls itself."""


class TooDeepError(OutsideEnvelopeError):
    """A statement is nested too deeply. line: where."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a statement nested more than {MAX_NESTING} deep")
        self.line = line


@dataclass(frozen=True)
class Layout:
    """What is known of a program's text before anything is predicted.

    tree: context and program in one. context, body: their statements. scopes: by syntax node.
    units: the step line of each node, by its id; context lines are negative. silent: lines that are
    no steps. statements, free: the descriptions and the functions' free variables found so far.
    """

    tree: ast.Module
    context: list[ast.stmt]
    body: list[ast.stmt]
    scopes: dict[ast.AST, Scope]
    units: dict[int, int]
    silent: frozenset[int]
    statements: dict[tuple[ast.AST, Kind], Statement] = field(default_factory=dict)
    free: dict[ast.AST, tuple[str, ...]] = field(default_factory=dict)

    def statement(self, kind: Kind, node: ast.AST, scope: Scope) -> Statement:
        """The description of a node as a question of a kind; made once.

        Raises OutsideEnvelopeError for what the dialect cannot write.
        """
        key = (node, kind)
        if key not in self.statements:
            self.statements[key] = describe(kind, node, scope)
        return self.statements[key]

    def free_names(self, function: ast.AST) -> tuple[str, ...]:
        """Free variables that a function's code (or a function inside it) speaks of."""
        if function not in self.free:
            names: dict[str, None] = {}
            if not isinstance(function, ast.Module):
                scope = self.scopes[function]
                for node in ast.walk(function):
                    if isinstance(node, ast.Name) and scope.resolve(node.id)[0] == "free":
                        names.setdefault(node.id)
            self.free[function] = tuple(names)
        return self.free[function]

    @cached_property
    def owners(self) -> dict[ast.AST, Header]:
        """The statement of which an expression is the header's test, target or exception type."""
        found: dict[ast.AST, Header] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.If | ast.While):
                found[node.test] = node
            elif isinstance(node, ast.For):
                found[node.target] = node
            elif isinstance(node, ast.ExceptHandler) and node.type is not None:
                found[node.type] = node
        return found

    @cached_property
    def managers(self) -> frozenset[ast.AST]:
        """The expressions whose values `with` enters."""
        withs = [node for node in ast.walk(self.tree) if isinstance(node, ast.With)]
        return frozenset(item.context_expr for node in withs for item in node.items)

    def unit(self, node: ast.AST) -> int | None:
        """The line that a node's step carries; None if it has no step."""
        return self.units.get(id(getattr(node, "origin", node)))

    def is_docstring(self, node: ast.stmt) -> bool:
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and self.unit(node) in self.silent
        )


@lru_cache(maxsize=64)
def lay_out(program: Program) -> Layout:
    """Parse a program and its context. Raises SyntaxError (of the program), BadProgramError, and
    TooDeepError.

    Remembered for the last programs, since sessions and re-sync walk one program many times.
    """
    own = program.parse()
    before = parse_source(program.context, "<context>")
    units: dict[int, int] = {}
    silent: set[int] = set()
    for tree, sign in ((before, -1), (own, 1)):
        _refuse_depth(tree, sign)
        source = read_source(tree)
        silent |= {sign * line for line in source.silent}
        for node in ast.walk(tree):
            line = getattr(node, "lineno", None)
            if line is not None and line in source.shown:
                units[id(node)] = sign * source.shown[line]
    context, body = desugar(before).body, desugar(own).body
    whole = ast.Module([*context, *body], [])
    return Layout(whole, context, body, analyse(whole), units, frozenset(silent))


def _refuse_depth(tree: ast.Module, sign: int) -> None:
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 0, 1)]
    while waiting:
        node, depth, line = waiting.pop()
        line = getattr(node, "lineno", line) if isinstance(node, ast.stmt) else line
        if depth > MAX_NESTING:
            raise TooDeepError(sign * line)
        waiting += [(child, depth + 1, line) for child in ast.iter_child_nodes(node)]
