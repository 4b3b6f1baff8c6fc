"""What a cell takes from earlier cells, written as source that stands on its own.

Functions and classes come as their source, plain values as assignments, modules as imports. What
cannot be written so (a data frame, an open file) is named in `Context.left_out`, never guessed.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, MethodType, ModuleType
from typing import Any

from cwm_lab.notebook.names import Needs, needs

MAX_VALUE_CHARS = 10_000
"""Longest `repr` of a value that is handed to the model as an assignment."""
MAX_VALUE_ITEMS = 2_000
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_MUTABLE = (list, dict, set)


@dataclass(frozen=True)
class Context:
    """Source to run before a cell.

    text: the source; empty if the cell needs nothing.
    lines: (file name of an earlier cell's code, line there) -> line of the context, counted from
        -1 downwards as steps count them.
    names: what the cell reads from the notebook, directly or through earlier functions.
    left_out: those of the names that source cannot say -> their type, such as DataFrame.
    """

    text: str = ""
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)


_NO_NEEDS = Needs((), ())


@dataclass(frozen=True)
class _Piece:
    """One statement of the context: its text, and where it was written, if in an earlier cell."""

    text: str
    needs: Needs = _NO_NEEDS
    filename: str | None = None
    first_line: int = 0


def gather_context(
    tree: ast.Module, namespace: Mapping[str, Any], history: Sequence[str] = ()
) -> Context:
    """The context of a cell: all that `tree` reaches, directly or through earlier functions.

    namespace: the notebook's variables. history: sources of earlier cells, oldest first, in which
    classes without methods are looked up.
    """
    finder = _Finder(namespace, history)
    queue = list(needs(tree).all)
    pieces: dict[str, _Piece] = {}
    left_out: dict[str, str] = {}
    for name in queue:  # grows while it is walked: the transitive closure
        if name in pieces or name not in namespace:
            continue
        piece = finder.piece(name)
        if piece is None:
            left_out[name] = type(namespace[name]).__name__
            continue
        pieces[name] = piece
        queue += piece.needs.all
    text, lines = _assemble(_ordered(pieces))
    return Context(text, lines, frozenset({*pieces, *left_out}), left_out)


def _ordered(pieces: Mapping[str, _Piece]) -> list[_Piece]:
    """Each piece after those it reads while it is being defined."""
    out: dict[str, _Piece] = {}
    visiting: set[str] = set()

    def emit(name: str) -> None:
        if name in out or name in visiting or name not in pieces:
            return
        visiting.add(name)
        for needed in pieces[name].needs.now:
            emit(needed)
        out[name] = pieces[name]

    # Values before functions: a reader expects the data at the top.
    for name in sorted(pieces, key=lambda key: pieces[key].filename is not None):
        emit(name)
    return list(out.values())


def _assemble(pieces: Iterable[_Piece]) -> tuple[str, dict[tuple[str, int], int]]:
    lines: list[str] = []
    places: dict[tuple[str, int], int] = {}
    seen: set[tuple[str | None, int, str]] = set()
    for piece in pieces:
        key = (piece.filename, piece.first_line, piece.text)
        if key in seen or not piece.text:
            continue
        seen.add(key)
        for offset, line in enumerate(piece.text.split("\n")):
            lines.append(line)
            if piece.filename is not None:
                places[piece.filename, piece.first_line + offset] = -len(lines)
    return "\n".join([*lines, ""]) if lines else "", places


class _Finder:
    """Finds the source of a name of the notebook."""

    def __init__(self, namespace: Mapping[str, Any], history: Sequence[str]) -> None:
        self.namespace = namespace
        self.history = history
        self.mutable_names: dict[int, str] = {}

    def piece(self, name: str) -> _Piece | None:
        value = self.namespace[name]
        if isinstance(value, ModuleType):
            return _Piece(_import_module(name, value))
        for find in (self._library, self._definition, self._value):
            piece = find(name, value)
            if piece is not None:
                return piece
        return None

    def _library(self, name: str, value: Any) -> _Piece | None:
        """Something that an import gives: a function or class that lives in a loaded module."""
        if not isinstance(value, type) and not callable(value):
            return None
        module = inspect.getattr_static(value, "__module__", None)
        own = inspect.getattr_static(value, "__name__", None)
        if isinstance(value, FunctionType | type) or inspect.isbuiltin(value):
            module, own = value.__module__, value.__name__
        if not isinstance(module, str) or not isinstance(own, str) or module == "__main__":
            return None
        found = sys.modules.get(module)
        if found is None or vars(found).get(own) is not value:
            return None
        if module == "builtins":
            return _Piece("" if name == own else f"{name} = {own}")
        return _Piece(f"from {module} import {own}" + ("" if name == own else f" as {name}"))

    def _definition(self, name: str, value: Any) -> _Piece | None:
        """A function or class of an earlier cell, by its source."""
        if isinstance(value, type):
            found = _class_statement(value) or self._class_in_history(value)
        else:
            inner = value if isinstance(value, FunctionType) else _unwrapped(value)
            if inner is None:
                return None
            code = inner.__code__
            found = _statement_at(code.co_filename, code.co_firstlineno)
        if found is None:
            return None
        piece, bound = found
        if name in bound:
            return piece
        own = next((other for other in bound if self.namespace.get(other) is value), None)
        return None if own is None else _Piece(f"{name} = {own}", Needs((own,), ()))

    def _class_in_history(self, cls: type) -> tuple[_Piece, tuple[str, ...]] | None:
        if cls.__module__ != "__main__":
            return None
        for source in reversed(self.history):
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError):
                continue  # a cell that was never valid Python defined nothing
            for node in reversed(tree.body):
                if isinstance(node, ast.ClassDef) and node.name == cls.__qualname__:
                    return _cut(source.split("\n"), node, None), (node.name,)
        return None

    def _value(self, name: str, value: Any) -> _Piece | None:
        """A plain value, as an assignment; a second name of the same object, as ``b = a``."""
        if not _is_plain(value, [MAX_VALUE_ITEMS], 0):
            return None
        try:
            text = repr(value)
        except ValueError:  # an integer with more digits than Python writes
            return None
        if len(text) > MAX_VALUE_CHARS or not _round_trips(text, value):
            return None
        if isinstance(value, _MUTABLE):
            first = self.mutable_names.setdefault(id(value), name)
            if first != name:
                return _Piece(f"{name} = {first}", Needs((first,), ()))
        return _Piece(f"{name} = {text}")


def _import_module(name: str, module: ModuleType) -> str:
    full = module.__name__
    return f"import {full}" if full == name else f"import {full} as {name}"


def _unwrapped(value: Any) -> FunctionType | None:
    """The function behind a bound method or a `functools.wraps` wrapper such as `lru_cache`'s."""
    if isinstance(value, MethodType):
        return None
    inner = inspect.getattr_static(value, "__dict__", {})
    wrapped = inner.get("__wrapped__") if isinstance(inner, dict) else None
    if wrapped is None and type(value).__module__ == "functools":
        wrapped = getattr(value, "__wrapped__", None)
    return wrapped if isinstance(wrapped, FunctionType) else None


def _class_statement(cls: type) -> tuple[_Piece, tuple[str, ...]] | None:
    for member in vars(cls).values():
        function = member
        if isinstance(member, property):
            function = member.fget
        elif isinstance(member, staticmethod | classmethod):
            function = member.__func__
        if not isinstance(function, FunctionType):
            continue
        found = _statement_at(function.__code__.co_filename, function.__code__.co_firstlineno)
        if found is not None and found[1] == (cls.__qualname__,):
            return found
    return None


def _statement_at(filename: str, line: int) -> tuple[_Piece, tuple[str, ...]] | None:
    """The top-level statement of an earlier cell that covers a line, and the names it binds."""
    entry = linecache.cache.get(filename)
    # IPython registers cells with no modification time; a library's file has one.
    if entry is None or len(entry) != 4 or entry[1] is not None:
        return None
    lines = [text.removesuffix("\n") for text in entry[2]]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return None
    for node in tree.body:
        if _first_line(node) <= line <= (node.end_lineno or node.lineno):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    return _cut(lines, node, filename), (node.name,)
                case ast.Assign(value=ast.Lambda()):
                    names = tuple(t.id for t in node.targets if isinstance(t, ast.Name))
                    return _cut(lines, node, filename), names
            return None
    return None


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _cut(lines: Sequence[str], node: ast.stmt, filename: str | None) -> _Piece:
    first, last = _first_line(node), node.end_lineno or node.lineno
    text = list(lines[first - 1 : last])
    # Offsets of `ast` count bytes; only a statement that shares its line with another needs them.
    text[-1] = text[-1].encode()[: node.end_col_offset].decode()
    if first == node.lineno:
        text[0] = text[0].encode()[node.col_offset :].decode()
    source = "\n".join(text)
    return _Piece(source, needs(ast.parse(source)), filename, first)


def _is_plain(value: Any, budget: list[int], depth: int) -> bool:
    """Whether `value` is built from literals only, so that `repr` runs nobody's code."""
    budget[0] -= 1
    if budget[0] < 0 or depth > 20:
        return False
    kind = type(value)
    if kind in _SCALARS:
        return not isinstance(value, str | bytes) or len(value) <= MAX_VALUE_CHARS
    if kind in (list, tuple, set):
        return all(_is_plain(item, budget, depth + 1) for item in value)
    if kind is dict:
        return all(_is_plain(part, budget, depth + 1) for item in value.items() for part in item)
    return False


def _round_trips(text: str, value: Any) -> bool:
    try:
        return bool(ast.literal_eval(text) == value)
    except (ValueError, SyntaxError, RecursionError):  # nan, inf, the empty set
        return False
