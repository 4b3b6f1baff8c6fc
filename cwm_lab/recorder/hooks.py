"""The interpreter's hooks for tracing, while a program is recorded.

There is one trace function a thread, and it is the recorder's. A program that sets its own (or runs
a debugger or profiler, which do) cannot be recorded truly, so it is refused: the functions that set
hooks have stand-ins during a run. What other threads do is passed through, and so is the setting of
nothing where nothing is set, as `doctest` does.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from sys import getprofile, gettrace, setprofile, settrace
from typing import Any

__all__ = ["getprofile", "gettrace", "profile_again", "refused", "setprofile", "settrace"]

_SETTERS = (
    "settrace",
    "setprofile",
    "settrace_all_threads",
    "setprofile_all_threads",
    "_settraceallthreads",
    "_setprofileallthreads",
)
"""Names in `sys` and `threading`; Python 3.11 lacks some. All take the function to be set."""


def profile_again(before: Any) -> None:
    """Set again what `getprofile` gave: before 3.12 cProfile's is an object that sets itself."""
    if before is None or callable(before):
        setprofile(before)
    else:
        before.enable()


class _StandIn:
    """Takes the place of one function that sets a hook."""

    def __init__(self, name: str, real: Any, refuse: Callable[[str], None]) -> None:
        self.name = name
        self._real = real
        self._refuse = refuse
        self._thread = threading.get_ident()

    def set(self, *args: Any, **named: Any) -> Any:
        if threading.get_ident() != self._thread:
            return self._real(*args, **named)
        if args != (None,):
            self._refuse(self.name)
        return None

    def nested(self) -> None:
        """A recorded program records in turn: the outer run refuses that."""
        if threading.get_ident() == self._thread:
            self._refuse("record_here")

    def get(self) -> Any:
        """What was set, as the program may know it: nothing."""
        return self._real() if threading.get_ident() != self._thread else None


@contextmanager
def refused(refuse: Callable[[str], None], hidden: dict[int, str]) -> Iterator[None]:
    """Inside the block, setting a hook in this thread calls `refuse` with the function's name.

    refuse: ends the run. hidden: is given how the stand-ins look to the program, by `id`.
    """
    outer = getattr(sys.settrace, "__self__", None)
    if isinstance(outer, _StandIn):
        outer.nested()
    before: list[tuple[Any, str, Any]] = []
    keep = []

    def replace(place: Any, name: str, getter: bool = False) -> None:
        real = getattr(place, name)
        stand_in = _StandIn(f"{place.__name__}.{name}", real, refuse)
        function = stand_in.get if getter else stand_in.set
        kind = "function" if place is threading else "built-in function"
        hidden[id(function)] = f"<{kind} {name}>"
        before.append((place, name, real))
        keep.append(function)
        setattr(place, name, function)

    for place in (sys, threading):
        for name in _SETTERS:
            if hasattr(place, name):
                replace(place, name)
    replace(sys, "gettrace", getter=True)
    if hasattr(sys, "monitoring"):
        replace(sys.monitoring, "use_tool_id")
    try:
        yield
    finally:
        for place, name, real in before:
            setattr(place, name, real)
