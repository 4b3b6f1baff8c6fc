"""The tracers that are compared, each as a function that runs one program under it."""

from __future__ import annotations

import builtins
import dis
import io
import operator
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


class _Logging:
    """One frame under a tracer that only writes down lines and what the line before may have
    bound: it compares nothing, follows no object and knows no odd case."""

    __slots__ = ("before", "binds", "log")

    def __init__(self, log: list[Any], binds: dict[int, Callable[[Any], Any]]) -> None:
        self.log, self.binds, self.before = log, binds, 0

    def trace(self, frame: Any, event: str, arg: Any) -> None:
        if event == "line":
            values = self.binds.get(self.before)
            self.before = frame.f_lineno
            if values is None:
                self.log.append(self.before)
                return
            try:
                self.log.append((self.before, values(frame.f_locals)))
            except KeyError:
                self.log.append(self.before)
        elif event == "return":
            self.log.append((self.before, arg))


def log_only(work: Work) -> None:
    """About the least that a tracer written in Python can do and still know something."""
    log: list[Any] = []
    codes: dict[CodeType, dict[int, Callable[[Any], Any]]] = {}

    def enter(frame: Any, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code.co_filename != str(work.path):
            return None
        if code not in codes:
            codes[code] = _binds(code)
        log.append((code, frame.f_locals.copy() if code.co_name != "<module>" else None))
        return _Logging(log, codes[code]).trace

    sys.settrace(enter)
    try:
        exec(work.code, _names())
    finally:
        sys.settrace(None)


def _binds(code: CodeType) -> dict[int, Callable[[Any], Any]]:
    """Line -> what gets the values of the names that it binds."""
    found: dict[int, dict[str, None]] = {}
    line = 0
    for instruction in dis.get_instructions(code):
        line = getattr(instruction.positions, "lineno", None) or line
        if instruction.opname in ("STORE_FAST", "STORE_NAME"):
            found.setdefault(line, {})[instruction.argval] = None
    return {line: operator.itemgetter(*names) for line, names in found.items()}


def set_up(work: Work) -> None:
    """What comes before the first step: parsing, compiling, and what is known beforehand."""
    from cwm_lab.recorder import record
    from cwm_lab.trace import Program

    trace = record(Program(work.source, work.path.name), sandbox=False, max_steps=1)
    assert trace.outcome.kind == "step-limit", trace.outcome


def recorder(work: Work) -> None:
    """Compile, run and record in this process; all values are captured."""
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
    "log only": log_only,
    "set-up": set_up,
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
