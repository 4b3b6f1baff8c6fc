"""Runs a program in this interpreter under the tracer, within limits, and says how it ended."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any, TextIO

from cwm_lab.recorder import hooks
from cwm_lab.recorder.display import scrub
from cwm_lab.recorder.prepared import VALUE_NAME, prepare
from cwm_lab.recorder.rows import Entry, Row, fewer_searches_for_garbage
from cwm_lab.recorder.streams import Input, Output, redirected
from cwm_lab.recorder.telling import Telling
from cwm_lab.recorder.tracer import RECURSION_ROOM, Tracer
from cwm_lab.trace import Outcome, OutcomeKind, Program

MAX_MESSAGE = 1000
NO_MEMORY = "the program ran out of memory"
_INPUT = "<built-in function input>"
_WATCHES = "(debuggers and profilers do that): a program that watches itself run cannot be recorded"
_LOST = "from here on Python had switched tracing off, as it does when recursion in C goes too deep"
_NEVER = "Python ran the program without telling the recorder of any of its lines"
_ALARM_AGAIN = 0.2
"""Seconds after which a program that caught the time limit is stopped again."""


class Stopped(BaseException):
    """A limit was reached. Not an Exception: the program's `except Exception` lets it pass."""

    def __init__(self, kind: OutcomeKind, message: str) -> None:
        super().__init__(message)
        self.outcome = Outcome(kind, None, message)


class UnsupportedError(Stopped):
    """The program did what cannot be recorded truly. Its type's name is in the outcome."""

    def __init__(self, message: str) -> None:
        super().__init__("raised", message)
        self.outcome = Outcome("raised", type(self).__name__, message)


@dataclass(frozen=True)
class Limits:
    """Bounds of one run: steps recorded, wall-clock seconds (None: none), characters written."""

    steps: int = 1000
    seconds: float | None = None
    output: int = 1_000_000

    def __post_init__(self) -> None:
        for name in ("steps", "seconds", "output"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) or (value is None and name == "seconds")):
                raise TypeError(f"max_{name} must be a number, not {value!r}")
        # Said this way round, so that not-a-number is refused too.
        seconds = self.seconds is None or self.seconds > 0
        if not (self.steps >= 1 and self.output >= 0 and seconds):
            raise ValueError(
                f"limits must be positive: max_steps={self.steps}, max_seconds={self.seconds}, "
                f"max_output={self.output}"
            )


@dataclass(frozen=True)
class Ended:
    """How a run ended: its outcome; the exception itself, with a traceback that starts in the
    program; the value of the last expression, if it was asked for."""

    outcome: Outcome
    error: BaseException | None = None
    value: Any = None


def execute(
    program: Program,
    namespace: dict[str, Any],
    *,
    telling: Telling,
    take: Callable[[Entry], None] | None = None,
    emit: Callable[[Row], None] | None = None,
    patch: Callable[[int, str], None],
    limits: Limits,
    stop: Callable[[Stopped], None] | None = None,
    go_on: bool = False,
    context_lines: Mapping[tuple[str, int], int] | None = None,
    run: Callable[[CodeType, dict[str, Any]], object] | None = None,
    keep_value: bool = False,
    echo: TextIO | None = None,
    ask: Callable[[str], str] | None = None,
    own_namespace: bool = False,
) -> Ended:
    """Compile and run `program` in `namespace`, giving each step to `take` or `emit` as it happens:
    see `Tracer`.

    patch: told of an earlier row (its index) whose value is now known to be another.
    stop: called when a limit is reached; by default raises the `Stopped` in the program.
    go_on: past the step limit the program runs on unrecorded, instead of being stopped.
    own_namespace: nothing but the program and its context binds names of its frames and namespace.
    Other arguments as in `record_here`. Raises BadProgramError for text that is not a program.
    """
    before = frozenset(namespace)
    try:
        ready = prepare(program, context_lines or {}, keep_value, own_namespace)
    except SyntaxError as unreadable:
        return Ended(syntax_outcome(unreadable), unreadable)
    run_in = _Run(limits, stop, go_on, echo)
    tracer = Tracer(
        ready.sources,
        telling=telling,
        take=take,
        emit=emit,
        patch=patch,
        steps=int(min(limits.steps, sys.maxsize)),
        full=run_in.no_more_steps,
        no_memory=run_in.no_more_memory,
        output=run_in.output,
        # The module's frame shows names that the program or its context speaks of, or makes.
        tracked=lambda name: name in ready.names or name not in before,
        shared=ready.shared,
        pure={program.filename: ready.pure},
        aims={program.filename: ready.aims},
        hidden=run_in.hidden,
    )
    # A program of which something is certain does not speak of these searches.
    with fewer_searches_for_garbage() if ready.pure else nullcontext():
        error = run_in.go(program, tracer, lambda: (run or exec)(ready.code, namespace), ask)
    value = namespace.pop(VALUE_NAME, None)
    if error is not None:
        error.__traceback__ = _own_part(error, tracer)
    return Ended(run_in.outcome(error, tracer), error, value)


