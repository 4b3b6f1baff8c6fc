"""A trial run of a generated program: does it end soon, stay small and crash only as intended?

The programs are our own and cannot touch files or the network, so they run in this process. The
code object's file name decides what is counted; the previous trace function is always put back.
"""

from __future__ import annotations

import builtins
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

FILENAME = "<generated>"
MAX_INT = 10**7
MAX_LENGTH = 120
MAX_ITEMS, MAX_LINE = 64, 160
"""Of a list and the like, and of what one `print` writes: the model has no words for more."""


class TooMuch(BaseException):
    """The program runs too long or its values grow too large; no `except Exception` catches it."""


@dataclass(frozen=True)
class Trial:
    """How a run ended.

    error: name of the uncaught exception's type, or None.
    steps: line events counted; 0 if it crashed.
    output: what was printed.
    too_much: it was stopped for running too long, growing too large or waiting for input.
    """

    error: str | None
    steps: int
    output: str
    too_much: bool
    namespace: dict[str, Any]


def _check_size(value: object) -> None:
    if isinstance(value, int):
        too_much = not -MAX_INT <= value <= MAX_INT
    elif isinstance(value, str):
        too_much = len(value) > MAX_LENGTH
    else:
        too_much = isinstance(value, list | dict | set | tuple) and len(value) > MAX_ITEMS
    if too_much:
        raise TooMuch


def namespace_with(stdin: Sequence[str], written: list[str]) -> dict[str, Any]:
    """A module namespace whose `print` appends to `written` and whose `input` reads `stdin`."""
    lines = iter(stdin)

    def print_(*values: object, sep: str | None = " ", end: str | None = "\n") -> None:
        text = (" " if sep is None else sep).join(str(value) for value in values)
        written.append(text + ("\n" if end is None else end))
        if len(written[-1]) > MAX_LINE:
            raise TooMuch
        if len(written) > 200:
            raise TooMuch

    def input_(prompt: object = "") -> str:
        written.append(str(prompt))
        for line in lines:
            return line
        raise TooMuch

    scope = dict(vars(builtins))
    scope["print"] = print_
    scope["input"] = input_
    return {"__builtins__": scope, "__name__": "__main__"}


def bounded_exec(source: str, namespace: dict[str, Any], max_steps: int) -> int:
    """Run source in the namespace and return the number of line events.

    Raises TooMuch when it runs longer or a variable grows too large, SyntaxError if it is not
    Python, and whatever the source raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code: CodeType = compile(source, FILENAME, "exec", dont_inherit=True)
    steps = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != FILENAME:
            return None
        if event == "line":
            steps += 1
            if steps > max_steps:
                raise TooMuch
            for name, value in tuple(frame.f_locals.items()):
                if name != "__builtins__":
                    _check_size(value)
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        exec(code, namespace)
    finally:
        sys.settrace(previous)
    return steps


def run_trial(source: str, stdin: Sequence[str] = (), max_steps: int = 220) -> Trial:
    """Run the whole program. Raises SyntaxError if it is not Python."""
    written: list[str] = []
    namespace = namespace_with(stdin, written)
    error: str | None = None
    too_much = False
    steps = 0
    try:
        steps = bounded_exec(source, namespace, max_steps)
    except TooMuch:
        too_much = True
    except SyntaxError:
        raise
    except Exception as raised:  # noqa: BLE001 - any crash of the program under trial is a result, not a failure
        error = _builtin_base(raised)
    return Trial(error, steps, "".join(written), too_much, namespace)


def _builtin_base(error: Exception) -> str:
    """The error's own type name, or `own` for a class that the program defines."""
    name = type(error).__name__
    return name if hasattr(builtins, name) else "own"
