"""The recorder beside other tracers: theirs go on afterwards; a program's own are refused."""

from __future__ import annotations

import bdb
import cProfile
import gc
import json
import pstats
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cwm_lab.recorder import record, record_here
from cwm_lab.trace import Program, Trace

DEEP = "def f(n):\n    return f(n + 1)\n"
ENDINGS = {
    "finished": ("x = 1\n", "finished"),
    "raised": ("1 / 0\n", "raised"),
    "caught": ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\n", "finished"),
    "step-limit": ("while True:\n    pass\n", "step-limit"),
    "time-limit": ("import time\ntime.sleep(60)\n", "time-limit"),
    "output-limit": ("while True: print('x' * 1000)\n", "output-limit"),
    "too deep": (DEEP + "f(0)\n", "raised"),
    "too deep, caught": (DEEP + "try:\n    f(0)\nexcept RecursionError:\n    pass\n", "finished"),
    "interrupted": ("raise KeyboardInterrupt\n", "raised"),
    "left": ("raise SystemExit\n", "raised"),
    "asleep": ("def g():\n    yield 1\nh = g()\nnext(h)\n", "finished"),
    "syntax error": ("x =\n", "syntax-error"),
    "refused": ("import sys\nsys.settrace(print)\n", "raised"),
}


def record_inside(source: str, **options: Any) -> Trace:
    limits = {"max_steps": 5000, "max_seconds": 60.0, "max_output": 50_000} | options
    return record(source, sandbox=False, **limits)


@contextmanager
def tracing(function: Callable[..., Any]) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(function)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(("source", "kind"), ENDINGS.values(), ids=ENDINGS.keys())
def test_hooks_are_put_back_however_a_run_ends(source: str, kind: str) -> None:
    def tracer(frame: FrameType, event: str, arg: Any) -> None: ...

    def profiler(frame: FrameType, event: str, arg: Any) -> None: ...

    functions = sys.settrace, sys.setprofile, threading.settrace, sys.getrecursionlimit
    limit = sys.getrecursionlimit()
    seconds = 0.3 if kind == "time-limit" else 60.0
    with tracing(tracer):
        sys.setprofile(profiler)
        try:
            trace = record_inside(source, max_seconds=seconds)
            after = sys.gettrace(), sys.getprofile()
        finally:
            sys.setprofile(None)
    assert trace.outcome.kind == kind
    assert after == (tracer, profiler)
    assert functions == (
        sys.settrace,
        sys.setprofile,
        threading.settrace,
        sys.getrecursionlimit,
    )
    assert sys.getrecursionlimit() == limit


