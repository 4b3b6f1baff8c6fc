"""The program inside the sandbox: reads a request, records, and reports each step as it happens.

Run as ``python -m cwm_lab.recorder.child``. One JSON document comes in on standard input; JSON
lines go out on what was standard output, which the recorded program no longer has. Each line is
written at once, so that what was recorded before a kill is not lost:

    ["ready"]                     limits are set, the program starts
    ["step", event, line, ...]    a row's fields, in order
    ["value", index, text]        the value of an earlier row is now known to be this
    ["end", kind, type, message, line]
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

from cwm_lab.recorder.run import CONTEXT_FILENAME, Limits, Stopped, error_outcome, execute
from cwm_lab.recorder.streams import Input, Output, redirected
from cwm_lab.recorder.tracer import Row
from cwm_lab.trace import Outcome, Program

_FIELDS = tuple(field.name for field in fields(Row))
_FILE_BYTES = 16 * 2**20


class _Report:
    """The way out for what was recorded."""

    def __init__(self) -> None:
        self._file = os.dup(1)
        self._process = os.getpid()
        self._rows: list[Row] = []
        self._line: int | None = None

    def send(self, *message: object) -> None:
        if os.getpid() != self._process:
            return  # a fork of the program; only the program itself is recorded
        data = memoryview(json.dumps(message).encode() + b"\n")
        while data:
            data = data[os.write(self._file, data) :]

    def step(self, row: Row) -> None:
        self.send("step", *(getattr(row, name) for name in _FIELDS))
        self._rows.append(row)
        self._line = row.line

    def value(self, row: Row) -> None:
        index = next(i for i in reversed(range(len(self._rows))) if self._rows[i] is row)
        self.send("value", index, row.value)

    def end(self, outcome: Outcome) -> None:
        self.send("end", outcome.kind, outcome.type, outcome.message, outcome.line)

    def stop(self, stopped: Stopped) -> None:
        """A limit: nothing of the program may run any more, not even its `finally`."""
        outcome = stopped.outcome
        self.send("end", outcome.kind, outcome.type, outcome.message, self._line)
        os._exit(0)


def _limit(memory: int, seconds: float) -> None:
    """Bounds that the system keeps, where it has them (POSIX)."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's clock is the only limit
        return

    def lower(what: int, most: int) -> None:
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, _FILE_BYTES)
    lower(resource.RLIMIT_CPU, int(seconds) + 2)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return  # not Linux: address space cannot be told, so it is not limited
    lower(resource.RLIMIT_AS, pages * resource.getpagesize() + memory)


def _main_module() -> ModuleType:
    """A fresh `__main__`, as for a script; the recorder's own is out of the program's sight."""
    module = ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    return module


def _run_context(program: Program, namespace: dict[str, Any], limits: Limits) -> Outcome | None:
    """Run what earlier cells defined, unrecorded; an outcome if that fails already."""
    if not program.context:
        return None
    output = Output(limits.output, lambda: None)
    try:
        code = compile(program.context, CONTEXT_FILENAME, "exec", dont_inherit=True)
        with redirected(Input((), output), output):
            exec(code, namespace)
    except BaseException as error:  # noqa: BLE001 - whatever it raises is the outcome
        part, line = error.__traceback__, None
        while part is not None:
            if part.tb_frame.f_code.co_filename == CONTEXT_FILENAME:
                line = -part.tb_lineno
            part = part.tb_next
        return error_outcome(error, line)
    return None


def main() -> None:
    """Serve the one request."""
    request = json.load(sys.stdin)
    program = Program.from_json(request["program"])
    limits = Limits(request["steps"], None, request["output"])
    report = _Report()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _limit(request["memory"], request["seconds"])
    namespace = _main_module().__dict__
    report.send("ready")
    outcome = _run_context(program, namespace, limits)
    if outcome is None:
        lines = range(1, program.context.count("\n") + 2) if program.context else ()
        ended = execute(
            program,
            namespace,
            emit=report.step,
            patch=report.value,
            limits=limits,
            stop=report.stop,
            context_lines={(CONTEXT_FILENAME, line): -line for line in lines},
        )
        outcome = ended.outcome
        if isinstance(ended.error, MemoryError):
            outcome = Outcome("memory-limit", None, "the program ran out of memory", outcome.line)
    report.end(outcome)
    os._exit(0)


if __name__ == "__main__":
    main()
