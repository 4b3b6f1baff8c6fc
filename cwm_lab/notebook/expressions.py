"""Expressions worked out from the texts of a recorded state, without running the program.

Only what the texts say can be known: literals, containers of them, objects by their attributes.
Nothing is called but a short list of pure functions and methods, all work is bounded, and whatever
is outside of that ends in `NotKnownError`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cwm_lab.courses.quiz import arithmetic
from cwm_lab.notebook.value_texts import NotKnownError, Record, read_value

MAX_EXPRESSION = 500
MAX_ITEMS = 10_000
"""Most items, characters or bits/8 of a value that is made."""
MAX_WORK = 20_000
"""Most nodes evaluated for one expression."""


class _Lazy(Mapping[str, Any]):
    """Names -> values, read from their texts when they are asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, name: str) -> Any:
        return read_value(self._texts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def evaluate(expression: str | ast.expr, names: Mapping[str, str]) -> Any:
    """The value of an expression in a state (names -> value texts).

    Raises NotKnownError where the texts do not tell, SyntaxError for what is no expression, and
    what Python would raise (ZeroDivisionError, IndexError, ...) where the expression is at fault.
    """
    if isinstance(expression, str):
        if len(expression) > MAX_EXPRESSION:
            raise NotKnownError(f"the expression is longer than {MAX_EXPRESSION} characters")
        try:
            expression = ast.parse(expression.strip(), mode="eval").body
        except (ValueError, MemoryError, RecursionError):
            raise NotKnownError("Python cannot read the expression") from None
    try:
        return _Evaluator(_Lazy(names)).value(expression)
    except RecursionError:
        raise NotKnownError("the expression is nested too deeply") from None


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    **arithmetic.BINARY,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    **arithmetic.COMPARE,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *(abs, all, any, bool, chr, dict, divmod, float, int, len, list, max, min, ord, range),
        *(repr, reversed, round, set, sorted, str, sum, tuple, enumerate, zip),
    )
}
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit "
        "isidentifier islower isnumeric isprintable isspace istitle isupper join lower lstrip "
        "partition removeprefix removesuffix replace rfind rindex rpartition rsplit rstrip split "
        "splitlines startswith strip swapcase title upper".split()
    ),
    list: frozenset(("copy", "count", "index")),
    tuple: frozenset(("count", "index")),
    dict: frozenset(("copy", "get", "items", "keys", "values")),
    set: frozenset(
        "copy difference intersection isdisjoint issubset issuperset symmetric_difference "
        "union".split()
    ),
    int: frozenset(("bit_length",)),
    float: frozenset(("is_integer",)),
}


