"""The verdict is plain, and never better than the numbers."""

from __future__ import annotations

import pytest

from cwm_lab.training.finetune.verdict import change, judge


def test_a_paired_interval() -> None:
    before = [0.0] * 20
    after = [1.0] * 8 + [0.0] * 12
    found = change(before, after)
    assert found.points == pytest.approx(40)
    assert 15 < found.low < 25
    assert 55 < found.high < 65
    same = change(after, after)
    assert (same.points, same.low, same.high) == (0, 0, 0)


def test_better() -> None:
    verdict = judge(
        change([0.0] * 20, [1.0] * 8 + [0.0] * 12), change([1.0] * 250, [1.0] * 249 + [0])
    )
    assert verdict.helps
    assert verdict.text.startswith(
        "better at your course (+40 points of exact traces, 95 % interval +"
    )
    assert verdict.text.endswith("unchanged elsewhere (−0.4)")


def test_no_clear_change_does_not_help() -> None:
    verdict = judge(change([0, 1, 0, 1, 0, 0.5], [1, 0, 0, 1, 0, 0.5]), change([1] * 9, [1] * 9))
    assert not verdict.helps
    assert verdict.text.startswith("this run does not help: no clear change at your course")


def test_worse_elsewhere_does_not_help() -> None:
    course = change([0.0] * 20, [1.0] * 20)
    verdict = judge(course, change([1.0] * 50, [1.0] * 35 + [0.0] * 15))
    assert not verdict.helps
    assert "worse elsewhere (−30.0, 95 % interval −" in verdict.text
    perhaps = judge(course, change([1.0] * 50, [1.0] * 49 + [0.0]))
    assert perhaps.elsewhere == "unclear"
    assert "perhaps worse elsewhere (−2.0" in perhaps.text


def test_better_elsewhere_by_chance_is_not_called_unchanged() -> None:
    general = change([0.0] * 10, [1.0] + [0.0] * 9)
    text = judge(change([0.0] * 20, [1.0] * 20), general).text
    assert "not worse elsewhere (+10.0, 95 % interval 0 to +" in text


def test_worse_at_the_course() -> None:
    verdict = judge(change([1.0] * 10, [0.0] * 9 + [1.0]), change([1], [1]))
    assert not verdict.helps
    assert "worse at your course (−90 points" in verdict.text


def test_few_programs_show_nothing() -> None:
    verdict = judge(change([0.0] * 3, [1.0] * 3), change([1.0] * 50, [1.0] * 50))
    assert not verdict.helps
    assert "too few held-out programs to tell (3; 6 at least)" in verdict.text


def test_a_general_set_of_nothing() -> None:
    assert "elsewhere not measured" in judge(change([0], [1]), change([], [])).text
