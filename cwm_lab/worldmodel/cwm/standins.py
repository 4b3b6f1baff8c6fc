"""`print` and `input` as functions of the program, so that a model sees them.

CWM's text has no standard output and no input. So the program is shown with a `print` that returns
what it would print, and with an `input` that takes its line from a list; their steps are folded
away again when the trace is read (`folding.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from cwm_lab.trace import Program

PRINT = """\
def print(*args, sep=" ", end="\\n"):
    return sep.join(map(str, args)) + end
"""
PRINT_TO = """\
def print(*args, sep=" ", end="\\n", file=None, flush=False):
    return sep.join(map(str, args)) + end
"""
INPUT = """\
def input(prompt="", lines={lines}):
    if not lines:
        raise EOFError("EOF when reading a line")
    return lines.pop(0)
"""


@dataclass(frozen=True)
class StandIns:
    """text: their source, to stand above the context. functions: for each of its lines, which
    stand-in it belongs to."""

    text: str = ""
    functions: tuple[str, ...] = ()


def stand_ins(program: Program, trees: Iterable[ast.Module]) -> StandIns:
    """Those that a program needs: it speaks of the function and has none of its own by that name.

    trees: the syntax trees of cell and context.
    """
    spoken: set[str] = set()
    bound: set[str] = set()
    keywords: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    spoken.add(name)
                case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    bound.add(name)
                case ast.arg(arg=name) | ast.alias(asname=str() as name) | ast.alias(name=name):
                    bound.add(name)
                case _:
                    pass
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                keywords |= {word.arg or "" for word in node.keywords if node.func.id == "print"}
    text, functions = "", list[str]()
    for name in ("print", "input"):
        if name not in spoken or name in bound:
            continue
        source = INPUT.replace("{lines}", repr(list(program.stdin)))
        if name == "print":
            source = PRINT_TO if keywords - {"sep", "end"} else PRINT
        text += source
        functions += [name] * source.count("\n")
    return StandIns(text, tuple(functions))
