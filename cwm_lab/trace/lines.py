"""Which statement a source line belongs to: the static half of the rules of steps."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
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


def read_source(tree: ast.Module, nodes: Sequence[ast.AST] | None = None) -> Source:
    """The Source of a parsed program, lines shown as they are. nodes: all of the tree."""
    shown: dict[int, int] = {}
    shared: set[int] = set()
    units: list[tuple[int, int, int]] = []
    _add_units(tree, units)
    for start, first, last in units:
        root = shown.get(first, start)
        if first in shown:
            shared.add(root)
        for line in range(first, last + 1):
            shown.setdefault(line, root)
    docstrings: set[int] = set()
    comprehensions = []
    reraises: set[int] = set()
    star: set[int] = set()
    loops: set[int] = set()
    for node in ast.walk(tree) if nodes is None else nodes:
        kind = type(node)
        if kind not in _TELLING:
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
            comprehensions.append((_span(node), _bound(node)))
        elif isinstance(node, ast.Raise):
            if node.exc is None:
                reraises.add(shown[node.lineno])
        elif isinstance(node, ast.TryStar):
            star.update(shown[handler.lineno] for handler in node.handlers)
        elif isinstance(node, ast.While | ast.For | ast.AsyncFor):
            if shown[node.lineno] == shown[node.body[0].lineno]:
                loops.add(shown[node.lineno])
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first_of = node.body[0] if node.body else None
            if (
                isinstance(first_of, ast.Expr)
                and isinstance(first_of.value, ast.Constant)
                and isinstance(first_of.value.value, str)
            ):
                docstrings.add(shown[first_of.lineno])
    return Source(
        shown,
        frozenset(docstrings - shared),
        frozenset(reraises),
        frozenset(star),
        frozenset(loops),
        tuple(comprehensions),
    )


_TELLING = frozenset(
    (ast.ListComp, ast.SetComp, ast.DictComp, ast.Raise, ast.TryStar, ast.While, ast.For)
) | {ast.AsyncFor, ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef}
"""Syntax that says more of a line than that a statement stands there."""
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


def _add_units(node: ast.AST, units: list[tuple[int, int, int]]) -> None:
    """(the unit's line, its first line, its last line) in order of the text."""
    fields = node.__dict__
    for name in _BLOCKS:
        for child in fields.get(name) or ():
            if isinstance(child, ast.stmt):
                first, last = child.lineno, child.end_lineno or child.lineno
                inner = child.__dict__
                body = inner.get("body") or inner.get("cases")
                if body:
                    first = min([first, *(d.lineno for d in inner.get("decorator_list", ()))])
                    last = max([child.lineno, *_header_ends(child)])
                units.append((child.lineno, first, last))
                if not body:
                    continue
            elif isinstance(child, ast.ExceptHandler):
                last = child.type.end_lineno or child.lineno if child.type else child.lineno
                units.append((child.lineno, child.lineno, last))
            elif isinstance(child, ast.match_case):
                start = child.pattern.lineno
                end = child.guard.end_lineno if child.guard else child.pattern.end_lineno
                units.append((start, start, end or start))
            _add_units(child, units)


def _header_ends(node: ast.AST) -> Iterator[int]:
    """Last lines of the expressions in a compound statement's header."""
    for name, value in node.__dict__.items():
        if name in _BLOCKS:
            continue
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, ast.AST):
                end = part.__dict__.get("end_lineno")
                if end is None:  # arguments, what a `with` enters
                    yield from _header_ends(part)
                else:
                    yield end


def _span(node: ast.expr) -> Span:
    return (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)


def _bound(node: ast.ListComp | ast.SetComp | ast.DictComp) -> frozenset[str]:
    return frozenset(
        name.id
        for generator in node.generators
        for name in ast.walk(generator.target)
        if isinstance(name, ast.Name)
    )