class _Evaluator:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = dict[str, Any]()
        self.texts = names
        self.work = 0

    def value(self, node: ast.expr) -> Any:
        self.work += 1
        if self.work > MAX_WORK:
            raise NotKnownError("the expression takes too much work")
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotKnownError(
                f"{ast.unparse(node)[:60]} cannot be worked out from a recorded state"
            )
        return _bounded(method(node))

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        try:
            return self.texts[node.id]
        except KeyError:
            raise NotKnownError(f"there is no name {node.id} here") from None

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, str | bytes) and isinstance(node.op, ast.Mod):
            raise NotKnownError("formatting with % is not worked out")
        if isinstance(node.op, ast.Mult):
            for many, times in ((left, right), (right, left)):
                if isinstance(many, str | bytes | list | tuple) and isinstance(times, int):
                    _check_size(len(many) * times)
        if isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int):
            _check_size(left.bit_length() * max(right, 0) // 8)
        if isinstance(node.op, ast.LShift) and isinstance(right, int):
            _check_size(right // 8)
        return _BINARY[type(node.op)](left, right) if type(node.op) in _BINARY else _no(node)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.value(node.operand))

    def _boolop(self, node: ast.BoolOp) -> Any:
        stop = isinstance(node.op, ast.Or)
        value: Any = None
        for part in node.values:
            value = self.value(part)
            if bool(value) == stop:
                break
        return value

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part)
            if isinstance(op, ast.Is | ast.IsNot):
                if not any(value is None or isinstance(value, bool) for value in (left, right)):
                    raise NotKnownError("texts do not tell which objects are the same")
                held = (left is right) == isinstance(op, ast.Is)
            else:
                if isinstance(left, Record) or isinstance(right, Record):
                    raise NotKnownError("how objects of a class compare is up to the class")
                held = bool(_COMPARE[type(op)](left, right))
            if not held:
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _list(self, node: ast.List) -> list[Any]:
        return self._items(node.elts)

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._items(node.elts))

    def _set(self, node: ast.Set) -> set[Any]:
        return set(self._items(node.elts))

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                items.extend(self.value(node.value))
            else:
                items.append(self.value(node))
        return items

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(self.value(value))
            else:
                made[self.value(key)] = self.value(value)
        return made

    def _subscript(self, node: ast.Subscript) -> Any:
        value = self.value(node.value)
        if not isinstance(value, str | bytes | list | tuple | dict | range):
            return _no(node)
        return value[self.value(node.slice)]

    def _slice(self, node: ast.Slice) -> slice:
        parts = (node.lower, node.upper, node.step)
        return slice(*(None if part is None else self.value(part) for part in parts))

    def _attribute(self, node: ast.Attribute) -> Any:
        value = self.value(node.value)
        if isinstance(value, Record):
            for name, field in value.fields:
                if name == node.attr:
                    return field
        return _no(node)

    def _joinedstr(self, node: ast.JoinedStr) -> str:
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue) and part.format_spec is None:
                value = self.value(part.value)
                parts.append(repr(value) if part.conversion == ord("r") else str(value))
            else:
                return str(_no(node))
        return "".join(parts)

    def _call(self, node: ast.Call) -> Any:
        if any(k.arg is None for k in node.keywords):
            return _no(node)
        arguments = self._items(node.args)
        named = {str(k.arg): self.value(k.value) for k in node.keywords}
        for argument in arguments:
            _check_record(argument)
        if isinstance(node.func, ast.Name):
            function = _FUNCTIONS.get(node.func.id)
            if function is None or node.func.id in self.texts or "key" in named:
                return _no(node)
            return _settled(function(*arguments, **named))
        if isinstance(node.func, ast.Attribute):
            value = self.value(node.func.value)
            if node.func.attr not in _METHODS.get(type(value), ()):
                return _no(node)
            if node.func.attr == "replace" and len(arguments) >= 2:
                _check_size(len(value) * max(len(str(arguments[1])), 1))
            if node.func.attr == "join" and arguments:
                _check_size(len(value) * len(arguments[0]))
            return _settled(getattr(value, node.func.attr)(*arguments, **named))
        return _no(node)

    def _listcomp(self, node: ast.ListComp) -> list[Any]:
        return list(self._turns(node.generators, node.elt))

    def _setcomp(self, node: ast.SetComp) -> set[Any]:
        return set(self._turns(node.generators, node.elt))

    def _generatorexp(self, node: ast.GeneratorExp) -> list[Any]:
        return list(self._turns(node.generators, node.elt))

    def _turns(self, generators: list[ast.comprehension], element: ast.expr) -> Iterator[Any]:
        if not generators:
            yield self.value(element)
            return
        first, *rest = generators
        kept = self.names
        for item in self.value(first.iter):
            self.names = {**kept, **_bound(first.target, item)}
            if all(self.value(test) for test in first.ifs):
                yield from self._turns(rest, element)
        self.names = kept


def _bound(target: ast.expr, value: Any) -> dict[str, Any]:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple | ast.List):
        parts = list(value)
        if len(parts) == len(target.elts):
            bound: dict[str, Any] = {}
            for part, item in zip(target.elts, parts, strict=True):
                bound.update(_bound(part, item))
            return bound
    return dict[str, Any](_no(target))


def _settled(value: Any) -> Any:
    """Iterators as lists, so that they can be shown and used twice."""
    if isinstance(value, type({}.keys()) | type({}.values()) | type({}.items())):
        return list(value)
    if isinstance(value, reversed | enumerate | zip | type(iter([])) | type(reversed([]))):
        items = []
        for item in value:
            items.append(item)
            _check_size(len(items))
        return items
    return value


def _check_record(value: Any) -> None:
    if isinstance(value, Record):
        raise NotKnownError("what a function does with an object is up to its class")
    if isinstance(value, range):
        _check_size(len(value))


def _check_size(size: int) -> None:
    if size > MAX_ITEMS:
        raise NotKnownError("the result would be too large")


def _bounded(value: Any) -> Any:
    if isinstance(value, str | bytes | list | tuple | dict | set):
        _check_size(len(value))
    elif isinstance(value, int):
        _check_size(value.bit_length() // 8)
    return value


def _no(node: ast.expr) -> Any:
    raise NotKnownError(f"{ast.unparse(node)[:60]} cannot be worked out from a recorded state")
