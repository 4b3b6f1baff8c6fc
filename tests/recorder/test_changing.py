"""What if: a run whose names are given other values at one step."""

from __future__ import annotations

import pytest

from cwm_lab.recorder import record, record_what_if
from cwm_lab.trace import Program, Trace

NESTED = """def f(xs, n):
    total = 0
    def inner():
        return n
    for x in xs:
        total += x * inner()
    return total
a = [1, 2]
b = a
print(f(a, 2))
b.append(3)
print(a, b)
"""
GENERATOR = """def count(n):
    while n:
        yield n
        n -= 1
class Box:
    size = 2
    area = size * size
print(list(count(3)), Box.area)
"""


def step_at(trace: Trace, line: int, visit: int = 1) -> int:
    found = [i for i, s in enumerate(trace.steps) if s.line == line and s.event == "line"]
    return found[visit - 1]


def test_a_parameter_that_a_closure_reads_changes_from_there_on() -> None:
    program = Program(NESTED)
    before = record(program)
    at = step_at(before, 6, 2)
    after = record_what_if(program, at, {"n": "10", "total": "100"})
    assert after.steps[:at] == before.steps[:at]
    assert {"n": "10", "total": "100"}.items() <= after.steps[at].locals.items()
    assert after.state_at(at) == {**before.state_at(at), "n": "10", "total": "100"}
    assert after.output.startswith("120\n")
    # What was set is told once.
    assert [s.locals for s in after.steps[at + 1 :] if s.locals.get("total") == "100"] == []
    assert after.outcome.kind == "finished"


def test_a_name_of_the_module_gets_a_new_list_and_shares_nothing() -> None:
    program = Program(NESTED)
    before = record(program)
    at = step_at(before, 11)
    after = record_what_if(program, at, {"a": "[9]"})
    assert after.output == "6\n[9] [1, 2, 3]\n"
    last = after.state_at(len(after) - 1)
    assert (last["a"], last["b"]) == ("[9]", "[1, 2, 3]")
    named = {name: number for step in after.steps for name, number in step.ids.items()}
    assert named["a"] != named["b"]


def test_generators_and_class_bodies() -> None:
    program = Program(GENERATOR)
    before = record(program)
    after = record_what_if(program, step_at(before, 4), {"n": "2"})
    assert after.output == "[3, 1] 4\n"
    after = record_what_if(program, step_at(before, 7), {"size": "5"})
    assert after.output == "[3, 2, 1] 25\n"


@pytest.mark.parametrize("text", ["None", "-1.5", "'a\\n'", "{'k': [1]}", "set()", "(1,)", "b'x'"])
def test_any_literal_can_be_given(text: str) -> None:
    program = Program("x = 0\ny = x\n")
    after = record_what_if(program, 1, {"x": text})
    assert after.steps[2].locals["y"] == after.steps[1].locals["x"] == text


@pytest.mark.parametrize("text", ["x + 1", "open('f')", "[1", "", "f()"])
def test_what_is_no_literal_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(ValueError, match="is not a value that can be given"):
        record_what_if(Program("x = 0\n"), 0, {"x": text})


def test_the_limits_hold() -> None:
    program = Program("n = 3\nwhile n:\n    n -= 1\n")
    after = record_what_if(program, 1, {"n": "-1"}, max_steps=50)
    assert (len(after), after.outcome.kind) == (50, "step-limit")
