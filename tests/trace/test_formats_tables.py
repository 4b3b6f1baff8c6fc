"""Traces as pandas tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cwm_lab import record
from cwm_lab.trace import Program, Step, Trace

SAMPLES = sorted((Path(__file__).parents[1] / "golden").glob("*.py"))


def test_a_row_tells_all_that_a_step_tells() -> None:
    step = Step(
        "return", 3, "f", 1, {"x": "1"}, ("y",), "2", "hi\n", detail="yield", confidence=0.5
    )
    frame = Trace(Program(""), (step, Step("line", 1))).to_frame()
    assert frame.index.name == "step"
    row = frame.loc[0].to_dict()
    assert row == {
        "event": "return",
        "line": 3,
        "function": "f",
        "depth": 1,
        "locals": {"x": "1"},
        "removed": ["y"],
        "value": "2",
        "stdout": "hi\n",
        "detail": "yield",
        "confidence": 0.5,
    }
    assert frame["line"].dtype == "int64"
    assert pd.isna(frame.loc[1, "confidence"])


def test_an_empty_trace_has_empty_tables() -> None:
    trace = Trace(Program(""))
    assert trace.to_frame().empty
    assert trace.variables_frame().shape == (0, 0)


def test_names_are_seen_where_they_live() -> None:
    trace = record("def f(n):\n    m = n\n    return m\nx = f(1)\ndel x\n", sandbox=False)
    frame = trace.variables_frame()
    assert frame.columns.names == ["function", "name"]
    assert list(frame["f"]["m"].dropna().unique()) == ["1"]
    alive = frame["f"]["n"].notna()
    assert list(alive) == [step.function == "f" for step in trace.steps]
    assert list(frame["<module>"]["x"].fillna("-")) == ["-"] * 6 + ["1", "-"]


def test_recursion_shows_the_innermost_frame() -> None:
    source = "def f(n):\n    if n:\n        f(n - 1)\n    return n\nf(2)\n"
    trace = record(source, sandbox=False)
    column = trace.variables_frame()["f"]["n"]
    returned = [(i, s.value) for i, s in enumerate(trace.steps) if s.event == "return" and s.depth]
    assert [column[i] for i, _ in returned] == ["0", "1", "2"] == [value for _, value in returned]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_table_agrees_with_the_stack_at_each_step(path: Path) -> None:
    trace = record(path.read_text(encoding="utf-8"), sandbox=False, max_steps=300)
    frame = trace.variables_frame()
    for at in {*range(0, len(trace), 5), len(trace) - 1} if len(trace) else ():
        expected: dict[tuple[str, str], str] = {}
        for function, names in trace.stack_at(at):
            gone = [key for key in expected if key[0] == function]
            for key in gone:
                del expected[key]
            expected |= {(function, name): text for name, text in names.items()}
        row = frame.loc[at]
        assert row[row.notna()].to_dict() == expected
