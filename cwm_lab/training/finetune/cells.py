"""Cells of notebooks and lessons as programs, each below the earlier cells that it needs."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_FENCE = re.compile(
    r"^(```+|~~~+)[ \t]*(?:python|py|\{code-cell\})[^\n]*\n(.*?)^\1[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_PERCENT = re.compile(r"^# %%(.*)$", re.MULTILINE)
_CELL_MAGICS = ("predict", "time", "timeit", "capture")
"""Below these stands Python."""


@dataclass(frozen=True)
class Cell:
    """number: as it is called for people. alone: it needs no earlier ones (`%%predict` history, in
    which there are none)."""

    text: str
    number: int
    alone: bool = False


@dataclass(frozen=True)
class CellProgram:
    """source: None if the cell is no program, then `reason` says why. tie: cells with the same one
    share text."""

    number: int
    source: str | None
    stdin: tuple[str, ...] = ()
    tie: str = ""
    reason: str = ""


def lesson_cells(text: str) -> list[Cell]:
    """The Python blocks of a Markdown text."""
    return [Cell(match[2], number) for number, match in enumerate(_FENCE.finditer(text), 1)]


def percent_cells(text: str) -> list[Cell]:
    """The code cells of a script with ``# %%`` marks; none if it has no marks."""
    marks = list(_PERCENT.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
    return [
        Cell(text[mark.end() : end].strip("\n"), number)
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True), 1)
        if "[markdown]" not in mark[1] and text[mark.end() : end].strip()
    ]


def cell_programs(cells: Sequence[Cell]) -> list[CellProgram]:
    """Each cell that does something as a program of its own, below the earlier cells that bind the
    names it uses."""
    out: list[CellProgram] = []
    trees: list[tuple[ast.Module, str] | None] = []
    ties = list(range(len(cells)))

    def root(k: int) -> int:
        while ties[k] != k:
            k = ties[k]
        return k

    made: list[tuple[int, str, tuple[str, ...]]] = []
    for at, cell in enumerate(cells):
        trees.append(None)
        plain = _plain(cell.text)
        if plain is None:
            continue
        source, stdin = plain
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            out.append(CellProgram(cell.number, None, reason=f"is not Python: {error}"))
            continue
        if not tree.body:
            continue
        trees[at] = tree, source
        if all(isinstance(node, _DEFINING) for node in tree.body):
            continue  # it does nothing by itself; later cells that need it have it above them
        needed = [] if cell.alone else _needed(at, trees)
        for other in needed:
            ties[root(other)] = root(at)
        texts = [known[1] for known in (trees[k] for k in needed) if known] + [source]
        made.append((at, "\n".join(part.strip("\n") + "\n" for part in texts), stdin))
    out += [
        CellProgram(cells[at].number, source, stdin, f"group {cells[root(at)].number}")
        for at, source, stdin in made
    ]
    return sorted(out, key=lambda one: one.number)


_DEFINING = ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom | ast.AsyncFunctionDef


def _plain(text: str) -> tuple[str, tuple[str, ...]] | None:
    """A cell without IPython's own lines, and the input lines of its `%%predict`; None for a cell
    in another language."""
    lines = text.strip("\n").split("\n")
    stdin: tuple[str, ...] = ()
    if lines[0].startswith("%%"):
        name, _, rest = lines[0][2:].partition(" ")
        if name not in _CELL_MAGICS:
            return None
        if name == "predict":
            stdin = _input_lines(rest)
        lines = lines[1:]
    kept = [line for line in lines if not re.match(r"\s*[%!?]", line)]
    return "\n".join(kept) + "\n", stdin


def _input_lines(options: str) -> tuple[str, ...]:
    try:
        words = shlex.split(options)
    except ValueError:
        return ()
    found = [b for a, b in pairwise(words) if a in ("-i", "--input")]
    found += [word.partition("=")[2] for word in words if word.startswith("--input=")]
    return tuple(found)


def _needed(at: int, trees: Sequence[tuple[ast.Module, str] | None]) -> list[int]:
    """Indices of the earlier cells that bind what a cell reads, and of those that they need."""
    wanted: set[str] = set()
    found: list[int] = []
    for k in range(at, -1, -1):
        known = trees[k]
        if known is None:
            continue
        tree = known[0]
        if k == at or (_binds(tree) | _changes(tree)) & wanted:
            if k != at:
                found.append(k)
            wanted |= _reads(tree)
    return found[::-1]


def _binds(node: ast.AST) -> set[str]:
    """Names that a tree binds, whatever their scope."""
    names: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
    return names


def _loads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _changes(node: ast.AST) -> set[str]:
    """Names whose values a tree changes, or may change by a method."""
    changed: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.AugAssign(target=ast.Name(id=name)):
                changed.add(name)
            case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
                changed.add(name)
    return changed


def _augmented(node: ast.AST) -> set[str]:
    return {
        part.target.id
        for part in ast.walk(node)
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name)
    }


def _loads_when_called(node: ast.AST) -> set[str]:
    """Names that are read in bodies of functions alone."""
    bodies = {
        id(part): part
        for f in ast.walk(node)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in f.body
        for part in ast.walk(statement)
    }
    at_once = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in bodies}
    return {n.id for n in bodies.values() if isinstance(n, ast.Name)} - at_once


def _reads(tree: ast.Module) -> set[str]:
    """Names that a cell may read before it binds them itself; what a function reads is bound by the
    time it is called."""
    wanted: set[str] = set()
    bound: set[str] = set()
    defined = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        loads = _loads(node)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.comprehension | ast.Lambda)]
            loads -= {name for part in inner for name in _binds(part)}
        else:  # what is read at its head is read before anything in it is bound
            head = next((h for h in ("test", "iter") if hasattr(node, h)), None)
            loads -= _binds(node) | (_loads_when_called(node) & defined)
            loads |= _loads(getattr(node, head)) if head is not None else set()
        wanted |= (loads | _augmented(node)) - bound
        bound |= _binds(node)
    return wanted
