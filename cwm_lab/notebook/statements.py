"""Which statement stands on a line of a program, and which lines are loops."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cwm_lab.trace import Program

Loop = ast.For | ast.AsyncFor | ast.While


@lru_cache(maxsize=32)
def statements(program: Program) -> Mapping[int, ast.AST]:
    """The first statement (or ``except`` clause) on each line, a compound one at its header. Lines
    of the context are negative, in the keys alone. Empty for a program that cannot be read."""
    found: dict[int, ast.AST] = {}
    for text, sign in ((program.text, 1), (program.context, -1)):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        nodes = [n for n in ast.walk(tree) if isinstance(n, ast.stmt | ast.ExceptHandler)]
        for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
            found.setdefault(sign * node.lineno, node)
    return found


def loops(program: Program) -> list[list[int]]:
    """[header line, last line] of each loop; both negative in the context."""
    return sorted(
        [line, (1 if line > 0 else -1) * last_line(node)]
        for line, node in statements(program).items()
        if isinstance(node, Loop)
    )


def last_line(node: Loop) -> int:
    """The last line of a loop's body, without its ``else``."""
    return node.body[-1].end_lineno or node.lineno


def inside(line: int, body: Sequence[ast.stmt]) -> bool:
    """Whether a step's line lies in a body."""
    return body[0].lineno <= abs(line) <= (body[-1].end_lineno or body[-1].lineno)
