"""Scores of a world model over a folder of program files: how well it imagines what Python does.

Knows nothing of any particular model: it predicts, records, compares and counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from cwm_lab import worldmodel
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace, compare, header_comments
from cwm_lab.training.program_files import RECORD_SECONDS, read_program
from cwm_lab.worldmodel import predict

if TYPE_CHECKING:
    from pathlib import Path

RESYNCED = "resynced_step_accuracy"


@dataclass(frozen=True)
class Row:
    """The result for one program.

    file: its path as given. tags: from its ``# tags:`` comment.
    steps, predicted_steps: lengths of the actual and of the predicted trace.
    scores: the numbers of a `Comparison`, and, where the world model can, `RESYNCED`: the share of
        steps that are right when each is predicted from the true state before it.
    seconds: time the free-running prediction took.
    first_divergence: index of the first actual step that was not predicted in full, or None.
    """

    file: str
    tags: tuple[str, ...]
    steps: int
    predicted_steps: int
    scores: dict[str, float]
    seconds: float
    first_divergence: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "tags": list(self.tags),
            "steps": self.steps,
            "predicted_steps": self.predicted_steps,
            **self.scores,
            "seconds": round(self.seconds, 3),
            "first_divergence": self.first_divergence,
        }


@dataclass(frozen=True)
class Evaluation:
    """Rows of all programs, and their means. Every program counts the same, however long it is."""

    model: str
    rows: Sequence[Row]

    def __repr__(self) -> str:
        exact = sum(row.scores["trace_exact"] for row in self.rows)
        return f"<Evaluation of {self.model}: {exact:.0f} of {len(self.rows)} traces exact>"

    @property
    def scores(self) -> dict[str, float]:
        """The mean of each score over all programs."""
        return _means(self.rows)

    @property
    def by_tag(self) -> dict[str, dict[str, float]]:
        """For each tag: how many programs carry it, and the mean of each score over them."""
        tags = sorted({tag for row in self.rows for tag in row.tags})
        groups = {tag: [row for row in self.rows if tag in row.tags] for tag in tags}
        return {tag: {"programs": len(rows), **_means(rows)} for tag, rows in groups.items()}

    @property
    def steps_per_second(self) -> float:
        """Predicted steps per second of prediction, over all programs."""
        seconds = sum(row.seconds for row in self.rows)
        return sum(row.predicted_steps for row in self.rows) / seconds if seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "programs": len(self.rows),
            "scores": self.scores,
            "steps_per_second": round(self.steps_per_second, 2),
            "by_tag": self.by_tag,
            "rows": [row.to_json() for row in self.rows],
        }


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
        resynced: also predict each step from the true state before it. The truth of sub-expressions
            is heard by running the program once more, in this process and outside the sandbox.
        on_program: called with each row, in the order of paths.

    Raises BadProgramError before anything runs if a file cannot be read.
    """
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
    return Evaluation(model, tuple(rows))


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
        resynced = _resynced(program, actual, task.model) if task.resynced else {}
    except Exception as error:
        error.add_note(f"in {task.program.filename}")
        raise
    comparison = compare(predicted, actual)
    return Row(
        file=task.program.filename,
        tags=task.tags,
        steps=len(actual),
        predicted_steps=len(predicted),
        scores={**comparison.scores, **resynced},
        seconds=seconds,
        first_divergence=comparison.first_divergence,
    )


def _resynced(program: Program, actual: Trace, model: str) -> dict[str, float]:
    """{RESYNCED: share of right steps}; empty where the program did not come to its own end."""
    if actual.outcome.kind not in ("finished", "raised", "input-exhausted"):
        return {}
    from cwm_lab.training.resync import resynced_accuracy

    share = resynced_accuracy(program, worldmodel.load_model(model))
    return {} if share is None else {RESYNCED: share}


def _means(rows: Sequence[Row]) -> dict[str, float]:
    names = dict.fromkeys(name for row in rows for name in row.scores)
    known = {name: [r.scores[name] for r in rows if name in r.scores] for name in names}
    return {name: sum(scores) / len(scores) for name, scores in known.items()}
