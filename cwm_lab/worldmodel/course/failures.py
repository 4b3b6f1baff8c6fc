"""What Python says of operations that fail.

That an operation fails is asked, or known from the kinds of its operands; how Python then words it
nobody needs to guess. Python itself says it, of values of the same kinds.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Generator, Sequence
from typing import Any

from cwm_lab.worldmodel.course.collection import VIEWS, items_in
from cwm_lab.worldmodel.course.operands import Display, Operand, plain
from cwm_lab.worldmodel.course.operations import is_text, number_of, text_in
from cwm_lab.worldmodel.course.protocols import Protocols
from cwm_lab.worldmodel.values import MAX_TEXT, Atom, Form, Text
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS

_WORDED = (TypeError, ValueError, ZeroDivisionError, KeyError, IndexError)
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "&": operator.and_,
    "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda item, within: item in within, "not in": lambda item, within: item not in within,
}  # fmt: skip
_IN_PLACE: dict[str, Callable[..., Any]] = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv,
    "//": operator.ifloordiv, "%": operator.imod, "**": operator.ipow, "&": operator.iand,
    "|": operator.ior, "^": operator.ixor, "<<": operator.ilshift, ">>": operator.irshift,
}  # fmt: skip
_UNARY: dict[str, Callable[..., Any]] = {
    "-": operator.neg, "+": operator.pos, "~": operator.invert,
}  # fmt: skip
_SINGLE = {("None",): None, ("True",): True, ("False",): False}
_CALLED = frozenset(
    "abs bin chr dict divmod enumerate float hex int iter len list max min ord range reversed "
    "round set sorted sum tuple zip".split()
)
_SAYS_NOTHING = ("__init__", "__str__", "__repr__", "__eq__", "__hash__", "__len__", "__bool__")
"""Methods of a class that no operator of its objects calls."""
_MOST = 10**6


class _Unknown(Exception):
    """A value is not known."""


class Failures(Protocols):
    """How operations fail."""

    def _unbound(self, name: str, kind: str) -> Form:
        """The error of a name that is not bound. kind: in which way."""
        statement = self.prompt.statement
        if name in statement.free:
            said = f"cannot access free variable '{name}' where it is not associated with a value"
            return Form("NameError", (Text(f"{said} in enclosing scope"),))
        if kind == "<unbound-local>" and not statement.in_class:
            said = f"cannot access local variable '{name}' where it is not associated with a value"
            return Form("UnboundLocalError", (Text(said),))
        return Form("NameError", (Text(f"name '{name}' is not defined"),))

    def _operation_fails(
        self, symbol: str, operands: Sequence[Operand], *, grows: bool = False
    ) -> Form | None:
        """The error of an operation, if the kinds of its operands make it fail; None if they do
        not. grows: of an augmented assignment."""
        acts = _UNARY if len(operands) == 1 else _IN_PLACE if grows else _OPERATIONS
        if symbol not in acts:
            return None
        if symbol == "%" and is_text(plain(operands[0])):
            return self._fails(_OPERATIONS["%"], lambda: [*map(self._value, operands)])
        whole = symbol in ("in", "not in")
        of = self._value if whole and is_text(plain(operands[0])) else self._sample
        return self._fails(acts[symbol], lambda: [*map(of, operands)])

    def _call_fails(self, callee: Operand, method: str, args: Sequence[Operand]) -> Form | None:
        """The same of a call of a builtin function, or a method of a builtin type."""
        name = (plain(callee) or ("",))[0]
        if not method and name not in _CALLED:
            return None

        def values() -> list[Any]:
            return [self._value(callee) if method else None, *map(self._value, args)]

        def act(owner: Any, *given: Any) -> Any:
            function = getattr(owner, method, None) if method else getattr(builtins, name)
            return function(*given) if callable(function) else None

        return self._fails(act, values)

    def _reading_fails(self, owner: Operand, key: Operand) -> Form | None:
        """The same of a subscript."""
        return self._fails(operator.getitem, lambda: [self._value(owner), self._value(key)])

    def _fails(self, act: Callable[..., Any], operands: Callable[[], Sequence[Any]]) -> Form | None:
        try:
            act(*operands())
        except _Unknown:
            return None
        except _WORDED as error:
            args = [Text(arg) if isinstance(arg, str) else Atom(repr(arg)) for arg in error.args]
            told = all(
                type(arg) in (str, int, float) and len(str(arg)) <= MAX_TEXT for arg in error.args
            )
            return Form(type(error).__name__, tuple(args)) if told else None
        except Exception:  # noqa: BLE001 - of another kind: the network tells it
            return None
        return None

    def _sample(self, value: Operand) -> Any:
        """A value of the same kind; a number has the same sign."""
        cls, kind = self._class_of(value), self._kind(value)
        if cls is not None:
            if any(name.startswith("__") and name not in _SAYS_NOTHING for name in cls.methods):
                raise _Unknown
            return type(cls.name, (), {})()
        number = number_of(plain(value))
        if number is not None and kind in ("int", "float"):
            sign = (float(number) > 0) - (float(number) < 0)
            return sign if kind == "int" else float(sign)
        if kind:
            return (value == ("True",)) if kind == "bool" else getattr(builtins, kind)()
        return self._other(value)

    def _other(self, value: Operand) -> Any:
        """A value of the same kind as one that is no literal and holds nothing."""
        tokens, cell = plain(value) or ("",), self._cell(value)
        if tokens in _SINGLE:
            return _SINGLE[tokens]
        if isinstance(value, Display) and value.items is None:
            return _nothing()
        if cell is not None and cell.kind in ("fn", "cls", "gen"):
            samples: dict[str, Any] = {"fn": lambda: None, "cls": object, "gen": _nothing()}
            return samples[cell.kind]
        if tokens[0] == "range" and "(" in tokens:
            edges = [int("".join(edge)) for edge in items_in(tokens[1:])]
            if max(map(abs, edges), default=0) > _MOST:
                raise _Unknown
            return range(*edges)
        if tokens[0] in VIEWS:
            return getattr(dict[str, int](), tokens[0].strip("<>"))()
        if tokens[0] in EXCEPTIONS and "(" in tokens:
            return getattr(builtins, tokens[0])()
        raise _Unknown

    def _value(self, value: Operand, depth: int = 0) -> Any:
        """A value as Python has it. Raises _Unknown for what is too large, or not known."""
        tokens, kind = plain(value) or ("",), self._kind(value)
        text, number = text_in(value), number_of(tokens)
        if text is not None:
            return text
        if number is not None:
            found: Any = float(number) if kind == "float" else int(number)
            if abs(found) > _MOST:
                raise _Unknown
            return found
        if self._class_of(value) is not None or depth > 2:
            raise _Unknown
        members = self._members(value)
        if members is None or kind not in ("list", "tuple", "dict", "set"):
            return self._other(value)
        if members.items is None:
            raise _Unknown
        items = [self._value(item, depth + 1) for item in members.items]
        if kind == "dict":
            values = [self._value(item, depth + 1) for item in members.values]
            return dict(zip(items, values, strict=True))
        return getattr(builtins, kind)(items)


def _nothing() -> Generator[None]:
    yield from ()
