"""Numbers in other bases, and what is done with their binary digits.

Binary digits are found by halving, the lowest first: half of a number and what is left over are
asked, of a longer one digit by digit. A number is put together from them by doubling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cwm_lab.worldmodel.course.paper import (
    added,
    answered,
    difference,
    following,
    product,
    quotient,
    times,
)
from cwm_lab.worldmodel.course.working import Working

OF_BITS = ("&", "|", "^", "<<", ">>")
PREFIXES = {2: "0b", 8: "0o", 16: "0x"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST = 10**4
"""Larger numbers have no working steps."""
_MOST_SHIFTED = 10**5
_MOST_PLACES = 14
_MOST_DIGITS = 7
"""Numbers that have more digits together are not combined in working steps."""


def bits_combined(symbol: str, left: str, right: str) -> Working[str] | None:
    """The working steps of an operation on the binary digits of two integers, and its result; None
    if it carries none."""
    if not (re.fullmatch(r"-?\d{1,6}", left) and re.fullmatch(r"\d{1,4}", right)):
        return None
    a, b = int(left), int(right)
    if symbol == "<<":
        fits = b < 20 and abs(a) << b < _MOST_SHIFTED
        return _shifted(left, b) if a == 0 or fits else None
    if symbol == ">>":
        return _halved_often(left, b) if abs(a) < _MOST_SHIFTED else None
    if symbol not in OF_BITS or a < 0 or a >= MOST or len(left + right) > _MOST_DIGITS:
        return None
    return _combined(symbol, max(a, b), min(a, b))


def inverted(number: str) -> Working[str] | None:
    """What `~` makes of an integer: one more, or less, with the other sign."""
    return _inverted(number) if re.fullmatch(r"-?\d{1,6}", number) else None


def _inverted(number: str) -> Working[str]:
    if number[0] == "-":
        return str((yield from difference(int(number[1:]), 1)))
    return f"-{yield from following(int(number))}"


def _halved(number: int, *, over: bool = True) -> Working[tuple[int, int]]:
    """Half of a number, and what is left over, if that is asked for."""
    parts = [number] if number < 100 else [*map(int, str(number))]
    half = left = 0
    for place, digit in enumerate(parts, 1):
        part = 10 * left + digit
        half = half * 10 + (yield from _half(part))
        left = (yield from _is_odd(part)) if over or place < len(parts) else 0
    return min(half, number), left


def _half(part: int) -> Working[int]:
    return 0 if part < 2 else abs((yield from answered(part, "//", 2, part // 2)))


def _is_odd(part: int) -> Working[int]:
    return part if part < 2 else (yield from answered(part, "%", 2, part % 2)) % 2


def _doubled(number: int, more: int = 0) -> Working[int]:
    """Twice a number, and one more."""
    twice = (yield from times(number, 2)) if number else 0
    return (yield from added(twice, more))


def _bits(number: int, most: int = _MOST_PLACES) -> Working[tuple[list[int], int]]:
    """The binary digits of a number, the lowest first, up to so many, and what is above them."""
    out: list[int] = []
    while number and len(out) < most:
        number, over = yield from _halved(number)
        out.append(over)
    return out, number


def _shifted(number: str, places: int) -> Working[str]:
    value = int(number.lstrip("-"))
    for _ in range(places if value else 0):
        value = yield from _doubled(value)
    return str(-value if number[0] == "-" else value)


def _halved_often(number: str, places: int) -> Working[str]:
    """`>>`: halved and rounded down. Of a number below zero, one less is."""
    value, below = int(number.lstrip("-")), number[0] == "-"
    if below and places:
        value = yield from difference(value, 1)
    for _ in range(min(places, 2 * _MOST_PLACES)):
        value, _ = yield from _halved(value, over=False)
    if below and places:
        value = yield from following(value)
    return str(-value if below else value)


def _combined(symbol: str, larger: int, smaller: int) -> Working[str]:
    """`&`, `|` or `^`: digit by digit as far as the smaller number goes; above that, what the
    larger one has is kept, or lost."""
    short, _ = yield from _bits(smaller)
    long, value = yield from _lowest(larger, len(short), keep=symbol != "&")
    truth = {"&": int.__and__, "|": int.__or__, "^": int.__xor__}[symbol]
    for one, other in reversed([*zip(long, short, strict=True)]):
        bit = yield from answered(one, symbol, other, truth(one, other))
        value = yield from _doubled(value, bit % 2)
    return str(value)


def _lowest(number: int, count: int, *, keep: bool) -> Working[tuple[list[int], int]]:
    """So many binary digits of a number, the lowest first, and, if it is kept, what is above."""
    out: list[int] = []
    for place in range(count):
        if place == count - 1 and not keep:
            out.append((yield from _is_odd(number % 10)))
        else:
            number, over = yield from _halved(number)
            out.append(over)
    return out, number if keep else 0


def digits_of(number: int, base: int) -> Working[str]:
    """The digits of a number in base 2, 8 or 16."""
    out: list[int] = []
    if base == 2:
        out, _ = yield from _bits(number)
    while base > 2 and number and len(out) < _MOST_PLACES:
        digit = number
        number = 0 if number < base else number
        if number:
            number, _, digit = yield from quotient(number, base)
        out.append(digit % base)
    return "".join(_DIGITS[digit] for digit in reversed(out)) or "0"


def read_in_base(text: str, base: int) -> Working[str] | None:
    """The integer that a text is in some base, from its highest digit on; None if it is none, or
    too large."""
    found = re.fullmatch(r"\s*([+-]?)(0[bBoOxX])?([0-9a-zA-Z]{1,14})\s*", text)
    if found is None or not 2 <= base <= 36:
        return None
    sign, prefix, digits = found.groups()
    if prefix and PREFIXES.get(base) != prefix.lower():
        digits = prefix + digits
    values = [_DIGITS.index(letter) for letter in digits.lower()]
    if max(values) >= base or int(digits, base) >= _MOST_SHIFTED:
        return None
    return _read(sign, values, base)


def _read(sign: str, values: Sequence[int], base: int) -> Working[str]:
    total = 0
    for value in values:
        if base == 2:
            total = yield from _doubled(total, value)
        else:
            total = yield from added((yield from product(total, base)), value)
    return str(-total if sign == "-" else total)
