"""A program of our own that the fork server records while nobody waits, so that processes forked
from it begin with Python's adapted bytecode for all that a recorder does. Each of them records it
once more before its turn: so the memory that a recorder writes to is its own by then."""

from __future__ import annotations

import builtins
import gc
import os
from typing import Any

from cwm_lab.recorder.run import Limits, execute
from cwm_lab.recorder.worker_report import Report
from cwm_lab.recorder.worker_units import SHARED
from cwm_lab.trace import Program

_PROGRAM = Program("""\
class Stack:
    def __init__(self, name):
        self.name = name
        self.items = []
    def push(self, item):
        self.items.append(item)
        self.last = (item, self.name)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
def evens(n):
    for i in range(n):
        yield 2 * i
stack, counts, text, total = Stack("s"), {}, "", 0.5
for n in evens(9):
    stack.push(n)
    counts[n % 3] = fib(2)
    text = text + "x"
    if total > 1 and text[0] == "x":
        total = total / 2
print(stack.items, text, [n for n in counts])
""")


def warm_up() -> None:
    """Record it, to nowhere, and leave nothing of it."""
    file = os.open(os.devnull, os.O_WRONLY)
    report = Report(file, memoryview(bytearray(SHARED)))
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    execute(
        _PROGRAM,
        names,
        telling=report.telling,
        take=report.taker(wait=True),
        emit=report.step,
        patch=report.value,
        limits=Limits(),
        own_namespace=True,
    )
    report.flush()
    os.close(file)
    names.clear()
    gc.collect()
