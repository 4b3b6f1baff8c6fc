"""The tracers that are compared, each as a function that runs one program under it."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

MANY = 10**7


@dataclass(frozen=True)
class Work:
    """A program that is to be run."""

    path: Path
    source: str
    code: CodeType

    @classmethod
    def read(cls, path: Path) -> Work:
        source = path.read_text(encoding="utf-8")
        # Compiled under its own file name, because the others read the source from there.
        return cls(path, source, compile(source, str(path), "exec"))


def _names() -> dict[str, Any]:
    return {"__name__": "__main__", "__builtins__": builtins}


def untraced(work: Work) -> None:
    exec(work.code, _names())


def floor(work: Work) -> None:
    """`sys.settrace` with a function that does nothing, for calls and for lines."""

    def nothing(frame: Any, event: str, arg: Any) -> Any:
        return nothing

    sys.settrace(nothing)
    try:
        exec(work.code, _names())
    finally:
        sys.settrace(None)


def recorder(work: Work) -> None:
    """Compile, run and record in this process; all values are captured and have their texts."""
    _record(work)


def recorder_read(work: Work) -> None:
    """The same, and each step is then made into an object, as it is when one is first asked for."""
    _ = _record(work).steps[0]


def _record(work: Work) -> Any:
    from cwm_lab.recorder import record
    from cwm_lab.trace import Program

    program = Program(work.source, work.path.name)
    trace = record(program, sandbox=False, max_steps=MANY, max_seconds=10_000)
    assert trace.outcome.kind == "finished", trace.outcome
    return trace


def pysnooper(work: Work) -> None:
    import pysnooper

    with pysnooper.snoop(io.StringIO(), depth=2000):
        exec(work.code, _names())


def snoop(work: Work) -> None:
    from snoop.configuration import Config

    with Config(out=io.StringIO(), color=False).snoop(depth=2000):
        exec(work.code, _names())


def hunter(work: Work) -> None:
    """With the source lines and the variables that changed, as the others print them."""
    import hunter

    out = io.StringIO()
    actions = (hunter.CodePrinter(stream=out), hunter.VarsSnooper(stream=out))
    with hunter.trace(filename=str(work.path), actions=actions):
        exec(work.code, _names())


TRACERS: dict[str, Callable[[Work], None]] = {
    "no-op": floor,
    "CWM Lab": recorder,
    "steps read": recorder_read,
    "PySnooper": pysnooper,
    "snoop": snoop,
    "hunter": hunter,
}


def quietly(run: Callable[[Work], None], work: Work) -> None:
    """What the program prints goes nowhere."""
    with redirect_stdout(io.StringIO()):
        run(work)
