"""Which statements of a program cannot change an object, so that none need be looked at after them.

Told from the syntax alone, and only where it is certain. An operator, an attribute or an index may
run code of the program's own, but that has steps of its own, after which objects are looked at.
What could change an object without a step (a call, an assignment to an item or attribute, a class
of some library) makes a statement impure, and so does all that is not known here.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cwm_lab.recorder.syntax import walk
from cwm_lab.trace.lines import Source

Purity = Mapping[int, str]
"""Shown line -> "" if its statement changes no object; a name, if it changes none as long as that
name holds a number, a string or the like (`n += 1`). Lines that are not here may change any."""
_PURE: Final = ""

_BUILTINS: Final = frozenset(
    "abs bool chr float int isinstance len ord print range round str".split()
)
"""Functions that change no object of the program, unless through methods of its own."""
_WILD: Final = frozenset(
    "_thread asyncio cached_property concurrent ctypes gc multiprocessing setattr signal threading "
    "weakref builtins __builtins__ __class__ __dict__ __setattr__".split()
)
"""A program that speaks of these may change objects at any time, or by an attribute."""
_CALLING: Final = frozenset(
    "accumulate chain filter groupby iter map reduce starmap takewhile".split()
)
"""With these, going through an iterator may call any method of an object."""
PLAIN: Final = frozenset(
    getattr(ast, name)
    for name in (
        "Constant Name Attribute BinOp BoolOp UnaryOp Compare IfExp Subscript Slice Tuple List "
        "Dict Set JoinedStr FormattedValue NamedExpr keyword"
    ).split()
)
"""Syntax that by itself changes no object."""
_GENERATED: Final = PLAIN | {ast.GeneratorExp, ast.comprehension}


def purity(nodes: Sequence[ast.AST], others: Sequence[ast.AST], source: Source) -> Purity:
    """What is certain of a program's statements. nodes: of its syntax tree, all. others: those of
    further code that runs with it."""
    reader = Reader()
    if not (reader.survey(nodes) and reader.survey(others)):
        return {}
    found: dict[int, str] = {}
    impure: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.stmt):
            line = source.shown.get(node.lineno, 0)
            how = reader.judge(node)
            if how is None or line in found:  # statements that share a line are left alone
                impure.add(line)
            else:
                found[line] = how
        elif isinstance(node, ast.ExceptHandler):
            impure.add(source.shown.get(node.lineno, 0))
    return {line: how for line, how in found.items() if line not in impure}


class Reader:
    """bound: names that the program binds, so that they may not mean what Python means by them.
    indexing: whether an index changes nothing. iterating: whether `for` over a value does not."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.indexing = self.iterating = True

    def survey(self, nodes: Iterable[ast.AST]) -> bool:
        """Look through the whole program first; False if nothing can be certain in it."""
        for node in nodes:
            kind = type(node)
            fields = node.__dict__
            if kind is ast.Name:
                name = fields["id"]
                if type(fields["ctx"]) is not ast.Load:
                    self.bound.add(name)
            elif kind is ast.Attribute:
                name = fields["attr"]
                if type(fields["ctx"]) is not ast.Load and name.startswith("__"):
                    return False
            elif kind is ast.GeneratorExp:
                # Going through it later runs what stands in it, without a step.
                if not all(type(part) in _GENERATED for part in walk(node)):
                    self.iterating = False
                continue
            elif kind is ast.Call:
                # A class that is made so may have methods of C; a file may be anything that writes.
                function = fields["func"]
                makes = type(function) is ast.Name and function.id == "type"
                if makes and len(fields["args"]) > 1:
                    return False
                continue
            elif kind is ast.arg:
                name = fields["arg"]
                self.bound.add(name)
            elif kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
                name = fields["name"]
                self.bound.add(name)
                if kind is ast.ClassDef and not _has_plain_members(fields["body"]):
                    return False
            elif kind is ast.alias:
                name = fields["name"].partition(".")[0]
                self.bound.add(fields["asname"] or name)
                if fields["name"] in _WILD or fields["name"] in _CALLING:
                    name = fields["name"]
            elif kind in (ast.Import, ast.ImportFrom):
                if not all(map(_is_tame, _modules(node))):
                    return False
                continue
            else:
                continue
            if name in _WILD:
                return False
            if name == "defaultdict":
                self.indexing = False
            elif name in _CALLING:
                self.iterating = False
        return True

    def judge(self, statement: ast.stmt) -> str | None:
        """As in `Purity`; None if it may change an object."""
        fields = statement.__dict__
        match statement:
            case ast.Pass() | ast.Break() | ast.Continue() | ast.Global() | ast.Nonlocal():
                return _PURE
            case ast.Try():  # what stands in it is on lines of its own
                return _PURE
            case ast.If() | ast.While() | ast.Assert():
                parts = [fields["test"], fields.get("msg")]
            case ast.Return() | ast.Expr():
                parts = [fields["value"]]
            case ast.Assign():
                if not all(map(_is_name, fields["targets"])):
                    return None
                parts = [fields["value"]]
            case ast.AnnAssign():
                return None
            case ast.AugAssign():
                target = fields["target"]
                pure = isinstance(target, ast.Name) and self._is_pure(fields["value"])
                return target.id if pure else None
            case ast.For():
                if not _is_name(fields["target"]) or not self._is_iterated(fields["iter"]):
                    return None
                parts = [fields["iter"]]
            case _:
                return None
        pure = all(self._is_pure(part) for part in parts if part is not None)
        return _PURE if pure else None

    def _is_iterated(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Call):
            return isinstance(value.func, ast.Name) and value.func.id == "range"
        return self.iterating

    def _is_pure(self, value: ast.AST) -> bool:
        for node in walk(value):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else None
                if name not in _BUILTINS or name in self.bound:
                    return False
                if any(keyword.arg == "file" for keyword in node.keywords):
                    return False  # anything that has a method `write`
            elif type(node) not in PLAIN or (not self.indexing and isinstance(node, ast.Subscript)):
                return False
        return True


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (
        isinstance(target, ast.Tuple) and all(map(_is_name, target.elts))
    )


def _has_plain_members(body: Sequence[ast.stmt]) -> bool:
    """Whether a class gets its methods by nothing but `def`, for others may be without steps."""
    defined = {part.name for part in body if isinstance(part, ast.FunctionDef)}
    for statement in body:
        if not isinstance(statement, ast.Assign):
            continue
        named = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        value = statement.value
        plain = isinstance(value, ast.Constant | ast.Tuple | ast.List)
        if any(name.startswith("__") for name in named) and not (
            plain or (isinstance(value, ast.Name) and value.id in defined)
        ):
            return False
    return True


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield (node.module or ".").partition(".")[0]
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name.partition(".")[0]


def _is_tame(module: str) -> bool:
    return module in sys.stdlib_module_names and module not in _WILD
