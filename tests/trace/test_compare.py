"""The laws of comparing a predicted trace with an actual one."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.trace import SCORE_NAMES, Outcome, Program, Step, Trace, compare


def _load_traces() -> Any:
    path = Path(__file__).with_name("test_model.py")
    spec = importlib.util.spec_from_file_location("strategies_of_traces", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.traces()


TRACES = _load_traces()
ACTUAL = Trace(
    Program("x = 1\ny = x + 1\nprint(y)\n"),
    (
        Step("line", 1),
        Step("line", 2, locals={"x": "1"}),
        Step("line", 3, locals={"y": "2"}),
        Step("return", 3, value="None", stdout="2\n"),
    ),
)


def changed(index: int, **fields: Any) -> Trace:
    steps = list(ACTUAL.steps)
    steps[index] = replace(steps[index], **fields)
    return replace(ACTUAL, steps=tuple(steps))


@given(TRACES)
def test_a_trace_matches_itself(trace: Trace) -> None:
    comparison = compare(trace, trace)
    assert all(pair.verdict == "match" for pair in comparison.steps)
    assert [pair.actual for pair in comparison.steps] == list(range(len(trace)))
    assert comparison.first_divergence is None
    assert comparison.scores == dict.fromkeys(SCORE_NAMES, 1.0)


@given(TRACES, TRACES)
def test_every_step_is_judged_once_and_in_order(left: Trace, right: Trace) -> None:
    comparison = compare(left, right)
    predicted = [pair.predicted for pair in comparison.steps if pair.predicted is not None]
    actual = [pair.actual for pair in comparison.steps if pair.actual is not None]
    assert predicted == list(range(len(left)))
    assert actual == list(range(len(right)))
    for pair in comparison.steps:
        assert (pair.predicted is None) == (pair.verdict == "missing")
        assert (pair.actual is None) == (pair.verdict == "extra")
    assert all(0 <= score <= 1 for score in comparison.scores.values())
    exact = comparison.scores["trace_exact"] == 1
    clean = comparison.first_divergence is None and left.outcome == right.outcome
    assert exact == clean
    json.dumps(comparison.to_json())


@given(TRACES, TRACES)
def test_scores_that_do_not_care_which_side_is_which(left: Trace, right: Trace) -> None:
    there, back = compare(left, right).scores, compare(right, left).scores
    for name in ("trace_exact", "output_exact", "outcome_exact", "line_f1", "name_value_f1"):
        assert there[name] == back[name]


@given(TRACES, st.integers(0, 8))
def test_a_prefix_diverges_where_it_ends(trace: Trace, size: int) -> None:
    prefix = replace(trace, steps=trace.steps[:size])
    comparison = compare(prefix, trace)
    cut = min(size, len(trace))
    matched = sum(pair.verdict == "match" for pair in comparison.steps)
    assert matched == cut
    if cut < len(trace):
        assert comparison.first_divergence is not None
        assert comparison.first_divergence <= cut


def test_a_wrong_value_is_named() -> None:
    comparison = compare(changed(2, locals={"y": "3"}), ACTUAL)
    assert [pair.verdict for pair in comparison.steps] == ["match", "match", "value", "match"]
    assert comparison.steps[2].names == ("y",)
    assert comparison.first_divergence == 2
    assert comparison.scores["step_accuracy"] == 0.75
    assert comparison.scores["prefix_accuracy"] == 0.5
    assert "y is 2, the model said 3" in comparison.summary()


def test_a_wrong_line_is_a_path() -> None:
    comparison = compare(changed(2, line=7), ACTUAL)
    assert comparison.steps[2].verdict == "path"
    assert "line 7" in comparison.summary()


def test_a_step_too_many_and_one_too_few() -> None:
    more = replace(ACTUAL, steps=(*ACTUAL.steps[:2], Step("line", 9), *ACTUAL.steps[2:]))
    assert [p.verdict for p in compare(more, ACTUAL).steps].count("extra") == 1
    assert [p.verdict for p in compare(ACTUAL, more).steps].count("missing") == 1
    assert compare(more, ACTUAL).scores["step_accuracy"] == 1
    assert compare(more, ACTUAL).scores["trace_exact"] == 0


def test_output_and_returned_values_count() -> None:
    assert compare(changed(3, stdout="3\n"), ACTUAL).steps[3].names == ("stdout",)
    assert compare(changed(3, value="1"), ACTUAL).steps[3].names == ("return",)
    assert compare(changed(3, removed=("x",)), ACTUAL).steps[3].names == ("x",)


def test_another_end_is_told_apart_from_the_steps() -> None:
    other = replace(ACTUAL, outcome=Outcome("truncated"))
    comparison = compare(other, ACTUAL)
    assert comparison.first_divergence is None
    assert comparison.scores["step_accuracy"] == 1
    assert comparison.scores["trace_exact"] == 0
    assert "the end differs" in comparison.summary()


@pytest.mark.parametrize("empty", [Trace(Program(""))])
def test_empty_traces(empty: Trace) -> None:
    assert compare(empty, empty).scores == dict.fromkeys(SCORE_NAMES, 1.0)
    assert compare(empty, ACTUAL).first_divergence == 0
    assert compare(empty, ACTUAL).scores["step_accuracy"] == 0
    assert compare(ACTUAL, empty).first_divergence == 0


def test_a_table_has_a_row_for_each_pair() -> None:
    frame = compare(changed(2, line=7), ACTUAL).to_frame()
    assert list(frame["verdict"]) == ["match", "match", "path", "match"]
    assert frame["line_predicted"][2] == 7


def test_what_a_step_leaves_untold_is_judged_where_it_is_told() -> None:
    quiet = changed(2, locals={}, untold=("*",))
    told = replace(quiet.steps[3], locals={"y": "2"})
    comparison = compare(quiet.with_steps([*quiet.steps[:3], told]), ACTUAL)
    assert comparison.first_divergence is None
    assert comparison.scores == dict.fromkeys(SCORE_NAMES, 1.0)
    wrong = compare(quiet.with_steps([*quiet.steps[:3], replace(told, locals={"y": "3"})]), ACTUAL)
    assert (wrong.first_divergence, wrong.steps[3].names) == (3, ("y",))
    forgotten = compare(quiet, ACTUAL)
    assert (forgotten.first_divergence, forgotten.steps[3].names) == (3, ("y",))


def test_what_is_told_is_judged_even_where_nothing_need_be() -> None:
    wrong = changed(2, locals={"y": "7"}, untold=("*",))
    assert compare(wrong, ACTUAL).first_divergence == 2
    other = changed(2, locals={}, untold=("z",))
    assert compare(other, ACTUAL).first_divergence == 2


def test_what_a_frame_never_tells_is_not_held_against_it() -> None:
    last = replace(ACTUAL.steps[3], locals={"z": "1"}, removed=("x",))
    actual = ACTUAL.with_steps([*ACTUAL.steps[:3], last])
    comparison = compare(changed(3, untold=("*",)), actual)
    assert comparison.scores == dict.fromkeys(SCORE_NAMES, 1.0)
