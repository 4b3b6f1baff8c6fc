"""Whole numbers added, taken away, multiplied, divided and compared as on paper, digit by digit.

Each step is one that children know by heart. They go on from what was answered, right or wrong.
"""

from __future__ import annotations

import math
import re

from cwm_lab.worldmodel.course.working import Step, Working, letters
from cwm_lab.worldmodel.vocabulary import spell


def answered(left: int, symbol: str, right: float, truth: int) -> Working[int]:
    """What the network says that an operation on two numbers gives."""
    told = (*spell(str(left)), symbol, *spell(str(right)), "=")
    answer = yield Step(told, (), str(truth))
    return int(answer) if re.fullmatch(r"-?\d{1,4}", answer) else 0


def plus(x: int, y: int) -> Working[int]:
    return x + y if x == 0 or y == 0 else (yield from answered(x, "+", y, x + y))


def added(a: int, b: int) -> Working[int]:
    """Two numbers from their lowest digits on."""
    if a < 100 and b < 100:
        return (yield from plus(a, b))
    total, carry, power = 0, 0, 1
    while carry or (a and b):
        digit = yield from plus(a % 10, b % 10)
        digit = yield from plus(abs(digit), carry)
        total, carry, power = total + digit % 10 * power, abs(digit) // 10, power * 10
        a, b = a // 10, b // 10
    return total + (a + b) * power


def following(number: int) -> Working[int]:
    """The next number."""
    return (yield from added(number, 1))


def difference(a: int, b: int) -> Working[int]:
    """The smaller number taken from the larger, from their lowest digits on."""
    return abs((yield from _taken_away(a, b)))


def _taken_away(a: int, b: int) -> Working[int]:
    """What is left of a number; some negative number if it turns out to be too small."""
    if a < 20 and b < 10:
        return (yield from answered(a, "-", b, a - b))
    total, borrowed, power = 0, 0, 1
    while b or borrowed:
        x, y = a % 10, b % 10
        a, b = a // 10, b // 10
        if borrowed:
            x += 10 * (x == 0)
            borrowed = int(x == 10)
            x = yield from answered(x, "-", 1, x - 1)
        if y:
            digit = yield from answered(x, "-", y, x - y)
            if digit < 0 and not (a or b):
                return digit
            if digit < 0:
                borrowed = 1
                digit = yield from answered(x + 10, "-", y, x + 10 - y)
            x = digit
        total, power = total + abs(x) % 10 * power, power * 10
        if not (a or b):
            break
    return -1 if borrowed else total + a * power


def product(a: int, b: int) -> Working[int]:
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
            digit = d * e if d < 2 or e < 2 else (yield from answered(d, "*", e, d * e))
            digit = abs((yield from plus(abs(digit), carry)))
            row, carry = row + digit % 10 * 10**place, digit // 10
        row = (row + carry * 10 ** len(str(a))) * 10**shift
        total = yield from added(total, row)
    return total * int(10**zeros)


def times(b: int, digit: int) -> Working[int]:
    """A product, at one stroke if it is small."""
    if b < 100 and digit < 100 and b * digit < 100:
        return abs((yield from answered(digit, "*", b, digit * b)))
    return (yield from product(b, digit))


def is_less(a: int, b: int) -> Working[bool]:
    """Whether a number is less than another, digit by digit from the highest on; one that has fewer
    digits is."""
    one, other = str(a), str(b)
    if len(one) != len(other):
        return len(one) < len(other)
    for pair in zip(one, other, strict=True):
        order = yield letters(*pair)
        if order != "==":
            return order == "<"
    return False


def without_zeros(a: int, b: int) -> tuple[int, int, int]:
    """A number and its divisor without the zeros at the end of the divisor, and what that cuts off
    the number."""
    power = 10 ** (len(str(b)) - len(str(b).rstrip("0")))
    return a // power, b // power, a % power


def quotient(a: int, b: int, decimals: int = 0) -> Working[tuple[int, int, int]]:
    """A quotient digit by digit, with so many decimals if it does not end before: it, without a
    decimal point, how many of its digits are decimals, and what is left."""
    if b == 1:
        return a, 0, 0
    if b % 10 == 0 and not decimals:
        high, short, low = without_zeros(a, b)
        found, _, rest = yield from quotient(high, short)
        return found, 0, rest * (b // short) + low
    digits = str(a)
    start = len(digits) if a < 100 else max(len(str(b)), 2)
    found, rest, at = 0, int(digits[:start]), min(start, len(digits))
    while True:
        digit, rest = yield from (_goes_into if b < 10 else _fits)(rest, b)
        found = found * 10 + digit
        if at < len(digits):
            rest = rest * 10 + int(digits[at])
        elif rest == 0 or at - len(digits) == decimals:
            return found, at - len(digits), rest
        else:
            rest *= 10
        at += 1


def _goes_into(a: int, b: int) -> Working[tuple[int, int]]:
    """How often a one-digit number fits into another, and what is left."""
    digit = abs((yield from answered(a, "//", b, a // b)))
    if not digit:
        return 0, a
    taken = b if digit == 1 else (yield from times(b, digit))
    return digit, (yield from difference(max(a, taken), min(a, taken)))


def _fits(a: int, b: int) -> Working[tuple[int, int]]:
    """The same of a longer number, up to nine times: said at one stroke, and put right where the
    product turns out to be too large, or too much is left."""
    if a == 0 or (yield from is_less(a, b)):
        return 0, a
    digit = min(max((yield from answered(a, "//", b, a // b)), 1), 9)
    rest = -1
    while digit and rest < 0:
        taken = b if digit == 1 else (yield from times(b, digit))
        rest = yield from _taken_away(a, taken)
        digit -= rest < 0
    rest = rest if digit else a
    while digit < 9 and not (yield from is_less(rest, b)):
        digit, rest = digit + 1, abs((yield from _taken_away(rest, b)))
    return digit, rest


def root(number: int, *, decimals: bool) -> Working[str]:
    """The root of a whole number: how many wholes it has, which their square tells. What comes
    behind the point, if it is no square, nobody finds in their head."""
    whole = math.isqrt(number)
    found = yield from answered(number, "**", 0.5, whole)
    square = yield from product(abs(found), abs(found))
    if decimals and found == whole and square != number:
        return repr(math.sqrt(number))
    return f"{found}.0" if decimals else str(found)
