"""Texts of values, as traces show them, read back as values: nothing is evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from cwm_lab.worldmodel.values import NONE, Atom, Cell, Form, Text, Tup, Value
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS, WORDS

_MARKED = re.compile(r"<(built-in function|class|module) ([\w.]+)>")
Named = Callable[[str], Value | None]
"""Finds a value of the program (a function, a class) by its shown text."""


def value_of(text: str, named: Named | None = None) -> Value:
    """The value that a text shows: numbers, strings, None, lists, tuples, dicts, sets, ranges,
    exceptions; functions and classes of the program through `named`.

    Lists, dicts and sets are new ones. Raises ValueError for a text that shows no such value.
    """
    found = named(text) if named is not None else None
    if found is not None:
        return found
    if match := _MARKED.fullmatch(text):
        kind, name = match.groups()
        if kind == "module":
            return Form("<module>", (Text(name),))
        if name in WORDS:
            return Atom(name)
    if text in ("inf", "-inf", "nan"):
        return Atom(text)
    if text == "<traceback>":
        return Form("<exception>", ())
    if not text.startswith("<"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _of(ast.parse(text, mode="eval").body)
        except (SyntaxError, RecursionError, MemoryError):
            pass
    raise ValueError(f"{_short(text)} is not a value that can be given")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _of(node: ast.expr) -> Value:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return Text(node.value)
        if isinstance(node.value, int | float | None):
            return NONE if node.value is None else Atom(repr(node.value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _of(node.operand)
        if isinstance(inner, Atom) and inner.text[0].isdigit():
            return Atom("-" + inner.text)
    elif isinstance(node, ast.Name) and node.id in ("inf", "nan"):
        return Atom(node.id)
    elif isinstance(node, ast.Tuple):
        return Tup(tuple(_of(part) for part in node.elts))
    elif isinstance(node, ast.List):
        return Cell("list", items=[_of(part) for part in node.elts])
    elif isinstance(node, ast.Set):
        return Cell("set", items=[_of(part) for part in node.elts])
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return Cell("dict", pairs=[(_of(k), _of(v)) for k, v in pairs if k is not None])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name = node.func.id
        if name == "set" and not node.args:
            return Cell("set")
        if name in EXCEPTIONS:
            return Form(name, tuple(_of(part) for part in node.args))
        if name == "range":
            parts = [_of(part) for part in node.args]
            return Form(name, tuple(parts if len(parts) > 1 else [Atom("0"), *parts]))
    raise ValueError(f"{_short(ast.unparse(node))} is not a value that can be given")
