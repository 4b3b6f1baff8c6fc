"""Walks a program as a debugger would, and asks the network what every statement does.

The scheduler knows what the source says: which statement comes next, how parameters bind, which
scope a name lives in, where an exception is caught. It never evaluates an expression: every value,
branch, loop item, call, printed text and exception is an `Answer`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

from cwm_lab.trace import MODULE, Outcome, Program, Step, Trace
from cwm_lab.worldmodel.asking import Clock
from cwm_lab.worldmodel.calibration import RAW, Calibration
from cwm_lab.worldmodel.decoding import Client, Completion
from cwm_lab.worldmodel.dialect import Answer, Prompt, read_answer
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.journal import Journal, Watch
from cwm_lab.worldmodel.layout import TooDeepError, lay_out
from cwm_lab.worldmodel.machine import (
    Ask,
    Ended,
    Enter,
    Frame,
    PredictedError,
    Run,
    exception_args,
    exception_type,
)
from cwm_lab.worldmodel.statements import Walker
from cwm_lab.worldmodel.values import (
    Form,
    OutsideEnvelopeError,
    Text,
    Tup,
    UnparsableAnswerError,
)

MAX_DEPTH = 200
_NO_MORE_INPUT = Form("EOFError", (Text("EOF when reading a line"),))
Asking = Generator[Prompt, Answer, Trace]
Cancel = Callable[[], bool]
Guide = Callable[[Ask], Answer | None]
"""Knows some answers already; what it does not know, the network is asked."""
Lead = Callable[[Walker], tuple[Guide, Watch]]
"""Makes the guide and watch that lead a run along steps that are known already."""


class Scheduler:
    """Predicts one program. `run()` is a generator: it yields prompts, is sent answers, and returns
    the trace; so many schedulers can share one engine's batches.

    Raises SyntaxError or BadProgramError from `run()` only for a context that is not Python; a
    program that is not gives a trace with the outcome syntax-error. watch and lead: see there.
    max_seconds: of `clock`, after which the trace ends.
    """

    def __init__(
        self,
        program: Program,
        *,
        model: str = "builtin",
        max_steps: int = 1000,
        max_seconds: float | None = None,
        clock: Clock = time.monotonic,
        on_step: Callable[[Step], None] | None = None,
        calibration: Calibration = RAW,
        watch: Watch | None = None,
        lead: Lead | None = None,
    ) -> None:
        self.program, self.model, self.calibration = program, model, calibration
        self.max_steps, self.max_seconds, self.clock = max_steps, max_seconds, clock
        self.on_step, self.watch, self.lead = on_step, watch, lead

    def run(self) -> Asking:
        """Yields prompts, is sent answers, returns the trace."""
        try:
            layout = lay_out(self.program)
        except SyntaxError as error:
            outcome = Outcome("syntax-error", type(error).__name__, error.msg, error.lineno)
            return Trace(self.program, (), outcome, "model", self.model)
        except TooDeepError as error:
            message = f"the built-in model cannot predict this: {error}"
            outcome = Outcome("unparsable", None, message, error.line)
            return Trace(self.program, (), outcome, "model", self.model)
        journal = Journal(layout, self.max_steps, self.on_step, self.calibration)
        stdin = list(self.program.stdin)
        walker = Walker(layout, journal, stdin, self.max_seconds, self.clock)
        guide = None
        if self.lead is not None:
            guide, follow = self.lead(walker)
            journal.watches.append(follow)
        if self.watch is not None:
            journal.watches.append(self.watch)
        module = Frame(MODULE, layout.tree, layout.scopes[layout.tree], 0)
        module.names["__name__"] = Text("__main__")
        try:
            yield from _drive(walker.module(module), journal, guide)
            outcome = Outcome()
        except Ended as end:
            outcome = end.outcome
        except PredictedError as error:
            outcome = _raised(error)
        except OutsideEnvelopeError as error:
            message = f"the built-in model cannot predict this: {error}"
            outcome = Outcome("unparsable", None, message, journal.at_line)
        except (UnparsableAnswerError, RecursionError) as error:
            message = f"the model's answer makes no sense: {error}"
            outcome = Outcome("unparsable", None, message, journal.at_line)
        return Trace(self.program, tuple(journal.steps), outcome, "model", self.model)

    def client(self, cancel: Cancel | None = None) -> Client[Trace]:
        """The run as one that asks a decoder. cancel: asked before each question; once it says so,
        the trace ends as truncated."""
        run = self.run()
        try:
            prompt = next(run)
            while cancel is None or not cancel():
                prompt = hear(run, prompt, (yield [prompt])[0])
            run.throw(Ended(Outcome("truncated", message="the prediction was stopped")))
            raise AssertionError("a run goes on after its end")
        except StopIteration as stop:
            trace: Trace = stop.value
            return trace


def hear(run: Asking, prompt: Prompt, completion: Completion) -> Prompt:
    """Tell a run an answer to its question; returns the next question."""
    if completion.tokens:
        return run.send(read_answer(completion.tokens, prompt, completion.logs))
    message = f"a question of {len(prompt.tokens)} tokens is too long for the network"
    return run.throw(OutsideEnvelopeError(message))


def _raised(error: PredictedError) -> Outcome:
    name, args = exception_type(error.value), exception_args(error.value)
    if error.value == _NO_MORE_INPUT:
        return Outcome("input-exhausted", None, "the program asked for more input", error.line)
    if len(args) == 1:
        only = args[0]
        quoted = name == "KeyError" or not isinstance(only, Text)
        message = display(only) if quoted else only.text  # type: ignore[union-attr]
    else:
        message = display(Tup(args)) if args else ""
    return Outcome("raised", name, message, error.line)


def _drive(run: Run, journal: Journal, guide: Guide | None) -> Generator[Prompt, Answer, None]:
    """Runs frames on an explicit stack, so that depth is the program's and not Python's."""
    stack: list[Run] = [run]
    result: Any = None
    error: PredictedError | None = None
    while stack:
        try:
            if error is not None:
                pending, error = error, None
                request = stack[-1].throw(pending)
            else:
                request = stack[-1].send(result)
        except StopIteration as stop:
            stack.pop()
            result = stop.value
            continue
        except PredictedError as raised:
            stack.pop()
            if not stack:
                raise
            error = raised
            continue
        if isinstance(request, Ask):
            known = guide(request) if guide is not None else None
            result = (yield request.prompt) if known is None else known
        elif isinstance(request, Enter):
            if len(stack) > MAX_DEPTH:
                message = f"more than {MAX_DEPTH} calls deep"
                raise Ended(Outcome("truncated", None, message, journal.at_line))
            stack.append(request.run)
            result = None
        else:
            stack.pop()
            result = request.value
