"""The working steps of arithmetic and of comparisons of numbers: digit by digit, as on paper.

Each step is one that children know by heart: two digits, or two numbers below a hundred. What is
written down, what is carried over and where the decimal point comes follows from them. The last
digits of a float, which its binary form gives it, are told if all digits before them are right.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fractions import Fraction

from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working, letters
from cwm_lab.worldmodel.vocabulary import spell

HINTED = frozenset(["+", "-", "/", "//", "%", "*", "**"])
_NUMBER = re.compile(r"-?\d{1,7}(\.\d+)?")
_MOST_COMMON = 8
"""Numbers that both have more decimals are not added in steps."""
_MOST_PRODUCTS = 20
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
    if symbol in ("+", "-"):
        return _added(symbol, left, right) if _can_be_added(left, right, symbol) else None
    if symbol == "*" and _can_be_multiplied(left, right):
        return _multiplied(left, right)
    if symbol in ("//", "%", "divmod"):
        a, b = Fraction(left), Fraction(right)
        whole = a.denominator == b.denominator == 1 and b not in (10, 100, 1000)
        return _floored(symbol, left, right) if whole and _can_be_divided(int(a), int(b)) else None
    if symbol == "/":
        over, under = _digits(left)[0], _digits(right)[0]
        many = over and under < 1000 and _can_be_divided(over, under)
        return _divided(left, right) if many else None
    if symbol == "**" and re.fullmatch("[2-9]|10", right):
        base = _scaled(left, _decimals(left))
        return _raised(left, int(right)) if 1 < base ** int(right) < _MOST_POWER else None
    return None


def counted_from_end(size: int, index: int) -> Working[int]:
    """The place that an index below -1 means: how much is left of the size."""
    return (yield from _asked(size, "-", -index, size + index))


def is_weighed(left: str, right: str) -> bool:
    """Whether two numbers, as they are written, are compared digit by digit: not where both are
    small."""
    known = _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)
    return (
        bool(known) and "-0.0" not in (left, right) and not (_is_small(left) and _is_small(right))
    )


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


def following(number: int) -> Working[int]:
    """The next number."""
    return (yield from _sum(number, 1))


def _asked(left: int, symbol: str, right: int, truth: int) -> Working[int]:
    told = (*spell(str(left)), symbol, *spell(str(right)), "=")
    answer = yield Step(told, (), str(truth))
    return int(answer) if re.fullmatch(r"-?\d{1,4}", answer) else 0


def _plus(x: int, y: int) -> Working[int]:
    return x + y if x == 0 or y == 0 else (yield from _asked(x, "+", y, x + y))


def _sum(a: int, b: int) -> Working[int]:
    """Two numbers from their lowest digits on."""
    if a < 100 and b < 100:
        return (yield from _plus(a, b))
    total, carry, power = 0, 0, 1
    while carry or (a and b):
        digit = yield from _plus(a % 10, b % 10)
        digit = yield from _plus(abs(digit), carry)
        total, carry, power = total + digit % 10 * power, abs(digit) // 10, power * 10
        a, b = a // 10, b // 10
    return total + (a + b) * power


def _difference(a: int, b: int) -> Working[int]:
    """The smaller number taken from the larger, from their lowest digits on."""
    if a < 20 and b < 10:
        return abs((yield from _asked(a, "-", b, a - b)))
    total, borrowed, power = 0, 0, 1
    while b or borrowed:
        x, y = a % 10, b % 10
        a, b = a // 10, b // 10
        if borrowed:
            x += 10 * (x == 0)
            borrowed = int(x == 10)
            x = yield from _asked(x, "-", 1, x - 1)
        if y:
            digit = yield from _asked(x, "-", y, x - y)
            if digit < 0:
                borrowed = 1
                digit = yield from _asked(x + 10, "-", y, x + 10 - y)
            x = digit
        total, power = total + abs(x) % 10 * power, power * 10
        if not (a or b):
            break
    return total + a * power


def _product(a: int, b: int) -> Working[int]:
    """Each digit of one number times each of the other, then added up."""
    if not (a and b):
        return 0
    zeros = 0
    while a % 10 == 0 or b % 10 == 0:
        a, b, zeros = (a // 10, b, zeros + 1) if a % 10 == 0 else (a, b // 10, zeros + 1)
    a, b = max(a, b), min(a, b)
    if b == 1:
        return a * int(10**zeros)
    total = 0
    for shift, e in enumerate(map(int, reversed(str(b)))):
        row, carry = 0, 0
        for place, d in enumerate(map(int, reversed(str(a)))):
            digit = d * e if d < 2 or e < 2 else (yield from _asked(d, "*", e, d * e))
            digit = abs((yield from _plus(abs(digit), carry)))
            row, carry = row + digit % 10 * 10**place, digit // 10
        row = (row + carry * 10 ** len(str(a))) * 10**shift
        total = yield from _sum(total, row)
    return total * int(10**zeros)


def _quotient(a: int, b: int, decimals: int = 0) -> Working[tuple[int, int, int]]:
    """A quotient digit by digit, with so many decimals if it does not end before: it, without a
    decimal point, how many of its digits are decimals, and what is left."""
    digits = str(a)
    start = len(digits) if a < 100 else max(len(str(b)), 2)
    found, rest, at = 0, int(digits[:start]), min(start, len(digits))
    while True:
        digit = yield from _asked(rest, "//", b, rest // b)
        digit = abs(digit)
        if digit:
            taken = b if digit == 1 else (yield from _times(b, digit))
            rest = yield from _difference(max(rest, taken), min(rest, taken))
        found = found * 10 + digit
        if at < len(digits):
            rest = rest * 10 + int(digits[at])
        elif rest == 0 or at - len(digits) == decimals:
            return found, at - len(digits), rest
        else:
            rest *= 10
        at += 1


def _times(b: int, digit: int) -> Working[int]:
    if b < 100 and digit < 100 and b * digit < 100:
        return abs((yield from _asked(digit, "*", b, digit * b)))
    return (yield from _product(b, digit))


def _can_be_added(left: str, right: str, symbol: str) -> bool:
    if _is_small(left) and _is_small(right):
        simple = "-" not in left + right
        return not simple or (symbol == "-" and max(len(left), len(right)) > 1)
    common = min(_decimals(left), _decimals(right))
    return 0 not in (Fraction(left), Fraction(right)) and common <= _MOST_COMMON


def _added(symbol: str, left: str, right: str) -> Working[str]:
    """A sum, or a difference: the smaller is taken from the larger."""
    decimals = max(_decimals(left), _decimals(right))
    a, b = _scaled(left, decimals), _scaled(right, decimals)
    while decimals and a % 10 == b % 10 == 0:
        a, b, decimals = a // 10, b // 10, decimals - 1
    negative = left[0] == "-"
    if negative == ((right[0] == "-") != (symbol == "-")):
        total = yield from _sum(a, b)
    else:
        sides = left.lstrip("-"), right.lstrip("-")
        if is_weighed(*sides):
            order = yield from weighed_numbers(*sides)
        else:
            told = (*spell(sides[0]), ">", *spell(sides[1]), "=")
            order = 1 if (yield Step(told, TRUTHS, str(a > b))) == "True" else -1
        total = 0 if order == 0 else (yield from _difference(*((a, b) if order > 0 else (b, a))))
        negative = negative != (order < 0)
    return _result(symbol, left, right, Fraction(-total if negative else total, 10**decimals))


def _can_be_multiplied(left: str, right: str) -> bool:
    a, b = (_scaled(side, _decimals(side)) for side in (left, right))
    small = max(a, b) <= 10 and "." not in left + right
    lengths = [len(str(n).rstrip("0")) for n in (a, b)]
    return a > 0 and b > 0 and not small and lengths[0] * lengths[1] <= _MOST_PRODUCTS


def _multiplied(left: str, right: str) -> Working[str]:
    decimals = _decimals(left) + _decimals(right)
    total = yield from _product(_scaled(left, _decimals(left)), _scaled(right, _decimals(right)))
    below = (left[0] == "-") != (right[0] == "-")
    return _result("*", left, right, Fraction(-total if below else total, 10**decimals))


def _can_be_divided(a: int, b: int) -> bool:
    length = len(str(abs(b)))
    return b != 0 and length <= len(_MOST_DIVIDED) and abs(a) < _MOST_DIVIDED[length - 1]


def _floored(symbol: str, left: str, right: str) -> Working[str]:
    """`//`, `%` or `divmod` of whole numbers: rounded down, what is left has the divisor's sign."""
    a, b = int(Fraction(left)), int(Fraction(right))
    found, _, rest = yield from _quotient(abs(a), abs(b))
    if (a < 0) != (b < 0):
        if rest:
            if symbol != "%":
                found = yield from _sum(found, 1)
            if symbol != "//":
                rest = yield from _difference(abs(b), rest)
        found = -found
    rest = -rest if b < 0 else rest
    both = [_result(s, left, right, Fraction(n)) for s, n in (("//", found), ("%", rest))]
    return " ".join(both) if symbol == "divmod" else both[symbol == "%"]


def _divided(left: str, right: str) -> Working[str]:
    (a, up), (b, down) = _digits(left), _digits(right)
    if up > 0:
        a, up = a * 10**up, 0
    found, decimals, rest = (a, 0, 0) if b == 1 else (yield from _quotient(a, b, _DECIMALS))
    right_so_far = found == a * 10**decimals // b and (rest > 0) == (a * 10**decimals % b > 0)
    value = Fraction(a, b) if right_so_far else Fraction(found, 10**decimals)
    below = (left[0] == "-") != (right[0] == "-")
    return _result("/", left, right, (-value if below else value) * Fraction(10) ** (up - down))


def _raised(left: str, power: int) -> Working[str]:
    base = _scaled(left, _decimals(left))
    total = base
    for _ in range(power - 1):
        total = yield from _times(base, total) if total < 100 else _product(total, base)
    below = left[0] == "-" and power % 2 == 1
    exact = Fraction(-total if below else total, 10 ** (_decimals(left) * power))
    return _result("**", left, str(power), exact)


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
