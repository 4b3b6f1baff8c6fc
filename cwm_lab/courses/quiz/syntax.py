"""What a statement itself says, its blocks left out: the names it binds and speaks of."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def targets(node: ast.stmt) -> set[str]:
    """Names that a statement itself binds."""
    return {
        part.id
        for part in own_parts(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def mentioned(node: ast.stmt) -> set[str]:
    return {part.id for part in own_parts(node) if isinstance(part, ast.Name)}


def own_parts(node: ast.stmt) -> Sequence[ast.AST]:
    """The parts of a statement, or of a compound one's header."""
    parts: list[ast.AST] = []
    for name, field in ast.iter_fields(node):
        if name not in ("body", "orelse", "finalbody", "handlers", "cases"):
            for item in field if isinstance(field, list) else [field]:
                if isinstance(item, ast.AST):
                    parts.extend(ast.walk(item))
    return parts


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names that a call gives values to."""
    every = node.args
    named = [*every.posonlyargs, *every.args, *every.kwonlyargs]
    named += [part for part in (every.vararg, every.kwarg) if part is not None]
    return [part.arg for part in named]


def last_of_blocks(tree: ast.Module) -> set[int]:
    """Lines of the statements that end a block (of a loop, branch, function, ...)."""
    found = set()
    for parent in ast.walk(tree):
        if isinstance(parent, ast.Module | ast.Lambda | ast.IfExp):
            continue
        for part in ("body", "orelse", "finalbody"):
            block = getattr(parent, part, None)
            if isinstance(block, list) and block:
                found.add(int(block[-1].lineno))
    return found
