"""Builtin functions of numbers, and those of `math`, that carry working steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cwm_lab.worldmodel.course.arithmetic import worked
from cwm_lab.worldmodel.course.bits import MOST, PREFIXES, digits_of, read_in_base
from cwm_lab.worldmodel.course.operands import Tokens
from cwm_lab.worldmodel.course.operations import integer_of, number_of, text_in, written
from cwm_lab.worldmodel.course.paper import following, product, quotient, root
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.vocabulary import INDICES

_BASES = {"bin": 2, "oct": 8, "hex": 16}
OF_MATH = frozenset(["floor", "ceil", "trunc", "gcd", "factorial", "sqrt", "isqrt"])
NUMERIC = frozenset([*_BASES, *OF_MATH, "int", "pow"])
_MATH = ("<module>", "(", INDICES[0], *written("math"), ")")
_DECIMAL = re.compile(r"-?\d{1,7}(\.\d+)?")
_MOST_FACTORS = 7


def numeric(callee: Tokens | None, method: str) -> str:
    """The name of a called function that may carry working steps, one of `math` or a builtin one;
    empty for others. method: the name, if it is read from the module."""
    if method:
        return method if callee == _MATH and method in OF_MATH else ""
    name = callee[0] if callee is not None and len(callee) == 1 else ""
    return name if name in NUMERIC else ""


def may_be_worked(name: str, args: Sequence[Tokens | None] | None) -> bool:
    """Whether a call of which not all is known may carry working steps."""
    return args is None or (None in args and not (name == "int" and len(args) == 1))


def calculated(name: str, args: Sequence[Tokens | None]) -> Working[Tokens] | None:
    """The working steps of a call of such a function, and its result; None if it carries none."""
    numbers = [number_of(arg) for arg in args]
    if name == "int" and len(args) == 2:
        text, base = text_in(args[0]), integer_of(args[1])
        steps = None if text is None or base is None else read_in_base(text, base)
        return None if steps is None else _spelled(steps)
    if name == "pow" and len(args) == 2:
        steps = worked("**", *numbers)
        return None if steps is None else _spelled(steps)
    if name == "pow" and len(args) == 3:
        return _power_left(*numbers)
    whole = [number for arg in args if (number := integer_of(arg)) is not None]
    if name == "gcd" and len(whole) == len(args) == 2:
        a, b = map(abs, whole)
        return _spelled(_common(a, b)) if max(a, b) < MOST else None
    if len(args) != 1 or numbers[0] is None:
        return None
    if name in _BASES:
        return _prefixed(whole[0], _BASES[name]) if whole and abs(whole[0]) < MOST else None
    if name in ("sqrt", "isqrt"):
        fits = whole and 0 <= whole[0] < MOST
        return _spelled(root(whole[0], decimals=name == "sqrt")) if fits else None
    if name == "factorial":
        fits = whole and 0 <= whole[0] <= _MOST_FACTORS
        return _spelled(_factorial(whole[0])) if fits else None
    if name in _CUT and _DECIMAL.fullmatch(numbers[0]):
        return _spelled(_cut(numbers[0], _CUT[name]))
    return None


_CUT: dict[str, Callable[[str], bool]] = {
    "int": lambda _: False, "trunc": lambda _: False, "floor": lambda sign: sign == "-",
    "ceil": lambda sign: sign != "-",
}  # fmt: skip
"""Whether the number before the point grows by one, if there are decimals."""


def _spelled(steps: Working[str]) -> Working[Tokens]:
    return tuple((yield from steps))


def _prefixed(number: int, base: int) -> Working[Tokens]:
    digits = yield from digits_of(abs(number), base)
    return written(("-" if number < 0 else "") + PREFIXES[base] + digits)


def _cut(number: str, grows: Callable[[str], bool]) -> Working[str]:
    """A number without its decimals."""
    sign, magnitude = ("-", number[1:]) if number[0] == "-" else ("", number)
    whole, _, decimals = magnitude.partition(".")
    found = int(whole)
    if decimals.strip("0") and grows(sign):
        found = yield from following(found)
    return str(-found if sign else found)


def _common(a: int, b: int) -> Working[str]:
    """The greatest common divisor: what is left of a division divides next."""
    for _ in range(20):
        if not b:
            break
        _, _, rest = yield from quotient(a, b)
        a, b = b, min(rest, b - 1)
    return str(a)


def _power_left(*numbers: str | None) -> Working[Tokens] | None:
    """What is left of a power."""
    base, exponent, divisor = (int(n) if n and n.isdigit() else 0 for n in numbers)
    if not (base and divisor and exponent < MOST and base**exponent < MOST):
        return None

    def steps() -> Working[str]:
        raised = worked("**", str(base), str(exponent))
        power = (yield from raised) if raised is not None else str(base**exponent)
        left = worked("%", power, str(divisor))
        return (yield from left) if left is not None else str(base**exponent % divisor)

    return _spelled(steps())


def _factorial(number: int) -> Working[str]:
    total = 1
    for factor in range(2, number + 1):
        total = yield from product(total, factor)
    return str(total)
