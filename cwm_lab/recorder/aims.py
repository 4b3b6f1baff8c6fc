"""Which objects a statement can change, where that is certain: then only these need be looked at.

Told from the syntax alone, as in `purity`, whose conditions on the whole program hold here too.
A call of a function or method of the program changes nothing by itself, for that has steps of its
own, after which objects are looked at. What is left is an assignment to an item or attribute, and a
method of a built-in type: they change the object before the dot or bracket and no other. Which
object that is, and whether it is of such a type, is found out when it is looked at (`World`).
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from cwm_lab.recorder.purity import PLAIN, Reader
from cwm_lab.recorder.syntax import walk
from cwm_lab.trace.lines import Source

ITEM: Final = ""
"""In a path: some item of the object; else the name of an attribute."""
CHANGING: Final = frozenset(
    name for kind in (list, dict, set, str) for name in kind.__dict__ if not name.startswith("_")
)
"""Methods of built-in types. They change the object that they belong to at most."""


class Aim:
    """An object that a statement may change.

    name: of the frame, or of the module. path: what to go through from there.
    how: the method that is called; "." and the name of an attribute that is set, "[" for an item,
    "=" for a value that is changed in place, if it can be. own: the program's classes define that
    method.
    """

    __slots__ = ("how", "name", "own", "path")

    def __init__(self, name: str, path: tuple[str, ...], how: str, own: bool = False) -> None:
        self.name, self.path = name, path
        self.how, self.own = how, own


Aims = Mapping[int, tuple[Aim, ...]]
"""Shown line -> what its statement may change; lines that are not here may change any object."""

_READING: Final = frozenset(
    "abs all any bool chr dict divmod enumerate float int isinstance len list max min ord print "
    "range repr reversed round set sorted str sum tuple zip".split()
)
"""Functions that change no object of the program, unless through methods of its own."""
_ODD: Final = frozenset(
    "__getattr__ __getattribute__ __get__ __set__ __slots__ __delete__ __new__ __init_subclass__ "
    "__class_getitem__ __set_name__ __prepare__".split()
)
"""A program that speaks of these has attributes that are not what they seem."""
_SAY_NOTHING: Final = frozenset(
    getattr(ast, name)
    for name in (
        "Add Assign AugAssign BinOp Call Compare Constant Eq Expr For Gt GtE If List Load Lt LtE "
        "Mult NotEq Return Store Sub Subscript Tuple While arguments"
    ).split()
)
"""Syntax that neither binds a name nor speaks of one, and that there is much of."""
_PARTS: Final = PLAIN | {ast.ListComp, ast.SetComp, ast.DictComp, ast.comprehension, ast.Call}


def aims(nodes: Sequence[ast.AST], others: Sequence[ast.AST], source: Source) -> Aims:
    """What is certain of a program's statements. Arguments as for `purity`."""
    if len(others) > 1:  # earlier cells
        return {}
    reader = _Reader()
    if not (reader.survey(nodes) and reader.iterating and reader.indexing and reader.know(nodes)):
        return {}
    found: dict[int, tuple[Aim, ...]] = {}
    shared: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.stmt):
            line = source.shown.get(node.lineno, 0)
            seen = reader.aims_of(node)
            if seen is None or line in found:
                shared.add(line)
            else:
                found[line] = seen
        elif isinstance(node, ast.ExceptHandler):
            shared.add(source.shown.get(node.lineno, 0))
    return {line: seen for line, seen in found.items() if line not in shared}


