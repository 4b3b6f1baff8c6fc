"""Runs collected programs in the sandbox and keeps those that can be learned from.

What a program does must be its own doing: one that fails, hangs, is too long, needs what the
sandbox does not give, or does something else each time is listed with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from cwm_lab.errors import BadProgramError
from cwm_lab.recorder import record
from cwm_lab.trace import Outcome, Program, Trace
from cwm_lab.training.finetune.collecting import Found

_OUTSIDE = frozenset(
    "OSError PermissionError FileNotFoundError IsADirectoryError FileExistsError ConnectionError "
    "ConnectionRefusedError BlockingIOError TimeoutError URLError gaierror ProcessLookupError "
    "InterruptedError NotADirectoryError BrokenPipeError".split()
)
_REASONS = {
    "time-limit": "still running after {seconds:g} seconds",
    "step-limit": "makes more than {steps} steps",
    "memory-limit": "needs more memory than the sandbox gives",
    "output-limit": "prints too much",
    "input-exhausted": "asks for more input than its `# stdin: [...]` comment gives",
    "truncated": "cannot be followed to its end",
}


@dataclass(frozen=True)
class Known:
    """A program with its true trace."""

    found: Found
    trace: Trace

    @property
    def program(self) -> Program:
        return self.found.program


def run(found: Found, *, max_steps: int, max_seconds: float) -> Known | str:
    """The program with its true trace, or the reason why it is not used."""
    try:
        first, again = (
            record(found.program, max_steps=max_steps, max_seconds=max_seconds) for _ in range(2)
        )
    except BadProgramError as error:
        return str(error)
    if reason := _reason(first.outcome, max_steps, max_seconds):
        return reason
    if not len(first):
        return "does nothing"
    if not same(first, again):
        return "does something else each time it runs (random numbers, the time?)"
    return Known(found, first)


def _reason(outcome: Outcome, steps: int, seconds: float) -> str:
    if outcome.kind == "syntax-error":
        return f"is not Python: {outcome.message} (line {outcome.line})"
    if outcome.kind in _REASONS:
        return _REASONS[outcome.kind].format(steps=steps, seconds=seconds)
    if outcome.kind != "raised":
        return ""
    said = f"{outcome.type}: {outcome.message}"
    if outcome.type in _OUTSIDE:
        return (
            f"needs files, other processes or the network, which the sandbox does not give ({said})"
        )
    if outcome.type in ("ModuleNotFoundError", "ImportError"):
        return f"needs a module that is not there ({said})"
    if outcome.type == "NameError":
        return f"fails: uses a name that nothing binds ({said})"
    if outcome.type in ("SystemExit", "KeyboardInterrupt", "UnsupportedError", "MemoryError"):
        return f"fails: {said}"
    if outcome.type is not None and outcome.type.startswith("SIG"):
        return f"ends Python itself ({outcome.type})"
    return ""


def same(one: Trace, other: Trace) -> bool:
    """Whether two runs did the same, step by step."""
    return one.outcome == other.outcome and [s.to_json() for s in one.steps] == [
        s.to_json() for s in other.steps
    ]
