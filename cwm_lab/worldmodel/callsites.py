"""The call that a recorded `call` step stands for, written as the statement's text writes it."""

from __future__ import annotations

import ast

from cwm_lab.worldmodel.dialect import Call
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.machine import Ask, Frame, Function, member
from cwm_lab.worldmodel.values import Atom, Cell, Tup, Value


def call_as_written(
    ask: Ask, cell: Cell, function: Function, values: dict[str, Value]
) -> Call | None:
    """The call of a function whose parameters got these values; None if they do not fit.

    callee, method, and which arguments are positional are taken from the one call in the statement
    that speaks of the function; without such a call all are positional, defaults left out.
    """
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    if not all(name in values for name in names):
        return None
    owner = function.owner
    site = _site(ask.node, _called(function, cell))
    first = values[names[0]] if names else None
    callee: Value = cell
    method: str | None = None
    bound = 0
    if owner is not None and isinstance(function.node, ast.FunctionDef):
        method = function.node.name
        if function.kind == "staticmethod":
            callee = _through(site, ask.frame) or owner
        elif first is not None and site is not None and _is_super(site):
            callee, bound = Atom("super"), 1
        elif method == "__init__" and isinstance(first, Cell) and first.cls is not None:
            named = site is not None and isinstance(site.func, ast.Attribute)
            if named and site is not None and site.func.attr == "__init__":  # type: ignore[attr-defined]
                callee = _through(site, ask.frame) or owner
            else:
                callee, method, bound = first.cls, None, 1
        elif _is_wrapped(first, cell, method):
            method = None
        elif first is not None:
            through = _through(site, ask.frame)
            if isinstance(through, Cell) and through.kind == "cls" and function.kind == "function":
                callee = through
            else:
                callee, bound = first, 1
    args = [values[name] for name in names[bound:]]
    keywords: list[tuple[str, Value]] = []
    if site is not None and _plain(site):
        count = min(len(site.args), len(args))
        given = [k.arg for k in site.keywords if k.arg]
        keywords = [(name, values[name]) for name in given if name in values]
        args = args[:count]
    else:
        while args and _is_default(function, names[bound + len(args) - 1], args[-1]):
            args.pop()
        keywords = [(a.arg, values[a.arg]) for a in spec.kwonlyargs if a.arg in values]
    if spec.vararg is not None:
        more = values.get(spec.vararg.arg)
        args = [values[name] for name in names[bound:]] if isinstance(more, Tup) else args
        args += more.items if isinstance(more, Tup) else ()
    if spec.kwarg is not None:
        rest = values.get(spec.kwarg.arg)
        if isinstance(rest, Cell):
            keywords = [k for k in keywords if k[0] in names]
            keywords += [(str(getattr(k, "text", "")), v) for k, v in rest.pairs]
    return Call(callee, method, tuple(args), tuple(keywords))


def _is_wrapped(first: Value | None, cell: Cell, name: str) -> bool:
    """Whether an object finds another function under a method's name: what a decorator made of it,
    which holds the method itself."""
    if not isinstance(first, Cell) or first.cls is None or cell.payload.kind != "function":
        return False
    found = member(first.cls, name)
    return isinstance(found, Cell) and found.kind == "fn" and found.payload.owner is None


def _called(function: Function, cell: Cell) -> frozenset[str]:
    """The names under which a function may be called."""
    names = {cell.name}
    if isinstance(function.node, ast.FunctionDef):
        names.add(function.node.name)
    if function.owner is not None and "__init__" in names:
        names.add(function.owner.name)
    return frozenset(names)


def _site(node: ast.AST, names: frozenset[str]) -> ast.Call | None:
    found = [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call)
        and (
            (isinstance(n.func, ast.Name) and n.func.id in names)
            or (isinstance(n.func, ast.Attribute) and n.func.attr in names)
        )
    ]
    return found[0] if len(found) == 1 else None


def _plain(site: ast.Call) -> bool:
    """Whether a call writes each of its arguments out."""
    return not any(isinstance(a, ast.Starred) for a in site.args) and all(
        k.arg for k in site.keywords
    )


def _is_super(site: ast.Call) -> bool:
    owner = site.func.value if isinstance(site.func, ast.Attribute) else None
    return (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "super"
    )


def _through(site: ast.Call | None, frame: Frame) -> Value | None:
    """The object or class before the dot, if it is a plain name."""
    if site is not None and isinstance(site.func, ast.Attribute):
        owner = site.func.value
        if isinstance(owner, ast.Name):
            found = frame.lookup(owner.id)
            return None if isinstance(found, str) else found
    return None


def _is_default(function: Function, name: str, value: Value) -> bool:
    default = function.defaults.get(name)
    if default is None:
        return False
    return default is value or (not isinstance(value, Cell) and display(default) == display(value))
