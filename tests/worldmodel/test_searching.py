"""The letters that a search compares lead to Python's own result."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.searching import (
    can_be_walked,
    is_searched,
    most_compared,
    walk,
)
from cwm_lab.worldmodel.course.working import truly

TEXTS = st.text("ab .", max_size=12)
SOUGHT = st.text("ab .", min_size=1, max_size=3)


def places(text: str, method: str, *args: str | int) -> list[int]:
    """Where true answers lead to; they are no more than was foreseen."""
    taken, found = truly(walk(text, method, args))
    assert len(taken) <= most_compared(text, method, args)
    assert all(step.truth in step.answers for step in taken)
    return found


def cut(text: str, found: list[int], size: int) -> list[str]:
    edges = [(0, 0), *((place, place + size) for place in found), (len(text), 0)]
    return [text[a[1] : b[0]] for a, b in pairwise(edges)]


@given(TEXTS, SOUGHT, st.integers(-3, 13))
def test_a_text_is_found_where_python_finds_it(text: str, sought: str, number: int) -> None:
    size = len(sought)
    first, last = text.find(sought), text.rfind(sought)
    assert places(text, "find", sought) == places(text, "index", sought)
    assert places(text, "partition", sought) == places(text, "find", sought)
    assert places(text, "find", sought) == ([first] if first >= 0 else [])
    assert places(text, "rfind", sought) == ([last] if last >= 0 else [])
    later = text.find(sought, number)
    assert places(text, "find", sought, number) == ([later] if later >= 0 else [])
    assert len(places(text, "count", sought)) == text.count(sought)
    assert cut(text, places(text, "split", sought), size) == text.split(sought)
    assert cut(text, places(text, "split", sought, number), size) == text.split(sought, number)
    assert cut(text, places(text, "rsplit", sought, number), size) == text.rsplit(sought, number)
    assert places(text, "replace", sought, "-") == places(text, "count", sought)


@given(TEXTS, st.one_of(st.none(), SOUGHT))
def test_what_is_taken_off_and_words_are_pythons(text: str, chars: str | None) -> None:
    args = () if chars is None else (chars,)
    both, left, right = (places(text, name, *args) for name in ("strip", "lstrip", "rstrip"))
    assert (text[both[0] : both[-1] + 1] if both else "") == text.strip(chars)
    assert (text[left[0] :] if left else "") == text.lstrip(chars)
    assert (text[: right[0] + 1] if right else "") == text.rstrip(chars)
    words = [text[place:].split(None, 1)[0] for place in places(text, "split")]
    assert words == text.split()


@given(TEXTS, SOUGHT, st.sampled_from(["count", "rsplit", "find", "strip"]), st.randoms())
def test_wrong_answers_lead_to_places_too(
    text: str, sought: str, method: str, rng: random.Random
) -> None:
    steps, found = walk(text, method, [sought]), None
    try:
        asked = next(steps)
        while True:
            asked = steps.send(rng.choice(asked.answers))
    except StopIteration as ended:
        found = ended.value
    assert found is not None
    assert found == sorted(set(found))
    assert all(0 <= place < len(text) for place in found)


@pytest.mark.parametrize(
    ("text", "method", "args"),
    [
        ("a" * 32, "count", ["ab"]),
        ("ab" * 8, "strip", ["abcd"]),
        ("caf\u00e9", "find", ["f"]),
        ("cafe", "count", ["\u00e9"]),
        ("a\rb", "find", ["b"]),
    ],
)
def test_what_has_no_working_steps(text: str, method: str, args: list[str | int]) -> None:
    assert is_searched("a", method, args) or method == "find"
    assert not can_be_walked(text, method, args, 0)


def test_working_steps_of_one_answer_are_limited() -> None:
    assert can_be_walked("a" * 30, "count", ["b"], 0)
    assert can_be_walked("a" * 20, "count", ["b"], 10)
    assert not can_be_walked("a" * 20, "count", ["b"], 11)
