"""A value as a bounded text, without ever running the program's own code and without addresses.

Everything is read structurally: the base class's own methods (`list.__iter__`, `dict.items`, ...)
are called on the value, never a `__repr__`, property or `__getattr__` of the program, so that
looking changes nothing, cannot raise and cannot hang. The rules are written down in docs/steps.md.
"""

from __future__ import annotations

import re
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Any, Final

from cwm_lab.recorder import arrays

MAX_ITEMS: Final = 100
"""Items shown of one container, attributes of one object."""
MAX_STRING: Final = 300
"""Characters shown of one string."""
MAX_TEXT: Final = 2000
"""Characters after which a value's further items are left out."""
MAX_DEPTH: Final = 8
"""Levels of nesting that are shown."""
MAX_INT_BITS: Final = 1100
"""Larger integers are described, because writing them out takes quadratic time."""

STABLE_TYPES: Final[frozenset[type]] = frozenset(
    (
        range,
        property,
        staticmethod,
        classmethod,
        types.EllipsisType,
        types.NotImplementedType,
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodType,
        types.ModuleType,
    )
)
"""What never changes, or whose changes are not shown."""
_FIXED: Final = STABLE_TYPES | {
    int,
    float,
    complex,
    bool,
    str,
    bytes,
    type(None),
    tuple,
    frozenset,
    slice,
    type,
}
_FIXED_BASES: Final = (int, float, str, bytes, tuple, frozenset, type, BaseException, Enum)
_ARGS: Final = BaseException.__dict__["args"].__get__
_NAME: Final = type.__dict__["__name__"].__get__
_BASIC_SIZE: Final = type.__dict__["__basicsize__"].__get__
_DICT_OFFSET: Final = type.__dict__["__dictoffset__"].__get__
_PLAIN_SIZE: Final = _BASIC_SIZE(type("Plain", (), {}))
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]{6,16}\b")
_REPR_IS_SAFE: Final = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("re", "Match"),
    ("re", "Pattern"),
    ("pathlib", "PosixPath"),
    ("pathlib", "PurePosixPath"),
    ("uuid", "UUID"),
}
"""Types of the standard library whose own `repr` holds no object of the program and no address."""


def scrub(text: str) -> str:
    """`text` with memory addresses (`... at 0x7f3a5c`) made the same on every run."""
    return _ADDRESS.sub(" at 0x...", text) if " at 0x" in text else text


def type_name(value: object) -> str:
    """The plain name of a value's class."""
    return str(_NAME(type(value)))


def has_identity(value: object) -> bool:
    """Whether it matters which object this is: it can change while a name is bound to it."""
    kind = type(value)
    if kind in _FIXED:
        return False
    return not (issubclass(kind, _FIXED_BASES) or arrays.is_scalar(kind))


def display(value: object, *, hidden: Mapping[int, str] | None = None) -> str:
    """`value` as a text of about `MAX_TEXT` characters at most.

    hidden: texts for particular objects, by `id` (the recorder's own stand-ins, such as `input`).
    """
    simple = SCALARS.get(type(value))
    if simple is not None:
        return simple(value)
    return Display(hidden or {}).show(value, 0)


def _show_int(value: Any) -> str:
    bits = value.bit_length()
    return f"{value}" if bits <= MAX_INT_BITS else f"<int of {bits} bits>"


def _show_str(value: Any) -> str:
    if len(value) <= MAX_STRING:
        text = str.__repr__(value)
        return scrub(text) if " at 0x" in text else text
    return f"{scrub(repr(str.__getitem__(value, slice(MAX_STRING))))}...({len(value)} chars)"


def _show_bytes(value: Any, base: Any = bytes) -> str:
    """base: `bytes` or `bytearray`, whose own methods read the start of it and no more."""
    text, size = repr(bytes(base.__getitem__(value, slice(MAX_STRING)))), base.__len__(value)
    return text if size <= MAX_STRING else f"{text}...({size} bytes)"


SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    int: _show_int,
    float: float.__repr__,
    complex: complex.__repr__,
    bool: bool.__repr__,
    str: _show_str,
    bytes: _show_bytes,
    type(None): lambda _: "None",
}
"""Immutable types whose values are told apart by `is` alone, and their texts."""
_SIMPLE: Final[dict[type, Callable[[Any], str]]] = {
    **SCALARS,
    types.EllipsisType: lambda _: "Ellipsis",
    types.NotImplementedType: lambda _: "NotImplemented",
    range: range.__repr__,
    types.FunctionType: lambda v: f"<function {v.__name__}>",
    types.ModuleType: lambda v: f"<module {types.ModuleType.__getattribute__(v, '__name__')}>",
    types.GeneratorType: lambda v: f"<generator {v.__name__}>",
    types.CoroutineType: lambda v: f"<coroutine {v.__name__}>",
    types.AsyncGeneratorType: lambda v: f"<async_generator {v.__name__}>",
}


def is_simple(kind: type) -> bool:
    """Whether a value of this type has a text that nothing around it can shorten."""
    return kind in _SIMPLE or kind is type


_DICT_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


class Display:
    """One walk through one value: remembers what it is inside of and how much it wrote."""

    def __init__(self, hidden: Mapping[int, str]) -> None:
        self._hidden = hidden
        self.inside: set[int] = set()
        self.left = MAX_TEXT

    def show(self, value: Any, depth: int) -> str:
        kind = type(value)
        simple = _SIMPLE.get(kind)
        if simple is not None:
            text = simple(value)
            self.left -= len(text) + 2
            return text
        if issubclass(kind, type):
            return f"<class {type.__getattribute__(value, '__name__')}>"
        if id(value) in self.inside or depth >= MAX_DEPTH:
            text = _shape(value).format("...")
            self.left -= len(text) + 2
            return text
        # Its brackets count too: nothing else bounds lists of lists of empty lists.
        self.left -= 2
        self.inside.add(id(value))
        try:
            return self._compound(value, kind, depth)
        except RuntimeError:
            # Another thread of the program changed the container while it was read.
            return f"<{type_name(value)}>"
        finally:
            self.inside.discard(id(value))

    def _compound(self, value: Any, kind: type, depth: int) -> str:
        shape = _shape(value)
        if kind is tuple and len(value) == 1:
            return f"({self.show(value[0], depth + 1)},)"
        if issubclass(kind, Enum):
            member = object.__getattribute__(value, "__dict__")
            inner, name = self.show(member.get("_value_"), depth + 1), member.get("_name_")
            return (
                f"<{_NAME(kind)}: {inner}>" if name is None else f"<{_NAME(kind)}.{name}: {inner}>"
            )
        if issubclass(kind, tuple) and kind is not tuple:
            return self._tuple_subclass(value, kind, depth)
        if issubclass(kind, list):
            return shape.format(self.items(list.__iter__(value), list.__len__(value), depth))
        if issubclass(kind, tuple):
            return shape.format(self.items(tuple.__iter__(value), len(value), depth))
        if issubclass(kind, dict):
            return self._dict(value, kind, depth, shape)
        if issubclass(kind, set | frozenset):
            return self._set(value, kind, depth, shape)
        if issubclass(kind, BaseException):
            args = _ARGS(value)
            return shape.format(self.items(args, len(args), depth))
        if kind is deque:
            tail = "" if value.maxlen is None else f", maxlen={value.maxlen}"
            return f"deque([{self.items(iter(value), len(value), depth)}]{tail})"
        if issubclass(kind, int | float | complex | str | bytes | bytearray):
            return self._builtin_subclass(value, kind)
        return self._other(value, kind, depth, shape)

    def items(self, values: Iterable[Any], size: int, depth: int) -> str:
        parts = []
        for value in islice(values, MAX_ITEMS):
            if self.left <= 0:
                break
            parts.append(self.show(value, depth + 1))
        return self._join(parts, size)

    def pairs(self, pairs: Iterable[tuple[Any, Any]], size: int, depth: int) -> str:
        parts = []
        for key, value in islice(pairs, MAX_ITEMS):
            if self.left <= 0:
                break
            parts.append(f"{self.show(key, depth + 1)}: {self.show(value, depth + 1)}")
        return self._join(parts, size)

    def attributes(self, attributes: Mapping[str, Any], depth: int) -> str:
        parts = []
        for name, value in islice(attributes.items(), MAX_ITEMS):
            if self.left <= 0:
                break
            self.left -= len(name)
            parts.append(f"{name}={self.show(value, depth + 1)}")
        return self._join(parts, len(attributes))

    def _join(self, parts: list[str], size: int) -> str:
        if len(parts) < size:
            parts.append(f"...({size - len(parts)} more)")
        return ", ".join(parts)

    def _tuple_subclass(self, value: Any, kind: type, depth: int) -> str:
        fields = type.__getattribute__(kind, "__dict__").get("_fields")
        if isinstance(fields, tuple) and len(fields) == tuple.__len__(value):
            pairs = dict(zip(map(str, fields), tuple.__iter__(value), strict=True))
            return f"{_NAME(kind)}({self.attributes(pairs, depth)})"
        inner = self.items(tuple.__iter__(value), tuple.__len__(value), depth)
        return f"{_NAME(kind)}(({inner}))"

    def _dict(self, value: Any, kind: type, depth: int, shape: str) -> str:
        size = dict.__len__(value)
        pairs: Iterable[tuple[Any, Any]] = dict.items(value)
        if kind is Counter and all(type(n) is int for n in dict.values(value)):
            pairs = sorted(pairs, key=lambda pair: -pair[1])
        if kind is defaultdict:
            factory = self.show(value.default_factory, depth + 1)
            return f"defaultdict({factory}, {{{self.pairs(pairs, size, depth)}}})"
        if size == 0 and kind in (Counter, OrderedDict):
            return f"{kind.__name__}()"
        return shape.format(self.pairs(pairs, size, depth))

    def _set(self, value: Any, kind: type, depth: int, shape: str) -> str:
        base = set if issubclass(kind, set) else frozenset
        items = list(base.__iter__(value))
        if not items:
            return f"{_NAME(kind)}()"
        known = _ordered(items)
        if known is None:
            # Not numbers or strings alone: their texts give an order that is the same on each run.
            texts = sorted(self.show(item, depth + 1) for item in items[:MAX_ITEMS])
            return shape.format(self._join(texts, len(items)))
        return shape.format(self.items(known, len(items), depth))

    def _builtin_subclass(self, value: Any, kind: type) -> str:
        if issubclass(kind, str):
            inner = _show_str(str.__str__(value))
        elif issubclass(kind, bytes | bytearray):
            inner = _show_bytes(value, bytes if issubclass(kind, bytes) else bytearray)
        elif issubclass(kind, int):
            inner = _show_int(int.__int__(value))
        elif issubclass(kind, float):
            inner = float.__repr__(value)
        else:
            inner = complex.__repr__(value)
        self.left -= len(inner)
        return f"{_NAME(kind)}({inner})"

    def _other(self, value: Any, kind: type, depth: int, shape: str) -> str:
        if kind in _DICT_VIEWS:
            return f"{kind.__name__}([{self.items(iter(value), len(value), depth)}])"
        if kind is slice:
            return f"slice({self.items((value.start, value.stop, value.step), 3, depth)})"
        if kind in (types.BuiltinFunctionType, types.BuiltinMethodType):
            own = value.__self__ is None or type(value.__self__) is types.ModuleType
            return f"<built-in {'function' if own else 'method'} {value.__name__}>"
        if kind is types.MethodType:
            if id(value) in self._hidden:
                return self._hidden[id(value)]
            return f"<bound method {_qualified(value.__func__)}>"
        if kind is types.SimpleNamespace:
            return f"namespace({self.attributes(vars(value), depth)})"
        module = type.__getattribute__(kind, "__module__")
        if (module, _NAME(kind)) in _REPR_IS_SAFE:
            return scrub(repr(value))
        array = arrays.show(value, lambda part: self.show(part, depth + 1))
        if array is not None:
            return array
        if is_shown_by_attributes(kind):
            return shape.format(self.attributes(attributes_of(value), depth))
        return f"<{type.__getattribute__(kind, '__name__')}>"


