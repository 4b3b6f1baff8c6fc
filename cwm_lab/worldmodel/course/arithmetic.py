"""The working steps that arithmetic carries, where a small network cannot do it at one stroke.

Sums and differences of larger numbers and of decimals are done place by place from the lowest, as
on paper, the smaller taken from the larger; products digit by digit, and what they make is added
up; quotients are tried, and what is left is subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

HINTED = frozenset(["+", "-", "/", "//", "%", "*", "**"])
_MOST = 10**6
"""Arithmetic on larger numbers carries no working steps."""
_NUMBER = re.compile(r"-?\d+(\.\d{1,4})?")


class Step(NamedTuple):
    """A token, or a number as it is written. known: whether it is known beforehand, which operators
    and the operands' digits are. again: which of the numbers asked for before, from 0, it repeats.
    """

    text: str
    known: bool = True
    again: int | None = None


def steps(symbol: str, left: str | None, right: str | None) -> list[Step]:
    """The working steps of an operation on two numbers, which are given as they are written; none
    if it carries none. Steps that are not known beforehand have the true value."""
    if left is None or right is None or not (_NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)):
        return []
    a, b = Decimal(left), Decimal(right)
    if max(abs(a), abs(b)) > _MOST:
        return []
    whole = "." not in left + right
    found: list[Step] = []
    if symbol in ("+", "-"):
        found = list(_columns(a, b if symbol == "+" else -b))
    elif symbol == "*":
        found = list(_products(a, b, whole=whole))
    elif whole and symbol in ("/", "//", "%", "divmod"):
        found = list(_quotient(symbol, int(a), int(b)))
    elif whole and symbol == "**" and 2 <= b <= 10 and abs(a) >= 2:
        found = list(_listed(str(int(a) ** k) for k in range(2, int(b))))
        return [Step("<hint>"), *found]
    return [Step("<hint>"), *found] if found else []


def _listed(numbers: Iterator[str]) -> Iterator[Step]:
    for number in numbers:
        yield from (Step(number, known=False), Step(","))


def _is_small(number: Decimal) -> bool:
    return abs(number) < 100 and number == int(number)


def _columns(a: Decimal, b: Decimal) -> Iterator[Step]:
    """The sum of the last digits, of the last two, and so on."""
    if not (a and b) or (_is_small(a) and _is_small(b)):
        return
    scale = 10 ** max(_decimals(a), _decimals(b))
    first, second = int(abs(a) * scale), int(abs(b) * scale)
    same = (a < 0) == (b < 0)
    if not same:  # the smaller is taken from the larger
        yield from map(Step, (f"{abs(a):f}", ">", f"{abs(b):f}", "="))
        yield from (Step(str(abs(a) > abs(b)), known=False), Step(","))
    parts = []
    for length in range(1, len(str(max(first, second))) + 1):
        end = 10**length
        part = first % end + second % end if same else abs(first - second) % end
        parts.append(str(part) if scale == 1 else _written(Decimal(part) / scale))
    yield from _listed(iter(parts))


def _products(a: Decimal, b: Decimal, *, whole: bool) -> Iterator[Step]:
    """The digits of the first number, times each digit of the second; without decimal points."""
    first, second = (int(abs(n) * 10 ** _decimals(n)) for n in (a, b))
    if not (first and second) or max(first, second) < 10 or (whole and min(first, second) < 10):
        return
    power, total, asked = 1, 0, 0
    for digit in reversed(str(second)):
        if digit != "0":
            part = int(digit) * power
            yield from map(Step, (str(first), "*", str(part), "="))
            yield from (Step(str(first * part), known=False), Step(","))
            if total:
                yield from (Step(str(total), again=asked - 1), Step("+"))
                yield from (Step(str(first * part), again=asked), Step("="))
                yield from (Step(str(total + first * part), known=False), Step(","))
                asked += 1
            total, asked = total + first * part, asked + 1
        power *= 10


def _quotient(symbol: str, a: int, b: int) -> Iterator[Step]:
    if b == 0 or abs(a) < abs(b) or (symbol == "/" and not (a >= 0 and b > 0)):
        return
    yield from (Step(str(a // b), known=False), Step("*"), Step(str(b)), Step("="))
    yield Step(str(a // b * b), known=False)
    if symbol != "//":
        yield from map(Step, (",", str(a), "-"))
        yield from (Step(str(a // b * b), again=1), Step("="), Step(str(a % b), known=False))


def _decimals(number: Decimal) -> int:
    """How many decimals a number needs."""
    places = -int(number.normalize().as_tuple().exponent)
    return max(places, 0)


def _written(number: Decimal) -> str:
    """A decimal number as Python writes a float."""
    text = f"{number:f}"
    return f"{text}.0" if "." not in text else re.sub(r"(?<=\d)0+$", "", text)