class _Reader(Reader):
    """functions, classes: those of the program that are what their name says wherever it stands.
    methods: names that are methods of the program's classes and nothing else. fixed: names of
    attributes that may be found in a class and not in the object. rebound: names of the module that
    functions may bind. modules: names of modules whose functions change nothing."""

    def know(self, nodes: Sequence[ast.AST]) -> bool:
        """Look through the program; False if nothing can be certain in it."""
        times: Counter[str] = Counter()
        functions: set[str] = set()
        classes: dict[str, ast.ClassDef] = {}
        methods: set[str] = set()
        stored: set[str] = set()
        self.fixed: set[str] = set()
        self.rebound: set[str] = set()
        math = False
        words: set[str] = set()
        for node in nodes:
            kind = type(node)
            if kind in _SAY_NOTHING:
                continue
            if isinstance(node, ast.Name):
                words.add(node.id)
                if not isinstance(node.ctx, ast.Load):
                    times[node.id] += 1
            elif isinstance(node, ast.Attribute):
                words.add(node.attr)
                if not isinstance(node.ctx, ast.Load):
                    stored.add(node.attr)
            elif isinstance(node, ast.FunctionDef):
                words.add(node.name)
                times[node.name] += 1
                if not node.decorator_list:
                    functions.add(node.name)
            elif isinstance(node, ast.ClassDef):
                times[node.name] += 1
                classes[node.name] = node
                for member in node.body:
                    if isinstance(member, ast.FunctionDef):
                        self.fixed.add(member.name)
                        times[member.name] -= 1  # not a name that is found by itself
                        if not member.decorator_list:
                            methods.add(member.name)
                        else:
                            stored.add(member.name)
                    elif isinstance(member, ast.Expr | ast.Pass):
                        continue
                    else:
                        named = {n.id for n in walk(member) if isinstance(n, ast.Name)}
                        self.fixed |= named
                        stored |= named
            elif isinstance(node, ast.arg):
                times[node.arg] += 1
            elif isinstance(node, ast.alias):
                times[node.asname or node.name.partition(".")[0]] += 1
                math = math or (node.name == "math" and not node.asname)
            elif isinstance(node, ast.Global):
                self.rebound.update(node.names)
            elif isinstance(node, ast.AsyncFunctionDef | ast.Nonlocal):
                return False
            elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler):
                times[node.name or ""] += 1
            elif isinstance(node, ast.MatchMapping):
                times[node.rest or ""] += 1
        if not _ODD.isdisjoint(words):
            return False
        if not all(_is_usual(found, classes.keys()) for found in classes.values()):
            return False
        once = {name for name, count in times.items() if count == 1 and not hasattr(builtins, name)}
        plain = {name for name, found in classes.items() if not found.decorator_list}
        self.functions = (functions | plain) & once
        self.methods = methods - stored
        self.modules = {"math"} & once if math else set()
        return True

    def aims_of(self, statement: ast.stmt) -> tuple[Aim, ...] | None:
        """What this statement may change; None if that can be any object."""
        found: list[Aim | None] = []
        parts: list[ast.expr | None] = []
        bound: set[str] = set()
        match statement:
            case ast.If(test=test) | ast.While(test=test):
                parts = [test]
            case ast.Assert(test=test, msg=message):
                parts = [test, message]
            case ast.Return(value=value) | ast.Expr(value=ast.expr() as value):
                parts = [value]
            case ast.For(target=target, iter=value):
                self._stored(target, found, bound, parts)
                parts.append(value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._stored(target, found, bound, parts)
                parts.append(value)
            case ast.AugAssign(target=target, value=value):
                self._stored(target, found, set(), parts)
                found.append(_aim(target, "="))
                parts.append(value)
            case _:
                return None
        for part in parts:
            if part is not None:
                self._called(part, found)
        aims: list[Aim] = []
        for aim in found:
            if (
                aim is None
                or aim.name in bound | self.rebound
                or not self.fixed.isdisjoint(aim.path)
            ):
                return None
            aims.append(aim)
        # What one of them changes may be what leads to another, unless it is `x.y += 1`.
        several = len({(aim.name, aim.path) for aim in aims}) > 1
        if several and not (isinstance(statement, ast.AugAssign) and len(aims) == 2):
            return None
        return tuple({(aim.name, aim.path, aim.how, aim.own): aim for aim in aims}.values())

    def _stored(
        self,
        target: ast.expr,
        found: list[Aim | None],
        bound: set[str],
        parts: list[ast.expr | None],
    ) -> None:
        """Adds what is changed by an assignment, names that it binds, and what it evaluates."""
        if isinstance(target, ast.Name):
            bound.add(target.id)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._stored(part, found, bound, parts)
        elif isinstance(target, ast.Subscript):
            found.append(_aim(target.value, "["))
            parts += (target.slice, target.value)
        elif isinstance(target, ast.Attribute):
            special = target.attr in self.fixed  # perhaps a property
            found.append(None if special else _aim(target.value, f".{target.attr}"))
            parts.append(target.value)
        else:
            found.append(None)

    def _called(self, value: ast.expr, found: list[Aim | None]) -> None:
        """Adds what is changed by the calls in an expression."""
        inside = of_method = False
        for node in walk(value):
            kind = type(node)
            if kind not in _PARTS or kind is ast.NamedExpr:
                found.append(None)
            elif isinstance(node, ast.keyword):
                # What is called there may be a function of C.
                if node.arg == "key":
                    name = node.value.id if isinstance(node.value, ast.Name) else ""
                    if not self._is_known(name):
                        found.append(None)
                elif node.arg == "file":
                    found.append(None)
            elif kind is ast.comprehension:
                inside = True
            elif isinstance(node, ast.Call):
                of_method = of_method or isinstance(node.func, ast.Attribute)
                self._call(node, found)
        if inside and of_method:
            found.append(None)  # a name in it may be the comprehension's own

    def _is_known(self, name: str) -> bool:
        """Whether this is a function or class that by itself changes no object."""
        return name in self.functions or (name in _READING and name not in self.bound)

    def _call(self, call: ast.Call, found: list[Aim | None]) -> None:
        function = call.func
        if isinstance(function, ast.Name):
            if not self._is_known(function.id):
                found.append(None)
        elif not isinstance(function, ast.Attribute):
            found.append(None)
        elif isinstance(function.value, ast.Constant):
            if function.attr not in CHANGING:
                found.append(None)
        elif isinstance(function.value, ast.Name) and function.value.id in self.modules:
            return
        elif function.attr not in CHANGING and function.attr not in self.methods:
            found.append(None)
        else:
            found.append(_aim(function.value, function.attr, function.attr in self.methods))


def _aim(value: ast.expr, how: str, own: bool = False) -> Aim | None:
    """The aim at this object; None if it is not known where it is found."""
    path = _path(value)
    return None if path is None else Aim(path[0], path[1], how, own)


def _is_usual(found: ast.ClassDef, own: Collection[str]) -> bool:
    """Whether objects of this class are made, and have attributes, as by default."""
    for base in found.bases:
        name = base.id if isinstance(base, ast.Name) else ""
        kind = getattr(builtins, name, None)
        error = isinstance(kind, type) and issubclass(kind, BaseException)
        if name not in own and not error and name != "object":
            return False
    decorated = all(isinstance(d, ast.Name) and d.id == "dataclass" for d in found.decorator_list)
    return decorated and not found.keywords


def _path(value: ast.expr) -> tuple[str, tuple[str, ...]] | None:
    """A name and the way from there, for `name`, `name.attribute`, `name[...]` and so on."""
    steps: list[str] = []
    while not isinstance(value, ast.Name):
        if isinstance(value, ast.Attribute):
            steps.append(value.attr)
        elif isinstance(value, ast.Subscript):
            steps.append(ITEM)
        else:
            return None
        value = value.value
    return value.id, tuple(reversed(steps))