def in_order(values: Iterable[Any], show: Callable[[Any], str]) -> list[Any]:
    """The items of a set, in the order in which they are shown."""
    items = list(values)
    known = _ordered(items)
    return sorted(items[:MAX_ITEMS], key=show) if known is None else known


def is_shown_by_attributes(kind: type) -> bool:
    """Whether objects of this type are the program's own, and so shown with their attributes."""
    own = type.__getattribute__(kind, "__module__") == "__main__"
    return own or "__dataclass_fields__" in type.__getattribute__(kind, "__dict__")


def own_dict(value: object) -> dict[Any, Any] | None:
    """An object's `__dict__`; None if its class has slots only."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if isinstance(found, dict) else None


def has_slots(kind: type) -> bool:
    """Whether objects of this class may have attributes outside of their `__dict__`."""
    return bool(_BASIC_SIZE(kind) != _PLAIN_SIZE or not _DICT_OFFSET(kind))


def attributes_of(value: object) -> dict[str, Any]:
    """An object's own attributes, from its `__dict__` and its slots, in order of first binding."""
    kind = type(value)
    if not has_slots(kind):
        return named(own_dict(value))
    found: dict[str, Any] = {}
    for base in reversed(type.__getattribute__(kind, "__mro__")):
        for name, member in type.__getattribute__(base, "__dict__").items():
            if type(member) is types.MemberDescriptorType and not name.startswith("__"):
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue  # a slot that is not bound yet
    found.update(named(own_dict(value)))
    return found


