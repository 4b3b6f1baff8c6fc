"""Laws that hold for every recorded trace."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwm_lab.recorder import record
from cwm_lab.recorder.display import MAX_TEXT, display, has_identity
from cwm_lab.trace import Trace, compare

_NAMES = st.sampled_from(["a", "b", "total", "items"])
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@st.composite
def programs(draw: st.DrawFn, depth: int = 2) -> str:
    """Small programs of assignments, branches, loops and prints; some of them crash."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        name, other = draw(_NAMES), draw(_NAMES)
        number = draw(st.integers(-3, 9))
        kind = draw(st.integers(0, 6 if depth else 3))
        if kind == 0:
            lines.append(f"{name} = {number}")
        elif kind == 1:
            lines.append(f"{name} = [{number}, {number} // 2]")
        elif kind == 2:
            lines.append(f"{name} = {other}")
        elif kind == 3:
            lines.append(f"print({name} * 2)")
        else:
            body = draw(programs(depth=depth - 1))
            head = ["if True:", f"for {name} in range({abs(number) % 3}):", "try:"][kind - 4]
            lines.append(head)
            lines += ["    " + line for line in body.splitlines()]
            if kind == 6:
                lines += [f"except NameError as {other}:", "    pass", "finally:", "    a = 0"]
    return "\n".join(lines) + "\n"


def run(source: str) -> Trace:
    return record(source, sandbox=False, max_steps=300)


@given(programs())
def test_recording_twice_gives_the_same(source: str) -> None:
    assert run(source).to_json() == run(source).to_json()


@given(programs())
def test_a_trace_matches_itself_and_its_own_document(source: str) -> None:
    trace = run(source)
    comparison = compare(Trace.from_json(trace.to_json()), trace)
    assert {pair.verdict for pair in comparison.steps} <= {"match"}
    assert comparison.first_divergence is None
    assert set(comparison.scores.values()) == {1.0}


@given(programs())
def test_the_last_state_is_what_plain_python_leaves(source: str) -> None:
    trace = run(source)
    names: dict[str, object] = {}
    lines: list[str] = []
    names["print"] = lambda *args: lines.append(" ".join(map(str, args)) + "\n")
    raised = None
    try:
        exec(source, names)
    except Exception as error:  # noqa: BLE001 - the outcome says which
        raised = type(error).__name__
    assert trace.outcome.type == raised
    assert trace.outcome.kind == ("raised" if raised else "finished")
    assert trace.steps[-1].event == ("exception" if raised else "return")
    assert trace.output == "".join(lines)
    left = {k: display(v) for k, v in names.items() if k not in ("__builtins__", "print")}
    assert trace.state_at(len(trace) - 1) == left


@settings(max_examples=8)
@given(programs())
def test_the_sandbox_records_what_is_recorded_here(source: str) -> None:
    assert record(source, max_steps=300).to_json() == run(source).to_json()


@given(_VALUES)
def test_small_builtin_values_look_as_python_writes_them(value: object) -> None:
    assert display(value) == repr(value)


@given(st.lists(st.text(max_size=500), max_size=200))
def test_a_text_is_bounded(value: list[str]) -> None:
    assert len(display(value)) < 2 * MAX_TEXT


def test_lists_of_lists_are_bounded_even_if_nothing_but_brackets_is_in_them() -> None:
    deep: list[object] = []
    for _ in range(8):
        deep = [deep] * 1000
    assert len(display(deep)) < 2 * MAX_TEXT


@pytest.mark.parametrize("kind", [bytes, bytearray, type("Blob", (bytearray,), {})])
def test_of_long_bytes_only_the_start_is_copied(kind: type) -> None:
    value = kind(10_000_000)
    tracemalloc.start()
    text = display(value)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "...(10000000 bytes)" in text
    assert most < 100_000


@given(_VALUES)
def test_only_what_can_change_has_an_identity(value: object) -> None:
    assert has_identity(value) == isinstance(value, list | dict)


@given(st.sets(st.integers() | st.text(max_size=3)))
def test_sets_look_the_same_however_they_were_built(value: set[object]) -> None:
    rebuilt: set[object] = set()
    for item in sorted(value, key=repr, reverse=True):
        rebuilt.add(item)
    assert display(value) == display(rebuilt)


@pytest.mark.parametrize("word", ["print", "input", "len"])
def test_builtins_look_like_themselves(word: str) -> None:
    trace = record(f"f = {word}\n")
    assert trace.steps[-1].locals == {"f": f"<built-in function {word}>"}
