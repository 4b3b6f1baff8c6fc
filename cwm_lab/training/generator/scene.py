"""Variables with their live values, while a program is being written.

Knowing the values lets the writer choose what matters: an index near the end, a letter that is in
the word, a limit close to the sum. `Scene` evaluates only text that this package wrote itself.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.trial import bounded_exec, namespace_with

NAMES_BY_KIND: Final[dict[str, list[str]]] = {
    "int": v.INT_NAMES,
    "float": v.FLOAT_NAMES,
    "str": v.STR_NAMES,
    "bool": v.BOOL_NAMES,
    "ints": v.INT_LIST_NAMES,
    "strs": v.STR_LIST_NAMES,
    "dict": v.DICT_NAMES,
    "set": v.SET_NAMES,
    "tuple": v.TUPLE_NAMES,
    "grid": ["grid", "table", "matrix", "board", "m", "rows", "pairs", "groups", "seats"],
    "other": ["result", "value", "r", "thing", "res", "out", "tmp"],
}

_HIDDEN: Final = ("__builtins__", "__name__")


def kind_of(value: object) -> str:
    """The kind under which the expression writer knows a value; `other` if it has no name."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "str"
    if isinstance(value, tuple):
        return "tuple"
    if isinstance(value, set):
        return "set"
    if isinstance(value, dict):
        plain = all(isinstance(k, str) and type(item) is int for k, item in value.items())
        return "dict" if plain else "other"
    if isinstance(value, list):
        if all(type(item) is int for item in value):
            return "ints"
        if all(isinstance(item, str) for item in value):
            return "strs"
        if all(kind_of(item) == "ints" for item in value):
            return "grid"
    return "other"


def is_small(value: object, depth: int = 3) -> bool:
    """Whether a value is of a size that a CS1 program would show."""
    if isinstance(value, int):
        return -100_000 <= value <= 100_000
    if isinstance(value, float):
        return abs(value) < 1e6 and value == value and len(repr(value)) <= 20
    if isinstance(value, str):
        return len(value) <= 40
    if isinstance(value, dict):
        items = [*value.keys(), *value.values()]
        return len(value) <= 8 and depth > 0 and all(is_small(item, depth - 1) for item in items)
    if isinstance(value, list | tuple | set):
        return len(value) <= 12 and depth > 0 and all(is_small(item, depth - 1) for item in value)
    return True


class Scene:
    """A namespace that grows with the program.

    names: variables in order of first binding, with their current values in `values`.
    thrift: how strongly expressions prefer variables over literals, from 0 to 1; high in functions,
        whose parameters should be used.
    """

    def __init__(self, draw: Draw, stdin: tuple[str, ...] = ()) -> None:
        self.draw = draw
        self.thrift = 0.0
        self.names: list[str] = []
        self.written: list[str] = []
        self.values: dict[str, Any] = namespace_with(stdin, self.written)

    def of_kind(self, *kinds: str) -> list[str]:
        """Variables that hold a value of one of the kinds now."""
        return [name for name in self.names if kind_of(self.values[name]) in kinds]

    def new_name(self, kind: str) -> str:
        """An identifier for a value of this kind that the program does not use yet."""
        pool = NAMES_BY_KIND.get(kind, NAMES_BY_KIND["other"])
        for _ in range(20):
            name = self.draw.pick(pool)
            if name not in self.values:
                return name
        return f"{self.draw.pick(pool)}{len(self.names) + 1}"

    def evaluate(self, expression: str) -> Any:
        """The value of an expression; raises what it raises."""
        return eval(compile(expression, "<scene>", "eval", dont_inherit=True), self.values)

    def run(self, statement: str) -> None:
        """Run one simple statement and learn the names it binds; raises what it raises."""
        exec(compile(statement, "<scene>", "exec", dont_inherit=True), self.values)
        self.learn()

    def run_block(self, source: str, max_steps: int = 150) -> None:
        """Run a compound statement with limits; raises TooMuch or what it raises."""
        bounded_exec(source, self.values, max_steps)
        self.learn()

    def snapshot(self) -> dict[str, Any]:
        """The variables' values as they are now, with aliases kept."""
        return copy.deepcopy({name: self.values[name] for name in self.names})

    def restore(self, snapshot: dict[str, Any]) -> None:
        for name in [name for name in self.values if name not in _HIDDEN]:
            del self.values[name]
        self.values.update(snapshot)
        self.names = list(snapshot)

    def forget(self, name: str) -> None:
        """Let what is written next not use a variable, which the program still has."""
        del self.values[name]
        self.names.remove(name)

    def learn(self) -> None:
        known = [name for name in self.names if name in self.values]
        fresh = [name for name in self.values if name not in _HIDDEN and name not in known]
        self.names = known + fresh

    def bind(self, name: str, value: object) -> None:
        self.values[name] = value
        if name not in self.names:
            self.names.append(name)
