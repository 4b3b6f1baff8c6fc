"""Reading a cell before anything is run: is it a program that can be predicted and recorded?"""

from __future__ import annotations

import ast
import re
import warnings

from cwm_lab.errors import BadProgramError
from cwm_lab.trace import parse_source

_MAGIC_LINE = re.compile(r"^\s*(?:\w+\s*=\s*)?(%%?\w|!)|^\s*\?|^[^'\"#]*\w\?\??\s*$")


def read_cell(source: str, filename: str) -> ast.Module:
    """The syntax tree of a cell that can be predicted.

    Raises BadProgramError, with a message for the reader, for magics, shell lines and top-level
    ``await``; SyntaxError, as Python does, for anything else that is not Python.
    """
    if "\0" in source:
        raise BadProgramError("The cell contains a null byte. Delete it and type the line again.")
    try:
        tree = parse_source(source, filename)
        _compile(tree, filename)
    except SyntaxError as error:
        _explain_magic(source, error.lineno)
        _explain_await(source, filename)
        raise
    return tree


def is_empty(source: str) -> bool:
    """Whether there is nothing to run: no text, or comments alone."""
    lines = (line.strip() for line in source.splitlines())
    return all(not line or line.startswith("#") for line in lines)


def calls_input(tree: ast.Module) -> bool:
    """Whether the cell mentions `input`, so that somebody must answer when it runs."""
    return any(isinstance(node, ast.Name) and node.id == "input" for node in ast.walk(tree))


def _compile(tree: ast.Module, filename: str, flags: int = 0) -> None:
    """Compiling finds what parsing alone does not: ``return`` outside a function and the like."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, filename, "exec", flags, dont_inherit=True)
        except RecursionError as error:
            raise BadProgramError(
                "The cell is nested too deeply for Python to compile. Split its expressions."
            ) from error


def _explain_magic(source: str, number: int | None) -> None:
    """Raise if the line that Python stumbles over is IPython's language, not Python."""
    lines = source.split("\n")
    line = lines[number - 1] if number and number <= len(lines) else ""
    if match := _MAGIC_LINE.match(line):
        kind = "a shell command" if "!" in match[0] else "a notebook command"
        raise BadProgramError(
            f"Line {number}, {line.strip()[:60]!r}, is {kind}, not Python. %%predict follows "
            "plain Python only: put this line in a cell of its own."
        )


def _explain_await(source: str, filename: str) -> None:
    try:
        tree = ast.parse(source, filename)
        _compile(tree, filename, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return  # it is wrong for another reason, which the first SyntaxError tells
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for part in ast.walk(node)
    }
    waits = ast.Await | ast.AsyncFor | ast.AsyncWith
    line = next(
        (n.lineno for n in ast.walk(tree) if isinstance(n, waits) and id(n) not in inside), None
    )
    where = "" if line is None else f"Line {line} uses "
    raise BadProgramError(
        f"{where}`await` outside a function. %%predict cannot follow code that waits: put it in an "
        "`async def` and run that in a cell without %%predict."
    )