def test_lines_of_the_caller_go_on_being_traced() -> None:
    seen: list[int] = []

    def tracer(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is not caller.__code__:
            return None
        if event == "line":
            seen.append(frame.f_lineno - caller.__code__.co_firstlineno)
        return tracer

    def caller() -> str:
        record_inside("x = 1\n")
        record_inside("1 / 0\n")
        return "done"

    with tracing(tracer):
        caller()
    assert seen == [1, 2, 3]


class Steps(bdb.Bdb):
    """A debugger that steps through one function and all that it calls here."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, int]] = []

    def user_line(self, frame: FrameType) -> None:
        if frame.f_code.co_filename == __file__:
            code = frame.f_code
            self.lines.append((code.co_name, frame.f_lineno - code.co_firstlineno))


def test_a_debugger_steps_on() -> None:
    def after() -> int:
        return 1

    def debugged() -> Trace:
        trace = record_inside(ENDINGS["too deep, caught"][0])
        after()
        return trace

    debugger = Steps()
    before = sys.gettrace()
    try:
        trace = debugger.runcall(debugged)
    finally:
        sys.settrace(before)
    assert isinstance(trace, Trace)
    assert len(trace) > 1000
    lines = [line for line in debugger.lines if line[0] in ("debugged", "after")]
    assert lines == [("debugged", 1), ("debugged", 2), ("after", 1), ("debugged", 3)]
    assert trace == record_inside(ENDINGS["too deep, caught"][0])


def run_script(folder: Path, *command: str, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *command],
        input=typed,
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "COVERAGE_CORE": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


SCRIPT = """\
from cwm_lab.recorder import record

def before():
    return 1

def after(trace):
    if trace.outcome.kind == "nothing":
        return "not measured"
    return len(trace)

before()
trace = record("def f(n):\\n    return f(n + 1)\\nf(0)\\n", sandbox=False, max_steps=20000)
trace = record("x = 1\\nprint(x)\\n", sandbox=False)
print("steps", after(trace))
"""


@pytest.mark.parametrize("core", ["ctrace", "pytrace", "sysmon"])
def test_coverage_goes_on_measuring(core: str, tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("sys.monitoring is new in 3.12")
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    (tmp_path / ".coveragerc").write_text(f"[run]\ncore = {core}\n", "utf-8")
    output = run_script(tmp_path, "-m", "coverage", "run", "--include=script.py", "script.py")
    assert output == "steps 3\n"
    run_script(tmp_path, "-m", "coverage", "json")
    report = json.loads((tmp_path / "coverage.json").read_text("utf-8"))
    missing = report["files"]["script.py"]["missing_lines"]
    assert missing == [SCRIPT.splitlines().index('        return "not measured"') + 1]


def test_pdb_steps_over_a_recording(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    last = SCRIPT.count("\n")
    output = run_script(
        tmp_path,
        "-m",
        "pdb",
        "script.py",
        typed=f"break {last - 2}\ncontinue\nnext\nnext\nstep\nstep\nwhere\np len(trace)\nquit\n",
    )
    assert f"script.py({last})<module>()" in output
    assert "script.py(7)after()" in output.replace("\n", "")
    assert output.rstrip().endswith("(Pdb)")
    assert "(Pdb) 3" in output


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in 3.12")
def test_monitoring_tools_are_left_alone() -> None:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    tool, seen = 4, []

    def on_line(code: Any, line: int) -> None:
        seen.append(code.co_name)

    def watched() -> None:
        record_inside("x = 1\n")
        record_inside(ENDINGS["too deep"][0])

    monitoring.use_tool_id(tool, "test")
    try:
        monitoring.register_callback(tool, monitoring.events.LINE, on_line)
        monitoring.set_local_events(tool, watched.__code__, monitoring.events.LINE)
        events = monitoring.get_local_events(tool, watched.__code__)
        watched()
        assert monitoring.get_tool(tool) == "test"
        assert monitoring.get_local_events(tool, watched.__code__) == events
        assert monitoring.register_callback(tool, monitoring.events.LINE, None) is on_line
    finally:
        monitoring.free_tool_id(tool)
    assert seen == ["watched", "watched"]


def test_a_profiler_goes_on() -> None:
    def after() -> None: ...

    profiler = cProfile.Profile()
    profiler.enable()
    try:
        trace = record_inside(ENDINGS["too deep, caught"][0])
        after()
    finally:
        profiler.disable()
    assert trace.outcome.kind == "finished"
    stats: Any = pstats.Stats(profiler)
    assert "after" in {name for _, _, name in stats.stats}


def test_other_threads_keep_their_tracer_and_are_not_recorded() -> None:
    seen: set[str] = set()
    started, go = threading.Event(), threading.Event()

    def tracer(frame: FrameType, event: str, arg: Any) -> Any:
        seen.add(frame.f_code.co_name)
        return tracer

    def traced_later() -> None: ...

    def other() -> None:
        sys.settrace(tracer)
        started.set()
        go.wait(30)
        traced_later()
        sys.settrace(None)

    thread = threading.Thread(target=other)
    thread.start()
    started.wait(30)
    names: dict[str, Any] = {"go": go, "thread": thread, "sys": sys}
    recording = record_here(Program("go.set()\nthread.join()\nx = 1\n"), names)
    assert recording.trace.outcome.kind == "finished"
    assert [step.line for step in recording.trace.steps] == [1, 2, 3, 3]
    assert "traced_later" in seen


def test_threads_that_others_trace_can_be_started_by_a_program() -> None:
    seen: set[str] = set()

    def tracer(frame: FrameType, event: str, arg: Any) -> Any:
        seen.add(frame.f_code.co_name)
        return tracer

    source = (
        "import threading\n"
        "def work():\n"
        "    done.append(1)\n"
        "done = []\n"
        "t = threading.Thread(target=work); t.start(); t.join()\n"
        "print(done)\n"
    )
    threading.settrace(tracer)  # as coverage does
    try:
        trace = record_inside(source)
    finally:
        threading.settrace(None)  # type: ignore[arg-type]
    assert trace.outcome.kind == "finished"
    assert trace.output == "[1]\n"
    assert "work" in seen
    assert {step.function for step in trace.steps} == {"<module>"}


def test_recording_in_another_thread() -> None:
    traces: list[Trace] = []
    thread = threading.Thread(target=lambda: traces.append(record_inside("x = 1\n")))
    thread.start()
    thread.join()
    assert traces == [record_inside("x = 1\n")]


REFUSED = {
    "settrace": "import sys\nx = 1\nsys.settrace(lambda *a: None)\nx = 2\n",
    "from import": "from sys import settrace\nx = 1\nsettrace(print)\nx = 2\n",
    "setprofile": "import sys\nx = 1\nsys.setprofile(lambda *a: None)\nx = 2\n",
    "threading.settrace": "import threading\nx = 1\nthreading.settrace(print)\nx = 2\n",
    "threading.setprofile": "import threading\nx = 1\nthreading.setprofile(print)\nx = 2\n",
    "breakpoint": "import os\nx = 1\nbreakpoint()\nx = 2\n",
    "pdb.set_trace": "import pdb\nx = 1\npdb.set_trace()\nx = 2\n",
    "pdb.run": "import pdb\nx = 1\npdb.run('y = 1')\nx = 2\n",
    "trace": "import trace\nx = 1\ntrace.Trace(trace=0).run('y = 1')\nx = 2\n",
    "record": "from cwm_lab.recorder import record\nx = 1\nrecord('y = 1', sandbox=False)\nx = 2\n",
    "caught": (
        "import sys\nx = 1\n"
        "try: sys.settrace(print)\n"
        "except BaseException: print('caught')\n"
        "finally: print('finally')\n"
        "x = 2\n"
    ),
}
if sys.version_info >= (3, 12):
    REFUSED["monitoring"] = "import sys\nx = 1\nsys.monitoring.use_tool_id(3, 'mine')\nx = 2\n"
    REFUSED["all threads"] = (
        "import threading\nx = 1\nthreading.settrace_all_threads(print)\nx = 2\n"
    )
    REFUSED["cProfile"] = "import cProfile\nx = 1\ncProfile.run('y = 1')\nx = 2\n"


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_a_program_that_traces_itself_is_refused(source: str, sandbox: bool) -> None:
    trace = record(source, sandbox=sandbox)
    assert [step.line for step in trace.steps] == [1, 2, 3]
    outcome = trace.outcome
    assert (outcome.kind, outcome.type, outcome.line) == ("raised", "UnsupportedError", 3)
    assert outcome.message is not None
    assert "cannot be recorded" in outcome.message
    assert trace.output == ""


def test_the_refusal_says_what_was_called() -> None:
    message = record(REFUSED["setprofile"]).outcome.message
    assert message is not None
    assert message.startswith("sys.setprofile was called")


def test_what_came_before_the_recorder_cannot_take_its_place_unseen() -> None:
    program = Program("x = 1\nsettrace(None)\nx = 2\n", context="from sys import settrace")
    for sandbox in (True, False):
        outcome = record(program, sandbox=sandbox).outcome
        assert (outcome.type, outcome.line) == ("UnsupportedError", 2)


def test_setting_nothing_where_nothing_is_set_is_allowed() -> None:
    source = (
        "import sys\n"
        "before = sys.gettrace()\n"
        "sys.settrace(before)\n"
        "sys.setprofile(None)\n"
        "f = sys.settrace\n"
        "print(before, f)\n"
    )
    trace = record(source)
    assert trace.outcome.kind == "finished"
    assert trace.steps[-1].line == 6
    assert trace.state_at(len(trace) - 1)["f"] == "<built-in function settrace>"


def test_doctest_can_be_recorded() -> None:
    source = (
        "import doctest\n"
        "def half(n):\n"
        "    '''\n"
        "    >>> half(4)\n"
        "    2\n"
        "    '''\n"
        "    return n // 2\n"
        "print(doctest.testmod().failed)\n"
    )
    trace = record(source)
    assert trace.output == "0\n"
    assert [step.line for step in trace.steps] == [1, 2, 8, 2, 7, 7, 8]


@pytest.mark.parametrize("end", ["", "raise ValueError"])
def test_the_search_for_garbage_is_what_it_was(end: str) -> None:
    """It is rarer while a program runs that does not speak of it."""
    before, seen = gc.get_threshold(), []
    names = {"look": lambda: seen.append(gc.get_threshold())}
    record_here(Program(f"x = 1\nlook()\n{end}\n"), names, own_namespace=True)
    record_here(Program(f"import gc\nlook()\n{end}\n"), names, own_namespace=True)
    rare, usual = seen
    assert rare > usual == before == gc.get_threshold()
