"""Of which names a program speaks, and which of its module's names may be bound from elsewhere.

The module's own frame binds names by instructions that are known beforehand (`codes`). Functions
bind them by `global`, comprehensions by `:=`. All else goes through the namespace as an object, and
a program that does so names a way to it: then no name is taken to be as it was.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

_NAMESPACE = frozenset(
    "__dict__ __globals__ __import__ __main__ _getframe ctypes currentframe eval exec f_back "
    "f_globals f_locals gc get_objects get_referents getframe globals import_module interact "
    "locals modules runpy setattr stack vars".split()
)
"""Ways to a module's names that do not name them."""
_MEANT_OF = {"interact": "code", "modules": "sys", "stack": "inspect"}
"""Of these, such as may be any name, and the modules without which they are."""
_FIELDS = ("id", "name", "asname", "rest")
"""Attributes of syntax nodes that hold a name of a scope."""


@dataclass(frozen=True)
class Spoken:
    """names: all that are mentioned. shared: those of the module that code outside of the module's
    own frame may bind; None: any."""

    names: frozenset[str]
    shared: frozenset[str] | None


def spoken(nodes: Iterable[ast.AST]) -> Spoken:
    """What the program with these nodes of syntax trees speaks of."""
    names: set[str] = set()
    shared: set[str] = set()
    modules: set[str] = set()
    ways: set[str] = set()
    for node in nodes:
        fields = node.__dict__
        for field in _FIELDS:
            name = fields.get(field)
            if type(name) is str:
                names.add(name.partition(".")[0])
        kind = type(node)
        if kind is ast.Global:
            shared.update(fields["names"])
        elif kind is ast.NamedExpr:
            shared.add(fields["target"].id)
        elif kind is ast.Attribute:
            ways.add(fields["attr"])
            modules.add(fields["attr"])
        elif kind is ast.alias:
            name = fields["name"]
            modules.add(name.partition(".")[0])
            if name == "*" or name.partition(".")[0] in _NAMESPACE:
                ways.add("eval")
    ways |= names - _MEANT_OF.keys()
    ways -= {word for word, module in _MEANT_OF.items() if module not in modules}
    closed = ways.isdisjoint(_NAMESPACE)
    return Spoken(frozenset(names), frozenset(shared) if closed else None)
