"""Which state of an adapter is kept: chances of whole traces, and what moves elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from cwm_lab.training.corpus import Example
from cwm_lab.training.finetune.choosing import (
    MOST_LOST,
    HeldOut,
    Look,
    look,
    reach,
    strength,
    worth,
)
from cwm_lab.training.finetune.transitions import Transitions

ONE, OTHER, THIRD = (Example((number, 9), 1, "<exec>") for number in (1, 2, 3))


class Fixed:
    """Answers as it is told; counts what it is asked."""

    def __init__(self, chances: dict[Example, float]) -> None:
        self.chances = chances
        self.asked: list[Example] = []

    def answered(
        self, examples: Sequence[Example]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        self.asked += examples
        chances = np.array([self.chances[one] for one in examples])
        return chances > 0.5, np.log(chances)


def test_a_program_has_the_chance_that_all_its_answers_are_right() -> None:
    network = Fixed({ONE: 0.5, OTHER: 0.8, THIRD: 0.1})
    found = look(network, HeldOut([(ONE, OTHER), (OTHER,)], [(THIRD, OTHER)]))  # type: ignore[arg-type]
    assert found.course_chances == pytest.approx((0.4, 0.8))
    assert found.general_chances == pytest.approx((0.08,))
    assert (found.course, found.general) == (0.5, 0.5)
    assert network.asked == [ONE, OTHER, THIRD, OTHER], "each question once for each side"


def _look(course: float, general: Sequence[float]) -> Look:
    return Look(0.0, 0.0, (course,), tuple(general))


def test_a_general_program_that_is_lost_is_not_made_good_by_another() -> None:
    before = (0.9, 0.5, 0.2)
    still = worth(_look(0.4, before), before)
    assert still == pytest.approx(0.4)
    assert worth(_look(0.4, (0.9, 0.8, 0.2)), before) == pytest.approx(still)
    moved = worth(_look(0.4, (0.6, 0.8, 0.2)), before)
    assert moved < still
    # A point of general traces for thirty of the course's.
    assert worth(_look(0.7, (0.9 - 0.03, 0.5, 0.2)), before) == pytest.approx(still)


def test_the_strength_that_is_kept_loses_hardly_anything_however_much_the_course_gains() -> None:
    before = (0.5, 0.5)

    def at(course: float, less: float) -> Look:
        return _look(course, (0.5 - 2 * less, 0.5))

    most = MOST_LOST
    tried = {1.0: at(0.9, 2 * most), 0.5: at(0.6, 0.9 * most), 0.3: at(0.5, 0.5 * most)}
    assert strength(tried, before) == 0.5
    assert strength({**tried, 0.3: at(0.6, 0.0)}, before) == 0.3, "as good, and loses less"
    assert strength({1.0: at(0.9, 3 * most), 0.2: at(0.3, 2 * most)}, before) == 0.2


def test_a_state_reaches_as_far_as_it_may_lose() -> None:
    for whole, share in ((0.5, 1.0), (0.9, 1.0), (1.5, 0.65), (2.4, 0.4), (100, 0.2)):
        half = _look(0.9, (0.5 - 2 * whole * MOST_LOST, 0.5))
        assert reach(half, (0.5, 0.5)) == share


def test_without_general_programs_the_course_alone_decides() -> None:
    assert worth(_look(0.7, ()), ()) == pytest.approx(0.7)


def test_the_general_programs_to_choose_by_are_always_the_same() -> None:
    task = Transitions()
    few = task.general_held_out(3)
    assert [*few, *task.general_held_out(5)[3:]] == task.general_held_out(5)
    for asked in few:
        assert len(set(asked)) == len(asked)
        assert all(one.counted for one in asked)
