"""The comparisons by which `sorted`, `sort`, `min` and `max` find their order, one at a time.

A small network compares two values well and many at once badly. `sorted` takes them as Python does,
first what is in order already at the beginning, then each further item where it belongs, by halving
(CPython's `listsort.txt`). Numbers are compared digit by digit, small ones as in a program, texts
letter by letter, tuples item by item.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.arithmetic import is_weighed, weighed_numbers
from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working, are_plain, letters, same
from cwm_lab.worldmodel.vocabulary import spell

Key = int | float | str | tuple["Key", ...]
"""What is compared: a number, a text, or several."""
_MOST = {"min": 16, "max": 16, "sorted": 10, "sort": 10}
"""Of more items, or two thirds as many tuples, there are no working steps."""
MOST_NESTED = 4
"""Lists and tuples that are deeper in one another are not compared in working steps."""
_MOST_WEIGHED = 10
_MOST_LETTERS = 24
_MOST_DIGITS = 12


def can_be_ordered(name: str, keys: Sequence[Key]) -> bool:
    """Whether the order of these is found in working steps."""
    most = _MOST[name] * (2 if keys and isinstance(keys[0], tuple) else 3) // 3
    return 2 <= len(keys) <= most and _alike(keys)


def _alike(keys: Sequence[Key]) -> bool:
    if all(isinstance(key, tuple) for key in keys):
        rows = [key for key in keys if isinstance(key, tuple)]
        same = len({len(row) for row in rows}) == 1
        return same and all(map(_alike, zip(*rows, strict=True)))
    texts = {isinstance(key, str) for key in keys}
    return len(texts) <= 1 and all(map(is_comparable, keys))


def is_comparable(key: object) -> bool:
    """Whether it is compared one letter, digit or item at a time."""
    if isinstance(key, tuple):
        return all(map(is_comparable, key))
    if isinstance(key, str):
        return _is_plain(key)
    return type(key) in (int, float) and len(repr(key)) <= _MOST_DIGITS and "n" not in repr(key)


def _is_plain(text: str) -> bool:
    return len(text) <= _MOST_LETTERS and are_plain(text)


def _compared(left: Key, right: Key, symbol: str) -> Working[int]:
    """-1, 0 or 1, as the first is less, equal or greater. symbol: by which small numbers are
    compared that are not equal or count as not: `<` or `>`; if it is another one, it is enough that
    they are not."""
    if isinstance(left, str) and isinstance(right, str):
        step = letters if symbol[0] in "<>" else same
        for one, other in zip(left, right, strict=False):
            order = yield step(one, other)
            if order != "==":
                return -1 if order == "<" else 1
        return (len(left) > len(right)) - (len(left) < len(right))
    if isinstance(left, tuple) and isinstance(right, tuple):
        for a, b in zip(left, right, strict=True):
            small = isinstance(a, int | float) and not is_weighed(repr(a), repr(b))
            if small and isinstance(a, int | float) and isinstance(b, int | float):
                if (yield from holds("==", a, b)):
                    continue
                if symbol not in ("<", ">"):
                    return 1
            found = yield from _compared(a, b, symbol)
            if found:
                return found
        return 0
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    if is_weighed(repr(left), repr(right)):
        return (yield from weighed_numbers(repr(left), repr(right)))
    return (-1 if symbol == "<" else 1) * (1 if (yield from holds(symbol, left, right)) else -1)


def equal(left: Key, right: Key) -> Working[bool]:
    """Whether two things are equal; what is of two kinds is not."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return False
        for one, other in zip(left, right, strict=True):
            if not (yield from equal(one, other)):
                return False
        return True
    if isinstance(left, str | tuple) or isinstance(right, str | tuple):
        alike = type(left) is type(right)
        return alike and (yield from _compared(left, right, "==")) == 0
    return (yield from _compared((left,), (right,), "==")) == 0


def holds(symbol: str, left: float, right: float) -> Working[bool]:
    """Whether two numbers are equal, or the first is less or greater."""
    truth = left == right if symbol == "==" else left < right if symbol == "<" else left > right
    told = (*spell(repr(left)), symbol, *spell(repr(right)), "=")
    return (yield Step(told, TRUTHS, str(truth))) == "True"


def can_be_weighed(left: Sequence[Key], right: Sequence[Key]) -> bool:
    """Whether two lists or tuples are compared in working steps."""
    sides = zip(left, right, strict=False)
    return max(len(left), len(right)) <= _MOST_WEIGHED and all(map(_alike, sides))


def weighed(symbol: str, left: Sequence[Key], right: Sequence[Key]) -> Working[bool]:
    """The comparisons by which two lists or tuples are compared, item by item, and what comes of
    them."""
    if symbol in ("==", "!=") and len(left) != len(right):
        return symbol == "!="
    order = 0
    for pair in zip(left, right, strict=False):
        order = yield from _compared((pair[0],), (pair[1],), symbol[0])
        if order:
            break
    order = order or (len(left) > len(right)) - (len(left) < len(right))
    if symbol in ("==", "!="):
        return (order == 0) is (symbol == "==")
    return (order < 0 if symbol[0] == "<" else order > 0) or (order == 0 and symbol[1:] == "=")


def pairs(
    name: str, count: int, *, reverse: bool = False
) -> Generator[tuple[int, int], int, list[int]]:
    """The places of pairs of so many things that are compared; is sent -1, 0 or 1 for each, as the
    first is less, equal or greater. Gives the places of all, in their order; of `min` and `max` the
    one of theirs."""
    if name in ("min", "max"):
        wanted, best = -1 if name == "min" else 1, 0
        for place in range(1, count):
            order = yield place, best
            best = place if order == wanted else best
        return [best]
    places = list(range(count))
    if reverse:  # as Python does, for equal ones keep their order
        places.reverse()
    run, falls = 1, False
    while run < count:
        order = yield places[run], places[run - 1]
        if run == 1:
            falls = order < 0
        elif (order < 0) is not falls:
            break
        run += 1
    if falls:
        places[:run] = places[:run][::-1]
    for k in range(run, count):
        low, high = 0, k
        while low < high:
            middle = (low + high) // 2
            order = yield places[k], places[middle]
            low, high = (low, middle) if order < 0 else (middle + 1, high)
        places.insert(low, places.pop(k))
    return places[::-1] if reverse else places


def in_order(name: str, keys: Sequence[Key], *, reverse: bool = False) -> Working[list[int]]:
    """The comparisons of keys, and the places that they lead to, as `pairs` has them."""
    steps = pairs(name, len(keys), reverse=reverse)
    symbol = ">" if name == "max" else "<"
    one, other = next(steps)
    while True:
        order = yield from _compared(keys[one], keys[other], symbol)
        try:
            one, other = steps.send(order)
        except StopIteration as ended:
            found: list[int] = ended.value
            return found


def related(symbol: str, left: str, right: str) -> Working[bool] | None:
    """The comparison of two numbers, digit by digit, and what comes of it; None of small ones."""
    return _related(symbol, left, right) if is_weighed(left, right) else None


def _related(symbol: str, left: str, right: str) -> Working[bool]:
    return _is(symbol, (yield from weighed_numbers(left, right)))


def texts_related(symbol: str, left: str, right: str) -> Working[bool]:
    """The comparison of two texts, letter by letter, and what comes of it."""
    return _is(symbol, (yield from _compared(left, right, symbol)))


def _is(symbol: str, order: int) -> bool:
    return {
        "==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0,
        ">=": order >= 0,
    }[symbol]  # fmt: skip
