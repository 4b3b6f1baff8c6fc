"""Traces as documents, and the states that are rebuilt from steps."""

from __future__ import annotations

import ast
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.errors import BadProgramError, BadTraceError
from cwm_lab.trace import (
    Event,
    Outcome,
    OutcomeKind,
    Program,
    Step,
    Trace,
    header_comments,
    parse_source,
)

TEXT = st.text(max_size=8)
NAMES = st.sampled_from(["a", "b", "c", "self"])


def steps() -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        event=st.sampled_from(get_args(Event)),
        line=st.integers(-50, 200),
        function=st.sampled_from(["<module>", "f", "A.g"]),
        depth=st.integers(0, 4),
        locals=st.dictionaries(NAMES, TEXT, max_size=3),
        removed=st.lists(NAMES, max_size=2, unique=True).map(tuple),
        value=st.none() | TEXT,
        stdout=TEXT,
        detail=st.sampled_from([None, "resume", "yield"]),
        confidence=st.none() | st.floats(0, 1),
        types=st.dictionaries(NAMES, TEXT, max_size=2),
        ids=st.dictionaries(NAMES, st.integers(1, 9), max_size=2),
    )


def outcomes() -> st.SearchStrategy[Outcome]:
    return st.builds(
        Outcome,
        st.sampled_from(get_args(OutcomeKind)),
        st.none() | TEXT,
        st.none() | TEXT,
        st.none() | st.integers(-5, 99),
    )


def traces() -> st.SearchStrategy[Trace]:
    programs = st.builds(
        Program,
        source=TEXT,
        filename=TEXT,
        context=TEXT,
        stdin=st.lists(TEXT, max_size=2).map(tuple),
        entry=st.none() | TEXT,
    )
    return st.builds(
        Trace,
        program=programs,
        steps=st.lists(steps(), max_size=8).map(tuple),
        outcome=outcomes(),
        origin=st.sampled_from(["python", "model", "learner"]),
        model=st.none() | TEXT,
    )


@given(traces())
def test_a_document_reads_back_as_the_trace(trace: Trace) -> None:
    document = trace.to_json()
    assert Trace.from_json(document) == trace
    assert Trace.from_json(json.dumps(document)) == trace
    assert Trace.from_json(json.dumps(document).encode()) == trace


@given(traces())
def test_unknown_keys_are_ignored(trace: Trace) -> None:
    document = trace.to_json()
    document["new"] = document["program"]["new"] = document["outcome"]["new"] = 1
    for step in document["steps"]:
        step["new"] = {}
    assert Trace.from_json(document) == trace


@given(traces())
def test_states_agree_however_they_are_asked_for(trace: Trace) -> None:
    assert trace.states() == [trace.state_at(i) for i in range(len(trace))]
    for i, step in enumerate(trace.steps):
        stack = trace.stack_at(i)
        assert len(stack) == step.depth + 1
        assert stack[-1][1] == trace.state_at(i)
        assert {**stack[-1][1], **step.locals} == stack[-1][1]


def test_the_stack_grows_and_shrinks_with_calls() -> None:
    trace = Trace(
        Program(""),
        (
            Step("line", 1, locals={"f": "<function f>"}),
            Step("call", 2, "f", 1, {"n": "1"}),
            Step("line", 3, "f", 1),
            Step("call", 2, "f", 2, {"n": "0"}),
            Step("return", 3, "f", 2, value="0"),
            Step("return", 3, "f", 1, {"r": "0"}, value="0"),
            Step("call", 2, "f", 1, {"n": "7"}),
            Step("return", 3, "f", 1, value="7"),
            Step("return", 4, locals={"y": "7"}, removed=("f",), value="None"),
        ),
    )
    assert trace.stack_at(3) == [
        ("<module>", {"f": "<function f>"}),
        ("f", {"n": "1"}),
        ("f", {"n": "0"}),
    ]
    assert trace.state_at(5) == {"n": "1", "r": "0"}
    assert trace.state_at(6) == {"n": "7"}
    assert trace.stack_at(8) == [("<module>", {"y": "7"})]