class _Run:
    """The limits of one run while it goes on."""

    def __init__(
        self,
        limits: Limits,
        stop: Callable[[Stopped], None] | None,
        go_on: bool,
        echo: TextIO | None,
    ) -> None:
        self.hidden: dict[int, str] = {}
        self._limits = limits
        self._stop = stop
        self._go_on = go_on
        self._timed = False
        self._stopped: Stopped | None = None
        self._no_memory = Stopped("memory-limit", NO_MEMORY)  # made while there is some
        self._filename = ""
        self.output = Output(limits.output, self._too_much_output, echo)
        self._tracer: Tracer | None = None
        self._input: Input | None = None

    def go(
        self,
        program: Program,
        tracer: Tracer,
        body: Callable[[], object],
        ask: Callable[[str], str] | None,
    ) -> BaseException | None:
        self._filename = program.filename
        self._tracer = tracer
        stdin = self._input = Input(program.stdin, self.output, ask)
        before = hooks.gettrace()
        caught: BaseException | None = None
        with (
            redirected(stdin, self.output),
            _room_for_recursion(),
            self._alarm(),
            hooks.refused(self._refuse, self.hidden),
        ):
            # What the program sees as `input` looks as it always does.
            self.hidden[id(stdin.function)] = _INPUT
            hooks.settrace(tracer.trace)
            try:
                body()
            except BaseException as error:  # noqa: BLE001 - whatever it raises is the result
                caught = error
            finally:
                # An interrupt may have come while the tracer was at work, which ends tracing too.
                interrupted = isinstance(caught, KeyboardInterrupt | MemoryError)
                lost = hooks.gettrace() != tracer.trace
                if self._stopped is None and not interrupted:
                    if lost:
                        self._stopped = UnsupportedError(_LOST)
                    elif tracer.latest_line is None and self._ran(caught):
                        self._stopped = UnsupportedError(_NEVER)
                hooks.settrace(before)
        tracer.finish(caught)
        return caught

    def _ran(self, caught: BaseException | None) -> bool:
        """Whether the program's own code ran: then there must be a row, were it only its end."""
        part = None if caught is None else caught.__traceback__
        while part is not None and part.tb_frame.f_code.co_filename != self._filename:
            part = part.tb_next
        return caught is None or part is not None

    def no_more_steps(self) -> None:
        """The program would make a step beyond the limit."""
        if self._stopped is not None:
            return
        message = f"stopped recording after {self._limits.steps:,} steps"
        if self._go_on:
            hooks.settrace(None)
            self.output.let_through()
        self._end(Stopped("step-limit", message), raising=not self._go_on)

    def no_more_memory(self) -> None:
        """There is not even enough to go on recording."""
        if self._go_on:
            hooks.settrace(None)
        self._end(self._no_memory, raising=not self._go_on)

    def _too_much_output(self) -> None:
        message = f"more than {self._limits.output:,} characters of output"
        self._end(Stopped("output-limit", message))

    def _refuse(self, name: str) -> None:
        self._end(UnsupportedError(f"{name} was called {_WATCHES}"))

    def _end(self, stopped: Stopped, *, raising: bool = True) -> None:
        if self._stopped is None:
            self._stopped = stopped
        if self._tracer is not None:
            self._tracer.steps_left = 0
        if self._stop is not None:
            self._stop(stopped)
        if raising:
            if self._timed:
                # Should the program catch this, the alarm comes at once and not at its time.
                signal.setitimer(signal.ITIMER_REAL, _ALARM_AGAIN, _ALARM_AGAIN)
            raise stopped

    @contextmanager
    def _alarm(self) -> Iterator[None]:
        """Stops the program after its seconds, also while it sleeps; not inside a long C call."""
        seconds = self._limits.seconds
        main = threading.current_thread() is threading.main_thread()
        if seconds is None or not main or not hasattr(signal, "setitimer"):
            yield
            return

        def ring(signum: int, frame: FrameType | None) -> None:
            stopped = Stopped("time-limit", f"stopped after {seconds:g} seconds")
            _raise_in_handlers(frame, self._filename, stopped)
            self._end(stopped)

        handler = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, _ALARM_AGAIN)
        self._timed = True
        try:
            yield
        finally:
            self._timed = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)

    def outcome(self, error: BaseException | None, tracer: Tracer) -> Outcome:
        if self._stopped is not None:
            stopped = self._stopped.outcome
            return replace(stopped, line=tracer.latest_line)
        if error is None:
            return Outcome()
        line = _line_of(error, tracer)
        if self._input is not None and error is self._input.ended:
            return Outcome("input-exhausted", None, "the program asked for more input", line)
        return error_outcome(error, line)


