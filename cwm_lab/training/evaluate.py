"""Scores of a world model over a folder of program files: how well it imagines what Python does.

Knows nothing of any particular model: it predicts, records, compares and counts.
"""

from __future__ import annotations

import ast
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from cwm_lab.recorder import record
from cwm_lab.trace import Comparison, Program, compare, first_cause, header_comments
from cwm_lab.training.alone import Alone, judge_alone
from cwm_lab.training.calibration import Judged
from cwm_lab.training.program_files import RECORD_SECONDS, read_program
from cwm_lab.training.scores import Evaluation, Failure, Row
from cwm_lab.worldmodel import predict

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class _Task:
    """What a worker process needs to know to judge one program."""

    program: Program
    tags: tuple[str, ...]
    model: str
    max_steps: int
    max_seconds: float | None
    resynced: bool


def evaluate(
    paths: Sequence[Path],
    *,
    model: str = "builtin",
    stdin: Sequence[str] | None = None,
    max_steps: int = 1000,
    max_seconds: float | None = None,
    workers: int | None = None,
    resynced: bool = False,
    on_program: Callable[[Row], None] | None = None,
) -> Evaluation:
    """Predict and record each program file, and score the predictions.

    Args:
        stdin: lines for every program; by default each one's own header comment counts.
        max_seconds: limit for running and for predicting one program; by default 10 seconds for
            running it and none for predicting it.
        workers: processes to share the programs between; None or 1 stays in this process. A script
            that asks for more must have an ``if __name__ == "__main__"`` guard.
        resynced: also predict each step from the true state before it.
        on_program: called with each row, in the order of paths.

    Raises BadProgramError before anything runs if a file cannot be read.
    """
    began = time.perf_counter()
    tasks = []
    for path in paths:
        program = read_program(path, stdin=stdin)
        tags, _stdin = header_comments(program.source)
        tasks.append(_Task(program, tags, model, max_steps, max_seconds, resynced))
    rows: list[Row] = []
    with _mapper(min(workers or 1, len(tasks))) as mapped:
        for row in mapped(_judge, tasks):
            rows.append(row)
            if on_program is not None:
                on_program(row)
    return Evaluation(model, tuple(rows), time.perf_counter() - began)


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[..., Iterator[Row]]]:
    if workers <= 1:
        yield map
        return
    # spawn: a forked child of a process with threads (a notebook, a progress bar) may hang.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _one_thread() -> None:
    # Runs in a worker before numpy is imported there: processes, not threads, use the cores.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def _judge(task: _Task) -> Row:
    try:
        program = task.program
        actual = record(
            program,
            max_steps=task.max_steps,
            max_seconds=RECORD_SECONDS if task.max_seconds is None else task.max_seconds,
        )
        start = time.perf_counter()
        predicted = predict(
            program, model=task.model, max_steps=task.max_steps, max_seconds=task.max_seconds
        )
        seconds = time.perf_counter() - start
        resynced = judge_alone(actual, task.model) if task.resynced else Alone()
    except Exception as error:
        error.add_note(f"in {task.program.filename}")
        raise
    comparison = compare(predicted, actual)
    return Row(
        file=program.filename,
        tags=task.tags,
        steps=len(actual),
        predicted_steps=len(predicted),
        scores={**comparison.scores, **resynced.scores},
        seconds=seconds,
        first_divergence=comparison.first_divergence,
        constructs=_constructs(program),
        verdicts=Counter(pair.verdict for pair in comparison.steps),
        values=_values(comparison),
        judged=resynced.judged or _judged(comparison),
        failure=_failure(comparison),
    )


def _judged(comparison: Comparison) -> tuple[Judged, ...]:
    """The steps up to the first divergence: before each of them the predicted state is true."""
    found = []
    for pair in comparison.steps:
        if pair.predicted is not None:
            confidence = comparison.predicted.steps[pair.predicted].confidence
            if confidence is not None:
                found.append((confidence, pair.verdict == "match"))
        if pair.verdict != "match":
            break
    return tuple(found)


def _values(comparison: Comparison) -> dict[str, tuple[int, int]]:
    """Type -> (values predicted right, values), over the steps that both traces come to."""
    right, seen = Counter[str](), Counter[str]()
    for pair in comparison.steps:
        if pair.actual is None or pair.verdict not in ("match", "value"):
            continue
        step = comparison.actual.steps[pair.actual]
        for name in step.locals:
            kind = step.types.get(name, "unknown")
            seen[kind] += 1
            right[kind] += name not in pair.names
    return {kind: (right[kind], count) for kind, count in seen.items()}


def _failure(comparison: Comparison) -> Failure | None:
    cause = first_cause(comparison)
    if cause is None:
        return None
    actual, predicted = comparison.actual, comparison.predicted
    at = comparison.first_divergence
    step = len(actual) if at is None else at
    # A step shows the state before its line: what went wrong is the statement before it.
    line = actual.steps[max(0, step - 1)].line if len(actual) else 1
    pair = comparison.first_pair
    sure = None
    if pair is not None and pair.predicted is not None:
        sure = predicted.steps[pair.predicted].confidence
    lines = comparison.actual.program.lines
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Failure(
        step, line, text, cause, comparison.summary().removeprefix("First divergence at "), sure
    )


def _constructs(program: Program) -> tuple[str, ...]:
    """What of `_TELLING` the program's syntax tree holds; nothing if it does not parse."""
    try:
        nodes = {type(node).__name__ for node in ast.walk(program.parse())}
    except SyntaxError:
        return ()
    return tuple(sorted(nodes & _TELLING))


_TELLING = frozenset(
    """For While If IfExp FunctionDef ClassDef Lambda Return Try Raise With Yield Global Nonlocal
    Delete Assert Break Continue AugAssign NamedExpr ListComp SetComp DictComp GeneratorExp Dict Set
    Tuple List Slice Subscript Attribute BoolOp Compare BinOp UnaryOp JoinedStr Starred""".split()
)
"""Nodes of the syntax tree that make a difference to a reader of programs."""
