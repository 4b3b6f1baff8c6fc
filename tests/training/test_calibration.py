"""Calibration: the error that is reported, and the map that removes it."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.training.calibration import (
    Judged,
    expected_calibration_error,
    fit_isotonic,
    reliability,
)

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


def drawn(count: int, seed: int) -> list[Judged]:
    """Steps of a model that is too sure of itself: right with the square of what it says."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        confidence = rng.random()
        found.append((confidence, rng.random() < confidence**2))
    return found


def test_error_of_known_cases() -> None:
    assert expected_calibration_error([(1.0, True), (0.0, False)]) == 0
    assert expected_calibration_error([(1.0, False)] * 3) == 1
    assert expected_calibration_error([(0.5, True), (0.5, False)]) == 0
    with pytest.raises(ValueError, match="no steps"):
        expected_calibration_error([])


def test_the_map_removes_the_error_on_other_steps() -> None:
    points = fit_isotonic(drawn(4000, 1))
    xs, ys = zip(*points, strict=True)
    other = drawn(4000, 2)
    before = expected_calibration_error(other)
    after = expected_calibration_error([(float(np.interp(c, xs, ys)), right) for c, right in other])
    assert before > 0.1
    assert after < 0.03


@given(JUDGED)
def test_the_map_is_monotone_and_never_certain(judged: list[Judged]) -> None:
    points = fit_isotonic(judged)
    assert points[0][0] == 0
    assert points[-1][0] == 1
    for (x, y), (x2, y2) in itertools.pairwise(points):
        assert x <= x2
        assert y <= y2 + 1e-12
    assert all(0 < y < 1 for _, y in points)


@given(JUDGED)
def test_bins_hold_every_step_once(judged: list[Judged]) -> None:
    bins = reliability(judged)
    assert sum(b.steps for b in bins) == len(judged)
    assert all(0 <= b.right <= 1 for b in bins)
