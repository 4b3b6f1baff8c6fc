"""Recording inside the reader's own interpreter, as `%%predict` does."""

from __future__ import annotations

import io
import sys
import threading
import traceback
from types import CodeType, FrameType
from typing import Any

import pytest

from cwm_lab.recorder import record, record_here
from cwm_lab.trace import Program, compare


def test_names_stay_in_the_namespace() -> None:
    names: dict[str, Any] = {}
    recording = record_here(Program("def f(x):\n    return x + 1\ny = f(2)\n"), names)
    assert names["y"] == 3
    assert names["f"](1) == 2
    assert recording.error is None
    assert recording.trace.outcome.kind == "finished"


def test_past_the_step_limit_the_cell_goes_on() -> None:
    names: dict[str, Any] = {}
    program = Program("n = 0\nwhile n < 5000:\n    n += 1\nprint('end')\n")
    echo = io.StringIO()
    recording = record_here(program, names, max_steps=20, echo=echo)
    assert names["n"] == 5000
    assert recording.trace.outcome.kind == "step-limit"
    assert len(recording.trace) == 20
    assert echo.getvalue() == "end\n"


def test_errors_are_given_back_with_a_traceback_of_the_cell() -> None:
    names: dict[str, Any] = {}
    recording = record_here(Program("def f():\n    {}['k']\nf()\n"), names)
    assert isinstance(recording.error, KeyError)
    frames = traceback.extract_tb(recording.error.__traceback__)
    assert [(frame.name, frame.lineno) for frame in frames] == [("<module>", 3), ("f", 2)]


def test_too_deep_recursion_shows_only_the_cell() -> None:
    program = Program("def f(n):\n    return f(n + 1)\nf(0)\n")
    before = sys.getrecursionlimit()
    recording = record_here(program, {}, max_steps=100_000)
    assert isinstance(recording.error, RecursionError)
    names = {frame.name for frame in traceback.extract_tb(recording.error.__traceback__)}
    assert names == {"<module>", "f"}
    assert sys.getrecursionlimit() == before


def test_context_functions_are_stepped_with_negative_lines() -> None:
    context = "rate = 3\ndef tax(x):\n    'doc'\n    y = (x *\n         rate)\n    return y\n"
    names: dict[str, Any] = {"unrelated": 1}
    # The reader's earlier cell had other lines before these.
    exec(compile("\n" * 10 + context, "earlier", "exec"), names)
    here = record_here(
        Program("z = tax(2)", context=context),
        names,
        context_lines={("earlier", 10 + n): -n for n in range(1, 7)},
    ).trace
    assert [(s.event, s.line, s.function) for s in here.steps] == [
        ("line", 1, "<module>"),
        ("call", -2, "tax"),
        ("line", -4, "tax"),
        ("line", -6, "tax"),
        ("return", -6, "tax"),
        ("return", 1, "<module>"),
    ]
    assert here.steps[0].locals == {"rate": "3", "tax": "<function tax>"}
    apart = record(Program("z = tax(2)", context=context))
    assert compare(here, apart).scores["trace_exact"] == 1


def test_the_last_value_is_kept_if_asked_for() -> None:
    program = Program("x = 2\nx * 3")
    names: dict[str, Any] = {}
    kept = record_here(program, names, keep_value=True)
    assert kept.value == 6
    assert set(names) == {"x", "__builtins__"}
    plain = record_here(program, {})
    assert plain.value is None
    assert compare(kept.trace, plain.trace).scores["trace_exact"] == 1


def test_the_reader_is_asked_when_lines_run_out() -> None:
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "Ada"

    program = Program("a = input('1? ')\nb = input('2? ')\nprint(a, b)\n", stdin=("x",))
    trace = record_here(program, {}, ask=ask).trace
    assert asked == ["2? "]
    assert trace.output == "1? x\n2? Ada\nx Ada\n"


def test_a_program_sees_the_end_of_its_input_as_python_does() -> None:
    source = "try:\n    input('? ')\nexcept EOFError as e:\n    print(e)\n"
    assert record(source).output == "? EOF when reading a line\n"
    assert record("n = int(input())").outcome.kind == "input-exhausted"


def test_interrupting_leaves_the_kernel_as_it_was() -> None:
    streams = sys.stdout, sys.stdin
    recording = record_here(Program("x = 1\nraise KeyboardInterrupt\n"), {})
    assert isinstance(recording.error, KeyboardInterrupt)
    assert recording.trace.outcome.type == "KeyboardInterrupt"
    assert (sys.stdout, sys.stdin) == streams


