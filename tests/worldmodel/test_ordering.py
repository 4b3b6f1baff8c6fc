"""The comparisons of an order lead to Python's own."""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.ordering import (
    Key,
    can_be_ordered,
    can_be_weighed,
    in_order,
    weighed,
)
from cwm_lab.worldmodel.course.working import truly

NUMBERS = st.one_of(st.integers(-99, 99), st.integers(-99, 99).map(lambda n: n / 4))
TEXTS = st.text("abAB z", max_size=3)
_NAMES = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
KEYS = st.one_of(
    st.lists(NUMBERS, min_size=2, max_size=10),
    st.lists(TEXTS, min_size=2, max_size=10),
    st.lists(st.tuples(st.integers(0, 2), TEXTS), min_size=2, max_size=6),
    st.lists(st.tuples(st.tuples(TEXTS), NUMBERS), min_size=2, max_size=6),
)


def places(name: str, keys: Sequence[Key], *, reverse: bool = False) -> list[int]:
    return truly(in_order(name, keys, reverse=reverse))[1]


@given(KEYS, st.booleans())
def test_it_is_pythons(keys: list[Key], reverse: bool) -> None:
    assert can_be_ordered("sorted", keys)
    numbers = range(len(keys))
    assert places("sorted", keys, reverse=reverse) == sorted(
        numbers, key=lambda k: keys[k], reverse=reverse
    )
    assert places("min", keys) == [min(numbers, key=lambda k: keys[k])]
    assert places("max", keys) == [max(numbers, key=lambda k: keys[k])]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="looks for runs of equal items first")
@given(st.lists(st.integers(0, 99), min_size=2, max_size=10))
def test_it_takes_no_more_comparisons_than_python(keys: list[float]) -> None:
    calls = 0

    class Counted:
        def __init__(self, key: float) -> None:
            self.key = key

        def __lt__(self, other: Counted) -> bool:
            nonlocal calls
            calls += 1
            return self.key < other.key

    sorted(map(Counted, keys))
    assert len(truly(in_order("sorted", keys))[0]) <= calls


@given(
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    *[st.one_of(st.lists(NUMBERS, max_size=3), st.lists(TEXTS, max_size=3))] * 2,
)
def test_lists_are_compared_as_python_does(symbol: str, left: list[Key], right: list[Key]) -> None:
    if can_be_weighed(left, right):
        compare = getattr(operator, _NAMES[symbol])
        assert truly(weighed(symbol, left, right))[1] is compare(left, right)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("sorted", [3]),
        ("sorted", [1, "a"]),
        ("sorted", [True, False]),
        ("min", [(1, 2), (1,)]),
        ("max", ["\r", "a"]),
        ("sorted", list(range(11))),
        ("max", list(range(17))),
        ("sorted", [0.1 + 0.2, 1]),
    ],
)
def test_what_has_no_working_steps(name: str, keys: list[Key]) -> None:
    assert not can_be_ordered(name, keys)
