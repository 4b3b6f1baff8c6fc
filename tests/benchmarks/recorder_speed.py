"""Time a step of a program takes under the recorder and under other tracers, measured in one run.

    python -m tests.benchmarks.recorder_speed [--write docs/benchmarks.md]

Times are processor time, best of several repeats in turn, so that what else runs on the machine
disturbs them little; read the ratios rather than the microseconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from cwm_lab.recorder import COMPILED, record
from cwm_lab.recorder.freshness import PURE
from cwm_lab.trace import Program
from tests.benchmarks.tracers import MANY, TRACERS, Work, floor, quietly, recorder

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
MODULE = "tests.benchmarks.recorder_speed"
BEGIN, END = "<!-- made by `make bench` -->", "<!-- end of what `make bench` makes -->"
SLOW_LIMIT = 1.5
"""Seconds after which a tracer is not run again on the same program."""
_REST = 0.02
"""Seconds in which the next process for a program gets ready."""


def _is_heavy(path: Path) -> bool:
    return path.stem.startswith("heavy")


def seconds(run: Callable[[Work], None], work: Work) -> float:
    start = time.process_time()
    quietly(run, work)
    return time.process_time() - start


def best(work: Work, repeats: int) -> dict[str, float]:
    """Tracer -> its best time."""
    found: dict[str, float] = {}
    for _ in range(repeats):
        for name, run in TRACERS.items():
            if found.get(name, 0) < SLOW_LIMIT:
                found[name] = min(found.get(name, 1e9), seconds(run, work))
    return found


def steps_of(work: Work) -> int:
    program = Program(work.source, work.path.name)
    return len(record(program, sandbox=False, max_steps=MANY, max_seconds=10_000))


def table(repeats: int) -> Iterator[str]:
    names = list(TRACERS)
    yield "| program | steps | " + " | ".join(f"{name}, us" for name in names) + " | to no-op |"
    yield "|---|--:|" + "--:|" * (len(names) + 1)
    shares: dict[str, list[float]] = {name: [] for name in names}
    for path in sorted(PROGRAMS, key=lambda path: (_is_heavy(path), path.stem)):
        work = Work.read(path)
        steps, found = steps_of(work), best(work, repeats)
        if not _is_heavy(path):
            for name in names:
                shares[name].append(found[name] / found["no-op"])
        times = " | ".join(f"{found[name] / steps * 1e6:.2f}" for name in names)
        yield f"| {path.stem} | {steps} | {times} | {found['CWM Lab'] / found['no-op']:.1f} |"
    mean = {name: sum(shares[name]) / len(shares[name]) for name in names}
    row = " | ".join(f"{mean[name]:.1f}" for name in names)
    yield f"| **CS1 programs: mean ratio to no-op** | | {row} | {mean['CWM Lab']:.1f} |"
    for name in ("PySnooper", "snoop", "hunter"):
        yield ""
        captured, read = (mean[name] / mean[ours] for ours in ("CWM Lab", "steps read"))
        yield f"Mean time of {name} over that of CWM Lab: {captured:.1f}; steps read: {read:.1f}."
    yield ""
    how = "compiled" if COMPILED else "not compiled"
    ours, written = mean["CWM Lab"], as_written(repeats)
    yield f"CWM Lab here is {how}: {ours:.1f} times no-op. As it is written: {written:.1f} times."


def mean_ratio(repeats: int) -> float:
    """Mean time of CS1 programs under CWM Lab, over that under no-op."""
    ratios = []
    for path in PROGRAMS:
        if not _is_heavy(path):
            work = Work.read(path)
            ours = min(seconds(recorder, work) for _ in range(repeats))
            ratios.append(ours / min(seconds(floor, work) for _ in range(repeats)))
    return sum(ratios) / len(ratios)


def as_written(repeats: int) -> float:
    """The same where nothing is compiled, in another process."""
    command = [sys.executable, "-m", MODULE, "--ratio", "--repeats", str(repeats)]
    pure = os.environ | {PURE: "1"}
    return float(subprocess.run(command, env=pure, check=True, stdout=subprocess.PIPE).stdout)


LOOP = "for i in range({n}):\n    total += i\n    total -= 1\n"


def scaling(repeats: int) -> Iterator[str]:
    """Cost of a step as traces and untouched containers grow; memory of a step."""
    yield "| what grows | size | us a step |"
    yield "|---|--:|--:|"
    for n in (1_000, 10_000, 30_000):
        each = _each("total = 0\n" + LOOP.format(n=n), repeats)
        yield f"| trace, in rounds of a loop | {n} | {each} |"
    for n in (0, 10, 100, 10_000, 1_000_000):
        each = _each(f"total, items = 0, [0] * {n}\n" + LOOP.format(n=2_000), repeats)
        yield f"| untouched list, in items | {n} | {each} |"
    yield ""
    yield "| memory of that loop's steps (tracemalloc), rounds | recorded, bytes a step | read |"
    yield "|--:|--:|--:|"
    for n in (1_000, 10_000, 100_000):
        recorded, read = (_bytes("total = 0\n" + LOOP.format(n=n), read) for read in (False, True))
        yield f"| {n} | {recorded:.0f} | {read:.0f} |"


def _each(source: str, repeats: int) -> str:
    work = Work(Path("loop.py"), source, compile(source, "loop.py", "exec"))
    time_taken = min(seconds(recorder, work) for _ in range(repeats))
    return f"{time_taken / steps_of(work) * 1e6:.2f}"


def _bytes(source: str, read: bool) -> float:
    """Memory of a step. read: after its text was asked for."""
    tracemalloc.start()
    trace = record(source, sandbox=False, max_steps=MANY, max_seconds=10_000)
    if read:
        _ = trace.steps[0]
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / len(trace)


def sandbox(repeats: int) -> Iterator[str]:
    """What the child process costs: wall-clock time, because there are two processes."""

    def wall(program: Program, inside: bool, read: bool) -> float:
        start = time.perf_counter()
        trace = record(program, sandbox=inside, max_steps=MANY, max_seconds=10_000)
        if read:
            _ = trace.steps[0]
        taken = time.perf_counter() - start
        time.sleep(_REST)
        return taken * 1e3

    record("pass")
    record("pass")  # after the first one the server gets ready for more
    yield "| program | steps | in process, ms | sandbox, ms | difference, ms | read: difference |"
    yield "|---|--:|--:|--:|--:|--:|"
    named = [(path.stem, path.read_text("utf-8")) for path in PROGRAMS if not _is_heavy(path)]
    for name, source in [("`x = 1`", "x = 1\n"), *named]:
        program = Program(source)
        best: dict[tuple[bool, bool], float] = {}
        for _ in range(repeats * 3):
            for way in product((False, True), repeat=2):
                best[way] = min(best.get(way, 1e9), wall(program, *way))
        steps = len(record(program, sandbox=False, max_steps=MANY))
        here, inside = best[False, False], best[True, False]
        read = best[True, True] - best[False, True]
        yield f"| {name} | {steps} | {here:.1f} | {inside:.1f} | {inside - here:.1f} | {read:.1f} |"


def report(repeats: int) -> Iterator[str]:
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield f"{machine}; {repeats} repeats."
    yield "\n### Time of a step\n"
    yield from table(repeats)
    yield "\n### What grows, and what does not\n"
    yield from scaling(repeats)
    yield "\n### The sandbox\n"
    yield from sandbox(repeats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document whose made part is replaced")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--sandbox", action="store_true", help="measure only what the sandbox costs"
    )
    parser.add_argument("--ratio", action="store_true", help="measure only the mean ratio to no-op")
    arguments = parser.parse_args()
    if arguments.ratio:
        print(mean_ratio(arguments.repeats))
        return
    lines = []
    for line in (sandbox if arguments.sandbox else report)(arguments.repeats):
        print(line, flush=True)
        lines.append(line)
    text = "\n".join(lines)
    if arguments.write is not None:
        before, _, rest = arguments.write.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        arguments.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.setrecursionlimit(3000)
    main()
