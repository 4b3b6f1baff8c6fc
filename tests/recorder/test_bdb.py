"""The recorder against an independent tracer, step by step, on generated programs and samples.

CWM_LAB_BDB_PROGRAMS: how many generated programs, 150 by default.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Trace, header_comments
from tests.recorder.bdb_tracer import OTHER, Run, watch
from tests.recorder.tangles import tangle
from tests.recorder.test_golden import samples

COUNT = int(os.environ.get("CWM_LAB_BDB_PROGRAMS", "150"))
CHUNKS = 10
LEFT_OUT = {
    "recursion_limit": "bdb's own calls count as the program's",
    "object_ends": "bdb keeps frames for a while, and with them their objects",
    "syntax_error": "there is nothing to run",
}


def differences(trace: Trace, run: Run) -> list[str]:
    """What the two say differently, in words; values that are not plain are not compared."""
    found = []
    states = trace.states()
    for number, (step, seen) in enumerate(zip(trace.steps, run.steps, strict=False)):
        here = f"step {number}"
        ours = (step.event, step.line, step.function, step.depth, step.detail, step.stdout)
        theirs = (seen.event, seen.line, seen.function, seen.depth, seen.detail, seen.stdout)
        if ours != theirs:
            found.append(f"{here}: {ours}, but bdb {theirs}")
            return found
        if seen.value not in (step.value, OTHER):
            found.append(f"{here}: value {step.value}, but bdb {seen.value}")
        state = states[number]
        if seen.names is None:
            continue
        if state.keys() != seen.names.keys():
            found.append(f"{here}: names {sorted(state)}, but bdb {sorted(seen.names)}")
        found += [
            f"{here}: {name} = {state[name]}, but bdb {seen.names[name]}"
            for name in state.keys() & seen.names.keys()
            if seen.names[name] not in (state[name], OTHER)
        ]
    if len(trace.steps) != len(run.steps):
        found.append(f"{len(trace.steps)} steps, but bdb {len(run.steps)}")
    if trace.output != run.output:
        found.append(f"output {trace.output!r}, but bdb {run.output!r}")
    ended = run.error.__name__ if run.error else None
    if trace.outcome.type != ended and trace.outcome.kind != "input-exhausted":
        found.append(f"outcome {trace.outcome}, but bdb {ended}")
    return found


def compared(source: str, stdin: tuple[str, ...]) -> list[str]:
    trace = record(source, stdin=stdin, sandbox=False, max_steps=20_000, max_seconds=600)
    return differences(trace, watch(source, stdin))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_generated_programs(chunk: int) -> None:
    generator = pytest.importorskip("cwm_lab.training.generator")
    steps = 0
    for number in range(chunk, COUNT, CHUNKS):
        program = generator.generate_program(random.Random(7_000_000 + number))
        found = compared(program.source, program.stdin)
        assert not found, f"program {number}:\n{program.source}\n" + "\n".join(found)
        steps += 1
    assert steps == len(range(chunk, COUNT, CHUNKS))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_tangled_programs(chunk: int) -> None:
    for number in range(chunk, COUNT // 10, CHUNKS):
        found = compared(tangle(number), ())
        assert not found, f"program {number}:\n{tangle(number)}\n" + "\n".join(found)


@pytest.mark.parametrize(
    "path",
    [path for path in samples() if path.stem not in LEFT_OUT],
    ids=lambda path: path.stem,
)
def test_samples(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = compared(source, header_comments(source)[1])
    assert not found, "\n".join(found)


def test_a_difference_would_be_found() -> None:
    source = "def f(x):\n    y = x + 1\n    return y\nprint(f(1))\n"
    trace = record(source, sandbox=False)
    run = watch(source)
    assert differences(trace, run) == []
    for number in range(len(trace)):
        without = trace.with_steps([s for i, s in enumerate(trace.steps) if i != number])
        assert differences(without, run), number
    assert differences(record(source.replace("1\n", "2\n"), sandbox=False), run)
