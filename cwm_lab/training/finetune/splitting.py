"""Splits programs into those to learn from, those to watch, and those to judge by at the end.

What goes together is never split: variations go with their program, cells that share text with each
other, and programs that are the same but for names and constants with their likes.
"""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from cwm_lab.errors import FinetuneError
from cwm_lab.training.finetune.truth import Known

LEAST_GROUPS = 4


@dataclass(frozen=True)
class Split:
    """Indices into the programs. learn: to train on; watch: to draw the held-out curve and choose
    the best state by; judge: for the scores before and after, seen by nothing before."""

    learn: tuple[int, ...]
    watch: tuple[int, ...]
    judge: tuple[int, ...]


def split(programs: Sequence[Known], *, held_out: float, watched: float, seed: int) -> Split:
    """Deal whole groups of programs out; the same for the same programs and seed.

    Raises FinetuneError if there are too few of them.
    """
    groups = grouped(programs)
    if len(groups) < LEAST_GROUPS:
        same = "" if len(groups) == len(programs) else f", of {len(groups)} different shapes"
        plural = "s" if len(programs) != 1 else ""
        raise FinetuneError(
            f"{len(programs)} usable program{plural}{same}: some must be kept apart to judge by, "
            f"so at least {LEAST_GROUPS} different ones are needed; "
            "twenty or more are better."
        )
    random.Random(seed).shuffle(groups)
    judge = max(1, round(held_out * len(groups)))
    watch = max(1, round(watched * len(groups)))
    judge = min(judge, len(groups) - watch - 1)

    def members(part: Sequence[Sequence[int]]) -> tuple[int, ...]:
        return tuple(sorted(index for group in part for index in group))

    return Split(
        members(groups[judge + watch :]),
        members(groups[judge : judge + watch]),
        members(groups[:judge]),
    )


def grouped(programs: Sequence[Known]) -> list[list[int]]:
    """Indices of the programs that belong together, in an order that their texts decide."""
    leader = list(range(len(programs)))

    def find(k: int) -> int:
        while leader[k] != k:
            k = leader[k]
        return k

    known: dict[str, int] = {}
    for k, one in enumerate(programs):
        for key in (f"tie {one.found.tie}", f"shape {shape(one.program.text)}"):
            leader[find(k)] = find(known.setdefault(key, k))
    groups: dict[int, list[int]] = {}
    for k in range(len(programs)):
        groups.setdefault(find(k), []).append(k)

    def digest(group: list[int]) -> str:
        return min(hashlib.sha256(programs[k].program.text.encode()).hexdigest() for k in group)

    return sorted(groups.values(), key=digest)


def shape(source: str) -> str:
    """What is left of a program without its names, constants and the lengths of its displays."""
    return ast.dump(_Shape().visit(ast.parse(source)))


class _Shape(ast.NodeTransformer):
    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"n{len(self._names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._name(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._name(node.arg))

    def visit_Global(self, node: ast.Global) -> ast.AST:
        return ast.Global([self._name(name) for name in node.names])

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        return ast.Nonlocal([self._name(name) for name in node.names])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = node.name and self._name(node.name)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._name(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._name(node.name)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return ast.keyword(node.arg and self._name(node.arg), self.visit(node.value))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(type(node.value).__name__)

    def _display(self, node: ast.AST) -> ast.AST:
        try:
            ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return self.generic_visit(node)
        return ast.Constant(type(node).__name__)

    visit_List = visit_Tuple = visit_Dict = visit_Set = _display
