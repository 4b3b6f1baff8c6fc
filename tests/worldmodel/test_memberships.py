"""Comparisons one after the other lead to what Python's sets and lists give."""

from __future__ import annotations

import operator

from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.memberships import (
    can_be_sought,
    can_be_told_apart,
    combined,
    distinct,
    places_of,
    related,
)
from cwm_lab.worldmodel.course.ordering import Key
from cwm_lab.worldmodel.course.working import truly

ITEMS: st.SearchStrategy[Key] = st.one_of(
    st.integers(-3, 3),
    st.integers(-300, 300),
    st.sampled_from([0.5, 1.0, 2.25]),
    st.text("ab", max_size=3),
    st.tuples(st.integers(0, 2), st.text("ab", max_size=1)),
)
OPERATIONS = {"&": operator.and_, "-": operator.sub, "^": operator.xor}
RELATIONS = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "isdisjoint": set.isdisjoint,
}  # fmt: skip


@given(ITEMS, st.lists(ITEMS, max_size=8))
def test_a_thing_is_found_where_python_finds_it(wanted: Key, items: list[Key]) -> None:
    assert can_be_sought([wanted], items)
    every = [place for place, item in enumerate(items) if item == wanted]
    assert truly(places_of(wanted, items))[1] == every
    assert truly(places_of(wanted, items, 1))[1] == every[:1]


@given(st.sets(ITEMS, max_size=6), st.sets(ITEMS, max_size=6))
def test_sets_are_combined_and_compared_as_python_does(left: set[Key], right: set[Key]) -> None:
    mine, others = list(left), list(right)
    assert can_be_sought(mine, others)
    for symbol, combine in OPERATIONS.items():
        kept, new = truly(combined(symbol, mine, others))[1]
        assert {*(mine[k] for k in kept), *(others[k] for k in new)} == combine(left, right)
    assert [others[k] for k in truly(combined("|", mine, others))[1][1]] == [
        item for item in others if item not in left
    ]
    for symbol, compare in RELATIONS.items():
        assert truly(related(symbol, mine, others))[1] is compare(left, right)


@given(st.lists(ITEMS, min_size=2, max_size=8))
def test_a_set_is_made_of_what_differs(items: list[Key]) -> None:
    assert can_be_told_apart(items)
    assert [items[k] for k in truly(distinct(items))[1]] == list(dict.fromkeys(items))


def test_long_lists_and_what_is_no_text_or_number_have_no_working_steps() -> None:
    assert not can_be_sought([1], [*range(41)])
    assert not can_be_sought([True], [1])
    assert not can_be_sought(["a\r"], ["b"])
    assert not can_be_sought([float("inf")], [1.0])
    assert not can_be_told_apart([*range(20)])
    assert not can_be_told_apart([1])
