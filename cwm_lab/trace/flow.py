"""The static line graph: which step line can follow which, in each scope of a program.

It follows the rules of docs/steps.md from the syntax tree alone. It allows too much rather than too
little (a `finally` may go on to wherever any way into it leads).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cwm_lab.trace.lines import read_source
from cwm_lab.trace.model import MODULE

_Lines = frozenset[int]
_NONE: _Lines = frozenset()
_Node = ast.stmt | ast.expr | ast.pattern | ast.ExceptHandler
_SILENT = (ast.Global, ast.Nonlocal)


@dataclass
class Scope:
    """The module, a function, a lambda or a class body.

    name: as steps tell it. line: where its `call` steps stand (0 for the module).
    function: whether it is a function's or a lambda's. parameters: their names, in the order in
    which a call's locals begin.
    first: lines with which it can begin. after: line -> lines that can follow it. caught: line ->
    lines that can follow once an exception was raised on it. yields: lines on which it can sleep;
    awaits: those of them that wait for another generator or coroutine.
    """

    name: str
    line: int
    function: bool = False
    parameters: tuple[str, ...] = ()
    first: _Lines = _NONE
    after: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    caught: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    yields: set[int] = field(default_factory=set)
    awaits: set[int] = field(default_factory=set)


def scopes_of(tree: ast.Module, shown: Callable[[int], int] = int) -> list[Scope]:
    """All scopes of a parsed text, the module first.

    shown: the number that steps show for a line of the text (negative for earlier cells).
    """
    units = read_source(tree).shown
    walk = _Walk(lambda node: shown(units.get(node.lineno, node.lineno)))
    walk.scope(Scope(MODULE, 0), tree.body, "")
    return walk.scopes


@dataclass(frozen=True)
class _Ways:
    """Where control goes when it does not just fall through to the next statement."""

    raised: _Lines = _NONE
    returned: _Lines = _NONE
    broken: _Lines = _NONE
    continued: _Lines = _NONE

    @property
    def all(self) -> _Lines:
        return self.raised | self.returned | self.broken | self.continued

    def through(self, lines: _Lines) -> _Ways:
        """Each way out leads over these lines first (`finally`, a `with` header)."""
        return _Ways(lines, lines, lines, lines) if lines else self


class _Walk:
    """Goes through statements from the last to the first, so that what follows is known."""

    def __init__(self, line_of: Callable[[_Node], int]) -> None:
        self.scopes: list[Scope] = []
        self._line_of = line_of
        self._at = Scope("", 0)
        self._prefix = ""

    def scope(self, scope: Scope, body: Sequence[ast.stmt], prefix: str) -> None:
        """Adds a scope with its edges, and those inside it."""
        outer = self._at, self._prefix
        self._at, self._prefix = scope, prefix
        self.scopes.append(self._at)
        self._at.first = self._block(_without_docstring(body), _NONE, _Ways())
        self._at, self._prefix = outer

    def _block(self, body: Iterable[ast.stmt], after: _Lines, ways: _Ways) -> _Lines:
        """Adds the edges of some statements; returns the lines with which they begin."""
        for statement in reversed(list(body)):
            after = self._statement(statement, after, ways)
        return after

    def _statement(self, node: ast.stmt, after: _Lines, ways: _Ways) -> _Lines:
        silent = isinstance(node, ast.AnnAssign) and node.value is None and self._at.function
        if isinstance(node, _SILENT) or silent:
            return after
        line = self._line_of(node)
        here = frozenset({line})
        self._expressions(node, line)
        self._at.caught[line] |= ways.raised
        self._at.after[line] |= self._next(node, here, after, ways)
        return here

    def _next(self, node: ast.stmt, here: _Lines, after: _Lines, ways: _Ways) -> _Lines:
        match node:
            case ast.Return():
                return ways.returned
            case ast.Raise():
                return _NONE
            case ast.Break():
                return ways.broken
            case ast.Continue():
                return ways.continued
            case ast.If():
                return self._block(node.body, after, ways) | self._block(node.orelse, after, ways)
            case ast.While() | ast.For() | ast.AsyncFor():
                inside = replace(ways, broken=after, continued=here)
                body = self._block(node.body, here, inside)
                return body | self._block(node.orelse, after, ways)
            case ast.With() | ast.AsyncWith():
                body = self._block(node.body, here, ways.through(here))
                return body | after | ways.returned | ways.broken | ways.continued
            case ast.Match():
                tried = after
                for case in reversed(node.cases):
                    line = self._line_of(case.pattern)
                    self._at.after[line] |= self._block(case.body, after, ways) | tried
                    self._at.caught[line] |= ways.raised
                    tried = frozenset({line})
                return tried
            case ast.Try() | ast.TryStar():
                return self._try(node, after, ways)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                name = f"{self._prefix}{node.name}"
                function = not isinstance(node, ast.ClassDef)
                parameters = () if isinstance(node, ast.ClassDef) else _parameters(node.args)
                scope = Scope(name, self._line_of(node), function, parameters)
                self.scope(scope, node.body, f"{name}.")
        return after

    def _try(self, node: ast.Try | ast.TryStar, after: _Lines, ways: _Ways) -> _Lines:
        leaving = self._block(node.finalbody, after | ways.all, ways)
        if not node.finalbody:
            leaving = _NONE
        inside = ways.through(leaving)
        end = leaving or after
        handlers = _NONE
        for handler in reversed(node.handlers):
            line = self._line_of(handler)
            # All handlers of `except*` are tried, in turn, whatever one of them does.
            tried = handlers if isinstance(node, ast.TryStar) else _NONE
            on = replace(inside, raised=inside.raised | tried)
            body = self._block(handler.body, end | tried, on)
            self._at.after[line] |= body | handlers | leaving
            self._at.caught[line] |= inside.raised
            handlers = frozenset({line})
        otherwise = self._block(node.orelse, end, inside)
        caught = replace(inside, raised=handlers or inside.raised)
        return self._block(node.body, otherwise, caught)

    def _expressions(self, node: ast.stmt, line: int) -> None:
        """Lambdas in a statement's own expressions are scopes; `yield` and `await` sleep."""
        prefix = self._prefix
        if type(node).__name__ == "TypeAlias":  # new in 3.12; its value is computed when asked for
            alias: Any = node
            self._function_of(alias.value, prefix + alias.name.id, line)
            return
        waiting: list[tuple[ast.AST, str]] = [
            (part, prefix)
            for part in ast.iter_child_nodes(node)
            if isinstance(part, ast.expr | ast.withitem)
        ]
        if isinstance(node, ast.AsyncFor | ast.AsyncWith):
            self._sleeps(line, waits=True)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.append((node.args, prefix))
        while waiting:
            part, prefix = waiting.pop()
            if isinstance(part, ast.Lambda):
                self._function_of(part.body, f"{prefix}<lambda>", line, _parameters(part.args))
                waiting.append((part.args, prefix))
                continue
            if isinstance(part, ast.GeneratorExp):
                prefix += "<genexpr>."
            if isinstance(part, ast.Yield | ast.YieldFrom | ast.Await):
                self._sleeps(line, waits=not isinstance(part, ast.Yield))
            waiting += [(inner, prefix) for inner in ast.iter_child_nodes(part)]

    def _sleeps(self, line: int, *, waits: bool) -> None:
        self._at.yields.add(line)
        if waits:
            self._at.awaits.add(line)

    def _function_of(
        self, value: ast.expr, name: str, line: int, parameters: tuple[str, ...] = ()
    ) -> None:
        body = ast.Expr(value, lineno=value.lineno, col_offset=0)
        self.scope(Scope(name, line, True, parameters), [body], f"{name}.")


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return tuple(one.arg for one in (*named, arguments.vararg, arguments.kwarg) if one)


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[1:]
    return body