_STRINGS: Final = frozenset((str,))


def named(attributes: dict[Any, Any] | None) -> dict[str, Any]:
    """A copy, without what the program put there that is no attribute's name."""
    found = attributes.copy() if attributes else {}
    if _STRINGS.issuperset(map(type, found)):
        return found
    return {name: value for name, value in found.items() if issubclass(type(name), str)}


def _qualified(function: object) -> str:
    """function: of a bound method; the program may have made one of any object."""
    plain = type(function) in (types.FunctionType, types.BuiltinFunctionType)
    name = function.__qualname__ if plain else type_name(function)  # type: ignore[attr-defined]
    return str(name).replace("<locals>.", "")


def _ordered(items: list[Any]) -> list[Any] | None:
    """Numbers, and behind them strings, in order; None where there is anything else."""
    numbers: list[Any] = []
    strings: list[Any] = []
    for item in items:
        kind = type(item)
        if kind is str:
            strings.append(item)
        elif kind is int or kind is float or kind is bool:
            numbers.append(item)
        else:
            return None
    numbers.sort()
    strings.sort()
    return numbers + strings


def _shape(value: Any) -> str:
    """The outside of a value's text, with one place for its inside: ``[{}]``, ``Dog({})``."""
    kind = type(value)
    if kind is list:
        return "[{}]"
    if kind is tuple:
        return "({})"
    if kind in (dict, set):
        return "{{{}}}"
    shape = named_shape(type.__getattribute__(kind, "__name__"))
    if issubclass(kind, list):
        return shape.replace("({})", "([{}])")
    if issubclass(kind, dict | set | frozenset):
        return shape.replace("({})", "({{{}}})")
    return shape


def named_shape(name: str) -> str:
    """The same for what shows the name of its type."""
    if "{" in name or "}" in name:  # `type("{", (), {})`
        name = name.replace("{", "{{").replace("}", "}}")
    return f"{name}({{}})"
