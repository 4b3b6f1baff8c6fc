"""`record` and `record_here`: a program in, its real trace out."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, TextIO

from cwm_lab.recorder.changing import Change
from cwm_lab.recorder.prepared import CONTEXT_FILENAME
from cwm_lab.recorder.rows import Row, Steps, to_step, with_value
from cwm_lab.recorder.run import (
    Limits,
    execute,
    syntax_outcome,
)
from cwm_lab.recorder.sandbox import record_in_child
from cwm_lab.recorder.telling import Telling
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.trace.program import stdin_lines

MAX_OUTPUT = 1_000_000
"""Characters of output, by default."""
MAX_MEMORY = 512 * 2**20
"""Bytes of address space in the sandbox beyond the bare interpreter's, by default."""


@dataclass(frozen=True)
class Recording:
    """What `record_here` gives back.

    trace: the recorded trace, up to the step limit.
    error: what the cell raised, with a traceback that starts in the cell; None if it did not. A
        SyntaxError of the cell and a KeyboardInterrupt by the user are here too, and so is the
        recorder's own `Stopped`, when a limit ended the cell.
    value: the value of the cell's last expression, if `keep_value` was set and it has one.
    """

    trace: Trace
    error: BaseException | None = None
    value: Any = None


def record(
    source: str | Program,
    *,
    stdin: Sequence[str] = (),
    entry: str | None = None,
    max_steps: int = 1000,
    max_seconds: float = 10.0,
    sandbox: bool = True,
    max_output: int = MAX_OUTPUT,
    max_memory: int = MAX_MEMORY,
) -> Trace:
    """Run a program and record its trace by the rules of docs/steps.md.

    source: the program's text, or a Program (then `stdin` and `entry`, if given, replace its own).
    stdin: the lines that `input()` reads. entry: an expression that runs last.
    max_steps: recorded steps; max_seconds: wall-clock time; max_output: characters written;
        max_memory: bytes, in the sandbox on Linux only.
    sandbox: run in a child process, where the limits hold against everything. Otherwise the program
        runs in this interpreter, which must trust it: there the time limit does not reach into a
        long call of a C function, and needs the main thread.

    Raises BadProgramError for text that is not a program at all, ValueError for limits below 1,
    TypeError for what is no text, no lines or no number.
    """
    program = source if isinstance(source, Program) else Program(source)
    if stdin:
        program = replace(program, stdin=stdin_lines(stdin))
    if entry is not None:
        program = replace(program, entry=entry)
    limits = Limits(max_steps, max_seconds, max_output)
    if not sandbox:
        return _record_in_process(program, limits)
    steps, outcome = record_in_child(
        program,
        max_steps=max_steps,
        max_seconds=max_seconds,
        max_output=max_output,
        max_memory=max_memory,
    )
    return Trace(program, steps, outcome)


def record_what_if(
    program: Program,
    index: int,
    values: Mapping[str, str],
    *,
    max_steps: int = 1000,
    max_seconds: float = 10.0,
) -> Trace:
    """Run a program in the sandbox again, up to step `index`, give names of that step's frame other
    values there, and go on: the trace of all of it.

    index: of a step with the event line, counted from 0. values: name -> the text of a literal.
    Limits as for `record`. Whether the run came to the same step as before, the caller sees from
    the trace. Raises ValueError for a text that is no literal or an index below 0, and what
    `record` raises.
    """
    if index < 0:
        raise ValueError("steps count from 0")
    steps, outcome = record_in_child(
        program,
        max_steps=max_steps,
        max_seconds=max_seconds,
        max_output=MAX_OUTPUT,
        max_memory=MAX_MEMORY,
        change=Change(index, values),
    )
    return Trace(program, steps, outcome)


def _record_in_process(program: Program, limits: Limits) -> Trace:
    if program.context:
        try:
            program.parse()
        except SyntaxError as error:
            return Trace(program, (), syntax_outcome(error))
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    lines = range(1, program.context.count("\n") + 2) if program.context else ()
    exec(compile(program.context, CONTEXT_FILENAME, "exec", dont_inherit=True), namespace)
    return record_here(
        program,
        namespace,
        max_steps=limits.steps,
        max_seconds=limits.seconds,
        max_output=limits.output,
        context_lines={(CONTEXT_FILENAME, line): -line for line in lines},
        go_on=False,
        own_namespace=True,
    ).trace


def record_here(
    program: Program,
    namespace: dict[str, Any],
    *,
    max_steps: int = 1000,
    max_seconds: float | None = None,
    max_output: int = MAX_OUTPUT,
    context_lines: Mapping[tuple[str, int], int] | None = None,
    run: Callable[[CodeType, dict[str, Any]], object] | None = None,
    keep_value: bool = False,
    echo: TextIO | None = None,
    ask: Callable[[str], str] | None = None,
    on_step: Callable[[Step], None] | None = None,
    go_on: bool = True,
    own_namespace: bool = False,
) -> Recording:
    """Run a cell in this interpreter, in `namespace` (where its names stay), and record it.

    The cell's code is compiled under `program.filename`, so that tracebacks find its text where the
    caller registered it. Nothing that the cell raises comes out of this function: see `Recording`.
    The trace function that was set before is set again afterwards.

    max_steps: beyond, the cell goes on unrecorded to its end (`go_on`), or is stopped.
    max_seconds: None for no limit; needs the main thread, and does not reach into a long C call.
    context_lines: (file name, real line) of code from earlier cells -> its line in
        `program.context`, negative (-1 is the first). Functions found there are stepped.
    run: runs the compiled cell instead of `exec(code, namespace)`.
    keep_value: keep the last expression's value, for the caller to display.
    echo: where output also goes as it is written, such as the notebook's own `sys.stdout`.
    ask: asks the reader for a line, given the prompt, when the scripted lines are used up.
    on_step: called with each step as it is recorded, while the cell runs (a value may still be
        corrected later; the trace has the final ones).
    own_namespace: nothing but the cell and its context binds names of its frames and namespace, so
        that it is known beforehand what does, which is faster.

    Raises BadProgramError for text that is not a program at all, ValueError for limits below 1.
    """
    telling = Telling()
    rows = telling.entries

    def tell(row: Row) -> None:
        rows.append(row)
        assert on_step is not None
        on_step(to_step(row))

    def patch(index: int, value: str) -> None:
        rows[index] = with_value(rows[index], value)

    ended = execute(
        program,
        namespace,
        telling=telling,
        take=rows.append if on_step is None else None,
        emit=None if on_step is None else tell,
        patch=patch,
        limits=Limits(max_steps, max_seconds, max_output),
        go_on=go_on,
        context_lines=context_lines,
        run=run,
        keep_value=keep_value,
        echo=echo,
        ask=ask,
        own_namespace=own_namespace,
    )
    trace = Trace(program, Steps(len(rows), telling.rows), ended.outcome)
    return Recording(trace, ended.error, ended.value)
