"""Python values as learners type them and as traces write them: read, compared, told apart.

Nothing is ever evaluated: a text is parsed to a syntax tree, and only literals, signs, names of
special floats and constructor calls such as ``Dog(name='Rex')`` become values.
"""

from __future__ import annotations

import ast
import builtins
import math
import warnings
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

MAX_ANSWER = 4_000
"""Characters of an answer that are read; recorded values are at most about half of that."""
_MAX_ALIGNED = 200
"""Items up to which two sequences are aligned, which takes quadratic time."""
_MARKS = str.maketrans("“”„‘’‚−–\u00a0", "\"\"\"'''-- ")
"""Quotes, minus signs and blanks that keyboards and word processors put for Python's own."""
_SPECIAL = {"nan": math.nan, "inf": math.inf}
_NUMBERS = ("int", "float", "bool", "complex")
_SHOWN = frozenset({"bytearray", "frozenset", "range", "set", "slice"})
_COMPUTES = frozenset(name for name in dir(builtins) if name.islower()) - _SHOWN
"""Builtins that a trace never writes: calls of these are no values, but work to be done."""
_KINDS: dict[type, str] = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}


@dataclass(frozen=True)
class Value:
    """A value with its type.

    kind: type name: int, str, list, ..., or the class of ``Dog(...)``.
    key: equal for two values exactly if they are the same value of the same type: ``1``, ``1.0``
        and ``True`` differ, the order of sets and dicts does not count, nan is nan.
    parts: items of a container; of a dict the values, with `names` as their keys' texts.
    names: attributes of an object, or a dict's keys as texts.
    """

    kind: str
    key: Hashable
    parts: tuple[Value, ...] = ()
    names: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and (self.kind, self.key) == (other.kind, other.key)

    def __hash__(self) -> int:
        return hash((self.kind, self.key))


class _NotAValue(Exception):
    """The text is an expression, but not a value written out."""


def read_value(text: str) -> Value | None:
    """The value that a text writes out, or None if it does not write one. Never raises."""
    tree = _parse(text)
    if tree is None:
        return None
    try:
        return _value(tree)
    except (_NotAValue, RecursionError):
        return None


def read_answer(text: str) -> Value | None:
    """As `read_value`, for typed text: typographic quotes and minus signs are taken for Python's,
    if the text cannot be read as it stands."""
    value = read_value(text)
    return read_value(text.translate(_MARKS)) if value is None else value


def is_expression(text: str) -> bool:
    """Whether a text is a Python expression, a value or not."""
    return _parse(text) is not None


def of_python(value: object) -> Value | None:
    """The Value of a plain Python object (numbers, strings, None, lists, tuples, dicts, sets)."""
    return read_value(repr(value))


def _parse(text: str) -> ast.expr | None:
    text = text.strip()
    if not text or len(text) > MAX_ANSWER or "\0" in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # ValueError: surrogates; the others: too many digits, nested too deeply.
        return None


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value):
            return _scalar(value)
        case ast.Name(name) if name in _SPECIAL:
            return _scalar(_SPECIAL[name])
        case ast.UnaryOp(ast.USub() | ast.UAdd() as sign, operand):
            return _signed(sign, operand)
        case ast.BinOp(left, ast.Add() | ast.Sub() as operator, ast.Constant(complex() as imag)):
            return _complex(left, imag if isinstance(operator, ast.Add) else -imag)
        case ast.List(items) | ast.Tuple(items) | ast.Set(items):
            return _container(_KINDS[type(node)], [_value(item) for item in items])
        case ast.Dict(keys, values):
            return _dict(keys, values)
        case ast.Call(ast.Name(name), arguments, keywords):
            return _call(name, arguments, keywords)
    raise _NotAValue


def _scalar(value: Hashable) -> Value:
    if isinstance(value, float):
        # `+ 0.0` makes 0.0 of -0.0; nan is given a key that equals itself.
        return Value("float", "nan" if math.isnan(value) else value + 0.0)
    if isinstance(value, complex):
        return Value("complex", repr(value + 0))
    return Value(type(value).__name__, value)


def _signed(sign: ast.unaryop, operand: ast.expr) -> Value:
    match operand:
        case ast.Constant(int() | float() | complex() as number) if not isinstance(number, bool):
            return _scalar(-number if isinstance(sign, ast.USub) else number)
        case ast.Name(name) if name in _SPECIAL:
            return _scalar(-_SPECIAL[name] if isinstance(sign, ast.USub) else _SPECIAL[name])
    raise _NotAValue


def _complex(left: ast.expr, imag: complex) -> Value:
    real = _value(left)
    if real.kind in ("int", "float") and isinstance(real.key, int | float):
        try:
            return _scalar(real.key + imag)
        except OverflowError:
            raise _NotAValue from None
    raise _NotAValue


