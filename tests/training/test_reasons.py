"""The likely reason of a failure: what slip makes the predicted value of the right one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cwm_lab.trace import Outcome, Program, Step, Trace, compare
from cwm_lab.training.reasons import likely_reason


def traces(line: str, ours: str, true: str) -> tuple[Trace, Trace]:
    """A predicted and an actual trace of `x = 0` and one more line that binds `y`."""
    program = Program(f"x = 0\n{line}\n")

    def trace(text: str, origin: str) -> Trace:
        steps = (
            Step("line", 1),
            Step("line", 2, locals={"x": "0"}),
            Step("return", 2, locals={"y": text}, value="None"),
        )
        return Trace(program, steps, origin=origin)  # type: ignore[arg-type]

    return trace(ours, "model"), trace(true, "python")


@pytest.mark.parametrize(
    ("ours", "true", "reason"),
    [
        ("391", "381", "y: 1 of 3 digits wrong, off by 10"),
        ("-4", "4", "y: the wrong sign"),
        ("12", "9", "y: off by 3"),
        ("True", "False", "y: the wrong way round"),
        ("'strawbery'", "'strawberry'", "y: a text of 10 characters, 1 too short"),
        ("'strawbarry'", "'strawberry'", "y: a text of 10 characters, 1 of them wrong"),
        ("'xyz'", "'strawberry'", "y: another text"),
        ("[1, 3, 2]", "[1, 2, 3]", "y: the right items in another order"),
        ("[1, 2]", "[1, 2, 3]", "y: 2 items instead of 3"),
        ("[1, 2, 4]", "[1, 2, 3]", "y: 1 of 3 items wrong"),
        ("{'a': 1, 'b': 3}", "{'a': 1, 'b': 2}", "y: 1 of 2 entries hold another value"),
        ("'3'", "3", "y: a str instead of an int"),
        ("3", "None", "y: an int instead of None"),
    ],
)
def test_a_slip_is_named(ours: str, true: str, reason: str) -> None:
    comparison = compare(*traces("y = x", ours, true))
    assert likely_reason(comparison, 2) == reason


def test_long_values_and_the_envelope_are_mentioned() -> None:
    ours, true = traces("y = x", "1", "2")
    long = tuple(
        replace(step, locals={"x": str(list(range(60)))}) if step.locals.get("x") else step
        for step in true.steps
    )
    steps = (*long[:2], true.steps[2])
    mine = (*long[:2], ours.steps[2])
    reason = likely_reason(compare(replace(ours, steps=mine), replace(true, steps=steps)), 2)
    assert "its values are long" in reason
    outside = compare(*traces("y = x + 1j", "1", "1j"))
    assert likely_reason(outside, 2).startswith("outside of the model's envelope: a complex")


def test_a_prediction_that_stops_says_so() -> None:
    ours, true = traces("y = x", "1", "1")
    cut = replace(ours, steps=ours.steps[:2], outcome=Outcome("time-limit", message="2 seconds"))
    assert "stopped: time limit" in likely_reason(compare(cut, true), 2)


def test_exceptions() -> None:
    ours, true = traces("y = 1 / x", "1", "1")
    raised = Step("exception", 2, value="ZeroDivisionError('division by zero')")
    outcome = Outcome("raised", "ZeroDivisionError", "division by zero", 2)
    crashed = replace(true, steps=(*true.steps[:2], raised), outcome=outcome)
    comparison = compare(ours, crashed)
    assert likely_reason(comparison, 2) == "does not see that ZeroDivisionError is raised"
    mine = replace(crashed, origin="model")
    other = replace(raised, value="ZeroDivisionError('modulo by zero')")
    mine = replace(mine, steps=(*mine.steps[:2], other))
    assert "another message" in likely_reason(compare(mine, crashed), 2)
    assert "where nothing goes wrong" in likely_reason(compare(mine, true), 2)
