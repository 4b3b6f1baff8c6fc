"""Laws of the alignment of two sequences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.trace.align import align

texts = st.text("abc", max_size=14)


def longest_common(left: str, right: str) -> int:
    """Length of the longest common subsequence, by the textbook's table."""
    row = [0] * (len(right) + 1)
    for a in left:
        above = row[:]
        for j, b in enumerate(right):
            row[j + 1] = above[j] + 1 if a == b else max(above[j + 1], row[j])
    return row[-1]


@given(texts, texts)
def test_every_index_once_and_in_order(left: str, right: str) -> None:
    pairs = align(left, right)
    assert [i for i, _ in pairs if i is not None] == list(range(len(left)))
    assert [j for _, j in pairs if j is not None] == list(range(len(right)))


@given(texts, texts)
def test_as_many_matches_as_possible(left: str, right: str) -> None:
    matches = sum(
        1 for i, j in align(left, right) if i is not None and j is not None and left[i] == right[j]
    )
    assert matches >= longest_common(left, right)


@given(texts)
def test_equal_sequences_are_paired_one_to_one(text: str) -> None:
    assert align(text, text) == [(i, i) for i in range(len(text))]


def test_scattered_differences_in_a_long_loop_stay_few() -> None:
    right = list("hab" * 400)
    left = right[:]
    for at in range(50, 1150, 100):
        left[at] = "x"
    off = [pair for pair in align(left, right) if pair[0] != pair[1]]
    assert not off


def test_wildly_different_long_sequences_end() -> None:
    assert len(align(range(3000), range(10_000, 13_000))) == 3000
