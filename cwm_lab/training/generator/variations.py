"""Safe variations of a program: other constants, names, list contents and lengths, the same idea.

Only literals and variables' names are touched, in the text, so that layout and comments stay. That
a variation still does what its program did, its run decides.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cwm_lab.trace import Program
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.literals import Literals
from cwm_lab.training.generator.style import rename

_ATTEMPTS = 4
"""Tries for each variation that is wanted: some come out as they were, or like another one."""


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def variations(program: Program, count: int, seed: int) -> Iterator[Program]:
    """Up to `count` different variations of a program that parses; the same for the same seed."""
    rng = random.Random(f"{seed}:{program.text}")
    seen = {(program.text, program.stdin)}
    for _ in range(_ATTEMPTS * count):
        if len(seen) > count:
            return
        new = vary(program, rng)
        if new is not None and (new.text, new.stdin) not in seen:
            seen.add((new.text, new.stdin))
            yield new


def vary(program: Program, rng: random.Random) -> Program | None:
    """One variation; None if it came out as something that Python does not read."""
    literals = Literals(rng)
    source = _edited(program.source, _Finder(program.source, literals).edits())
    if rng.random() < 0.5:
        source = rename(source, Draw(rng), share=0.4)
    stdin = tuple(_line(line, literals) for line in program.stdin)
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    return replace(program, source=source, stdin=stdin)


def _line(line: str, literals: Literals) -> str:
    """Another line of input: a number for a number, words for words."""
    text = line.strip()
    if text.lstrip("-").isdigit():
        return str(literals.value(int(text), inside=True))
    return literals.text(line)


def _edited(source: str, edits: list[_Edit]) -> str:
    data = source.encode()
    for edit in sorted(edits, key=lambda edit: -edit.start):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data.decode()


class _Finder:
    """The places of a source that may change, and what they become."""

    def __init__(self, source: str, literals: Literals) -> None:
        self.literals = literals
        self._lines = [0]
        for line in source.encode().split(b"\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._tree = ast.parse(source)
        self._found: list[_Edit] = []

    def edits(self) -> list[_Edit]:
        self._visit(self._tree)
        return self._found

    def _replace(self, node: ast.expr, new: ast.expr) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._lines[node.lineno - 1] + node.col_offset
        end = self._lines[node.end_lineno - 1] + node.end_col_offset
        self._found.append(_Edit(start, end, ast.unparse(new)))

    def _visit(self, node: ast.AST) -> None:
        for name, part in ast.iter_fields(node):
            if name in _UNTOUCHED.get(type(node), ()):
                continue
            for child in part if isinstance(part, list) else [part]:
                if isinstance(child, ast.AST):
                    self._child(node, child)

    def _child(self, parent: ast.AST, node: ast.AST) -> None:
        if isinstance(node, ast.expr) and (display := self.literals.container(node)) is not None:
            if display is not node and ast.dump(display) != ast.dump(node):
                self._replace(node, display)
        elif isinstance(node, ast.JoinedStr):
            new = self._fstring(node)
            if ast.dump(new) != ast.dump(node):
                self._replace(node, new)
        elif isinstance(node, ast.Constant):
            if (new_value := self._constant(parent, node)) != node.value:
                self._replace(node, ast.Constant(new_value))
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            self._visit(node)

    def _constant(self, parent: ast.AST, node: ast.Constant) -> Any:
        value = node.value
        structural = isinstance(parent, ast.Subscript | ast.Slice) and isinstance(value, int)
        if structural and not self.literals.chance(0.15):
            return value
        if isinstance(value, str) and value.startswith("__"):
            return value
        if isinstance(parent, ast.Call) and isinstance(value, str) and _is_format(parent, node):
            return self.literals.spec(value)
        return self.literals.value(value)

    def _fstring(self, node: ast.JoinedStr) -> ast.JoinedStr:
        """Its own words, the constants in its fields, and its formats."""
        literals = self.literals

        def changed(part: ast.expr, *, spec: bool) -> ast.expr:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                new = literals.spec(part.value) if spec else literals.text(part.value)
                return ast.Constant(new)
            if isinstance(part, ast.FormattedValue):
                value = _Constants(literals).visit(copy.deepcopy(part.value))
                form = part.format_spec
                if isinstance(form, ast.JoinedStr):
                    form = ast.JoinedStr([changed(v, spec=True) for v in form.values])
                return ast.FormattedValue(value, part.conversion, form)
            return part

        return ast.JoinedStr([changed(part, spec=False) for part in node.values])


class _Constants(ast.NodeTransformer):
    """Other numbers and texts inside an expression."""

    def __init__(self, literals: Literals) -> None:
        self.literals = literals

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            node.slice = ast.Constant(self.literals.value(node.slice.value))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(self.literals.value(node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


def _is_format(call: ast.Call, node: ast.Constant) -> bool:
    """Whether a text is the second argument of `format`."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return name == "format" and len(call.args) == 2 and call.args[1] is node


_UNTOUCHED: dict[type[ast.AST], tuple[str, ...]] = {
    ast.AnnAssign: ("annotation",),
    ast.arg: ("annotation",),
    ast.FunctionDef: ("returns", "decorator_list"),
    ast.ClassDef: ("decorator_list", "bases"),
    ast.Import: ("names",),
    ast.ImportFrom: ("names",),
}
