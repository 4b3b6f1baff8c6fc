"""What a program uses that the built-in model cannot predict or has never seen: said beforehand.

Read from the source alone. The list of what the model has learned is in its model card.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from cwm_lab.errors import BadProgramError
from cwm_lab.trace import Program
from cwm_lab.worldmodel.definitions import CONSTANTS, MODULES
from cwm_lab.worldmodel.desugar import is_literal
from cwm_lab.worldmodel.layout import Layout, TooDeepError, lay_out
from cwm_lab.worldmodel.scopes import Scope
from cwm_lab.worldmodel.values import MAX_ITEMS, MAX_TEXT
from cwm_lab.worldmodel.vocabulary import BUILTINS, EXCEPTIONS, PLACEHOLDERS, WORDS

MAX_LINES = 200
MAX_STATEMENT = 880
"""Names, digits and characters of one statement: more are more tokens than the network reads."""
_KNOWN = frozenset([*BUILTINS, *EXCEPTIONS, "__name__"])
_BASES = frozenset([*EXCEPTIONS, "object"])
_UNSEEN_BUILTINS = frozenset(
    "eval exec compile open globals locals vars dir breakpoint memoryview bytearray bytes complex "
    "frozenset iter".split()
)
_UNSEEN_METHODS = frozenset(
    "as_integer_ratio bit_count bit_length conjugate encode expandtabs format_map isascii "
    "isprintable maketrans translate".split()
)
_STATEMENTS: dict[type[ast.AST], str] = {
    ast.AsyncFunctionDef: "an async function",
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.Match: "a match statement",
    ast.TryStar: "except*",
    ast.Await: "await",
}


@dataclass(frozen=True)
class Notice:
    """One thing outside of what the model knows.

    line: where, negative in the context. what: in plain words. stops: whether the prediction cannot
    go beyond it; otherwise it goes on, but is not to be trusted.
    """

    line: int
    what: str
    stops: bool = True

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line > 0 else f"line {-self.line} of an earlier cell"
        then = "the prediction stops there" if self.stops else "the model has not learned it"
        return f"{where}: {self.what} ({then})"


def envelope(program: Program) -> tuple[Notice, ...]:
    """What of a program lies outside the model's envelope, by line; each thing once.

    Nothing for a program that is not Python: that is the trace's outcome. Never raises.
    """
    try:
        layout = lay_out(program)
    except (SyntaxError, BadProgramError):
        return ()
    except TooDeepError as error:
        return (Notice(error.line, str(error)),)
    found: dict[str, Notice] = {}
    classes = [s for node, s in layout.scopes.items() if isinstance(node, ast.ClassDef)]
    defined = {f"the method {name}" for scope in classes for name in scope.bound}
    for node, scope in _nodes(layout):
        for what, stops in _outside(node, scope):
            if what in defined:
                continue
            line: int = layout.unit(node) or getattr(node, "lineno", None) or 1
            notice = found.setdefault(what, Notice(line, what, stops))
            if 0 < line < notice.line:
                found[what] = Notice(line, what, stops)
    count = len(program.lines)
    if count > MAX_LINES:
        what = f"a program of {count} lines: longer than any that the model has learned from"
        found[what] = Notice(MAX_LINES + 1, what, stops=False)
    return tuple(sorted(found.values(), key=lambda notice: (abs(notice.line), notice.what)))


def _nodes(layout: Layout) -> Iterator[tuple[ast.AST, Scope]]:
    """All nodes with the scope that they stand in."""
    waiting: list[tuple[ast.AST, Scope]] = [(layout.tree, layout.scopes[layout.tree])]
    while waiting:
        node, scope = waiting.pop()
        yield node, scope
        if isinstance(node, ast.stmt) and layout.is_docstring(node):
            continue
        inner = layout.scopes.get(node, scope)
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def _outside(node: ast.AST, scope: Scope) -> Iterator[tuple[str, bool]]:
    """(what, whether the prediction stops) of one node, its children apart."""
    if type(node) in _STATEMENTS:
        yield _STATEMENTS[type(node)], True
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield from _module(alias.name)
    elif isinstance(node, ast.ImportFrom):
        yield from _module(node.module or ".")
        for alias in node.names:
            if node.module in MODULES and alias.name not in {*CONSTANTS, *WORDS}:
                yield f"{alias.name} of the module {node.module}", True
    elif isinstance(node, ast.ClassDef):
        yield from _class(node, scope)
    elif isinstance(node, ast.Name):
        known = scope.is_users(node.id) or node.id not in dir(builtins)
        if not known and (node.id not in _KNOWN or node.id in _UNSEEN_BUILTINS):
            yield f"the builtin {node.id}", node.id not in _KNOWN and not node.id.startswith("__")
    elif isinstance(node, ast.Attribute) and node.attr in _UNSEEN_METHODS:
        yield f"the method {node.attr}", False
    elif isinstance(node, ast.Delete):
        if any(isinstance(target, ast.Attribute) for target in node.targets):
            yield "deleting an attribute", True
    elif isinstance(node, ast.With):
        for item in node.items:
            if isinstance(item.optional_vars, ast.Tuple | ast.List):
                yield "with ... as more than one name", True
            if isinstance(item.context_expr, ast.Call) and _builtin_call(item.context_expr, scope):
                yield "a with statement on something that the program does not define", True
    elif isinstance(node, ast.Lambda):
        for default in node.args.defaults:
            if not is_literal(default) and not isinstance(default, ast.Name):
                yield "a lambda whose default is computed", True
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        names = {
            n.id
            for loop in node.generators
            for n in ast.walk(loop.target)
            if isinstance(n, ast.Name)
        }
        if any(names & _reads(part) for part in ast.walk(node.elt) if isinstance(part, ast.Lambda)):
            yield "a lambda that reads the variable of a comprehension around it", False
    elif isinstance(node, ast.stmt):
        yield from _yields(node)
    parts = [*getattr(node, "elts", ()), *getattr(node, "keys", ())]
    if len(parts) > MAX_ITEMS:
        yield f"a {type(node).__name__.lower()} of more than {MAX_ITEMS} items", True
    if isinstance(node, ast.stmt) and not hasattr(node, "body"):
        size = sum(
            len(str(part.value)) if isinstance(part, ast.Constant) else isinstance(part, ast.Name)
            for part in ast.walk(node)
        )
        if size > MAX_STATEMENT:
            yield f"a statement of more than {MAX_STATEMENT} names, digits and characters", True
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        if len(names) > len(PLACEHOLDERS):
            yield f"a statement with more than {len(PLACEHOLDERS)} names", True


def _reads(function: ast.Lambda) -> set[str]:
    """The names that a lambda takes from where it stands."""
    own = {part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)}
    return {n.id for n in ast.walk(function.body) if isinstance(n, ast.Name)} - own


def _constant(node: ast.Constant) -> Iterator[tuple[str, bool]]:
    value = node.value
    if isinstance(value, bytes | complex):
        yield f"a {type(value).__name__} value", True
    elif isinstance(value, str):
        if len(value) > MAX_TEXT:
            yield f"a string of more than {MAX_TEXT} characters", False
        elif not value.isascii():
            yield "a string with characters beyond ASCII", False


def _module(name: str) -> Iterator[tuple[str, bool]]:
    if name in MODULES:
        return
    if name.split(".")[0] in sys.stdlib_module_names:
        yield f"the module {name}", True
    else:  # importing it is an exception, which can be predicted
        yield f"the module {name}: the model takes it for one that is not installed", False


def _class(node: ast.ClassDef, scope: Scope) -> Iterator[tuple[str, bool]]:
    if node.keywords:
        yield "a class with keyword arguments", True
    for base in node.bases:
        if not isinstance(base, ast.Name):
            yield "a base class that is not a plain name", True
        elif not scope.is_users(base.id) and base.id not in _BASES:
            yield f"a class derived from {base.id}", True


def _builtin_call(call: ast.Call, scope: Scope) -> bool:
    return isinstance(call.func, ast.Name) and not scope.is_users(call.func.id)


def _yields(node: ast.stmt) -> Iterator[tuple[str, bool]]:
    """A yield is known as a statement of its own, alone or assigned to one name; a `yield from`
    alone."""
    own = getattr(node, "value", None) if isinstance(node, ast.Expr | ast.Assign) else None
    if isinstance(node, ast.Assign):
        own = own if isinstance(own, ast.Yield) else None
    if isinstance(node, ast.Assign) and own is not None:
        plain = len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        own = own if plain else None
        yield "a value sent into a generator", False
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            for part in ast.walk(child):
                if isinstance(part, ast.Yield | ast.YieldFrom) and part is not own:
                    yield "a yield inside an expression", True
