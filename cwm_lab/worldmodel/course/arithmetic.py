"""The working steps of arithmetic and of comparisons of numbers: digit by digit, as on paper.

What is written down, what is carried over and where the decimal point comes follows from them. The
last digits of a float, which its binary form gives it, are told if all digits before them are
right.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fractions import Fraction

from cwm_lab.worldmodel.course.bits import OF_BITS, bits_combined
from cwm_lab.worldmodel.course.paper import (
    added,
    answered,
    difference,
    product,
    quotient,
    root,
    times,
    without_zeros,
)
from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working, letters
from cwm_lab.worldmodel.vocabulary import spell

HINTED = frozenset(["+", "-", "/", "//", "%", "*", "**", *OF_BITS])
_NUMBER = re.compile(r"-?\d{1,7}(\.\d+)?")
_MOST_COMMON = 8
"""Numbers that both have more decimals are not added in steps."""
_MOST_PRODUCTS = 25
_MOST_DIVIDED = (10**6, 10**5, 10**4, 10**6, 10**6)
"""What divisors of one, two and more digits divide in steps; long ones only without decimals."""
_DECIMALS = 4
"""Of a quotient so many are worked out, if it does not end before."""
_MOST_POWER = 10**7
_EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": lambda a, b: Fraction(a // b), "%": operator.mod,
}  # fmt: skip
_PYTHON: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip


def worked(symbol: str, left: str | None, right: str | None) -> Working[str] | None:
    """The working steps of an operation on two numbers, which are given as they are written, and
    its result; of ``divmod`` both, with a blank in between. None if it carries none."""
    if left is None or right is None or not (_NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)):
        return None
    if symbol in OF_BITS:
        return bits_combined(symbol, left, right)
    if symbol in ("+", "-"):
        return _added(symbol, left, right) if _can_be_added(left, right, symbol) else None
    if symbol == "*" and _can_be_multiplied(left, right):
        return _multiplied(left, right)
    if symbol in ("//", "%", "divmod"):
        a, b, _ = _in_units(left, right)
        return _floored(symbol, left, right) if _can_be_divided(a, b) else None
    if symbol == "/":
        over, under = _digits(left)[0], _digits(right)[0]
        many = over and under < 1000 and _can_be_divided(over, under)
        return _divided(left, right) if many else None
    if symbol == "**" and re.fullmatch("[2-9]|10", right):
        base = _digits(left)[0]
        return _raised(left, int(right)) if 0 < base ** int(right) < _MOST_POWER else None
    if (symbol, right) == ("**", "0.5") and re.fullmatch(r"\d{1,4}", left):
        return root(int(left), decimals=True)
    if symbol == "**" and re.fullmatch("-[1-9]", right) and "." not in left:
        base = _digits(left)[0]
        return _inverted(left, -int(right)) if 0 < base ** -int(right) < 1000 else None
    return None


def counted_from_end(size: int, index: int) -> Working[int]:
    """The place that an index below -1 means: how much is left of the size."""
    return (yield from answered(size, "-", -index, size + index))


def is_weighed(left: str, right: str) -> bool:
    """Whether two numbers, as they are written, are compared digit by digit: not where both are
    small, unless both are negative."""
    if not (_NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)) or "-0.0" in (left, right):
        return False
    negative = left[0] == right[0] == "-" and len(left + right) > 4
    return negative or not (_is_small(left) and _is_small(right))


def weighed_numbers(left: str, right: str) -> Working[int]:
    """The digits of two numbers side by side, from the highest place on, until they differ; gives
    -1, 0 or 1, as the first is less, equal or greater."""
    signs = ["-" if text[0] == "-" else "+" for text in (left, right)]
    if signs[0] != signs[1]:
        return -1 if (yield letters(*_as_order(signs))) == "<" else 1
    sides = [text.lstrip("-").partition(".") for text in (left, right)]
    whole, part = (max(len(side[k]) for side in sides) for k in (0, 2))
    rows = [side[0].rjust(whole, "0") + side[2].ljust(part, "0") for side in sides]
    for one, other in zip(*rows, strict=True):
        order = yield letters(one, other)
        if order != "==":
            return (-1 if order == "<" else 1) * (-1 if signs[0] == "-" else 1)
    return 0


def _as_order(signs: list[str]) -> tuple[str, str]:
    """Signs as letters of which the negative one comes first."""
    one, other = ("0" if sign == "-" else "1" for sign in signs)
    return one, other


def _is_small(number: str) -> bool:
    return re.fullmatch(r"-?\d\d?", number) is not None


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


def _scaled(number: str, decimals: int) -> int:
    """A number without its sign, in units of a decimal place."""
    whole, _, part = number.lstrip("-").partition(".")
    return int(whole + part.ljust(decimals, "0"))


def _digits(number: str) -> tuple[int, int]:
    """A number without its sign, its point and the zeros at its end, and the power of ten that it
    is then to be multiplied with."""
    power = -_decimals(number)
    whole = _scaled(number, -power)
    while whole and whole % 10 == 0:
        whole, power = whole // 10, power + 1
    return whole, power


def _in_units(left: str, right: str) -> tuple[int, int, int]:
    """Two numbers without their signs, in units of the last decimal place of both, and how many
    decimals these have."""
    decimals = max(_decimals(left), _decimals(right))
    return _scaled(left, decimals), _scaled(right, decimals), decimals


def _can_be_added(left: str, right: str, symbol: str) -> bool:
    if _is_small(left) and _is_small(right):
        simple = "-" not in left + right
        return not simple or (symbol == "-" and max(len(left), len(right)) > 1)
    common = min(_decimals(left), _decimals(right))
    return 0 not in (Fraction(left), Fraction(right)) and common <= _MOST_COMMON


def _added(symbol: str, left: str, right: str) -> Working[str]:
    """A sum, or a difference: the smaller is taken from the larger."""
    a, b, decimals = _in_units(left, right)
    while decimals and a % 10 == b % 10 == 0:
        a, b, decimals = a // 10, b // 10, decimals - 1
    negative = left[0] == "-"
    if negative == ((right[0] == "-") != (symbol == "-")):
        total = yield from added(a, b)
    else:
        sides = left.lstrip("-"), right.lstrip("-")
        if is_weighed(*sides):
            order = yield from weighed_numbers(*sides)
        else:
            told = (*spell(sides[0]), ">", *spell(sides[1]), "=")
            order = 1 if (yield Step(told, TRUTHS, str(a > b))) == "True" else -1
        total = 0 if order == 0 else (yield from difference(*((a, b) if order > 0 else (b, a))))
        negative = negative != (order < 0)
    return _result(symbol, left, right, Fraction(-total if negative else total, 10**decimals))


def _can_be_multiplied(left: str, right: str) -> bool:
    a, b = (_scaled(side, _decimals(side)) for side in (left, right))
    small = max(a, b) <= 10 and "." not in left + right
    lengths = [len(str(n).rstrip("0")) for n in (a, b)]
    return a > 0 and b > 0 and not small and lengths[0] * lengths[1] <= _MOST_PRODUCTS


def _multiplied(left: str, right: str) -> Working[str]:
    decimals = _decimals(left) + _decimals(right)
    total = yield from product(_scaled(left, _decimals(left)), _scaled(right, _decimals(right)))
    below = (left[0] == "-") != (right[0] == "-")
    return _result("*", left, right, Fraction(-total if below else total, 10**decimals))


def _can_be_divided(a: int, b: int) -> bool:
    if b == 0:
        return False
    a, b, _ = without_zeros(a, b)
    length = len(str(b))
    return b == 1 or (length <= len(_MOST_DIVIDED) and a < _MOST_DIVIDED[length - 1])


def _floored(symbol: str, left: str, right: str) -> Working[str]:
    """`//`, `%` or `divmod`: rounded down, what is left has the divisor's sign."""
    a, b, decimals = _in_units(left, right)
    found, _, rest = yield from quotient(a, b)
    if (left[0] == "-") != (right[0] == "-"):
        if rest:
            if symbol != "%":
                found = yield from added(found, 1)
            if symbol != "//":
                rest = yield from difference(max(b, rest), min(b, rest))
        found = -found
    left_over = Fraction(-rest if right[0] == "-" else rest, 10**decimals)
    results = (("//", Fraction(found)), ("%", left_over))
    both = [_result(s, left, right, n) for s, n in results]
    return " ".join(both) if symbol == "divmod" else both[symbol == "%"]