def test_time_limit_stops_a_cell_past_its_steps() -> None:
    program = Program("while True:\n    try:\n        pass\n    except:\n        pass\n")
    recording = record_here(program, {}, max_steps=10, max_seconds=1)
    assert recording.error is not None
    assert len(recording.trace) == 10


def test_output_limit_stops_a_cell() -> None:
    recording = record_here(Program("while True:\n    print('x' * 1000)\n"), {}, max_output=5000)
    assert recording.trace.outcome.kind == "output-limit"


def test_the_previous_trace_function_is_put_back() -> None:
    seen = []

    def tracer(frame: FrameType, event: str, arg: object) -> None:
        seen.append(frame.f_code.co_name)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        record_here(Program("x = 1"), {})
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is tracer


def test_steps_are_told_while_the_cell_runs() -> None:
    names: dict[str, Any] = {"told": []}
    lines: list[int] = names["told"]
    program = Program("a = 1\nb = len(told)\n")
    record_here(program, names, on_step=lambda step: lines.append(step.line))
    assert names["b"] == 2
    assert lines == [1, 2, 2]


@pytest.mark.parametrize("name", ["__repr__", "__str__", "__eq__", "__hash__", "__getattr__"])
def test_looking_never_runs_the_program(name: str) -> None:
    source = (
        f"class A:\n    def {name}(self, *args):\n        print('ran')\n        raise OSError\n"
    )
    trace = record(source + "a = A()\nb = [a, (a,), {1: a}]\nb.append(a)\n")
    assert trace.outcome.kind == "finished"
    assert trace.output == ""
    assert trace.state_at(len(trace) - 1)["b"] == "[A(), (A(),), {1: A()}, A()]"


ASKING = {
    "metaclass": (
        "class M(type):\n    def __getattribute__(c, n):\n        print('ran', n)\n"
        "        return type.__getattribute__(c, n)\n"
        "class A(metaclass=M): pass\n"
        "class B(A): __module__ = 'other'\n"
        "a = A()\nb = [A, a, (a,), {a}, B()]\n"
    ),
    "class": (
        "class A:\n    @property\n    def __class__(self): return print('ran')\n"
        "    def __del__(self): pass\n"
        "a = A()\nb = [a]\nc = ((a,),)\nd = {a}\nb.append(b)\n"
    ),
    "proxies": (
        "import weakref\n"
        "class A:\n    @property\n    def __class__(self): return print('ran')\n"
        "a = A()\np = weakref.proxy(a)\nb = [p]\ndel a\nb.append(1)\n"
    ),
    "names": (
        "class A:\n    locals()[3] = 4\n    x = 1\n"
        "a = A()\na.__dict__[5] = 6\nglobals()[7] = 8\nb = [a]\na.x = 2\n"
    ),
    "method of an object": (
        "import types\n"
        "class A:\n    def __getattr__(self, name):\n        print('ran', name)\n"
        "    def __call__(self): pass\n"
        "a = types.MethodType(A(), 1)\nb = [a]\n"
    ),
}


@pytest.mark.parametrize("name", ASKING)
def test_looking_never_asks_the_program(name: str) -> None:
    trace = record(ASKING[name])
    assert trace.outcome.kind == "finished", trace.outcome
    assert trace.output == ""
    assert len(trace.state_at(len(trace) - 1)) >= 3


def test_a_program_of_which_python_tells_nothing_is_not_an_empty_trace() -> None:
    """Here because it runs in a thread that is not traced."""

    def elsewhere(code: CodeType, names: dict[str, Any]) -> None:
        thread = threading.Thread(target=exec, args=(code, names))
        thread.start()
        thread.join()

    recording = record_here(Program("x = 1\n"), {}, run=elsewhere)
    assert recording.trace.outcome.type == "UnsupportedError"
    assert len(recording.trace) == 0


def test_standard_streams_have_bytes_beneath_them() -> None:
    source = (
        "import sys\n"
        "first = sys.stdin.buffer.readline()\n"
        "second = [line.decode() for line in sys.stdin.buffer]\n"
        "sys.stdout.buffer.write('é'.encode()[:1])\n"
        "sys.stdout.buffer.write('é'.encode()[1:])\n"
        "out = sys.stdout\n"
    )
    trace = record(source, stdin=["ä", "b"])
    state = trace.state_at(len(trace) - 1)
    assert (state["first"], state["second"]) == (repr("ä\n".encode()), "['b\\n']")
    assert trace.output == "ä\nb\né"
    assert state["out"] == "<TextIOWrapper>"
