"""Long programs cut to a model's context: what the cell can reach comes first.

Context goes statement by statement, the farthest first. Of the cell every statement is a step, so
only the bodies of functions and classes that nothing reaches are left out of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cwm_lab.trace.cwm_layout import split_lines

FAR = 1 << 30
"""The distance of what nothing reaches."""
_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Lines:
    """Some lines of a text. numbers: for each, its number in the text, from 1."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Chunk:
    """A statement of the module level: its lines, what it binds and what it speaks of."""

    first: int
    last: int
    binds: frozenset[str]
    speaks: frozenset[str]
    everywhere: bool


def all_lines(text: str) -> Lines:
    """A text as it is."""
    return Lines(text, tuple(split_lines(text)))


def cut_context(
    context: str, tree: ast.Module, cell: ast.Module, size: Callable[[str], int], room: int
) -> Lines:
    """The context's statements that fit into `room`, in their order.

    tree: the context's syntax tree; cell: the cell's. size: how many tokens a text takes.
    """
    lines = split_lines(context)
    chunks = list(chunks_of(tree))
    far = _distances(chunks, _speaks(cell))
    kept: list[Chunk] = []
    missed = FAR
    order = sorted(zip(far, range(len(chunks)), strict=True), key=lambda one: (one[0], -one[1]))
    for distance, index in order:
        chunk = chunks[index]
        cost = size("".join(f"{lines[n]}\n" for n in range(chunk.first, chunk.last + 1)))
        if distance >= missed:
            break  # it serves only what nothing is left to serve
        if cost > room:
            missed = distance + 1
            continue
        room -= cost
        kept.append(chunk)
    numbers = sorted({n for chunk in kept for n in range(chunk.first, chunk.last + 1)})
    return Lines("".join(f"{lines[n]}\n" for n in numbers), tuple(numbers))


def cut_cell(text: str, tree: ast.Module) -> Lines:
    """The cell without the bodies of top-level functions that nothing at its top level reaches."""
    lines = split_lines(text)
    chunks = list(chunks_of(tree))
    begun = frozenset[str]().union(
        *(
            chunk.speaks
            for chunk, node in zip(chunks, tree.body, strict=True)
            if not isinstance(node, _DEFINITION) or isinstance(node, ast.ClassDef)
        )
    )
    far = _distances(chunks, begun)
    dropped: dict[int, str] = {}
    for node, distance in zip(tree.body, far, strict=True):
        body = node.body[0] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        if body is None or distance < FAR or body.lineno == node.lineno:
            continue
        dropped |= dict.fromkeys(range(body.lineno, (node.end_lineno or body.lineno) + 1), "")
        dropped[body.lineno] = " " * body.col_offset + "..."
    shown = {n: dropped.get(n, line) for n, line in lines.items()}
    kept = [n for n in shown if shown[n] or n not in dropped]
    return Lines("".join(f"{shown[n]}\n" for n in kept), tuple(kept))


def chunks_of(tree: ast.Module) -> Iterator[Chunk]:
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        star = isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
        last = node.end_lineno or node.lineno
        yield Chunk(first, last, _binds(node), _speaks(node), star)


def _binds(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, _DEFINITION):
        return frozenset({node.name})
    found: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case _:
                pass
    # `names.append(1)` changes what `names` holds as surely as an assignment does.
    if isinstance(node, ast.Expr | ast.Delete | ast.Assign | ast.AugAssign):
        found |= {
            part.value.id
            for part in ast.walk(node)
            if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.value, ast.Name)
        }
    return frozenset(found)


def _speaks(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _distances(chunks: Sequence[Chunk], begun: frozenset[str]) -> list[int]:
    """How many definitions lie between each chunk and the names one begins with."""
    far = [0 if chunk.everywhere else FAR for chunk in chunks]
    names, distance = begun, 0
    while names:
        reached = [k for k, c in enumerate(chunks) if far[k] == FAR and c.binds & names]
        for k in reached:
            far[k] = distance
        names = frozenset[str]().union(*(chunks[k].speaks for k in reached))
        distance += 1
    return far
