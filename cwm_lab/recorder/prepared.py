"""What is done before a program runs: compiling, and finding out what its text alone tells."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType

from cwm_lab.recorder.aims import Aims, aims
from cwm_lab.recorder.purity import Purity, purity
from cwm_lab.recorder.rows import no_search_for_garbage
from cwm_lab.recorder.spoken import spoken
from cwm_lab.recorder.syntax import walk
from cwm_lab.trace import Program, parse_source
from cwm_lab.trace.lines import Source, read_source
from cwm_lab.trace.program import too_deep

CONTEXT_FILENAME = "<context>"
"""File name under which `record` compiles a program's context."""
VALUE_NAME = "__cwm_lab_value__"
"""Name in the namespace that holds the value of the last expression, if it is asked for."""


@dataclass(frozen=True)
class Prepared:
    """A compiled program. sources: file name -> what is stepped. names, shared: see `Spoken`.
    pure, aims: of the program's own lines; empty where nothing is certain."""

    code: CodeType
    sources: Mapping[str, Source]
    names: frozenset[str]
    shared: frozenset[str] | None
    pure: Purity
    aims: Aims


def prepare(
    program: Program,
    context_lines: Mapping[tuple[str, int], int],
    keep_value: bool,
    own_namespace: bool,
) -> Prepared:
    """Arguments as for `execute`. Raises SyntaxError, and BadProgramError for text that is not a
    program."""
    with no_search_for_garbage():
        try:
            tree = program.parse()
            code = _compile(tree, program.filename, keep_value)
            context = parse_source(program.context, CONTEXT_FILENAME)
            nodes, earlier = walk(tree), walk(context)
            sources = _sources(program, tree, nodes, context, context_lines)
        except (RecursionError, MemoryError) as deep:
            raise too_deep(program.filename) from deep
        speaks = spoken((*nodes, *earlier))
        shared = speaks.shared if own_namespace else None
        # Where the namespace is an object like others, binding a name changes that.
        source = sources[program.filename]
        pure = {} if shared is None else purity(nodes, earlier, source)
        aimed = aims(nodes, earlier, source) if pure else {}
        return Prepared(code, sources, speaks.names, shared, pure, aimed)


def _compile(tree: ast.Module, filename: str, keep_value: bool) -> CodeType:
    last = tree.body[-1] if tree.body else None
    if keep_value and isinstance(last, ast.Expr):
        target = ast.copy_location(ast.Name(VALUE_NAME, ast.Store()), last.value)
        tree = ast.Module(
            [*tree.body[:-1], ast.copy_location(ast.Assign([target], last.value), last)], []
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, filename, "exec", dont_inherit=True)


def _sources(
    program: Program,
    tree: ast.Module,
    nodes: Sequence[ast.AST],
    context: ast.Module,
    context_lines: Mapping[tuple[str, int], int],
) -> dict[str, Source]:
    files: dict[str, dict[int, int]] = {}
    for (filename, real), line in context_lines.items():
        files.setdefault(filename, {})[-line] = real
    sources = {}
    if files:
        earlier = read_source(context)
        sources = {
            filename: earlier.moved(real, lambda line: -line) for filename, real in files.items()
        }
    return {**sources, program.filename: read_source(tree, nodes)}
