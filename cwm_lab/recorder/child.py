"""The program's own process: records one request and reports each step as it happens.

On systems without a fork server it is a fresh interpreter, ``python -m cwm_lab.recorder.child``:
the request comes in on standard input, reports go out on what was standard output. Otherwise
`worker_zygote` forks it and calls `serve`.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from cwm_lab.errors import BadProgramError
from cwm_lab.recorder import isolation
from cwm_lab.recorder.changing import Change, Changing
from cwm_lab.recorder.prepared import CONTEXT_FILENAME
from cwm_lab.recorder.reaching import may_reach_files
from cwm_lab.recorder.rows import Entry, Row
from cwm_lab.recorder.run import (
    NO_MEMORY,
    Limits,
    Stopped,
    error_outcome,
    execute,
)
from cwm_lab.recorder.streams import Input, Output, redirected
from cwm_lab.recorder.worker_report import Report
from cwm_lab.trace import Outcome, Program, parse_source


def serve(request: dict[str, Any], report: Report, held: dict[str, bool]) -> None:
    """Record the program of `request` in this process, which ends here.

    held: what `isolation.protections` said.
    """
    program = Program.from_json(request["program"])
    limits = Limits(request["steps"], None, request["output"])
    sys.argv = [program.filename]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    namespace = _main_module().__dict__
    isolation.limit(held, memory=request["memory"], seconds=request["seconds"])
    report.send("ready")
    try:
        change = Change.from_json(request.get("change"))
        report.end(_record(program, namespace, report, limits, held, change))
    except BadProgramError as error:
        report.send("bad", str(error))
    except MemoryError:
        if held["memory"]:
            isolation.open_reserve()
        report.end(_no_memory(report))
    except Exception:  # noqa: BLE001 - told to the one who asked, which raises it
        report.send("failed", traceback.format_exc())
    os._exit(0)


def _record(
    program: Program,
    namespace: dict[str, Any],
    report: Report,
    limits: Limits,
    held: dict[str, bool],
    change: Change | None,
) -> Outcome:
    outcome = _run_context(program, namespace, limits)
    if outcome is not None:
        return outcome

    def stop(stopped: Stopped) -> None:
        if stopped.outcome.kind == "memory-limit" and held["memory"]:
            isolation.open_reserve()
        report.stop(stopped)

    report.send("program")
    emit: Callable[[Row], None] = report.step
    take: Callable[[Entry], None] | None = None
    if report.can_wait and change is None:
        take = report.taker(wait=not may_reach_files(program))
    if change is not None:
        emit = Changing(emit, change, {program.filename, CONTEXT_FILENAME})
    lines = range(1, program.context.count("\n") + 2) if program.context else ()
    ended = execute(
        program,
        namespace,
        telling=report.telling,
        take=take,
        emit=emit,
        patch=report.value,
        limits=limits,
        stop=stop,
        context_lines={(CONTEXT_FILENAME, line): -line for line in lines},
        # A change binds names from elsewhere.
        own_namespace=change is None,
    )
    return _no_memory(report) if isinstance(ended.error, MemoryError) else ended.outcome


def _no_memory(report: Report) -> Outcome:
    return Outcome("memory-limit", None, NO_MEMORY, report.line)


def _main_module() -> ModuleType:
    """A fresh `__main__`, as for a script; the recorder's own is out of the program's sight."""
    module = ModuleType("__main__")
    # Built-in functions that the program replaces are its own: the recorder needs them too.
    copied = sys.modules["builtins"] = ModuleType("builtins")
    copied.__dict__.update(builtins.__dict__)
    module.__dict__["__builtins__"] = copied
    sys.modules["__main__"] = module
    return module


def _run_context(program: Program, namespace: dict[str, Any], limits: Limits) -> Outcome | None:
    """Run what earlier cells defined, unrecorded; an outcome if that fails already."""
    if not program.context:
        return None
    output = Output(limits.output, lambda: None)
    try:
        parse_source(program.context, CONTEXT_FILENAME)
        code = compile(program.context, CONTEXT_FILENAME, "exec", dont_inherit=True)
        with redirected(Input((), output), output):
            exec(code, namespace)
    except BadProgramError:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it raises is the outcome
        part, line = error.__traceback__, None
        while part is not None:
            if part.tb_frame.f_code.co_filename == CONTEXT_FILENAME:
                line = -part.tb_lineno
            part = part.tb_next
        return error_outcome(error, line)
    return None


def main() -> None:
    """Serve the one request of a process that was started for it."""
    request = json.load(sys.stdin)
    file = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    held = isolation.protections() | {"private_files": False}
    isolation.give_up_rights(held, Path.cwd())
    serve(request, Report(file), held)


if __name__ == "__main__":
    main()