def _container(kind: str, items: list[Value]) -> Value:
    if kind in ("set", "frozenset"):
        items = list(dict.fromkeys(items))
        return Value(kind, frozenset(items), tuple(items))
    return Value(kind, tuple(items), tuple(items))


def _dict(keys: Sequence[ast.expr | None], values: Sequence[ast.expr]) -> Value:
    pairs: dict[Value, tuple[str, Value]] = {}
    for key, value in zip(keys, values, strict=True):
        if key is None:  # `**other`
            raise _NotAValue
        pairs[_value(key)] = (ast.unparse(key), _value(value))
    names = tuple(text for text, _ in pairs.values())
    parts = tuple(value for _, value in pairs.values())
    return Value("dict", frozenset(zip(pairs, parts, strict=True)), parts, names)


def _call(name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Value:
    items = [_value(argument) for argument in arguments]
    if name in ("set", "frozenset", "list", "tuple", "dict", "str") and not items and not keywords:
        if name == "dict":
            return Value("dict", frozenset())
        return Value("str", "") if name == "str" else _container(name, [])
    if name == "frozenset" and len(items) == 1 and items[0].kind in ("set", "list", "tuple"):
        return _container(name, list(items[0].parts))
    if name == "float" and len(items) == 1 and items[0].key in ("nan", "inf", "-inf"):
        return _scalar(float(str(items[0].key)))
    if name == "range" and 1 <= len(items) <= 3 and all(item.kind == "int" for item in items):
        try:
            return Value("range", range(*(int(str(item.key)) for item in items)))
        except ValueError as error:  # a step of 0; too many digits
            raise _NotAValue from error
    if name in _COMPUTES:
        raise _NotAValue
    named: dict[str, Value] = {}
    for keyword in keywords:
        if keyword.arg is None:
            raise _NotAValue
        named[keyword.arg] = _value(keyword.value)
    return Value(
        name,
        (tuple(items), frozenset(named.items())),
        (*items, *named.values()),
        tuple(named),
    )


def looks_equal(left: Value, right: Value) -> bool:
    """Whether two values differ in their types alone: 1 and 1.0, [1] and (1,), "3" and 3."""
    if left == right:
        return True
    if left.kind in _NUMBERS and right.kind in _NUMBERS:
        return left.key == right.key
    if "str" in (left.kind, right.kind) and left.kind != right.kind:
        text, other = (left, right) if left.kind == "str" else (right, left)
        return read_value(str(text.key)) == other
    sequences = ("list", "tuple", "set", "frozenset")
    if left.kind in sequences and right.kind in sequences and left.kind != right.kind:
        if "set" in left.kind + right.kind:
            return set(left.parts) == set(right.parts)
        return left.parts == right.parts
    return False


def is_near(left: Value, right: Value) -> bool:
    """Whether two different floats are so near that one looks like the other, rounded."""
    if left.kind != "float" or right.kind not in ("float", "int"):
        return False
    a, b = left.key, right.key
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return False
    try:
        return math.isclose(a, b, rel_tol=0.005, abs_tol=1e-9)
    except OverflowError:
        return False


def share_right(given: Value, truth: Value) -> float:
    """How much of a container's content is right, 0..1; 0 for values that have no parts."""
    if given.kind != truth.kind or not truth.parts:
        return 0.0
    if truth.kind in ("set", "frozenset"):
        left, right = set(given.parts), set(truth.parts)
        return len(left & right) / len(left | right)
    if truth.names:
        left_pairs = set(zip(given.names, given.parts, strict=False))
        right_pairs = set(zip(truth.names, truth.parts, strict=False))
        return len(left_pairs & right_pairs) / max(len(left_pairs | right_pairs), 1)
    longest = max(len(given.parts), len(truth.parts))
    return common(given.parts, truth.parts) / longest


def same_items(given: Value, truth: Value) -> bool:
    """Whether two sequences hold the same items in different orders."""
    if given.kind != truth.kind or truth.names or len(truth.parts) < 2:
        return False
    return Counter(given.parts) == Counter(truth.parts)


def common(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence; beyond 200 items, of equal positions."""
    if max(len(left), len(right)) > _MAX_ALIGNED:
        return sum(a == b for a, b in zip(left, right, strict=False))
    numbers: dict[Hashable, int] = {}
    first = [numbers.setdefault(item, len(numbers)) for item in left]
    second = [numbers.setdefault(item, len(numbers)) for item in right]
    row = [0] * (len(second) + 1)
    for a in first:
        diagonal = 0
        for j, b in enumerate(second, start=1):
            above = row[j]
            row[j] = diagonal + 1 if a == b else max(above, row[j - 1])
            diagonal = above
    return row[-1]
