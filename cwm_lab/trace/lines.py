"""Which statement a source line belongs to: the static half of the rules of steps."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Span = tuple[int, int, int, int]
"""First line, first column, last line, last column; columns count UTF-8 bytes, as Python does."""


@dataclass(frozen=True)
class Source:
    """What the syntax tree says of the lines of one text that is stepped.

    shown: real line -> line number of its statement (or header), as steps show it. Statements that
        share a line are one.
    silent: shown lines of docstrings, which are no steps.
    reraises: shown lines with a bare ``raise``.
    star_handlers: shown lines with an ``except*``.
    loops: shown lines that hold a loop's header and its body.
    comprehensions: where (in real lines) list, set and dict comprehensions stand, with the names
        that they bind.
    """

    shown: Mapping[int, int]
    silent: frozenset[int]
    reraises: frozenset[int]
    star_handlers: frozenset[int]
    loops: frozenset[int]
    comprehensions: tuple[tuple[Span, frozenset[str]], ...]

    def moved(self, real: Mapping[int, int], shown: Callable[[int], int]) -> Source:
        """The same text elsewhere: `real` gives each of its lines the line where it was compiled
        (lines without one are left out), `shown` the number that steps show for it."""
        return Source(
            {real[line]: shown(unit) for line, unit in self.shown.items() if line in real},
            frozenset(map(shown, self.silent)),
            frozenset(map(shown, self.reraises)),
            frozenset(map(shown, self.star_handlers)),
            frozenset(map(shown, self.loops)),
            tuple(
                ((real[first], column, real[last], end), names)
                for (first, column, last, end), names in self.comprehensions
                if first in real and last in real
            ),
        )


def read_source(tree: ast.Module) -> Source:
    """The Source of a parsed program, lines shown as they are."""
    shown: dict[int, int] = {}
    shared: set[int] = set()
    for start, first, last in _units(tree):
        root = shown.get(first, start)
        if first in shown:
            shared.add(root)
        for line in range(first, last + 1):
            shown.setdefault(line, root)
    docstrings = {shown[node.lineno] for node in _docstrings(tree)}
    comprehensions = []
    reraises: set[int] = set()
    star: set[int] = set()
    loops: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
            comprehensions.append((_span(node), _bound(node)))
        elif isinstance(node, ast.Raise) and node.exc is None:
            reraises.add(shown[node.lineno])
        elif isinstance(node, ast.TryStar):
            star.update(shown[handler.lineno] for handler in node.handlers)
        elif (
            isinstance(node, ast.While | ast.For | ast.AsyncFor)
            and shown[node.lineno] == shown[node.body[0].lineno]
        ):
            loops.add(shown[node.lineno])
    return Source(
        shown,
        frozenset(docstrings - shared),
        frozenset(reraises),
        frozenset(star),
        frozenset(loops),
        tuple(comprehensions),
    )


def _units(node: ast.AST) -> Iterator[tuple[int, int, int]]:
    """(the unit's line, its first line, its last line) in order of the text."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            first, last = child.lineno, child.end_lineno or child.lineno
            body = getattr(child, "body", None) or getattr(child, "cases", None)
            if body:
                first = min([first, *(d.lineno for d in getattr(child, "decorator_list", ()))])
                last = max([child.lineno, *_header_ends(child)])
            yield child.lineno, first, last
            if not body:
                continue
        elif isinstance(child, ast.ExceptHandler):
            last = child.type.end_lineno or child.lineno if child.type else child.lineno
            yield child.lineno, child.lineno, last
        elif isinstance(child, ast.match_case):
            start = child.pattern.lineno
            end = child.guard.end_lineno if child.guard else child.pattern.end_lineno
            yield start, start, end or start
        if not isinstance(child, ast.expr):
            yield from _units(child)


def _header_ends(node: ast.AST) -> Iterator[int]:
    """Last lines of the expressions in a compound statement's header."""
    for name, value in ast.iter_fields(node):
        if name in ("body", "orelse", "finalbody", "handlers", "cases"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from (getattr(n, "end_lineno", None) or 0 for n in ast.walk(part))


def _docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first


def _span(node: ast.expr) -> Span:
    return (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)


def _bound(node: ast.ListComp | ast.SetComp | ast.DictComp) -> frozenset[str]:
    return frozenset(
        name.id
        for generator in node.generators
        for name in ast.walk(generator.target)
        if isinstance(name, ast.Name)
    )