def test_a_call_beside_a_call_is_another_frame() -> None:
    trace = Trace(
        Program(""),
        (
            Step("line", 1),
            Step("call", 2, "g", 1, {"x": "1"}),
            Step("return", 3, "g", 1, value="5", detail="yield"),
            Step("call", 6, "h", 1, {"y": "2"}),
        ),
    )
    assert trace.state_at(3) == {"y": "2"}


@pytest.mark.parametrize(
    "document",
    [
        "not json",
        "[]",
        b"\xff",
        {},
        {"schema": "cwm-lab/trace@2"},
        {"schema": "cwm-lab/trace@1"},
        {"schema": "cwm-lab/trace@1", "program": {}, "steps": [], "outcome": {"kind": "finished"}},
    ],
)
def test_what_is_no_trace_is_one_clear_error(document: Any) -> None:
    with pytest.raises(BadTraceError, match="trace document"):
        Trace.from_json(document)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("event", "jump"),
        ("line", "x"),
        ("locals", []),
        ("locals", "x"),
        ("removed", 3),
        ("depth", None),
        ("stdout", None),
    ],
)
def test_a_broken_step_is_one_clear_error(key: str, value: object) -> None:
    document = Trace(Program("x"), (Step("line", 1),)).to_json()
    document["steps"][0][key] = value
    with pytest.raises(BadTraceError):
        Trace.from_json(document)


def test_an_unknown_outcome_is_one_clear_error() -> None:
    document = Trace(Program("x")).to_json()
    document["outcome"]["kind"] = "exploded"
    with pytest.raises(BadTraceError, match="exploded"):
        Trace.from_json(document)


def test_a_frame_has_a_row_for_each_step() -> None:
    trace = Trace(Program("x = 1"), (Step("line", 1), Step("return", 1, locals={"x": "1"})))
    frame = trace.to_frame()
    assert list(frame["event"]) == ["line", "return"]
    assert frame["locals"][1] == {"x": "1"}
    assert frame.index.name == "step"


def test_outcomes_read_well() -> None:
    assert str(Outcome()) == "finished"
    assert str(Outcome("raised", "KeyError", "'k'", 3)) == "KeyError: 'k' on line 3"
    assert str(Outcome("raised", "KeyError", "", 3)) == "KeyError on line 3"
    assert (
        str(Outcome("step-limit", None, "1,000 steps", 2)) == "step limit on line 2 (1,000 steps)"
    )


def test_the_entry_is_the_last_line() -> None:
    program = Program("def f(x):\n    return x\n\n\n", entry="f(3)")
    assert program.lines == ["def f(x):", "    return x", "f(3)"]


def test_lines_are_as_python_counts_them() -> None:
    text = "a = 1\n\x0cb = 2\r\nc = '\u2028\x85\x1c'\rd = 4"
    lines = Program(text).lines
    assert lines == ["a = 1", "\x0cb = 2", "c = '\u2028\x85\x1c'", "d = 4"]
    for node in parse_source(text).body:
        assert f"{ast.unparse(node)[0]} =" in lines[node.lineno - 1]
    assert Program("").lines == []
    assert Program("\n\n").lines == ["", ""]


@pytest.mark.parametrize("source", ["a\0b", "x" * 1_000_001, "-" * 99_999 + "1"])
def test_text_that_python_cannot_take(source: str) -> None:
    with pytest.raises(BadProgramError):
        parse_source(source)


def test_comments_at_the_top_of_a_file() -> None:
    assert header_comments('# tags: ints loops\n# stdin: ["3", "x"]\n') == (
        ("ints", "loops"),
        ("3", "x"),
    )
    assert header_comments("x = 1\n\n# tags: late\n") == ((), ())
    with pytest.raises(BadProgramError, match="stdin"):
        header_comments("# stdin: [3\n# stdin: [}]\n")