def _divided(left: str, right: str) -> Working[str]:
    (a, up), (b, down) = _digits(left), _digits(right)
    if up > 0:
        a, up = a * 10**up, 0
    found, decimals, rest = yield from quotient(a, b, _DECIMALS)
    right_so_far = found == a * 10**decimals // b and (rest > 0) == (a * 10**decimals % b > 0)
    value = Fraction(a, b) if right_so_far else Fraction(found, 10**decimals)
    below = (left[0] == "-") != (right[0] == "-")
    return _result("/", left, right, (-value if below else value) * Fraction(10) ** (up - down))


def _raised(left: str, power: int) -> Working[str]:
    base, zeros = _digits(left)
    total = yield from _power(base, power)
    below = left[0] == "-" and power % 2 == 1
    value = Fraction(-total if below else total) * Fraction(10) ** (zeros * power)
    return _result("**", left, str(power), value)


def _power(base: int, power: int) -> Working[int]:
    """One product after the other; nothing is asked of 1."""
    total = base
    for _ in range(power - 1 if base > 1 else 0):
        total = yield from times(base, total) if total < 100 else product(total, base)
    return total


def _inverted(left: str, power: int) -> Working[str]:
    """One divided by a power."""
    base, zeros = _digits(left)
    total = (yield from _power(base, power)) * int(10 ** (zeros * power))
    below = left[0] == "-" and power % 2 == 1
    found = yield from _divided("1", f"-{total}" if below else str(total))
    exact = int(left) ** power
    return repr(float(int(left) ** -power)) if found == repr(1 / exact) else found


def _result(symbol: str, left: str, right: str, value: Fraction) -> str:
    """A result as Python writes it; of a float that is right, with the digits that its binary form
    gives it."""
    if "." not in left + right and symbol != "/":
        return str(int(value))
    exact: Fraction = (
        (Fraction(left) ** int(right))
        if symbol == "**"
        else _EXACT[symbol](Fraction(left), Fraction(right))
    )
    if value == exact:
        numbers = (float(side) if "." in side else int(side) for side in (left, right))
        return repr(float(_PYTHON[symbol](*numbers)))
    return repr(float(value))
