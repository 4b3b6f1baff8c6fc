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

from cwm_lab.errors import CWMLabError, ModelError
from cwm_lab.recorder import record
from cwm_lab.trace import (
    Comparison,
    Outcome,
    Program,
    Trace,
    compare,
    first_cause,
    header_comments,
)
from cwm_lab.training.alone import Alone, judge_alone
from cwm_lab.training.calibration import Judged
from cwm_lab.training.program_files import RECORD_SECONDS, read_program
from cwm_lab.training.reasons import likely_reason
from cwm_lab.training.scores import Evaluation, Failure, Row
from cwm_lab.worldmodel import BuiltinModel, load_model

if TYPE_CHECKING:
    from pathlib import Path

SIDE_BY_SIDE = 24
"""Programs whose predictions share the engine's batches."""


@dataclass(frozen=True)
class _Task:
    """What a worker process needs to know to judge one program."""

    program: Program
    tags: tuple[str, ...]
    model: str
    max_steps: int
    max_seconds: float | None
    resynced: bool
    bare: bool


def evaluate(
    paths: Sequence[Path],
    *,
    model: str = "builtin",
    stdin: Sequence[str] | None = None,
    max_steps: int = 1000,
    max_seconds: float | None = None,
    workers: int | None = None,
    resynced: bool = False,
    without_scratchpad: bool = False,
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
        without_scratchpad: also score the answers that the model gives at once, without working
            out the values of sub-expressions first (the built-in one only).
        on_program: called with each row, in the order of paths.

    Programs are predicted side by side, `SIDE_BY_SIDE` in a batch. Raises BadProgramError before
    anything runs if a file cannot be read, ModelError for a model that cannot do what is asked.
    """
    began = time.perf_counter()
    tasks = []
    for path in paths:
        program = read_program(path, stdin=stdin)
        tags, _stdin = header_comments(program.source)
        tasks.append(
            _Task(program, tags, model, max_steps, max_seconds, resynced, without_scratchpad)
        )
    workers = min(workers or 1, len(tasks))
    size = max(1, min(SIDE_BY_SIDE, -(-len(tasks) // max(1, workers))))
    chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    rows: list[Row] = []
    with _mapper(workers) as mapped:
        for found in mapped(_judge, chunks):
            for row in found:
                rows.append(row)
                if on_program is not None:
                    on_program(row)
    return Evaluation(model, tuple(rows), time.perf_counter() - began)


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[..., Iterator[list[Row]]]]:
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


def _judge(tasks: Sequence[_Task]) -> list[Row]:
    """The rows of programs that are predicted side by side."""
    try:
        return _judge_together(tasks)
    except CWMLabError:
        raise
    except Exception as error:
        if len(tasks) == 1:
            error.add_note(f"in {tasks[0].program.filename}")
            raise
    return [row for task in tasks for row in _judge([task])]  # to say which one it was


def _judge_together(tasks: Sequence[_Task]) -> list[Row]:
    first = tasks[0]
    model = load_model(first.model)
    actuals = [_record(task) for task in tasks]
    programs = [task.program for task in tasks]
    limits = {"max_steps": first.max_steps, "max_seconds": first.max_seconds}
    start = time.perf_counter()
    predicted = model.predict_many(programs, **limits)  # type: ignore[arg-type]
    seconds = time.perf_counter() - start
    alone = judge_alone(actuals, model) if first.resynced else [Alone()] * len(tasks)
    bare: list[dict[str, float]] = [{} for _ in tasks]
    if first.bare:
        if not isinstance(model, BuiltinModel):
            raise ModelError(f"{model.name} has no scratchpad that could be left out.")
        other = model.without_scratchpad()
        traces = other.predict_many(programs, **limits)  # type: ignore[arg-type]
        again = judge_alone(actuals, other) if first.resynced else [Alone()] * len(tasks)
        for scores, trace, actual, found in zip(bare, traces, actuals, again, strict=True):
            scores.update({**compare(trace, actual).scores, **found.scores})
    steps = sum(map(len, predicted))
    return [
        _row(task, compare(ours, true), seconds * (len(ours) + 1) / (steps + len(tasks)), own, less)
        for task, ours, true, own, less in zip(tasks, predicted, actuals, alone, bare, strict=True)
    ]


def _record(task: _Task) -> Trace:
    return record(
        task.program,
        max_steps=task.max_steps,
        max_seconds=RECORD_SECONDS if task.max_seconds is None else task.max_seconds,
    )


def _row(
    task: _Task, comparison: Comparison, seconds: float, alone: Alone, bare: dict[str, float]
) -> Row:
    actual, predicted = comparison.actual, comparison.predicted
    return Row(
        file=task.program.filename,
        tags=task.tags,
        steps=len(actual),
        predicted_steps=len(predicted),
        scores={**comparison.scores, **alone.scores},
        seconds=seconds,
        first_divergence=comparison.first_divergence,
        constructs=_constructs(task.program),
        verdicts=Counter(pair.verdict for pair in comparison.steps),
        confusion=_confusion(comparison),
        outcomes=(_end(actual.outcome), _end(predicted.outcome)),
        values=_values(comparison),
        resynced_values=alone.types,
        judged=alone.judged or _judged(comparison),
        judged_values=alone.values,
        failure=_failure(comparison),
        bare=bare,
    )


def _confusion(comparison: Comparison) -> Counter[tuple[str, str]]:
    """(event of the actual step, what the model says there): the same with other values counts as
    ``line, other values``, at another line as ``line elsewhere``, no step at all as ``nothing``."""
    found: Counter[tuple[str, str]] = Counter()
    for pair in comparison.steps:
        theirs = None if pair.actual is None else comparison.actual.steps[pair.actual]
        ours = None if pair.predicted is None else comparison.predicted.steps[pair.predicted]
        said: str = "nothing" if ours is None else ours.event
        if ours is not None and theirs is not None and ours.event == theirs.event:
            said += {"match": "", "value": ", other values"}.get(pair.verdict, " elsewhere")
        found["nothing" if theirs is None else theirs.event, said] += 1
    return found


def _end(outcome: Outcome) -> str:
    return outcome.type or outcome.kind if outcome.kind == "raised" else outcome.kind


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
        step=step,
        line=line,
        text=text,
        cause=cause,
        message=comparison.summary().removeprefix("First divergence at "),
        reason=likely_reason(comparison, line),
        confidence=sure,
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
