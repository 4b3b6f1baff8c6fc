"""Whatever a program does, its trace up to then comes back, with the outcome that says why."""

from __future__ import annotations

import os
import sys

import pytest

from cwm_lab.errors import BadProgramError
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's limits")


def lines(trace: Trace) -> list[int]:
    return [step.line for step in trace.steps]


def test_endless_loop_ends_at_the_step_limit() -> None:
    trace = record("n = 0\nwhile True:\n    n += 1\n", max_steps=50)
    assert len(trace) == 50
    assert trace.outcome.kind == "step-limit"
    assert trace.outcome.line == trace.steps[-1].line


def test_a_program_of_exactly_the_limit_finishes() -> None:
    source = "a = 1\nb = 2\n"
    assert record(source, max_steps=3).outcome.kind == "finished"
    assert record(source, max_steps=2).outcome.kind == "step-limit"


def test_leaving_the_process_keeps_the_steps() -> None:
    trace = record("import os\nprint('hi')\nos._exit(3)\n")
    assert lines(trace) == [1, 2, 3]
    assert trace.output == "hi\n"
    assert (trace.outcome.kind, trace.outcome.type) == ("raised", "SystemExit")
    assert "3" in (trace.outcome.message or "")


@posix
def test_killing_the_process_keeps_the_steps() -> None:
    trace = record("import os\na = 1\nos.kill(os.getpid(), 9)\n")
    assert lines(trace) == [1, 2, 3]
    assert (trace.outcome.kind, trace.outcome.type) == ("raised", "SIGKILL")


@linux
@pytest.mark.parametrize("bomb", ["x = b'1' * 10**9", "x = [0]\nwhile True: x = x * 10"])
def test_memory_bomb(bomb: str) -> None:
    trace = record(f"a = 1\n{bomb}\n", max_memory=200 * 2**20)
    assert trace.outcome.kind == "memory-limit"
    assert trace.steps[1].locals == {"a": "1"}


@linux
def test_memory_that_only_recording_lacks_is_the_programs_limit_too() -> None:
    """Showing the set takes more than there is left, and the program catches what that raises."""
    source = "try:\n    s = set(range(2_000_000))\n    x = 1\nexcept MemoryError:\n    x = 2\n"
    trace = record(source, max_memory=156 * 2**20, max_seconds=60)
    assert trace.outcome.kind == "memory-limit"
    assert lines(trace) == [1, 2]


@linux
def test_a_program_may_catch_its_memory_error() -> None:
    source = "try:\n    x = b'1' * 10**9\nexcept MemoryError:\n    print('no')\n"
    trace = record(source, max_memory=200 * 2**20)
    assert trace.outcome.kind == "finished"
    assert trace.output == "no\n"


@pytest.mark.parametrize("flood", ["print('x' * 10**7)", "while True: print('x' * 10**4)"])
def test_output_flood(flood: str) -> None:
    trace = record(f"print('first')\n{flood}\n", max_output=100_000)
    assert trace.outcome.kind == "output-limit"
    assert trace.output.startswith("first\n")
    assert len(trace.output) <= 100_000


def test_large_objects_that_the_program_lost_are_not_kept() -> None:
    trace = record("for i in range(100):\n    a = [0] * 10**6\n", max_memory=200 * 2**20)
    assert trace.outcome.kind == "finished"


def test_catching_everything_does_not_help() -> None:
    source = (
        "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass\n"
    )
    assert record(source, max_steps=20).outcome.kind == "step-limit"
    assert record(source, max_steps=20, sandbox=False, max_seconds=5).outcome.kind == "step-limit"


def test_time_limit_in_process() -> None:
    trace = record("import time\ntime.sleep(9999)\n", sandbox=False, max_seconds=1)
    assert trace.outcome.kind == "time-limit"
    assert lines(trace) == [1, 2]


def test_the_sandbox_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    before = os.getcwd()  # noqa: PTH109 - compared with what the program says
    source = "import os\nprint(os.environ.get('SECRET_KEY'), os.getcwd())\nopen('f', 'w').close()\n"
    trace = record(source)
    assert trace.outcome.kind == "finished"
    assert trace.output.startswith("None ")
    assert before not in trace.output.split()
    assert not os.path.exists(trace.output.split()[1])  # noqa: PTH110


def test_programs_do_not_see_each_other() -> None:
    record("import builtins\nbuiltins.left = 1\n")
    trace = record("left")
    assert trace.outcome.type == "NameError"


@pytest.mark.parametrize(
    "name", ["len", "isinstance", "type", "dict", "str", "map", "all", "tuple", "getattr"]
)
def test_built_in_functions_that_the_program_replaces_are_its_own(name: str) -> None:
    source = (
        f"import builtins\na = [1]\nbuiltins.{name} = lambda *args: []\na.append((2,))\nb = {{1}}\n"
    )
    trace = record(source)
    assert trace.outcome.kind == "finished"
    state = trace.state_at(len(trace) - 1)
    assert (state["a"], state["b"]) == ("[1, (2,)]", "{1}")
    source = "import builtins\nbuiltins.here = 3\nbuiltins.input = len\nprint(here, input('abc'))\n"
    assert record(source).output == "3 3\n"


def test_recursion_ends_at_the_same_depth_everywhere() -> None:
    trace = record("def f(n):\n    return f(n + 1)\n\nf(0)\n", max_steps=5000)
    assert trace.outcome.type == "RecursionError"
    assert max(step.depth for step in trace.steps) == 999
    assert trace.steps[-1].event == "exception"
    assert trace.steps[-1].depth == 0


def test_deep_recursion_within_the_limit() -> None:
    source = "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n\nprint(f(900))\n"
    trace = record(source, max_steps=5000)
    assert trace.output == "900\n"
    assert trace.outcome.kind == "finished"


@pytest.mark.parametrize("bad", ["a = '\0'", "x = 1\n" * 200_000, "-" * 99_999 + "1"])
def test_text_that_is_no_program(bad: str) -> None:
    with pytest.raises(BadProgramError, match="cell"):
        record(bad)


@pytest.mark.parametrize("limit", [{"max_steps": 0}, {"max_seconds": -1}, {"max_output": -1}])
def test_negative_limits_are_refused(limit: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="limits must be positive"):
        record("x = 1", **limit)  # type: ignore[arg-type]


def test_syntax_error_is_an_outcome() -> None:
    trace = record("x = 1\nif x\n    pass\n")
    assert len(trace) == 0
    assert trace.outcome.kind == "syntax-error"
    assert trace.outcome.type == "SyntaxError"
    assert trace.outcome.line == 2


def test_broken_context_is_an_outcome() -> None:
    trace = record(Program("y = x", context="a = 1\nx = 1 / 0"))
    assert trace.outcome.type == "ZeroDivisionError"
    assert trace.outcome.line == -2
