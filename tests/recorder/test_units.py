"""Steps on their way out of the sandbox: none is changed, lost or told twice, whatever happens."""

from __future__ import annotations

import os
import random
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.recorder import record, worker_report
from cwm_lab.recorder.reaching import may_reach_files
from cwm_lab.recorder.rows import OBJECTS
from cwm_lab.recorder.run import Limits, execute
from cwm_lab.recorder.states import State
from cwm_lab.recorder.worker_messages import UnreadableError
from cwm_lab.recorder.worker_received import Received
from cwm_lab.recorder.worker_report import Report
from cwm_lab.recorder.worker_units import HEAD, SHARED, SIZE
from cwm_lab.trace import Program, Trace
from tests.recorder.test_sandbox_server import children, eventually, server

PROGRAM = """\
class Box:
    def __init__(self, value):
        self.value = value
        self.half = "\\ud83d"
def make(n, text="ü", flag=None):
    boxes = []
    for i in range(n):
        boxes.append(Box(i / 4))
        boxes[-1].other = boxes[0]
    boxes.pop(0)
    return boxes if flag else (n, text)
big, parts, odd = 2**63, {1: [1, 2], "two": (1, "\\ud83d" + "\\ude00")}, "\\ud83d" + "\\ude00"
print(make(3), "out")
kept = make(4, flag=True)
kept[0].value, kept[1].value = kept[1].value, {5, 6}
del parts[1]
long = [*range(98)]
for i in range(5):
    long.append(float("nan"))
for name in (True, False, None, 1.5, -0.0, float("inf"), 2**64 - 1, -(2**63), print, Box, b"x"):
    shown = name
long.clear()
def numbers():
    yield from (1, 2)
for n in numbers():
    pass
"""
AT_ONCE = (
    PROGRAM + "from collections import deque\nqueue = deque([kept])\nkept[0].x = 1\nlong = []\n"
)


class Way:
    """A Report, and what comes out of it."""

    def __init__(self, path: Path, *, wait: bool = True) -> None:
        self.path = path
        self.memory = memoryview(bytearray(SHARED))
        self.report = Report(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), self.memory)
        self.take = self.report.taker(wait=wait)

    def run(self, program: Program) -> None:
        names = {"__name__": "__main__", "__builtins__": __builtins__}
        report = self.report
        execute(
            program,
            names,
            telling=report.telling,
            take=self.take,
            emit=report.step,
            patch=report.value,
            limits=Limits(10_000),
            own_namespace=True,
        )

    def waiting(self) -> tuple[int, bytes]:
        """As the listener reads it when the process has ended."""
        start, length = HEAD.unpack(self.memory[: HEAD.size])
        return start, bytes(self.memory[HEAD.size : HEAD.size + length])


def received(data: bytes, *waiting: tuple[int, bytes]) -> Received:
    found = Received(10_000)
    found.feed(data)
    for start, rest in waiting:
        found.take(start, rest)
    return found


def expected(source: str) -> Trace:
    return record(source, sandbox=False, max_steps=10_000)


