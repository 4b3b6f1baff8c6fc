"""Steps whose texts are made later: the same texts, bounded memory, whatever happens meanwhile."""

from __future__ import annotations

import builtins
import gc
import pickle
import tracemalloc

import pytest

from cwm_lab.recorder import record, record_here
from cwm_lab.recorder.rows import NOTHING, new_row
from cwm_lab.recorder.states import LARGE, can_wait
from cwm_lab.recorder.telling import Telling
from cwm_lab.trace import Program, Step
from tests.recorder.graphs import graph
from tests.recorder.test_texts import WIDE, differences

VALUES = [
    0,
    -1,
    LARGE,
    -LARGE,
    1.5,
    -0.0,
    float("nan"),
    True,
    None,
    "a",
    "x" * 301,
    "a at 0x1234567",
]


def told_at_once(source: str) -> list[Step]:
    steps: list[Step] = []
    names = {"__name__": "__main__", "__builtins__": builtins}
    record_here(Program(source), names, on_step=steps.append, own_namespace=True, max_steps=10_000)
    return steps


@pytest.mark.parametrize("first", VALUES, ids=repr)
def test_each_change_of_a_value_is_told_alike_now_and_later(first: object) -> None:
    """Also from and to values that are equal but not the same: 1, 1.0 and True; 0.0 and -0.0."""

    def text(value: object) -> str:
        return "1e999 - 1e999" if value != value else repr(value)

    names = [f"v{n}" for n in range(len(VALUES))]
    bound = [f"{name} = {text(value)}" for name, value in zip(names, VALUES, strict=True)]
    body = [line for name in names for line in (f"x = {name}", f"y, x = x, {name}")]
    body += ["x = 1.0", "x = 1", "x = True", "x = [x]", f"x = {text(first)}", "return x"]
    lines = [*bound, "def f(x):", *(f"    {line}" for line in body), f"z = f({text(first)})"]
    source = "\n".join([*lines, "x = z", ""])
    assert differences(source) == differences(source + "# ") == []
    now = told_at_once(source)
    later = record(source, sandbox=False, max_steps=10_000).steps
    assert list(later) == now
    assert [s.types for s in later] == [s.types for s in now]


AT_ONCE_FROM_SOME_STEP = [
    "from collections import deque\nd = [0]\nfor i in range(4):\n    if i == 2:\n"
    f"        d = {new}\n    d.append(i)\nx = 1\n"
    for new in ("deque([1])", "[ValueError(1)]", "[[n] for n in range(400)]")
]
"""Objects whose texts only they can give turn up before a line that was come to before."""


@pytest.mark.parametrize(
    "source", [*AT_ONCE_FROM_SOME_STEP, *WIDE.values(), *map(graph, range(25))]
)
def test_objects_are_told_alike_now_and_later(source: str) -> None:
    gc.disable()  # some of these objects print as they end
    try:
        now = told_at_once(source)
        gc.collect()
        later = record(source, sandbox=False, max_steps=10_000).steps
    finally:
        gc.enable()
    assert [step.to_json() for step in later] == [step.to_json() for step in now]
    assert [list(step.locals) for step in later] == [list(step.locals) for step in now]


def test_only_small_values_that_cannot_change_wait() -> None:
    waiting = [value for value in VALUES if can_wait(type(value), value)]
    shown = ["0", "-1", "1.5", "-0.0", "nan", "True", "None", "'a'", "'a at 0x1234567'"]
    assert [repr(v) for v in waiting] == shown
    assert not any(can_wait(type(v), v) for v in ([], (1,), b"x", 1j, type("N", (int,), {})(1)))


def test_large_values_are_not_kept_for_later() -> None:
    source = "for i in range(200):\n    s = str(i) * 100_000\n    n = i << 1_000_000\ns = n = 0\n"
    tracemalloc.start()
    trace = record(source, sandbox=False)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(trace) > 600
    assert used < 5_000_000


def test_an_entry_becomes_its_row() -> None:
    complete, frame = Telling().complete, 1
    row = new_row("line", 3, "f", 1)
    assert complete(row) is row
    names, types = {"a": "1", "b": "'x'"}, {"a": "int", "b": "str"}
    made = complete((row, frame, "a", 1, "b", "x"))
    assert made == (*row[:4], names, *row[5:9], types, *row[10:])
    assert complete((row, frame, "a", 1)) is row
    assert complete((row, frame, "a", 2))[4] == {"a": "2"}
    back = new_row("return", 3, "f", 1)
    assert complete((back, frame, None)) == (*back[:6], "None", *back[7:])
    told = complete((back, frame, "x", "a", None))
    assert (told[4], told[6], told[9]) == ({"a": "None"}, "'x'", {"a": "NoneType"})
    assert complete((back, frame, "x", "a", None, "b", "x"))[4] == {}
    assert row[4] is NOTHING


def test_the_trace_tells_the_same_when_values_are_long_gone() -> None:
    source = (
        "def f(n):\n    m = n * 2.5\n    return str(m)\nx = [f(i) for i in range(3)]\ny = f(4)\n"
    )
    trace = record(source, sandbox=False)
    assert [s.value for s in trace.steps if s.event == "return"] == [
        "'0.0'",
        "'2.5'",
        "'5.0'",
        "'10.0'",
        "None",
    ]


def test_a_trace_that_nobody_reads_keeps_nothing_of_the_program() -> None:
    source = "class Kept:\n    pass\na = Kept()\nb = [a]\na.x = [b]\nd = {1: a, 2: (b, 3)}\ny = 1\n"
    trace = record(source, sandbox=False)
    gc.collect()
    assert not [kept for kept in gc.get_objects() if type(kept).__name__ == "Kept"]
    assert trace.steps[-1].locals == {"y": "1"}
    assert pickle.loads(pickle.dumps(trace)) == trace