def _raise_in_handlers(frame: FrameType | None, filename: str, stopped: Stopped) -> None:
    """Have the program's next line raise `stopped` once more: it may be a bare `except`, which
    would let an endless loop go on."""

    def again(frame: FrameType, event: str, arg: Any) -> None:
        if event == "line":
            raise stopped

    while frame is not None:
        if frame.f_code.co_filename == filename:
            frame.f_trace = again
        frame = frame.f_back
    hooks.settrace(again)


@contextmanager
def _room_for_recursion() -> Iterator[None]:
    """The program's recursion limit stays what it was; the interpreter's is higher (see Tracer)."""
    limit, before = sys.getrecursionlimit(), (sys.getrecursionlimit, sys.setrecursionlimit)
    get, set_ = before

    def getrecursionlimit() -> int:
        return get() - RECURSION_ROOM

    def setrecursionlimit(limit: int, /) -> None:
        set_(limit + RECURSION_ROOM)

    set_(limit + RECURSION_ROOM)
    sys.getrecursionlimit, sys.setrecursionlimit = getrecursionlimit, setrecursionlimit
    try:
        yield
    finally:
        sys.getrecursionlimit, sys.setrecursionlimit = before
        set_(limit)


def error_outcome(error: BaseException, line: int | None) -> Outcome:
    """The outcome of a program that an exception ended."""
    return Outcome("raised", type(error).__name__, _message(error), line)


def syntax_outcome(error: SyntaxError) -> Outcome:
    """The outcome of a program that does not compile."""
    return Outcome("syntax-error", type(error).__name__, error.msg, error.lineno)


def _message(error: BaseException) -> str:
    try:
        text = scrub(str(error))
    except Exception as broken:  # noqa: BLE001 - the program's __str__ may do anything
        return f"<{type(broken).__name__} in __str__>"
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "..."


def _own_part(error: BaseException, tracer: Tracer) -> Any:
    """The traceback without the recorder's own frames at its start and, where the tracer refused a
    call, at its end."""
    part = error.__traceback__
    while part is not None and tracer.line_of(part.tb_frame.f_code, part.tb_lineno) is None:
        part = part.tb_next
    inner = part
    while inner is not None and (callee := inner.tb_next) is not None:
        refused = callee.tb_next
        if refused is not None and _is_tracer(refused.tb_frame):
            inner.tb_next = None
        inner = inner.tb_next
    return part or error.__traceback__


def _is_tracer(frame: FrameType) -> bool:
    """Whether this is a call of `Tracer.trace`, which has no code object where it is compiled."""
    return frame.f_code.co_name == "trace" and frame.f_globals.get("__name__") == Tracer.__module__


def _line_of(error: BaseException, tracer: Tracer) -> int | None:
    """Where in the program's text the exception came from: the innermost of its lines."""
    line, part = None, error.__traceback__
    while part is not None:
        shown = tracer.line_of(part.tb_frame.f_code, part.tb_lineno)
        line = line if shown is None else shown
        part = part.tb_next
    return line