@pytest.mark.parametrize("source", [PROGRAM, AT_ONCE], ids=["texts wait", "texts at once"])
class TestTheSame:
    """What is read is what `record` gives in this process."""

    def test_in_the_sandbox(self, source: str) -> None:
        trace = record(source, max_steps=10_000)
        assert trace.outcome == expected(source).outcome
        assert trace.steps == expected(source).steps

    def test_all_sent(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows")
        way.run(Program(source))
        way.report.flush()
        assert received(way.path.read_bytes(), way.waiting()).steps == expected(source).steps

    def test_step_by_step(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows", wait=False)
        way.run(Program(source))
        assert received(way.path.read_bytes()).steps == expected(source).steps

    def test_nothing_sent(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows")
        way.run(Program(source))
        assert received(b"", way.waiting()).steps == expected(source).steps

    def test_killed_while_sending(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows")
        way.run(Program(source))
        waiting = way.waiting()
        way.report.flush()
        sent = way.path.read_bytes()
        for length in (1, SIZE - 1, SIZE, len(sent) // 2, len(sent)):
            assert received(sent[:length], waiting).steps == expected(source).steps

    def test_in_small_pieces(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows")
        way.run(Program(source))
        way.report.flush()
        found = Received(10_000)
        for byte in way.path.read_bytes():
            found.feed(bytes([byte]))
        assert found.steps == expected(source).steps

    def test_seen_in_memory_before_it_is_sent(self, source: str, tmp_path: Path) -> None:
        way = Way(tmp_path / "rows")
        way.run(Program(source))
        start, waiting = way.waiting()
        way.report.flush()
        sent = way.path.read_bytes()
        found = Received(10_000)
        found.take(len(sent), b"not sent yet")  # what stands before it is not known
        found.feed(sent[:start])
        for length in range(0, len(waiting), 7 * SIZE):
            found.take(start, waiting[:length])
            found.feed(sent[start + length // 2 : start + (length + 7 * SIZE) // 2])
        found.take(start, waiting)
        assert found.steps == expected(source).steps

    def test_texts_made_at_once_from_somewhere_on(
        self, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_report, "_MOST_KEPT", 2000)
        way = Way(tmp_path / "rows", wait=False)
        way.run(Program(source))
        sent = way.path.read_bytes()
        assert b'["step"' in sent
        assert received(sent).steps == expected(source).steps


def test_a_program_is_looked_at_while_its_memory_is_written_to() -> None:
    source = "xs = [0]\nfor i in range(9000):\n    xs[0] = i / 2\n    n = str(i)\n"
    trace = record(source, max_steps=10**6)
    whole = record(source, max_steps=10**6, sandbox=False)
    assert len(trace) > 3 * SHARED / SIZE
    assert trace.steps == whole.steps


def test_a_step_that_is_larger_than_the_memory() -> None:
    source = f"a = 1\nprint('x' * {2 * SHARED})\nb = 2\n"
    trace = record(source)
    assert trace.outcome.kind == "finished"
    assert trace.steps == expected(source).steps


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    way = Way(tmp_path_factory.mktemp("sent") / "rows")
    way.run(Program(PROGRAM))
    way.report.flush()
    return way.path.read_bytes()


@given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_scribbles_do_no_harm(sent: bytes, seed: int, times: int) -> None:
    """Whatever is changed is noticed, or makes a trace that can be read."""
    choose = random.Random(seed)
    data = bytearray(sent)
    for _ in range(times):
        at = choose.randrange(len(data))
        unit = at - at % SIZE
        kind = choose.randrange(5)
        if kind == 0:
            data[at] = choose.randrange(256)
        elif kind == 1:
            data[at : at + choose.randrange(SIZE)] = choose.randbytes(choose.randrange(SIZE))
        elif kind == 2:
            del data[unit : unit + SIZE * choose.randrange(1, 4)]
        elif kind == 3:
            other = SIZE * choose.randrange(len(data) // SIZE)
            data[unit:unit] = data[other : other + SIZE]
        else:
            field = unit + choose.choice((0, 8, 12, 16))
            data[field : field + 1] = choose.randrange(24).to_bytes()
    found = Received(10_000)
    with suppress(UnreadableError):
        found.feed(bytes(data))
    for step in found.steps:
        assert step.line is not None


def test_a_kill_from_outside_loses_nothing() -> None:
    process = server()

    def kill() -> bool:
        killed = [*running()]
        for child in killed:
            os.kill(child, signal.SIGKILL)
        return bool(killed)

    def running() -> Iterator[int]:
        for child in children(process):
            with suppress(FileNotFoundError, ProcessLookupError):  # Ended meanwhile
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                if int(fields[11]) > 5:
                    yield child

    killer = threading.Thread(target=eventually, args=[kill])
    killer.start()
    trace = record("n = 0\nwhile True:\n    n += 1\n", max_steps=10**7, max_seconds=60)
    killer.join()
    assert trace.outcome.type == "SIGKILL"
    assert len(trace) > 1000
    assert trace.state_at(len(trace) - 1)["n"] == str((len(trace) - 2) // 2)


@pytest.mark.parametrize(
    ("source", "may"),
    [
        ("x = 1\n", False),
        ("import math, random as r\nfrom math import sqrt, pi\n", False),
        ("import os\n", True),
        ("import math, os\n", True),
        ("from os import write\n", True),
        ("def f():\n    import \\\n        os\n", True),
        ("if 1: import os\n", True),
        ("open('f')\n", True),
        ("import numpy\n", True),
    ],
)
def test_which_programs_may_reach_files(source: str, may: bool) -> None:
    assert may_reach_files(Program(source)) is may
    assert may_reach_files(Program("x = 1\n", context=source)) is may


def test_a_step_that_did_not_come_through_is_told_later(tmp_path: Path) -> None:
    """As when calls go too deep while a step is on its way; the tracer then tells all again."""
    way = Way(tmp_path / "rows")
    way.run(Program("a = [1]\n"))
    report = way.report
    head, *names = report.telling.entries[1]
    ((node, number, state),) = head[OBJECTS]
    longer = State(state.type, state.shape, 2, 2, [1, 2], made=False)
    entry = ((*head[:OBJECTS], [(node, number, longer)]), *names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "_put", too_deep)
        with pytest.raises(RecursionError):
            report.entry(entry)
    report.entry(entry)
    assert received(b"", way.waiting()).steps[-1].locals == {"a": "[1, 2]"}


def too_deep(_: object) -> None:
    raise RecursionError


def test_a_limit_on_the_size_of_files_is_none_on_traces() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    source = "xs = []\nfor i in range(30):\n    xs.append(i)\n"
    whole = record(source)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        limited = record(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert limited.to_json() == whole.to_json()
