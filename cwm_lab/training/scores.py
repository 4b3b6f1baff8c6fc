"""What an evaluation found: a row for each program, and means over groups of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cwm_lab.trace import Cause
from cwm_lab.training.calibration import Judged, expected_calibration_error, reliability

RESYNCED = "resynced_step_accuracy"
Tally = Mapping[str, tuple[int, int]]
"""By kind: how many were right, and of how many."""
LENGTHS = (10, 25, 50, 100, 250)
"""Upper ends, in steps of the real trace, of the groups of `Evaluation.by_length`."""


@dataclass(frozen=True)
class Failure:
    """A first divergence. step: index into the actual trace; line: of the statement that had just
    run, 1 is the first; text: that line of the program; message: what differs, as
    `Comparison.summary` says it; reason: the likely one, in a few words; confidence: the model's
    own in that step, None if it made none."""

    step: int
    line: int
    text: str
    cause: Cause
    message: str
    reason: str
    confidence: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "line": self.line,
            "text": self.text,
            "cause": self.cause,
            "message": self.message,
            "reason": self.reason,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
        }


@dataclass(frozen=True)
class Row:
    """The result for one program.

    file: its path as given. tags: from its ``# tags:`` comment. constructs: what its syntax holds.
    steps, predicted_steps: lengths of the actual and of the predicted trace.
    scores: the numbers of a `Comparison`, and, where the world model can, `RESYNCED`: the share of
        steps that are right when each is predicted from the true state before it.
    seconds: time the free-running prediction took; of programs that were predicted side by side,
        each one's share.
    first_divergence: index of the first actual step that was not predicted in full, or None.
    verdicts: how many pairs of steps got each verdict.
    confusion: (what Python does, what the model says) -> how many pairs of steps; see `events`.
    outcomes: how the run ends, and how the model says that it does.
    values: type of a value -> (values predicted right, values) where both traces are at one place.
    resynced_values: the same of each step predicted from the true state before it.
    judged: (confidence, right) of each step that was predicted from the true state before it.
    judged_values: the same of single values, re-synced.
    bare: the scores without the scratchpad, where they were asked for.
    """

    file: str
    tags: tuple[str, ...]
    steps: int
    predicted_steps: int
    scores: dict[str, float]
    seconds: float
    first_divergence: int | None
    constructs: tuple[str, ...] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    outcomes: tuple[str, str] | None = None
    values: Tally = field(default_factory=dict)
    resynced_values: Tally = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    judged_values: tuple[Judged, ...] = ()
    failure: Failure | None = None
    bare: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "tags": list(self.tags),
            "steps": self.steps,
            "predicted_steps": self.predicted_steps,
            **self.scores,
            "seconds": round(self.seconds, 3),
            "first_divergence": self.first_divergence,
            "verdicts": dict(self.verdicts),
            "failure": self.failure.to_json() if self.failure else None,
            **({"without_scratchpad": dict(self.bare)} if self.bare else {}),
        }


Group = dict[str, float]
"""Means of scores, and under "programs" over how many."""


@dataclass(frozen=True)
class Evaluation:
    """Rows of all programs, and their means. Every program counts the same, however long it is.

    wall_seconds: from the first program's start to the last one's end, over all processes.
    """

    model: str
    rows: Sequence[Row]
    wall_seconds: float = 0.0

    def __repr__(self) -> str:
        exact = sum(row.scores["trace_exact"] for row in self.rows)
        return f"<Evaluation of {self.model}: {exact:.0f} of {len(self.rows)} traces exact>"

    @property
    def scores(self) -> dict[str, float]:
        """The mean of each score over all programs."""
        return _means([row.scores for row in self.rows])

    @property
    def without_scratchpad(self) -> dict[str, float]:
        """The same where the model had to answer at once; empty if that was not asked for."""
        return _means([row.bare for row in self.rows])

    @property
    def by_tag(self) -> dict[str, Group]:
        """For each tag: how many programs carry it, and the mean of each score over them."""
        return _grouped(self.rows, lambda row: row.tags)

    @property
    def by_construct(self) -> dict[str, Group]:
        """The same for what the programs' syntax holds, whatever their tags say."""
        return _grouped(self.rows, lambda row: row.constructs)

    @property
    def by_length(self) -> dict[str, Group]:
        """The same by the number of steps of the real trace, shortest first."""
        groups = _grouped(self.rows, lambda row: (_length(row.steps),))
        return dict(sorted(groups.items(), key=lambda item: _LENGTH_NAMES.index(item[0])))

    @property
    def by_value_type(self) -> dict[str, dict[str, float]]:
        """For each type: how many changed values of it, and the share that was predicted right,
        of steps at which both traces are at the same place; the same re-synced, if that was
        measured."""
        free = _added(row.values for row in self.rows)
        alone = _added(row.resynced_values for row in self.rows)
        found: dict[str, dict[str, float]] = {}
        for name in sorted({*free, *alone}, key=lambda name: -max(free[name][1], alone[name][1])):
            found[name] = {}
            for prefix, (hits, count) in (("", free[name]), ("resynced_", alone[name])):
                if count:
                    found[name] |= {f"{prefix}values": count, f"{prefix}right": hits / count}
        return found

    @property
    def causes(self) -> dict[str, int]:
        """How many programs have each kind of mistake as their first."""
        found = Counter(row.failure.cause for row in self.rows if row.failure)
        return {str(cause): count for cause, count in found.most_common()}

    @property
    def verdicts(self) -> dict[str, int]:
        """How many pairs of steps got each verdict, over all programs."""
        total: Counter[str] = Counter()
        for row in self.rows:
            total.update(row.verdicts)
        return dict(total.most_common())

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """What Python does at a step -> what the model says there -> how many pairs of steps."""
        total: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            total.update(row.confusion)
        return _crossed(total)

    @property
    def outcomes(self) -> dict[str, dict[str, int]]:
        """How runs end -> how the model says that they do -> how many programs."""
        return _crossed(Counter(row.outcomes for row in self.rows if row.outcomes is not None))

    @property
    def judged(self) -> list[Judged]:
        """(confidence, right) of all steps predicted from the true state before them."""
        return [pair for row in self.rows for pair in row.judged]

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the steps' confidence, None if there were none."""
        judged = self.judged
        return expected_calibration_error(judged) if judged else None

    @property
    def value_calibration_error(self) -> float | None:
        """The same of single values' confidence, None if they were not re-synced."""
        judged = [pair for row in self.rows for pair in row.judged_values]
        return expected_calibration_error(judged) if judged else None

    @property
    def steps_per_second(self) -> float:
        """Predicted steps per second of prediction, over all programs."""
        seconds = sum(row.seconds for row in self.rows)
        return sum(row.predicted_steps for row in self.rows) / seconds if seconds else 0.0

    @property
    def programs_per_second(self) -> float:
        """Programs recorded, predicted and scored per second, by all processes together."""
        return len(self.rows) / self.wall_seconds if self.wall_seconds else 0.0

    def failures(self, count: int = 20) -> list[Row]:
        """The most telling failures: those of which the model was surest, no kind of mistake in one
        kind of line twice before each has been shown once."""
        failed = [row for row in self.rows if row.failure is not None]
        failed.sort(key=lambda row: -(_failure(row).confidence or 0.0))
        seen: Counter[tuple[str, str]] = Counter()
        ranked: list[tuple[int, int, Row]] = []
        for row in failed:
            kind = (_failure(row).cause, _failure(row).text.split("(")[0].split(" ")[0])
            ranked.append((seen[kind], len(ranked), row))
            seen[kind] += 1
        return [row for _, _, row in sorted(ranked, key=lambda item: item[:2])[:count]]

    def to_json(self) -> dict[str, Any]:
        errors = {
            "calibration_error": self.calibration_error,
            "value_calibration_error": self.value_calibration_error,
        }
        return {
            "model": self.model,
            "programs": len(self.rows),
            "scores": self.scores,
            "steps_per_second": round(self.steps_per_second, 2),
            "programs_per_second": round(self.programs_per_second, 2),
            **{name: error and round(error, 4) for name, error in errors.items()},
            "by_tag": self.by_tag,
            "by_construct": self.by_construct,
            "by_length": self.by_length,
            "by_value_type": self.by_value_type,
            "causes": self.causes,
            "verdicts": self.verdicts,
            "confusion": self.confusion,
            "outcomes": self.outcomes,
            "reliability": [asdict(group) for group in reliability(self.judged)],
            "without_scratchpad": self.without_scratchpad,
            "failures": [_told(row) for row in self.failures()],
            "rows": [row.to_json() for row in self.rows],
        }


_LENGTH_NAMES = [
    f"{low + 1}-{high}" for low, high in zip((-1, *LENGTHS), LENGTHS, strict=False)
] + [f"over {LENGTHS[-1]}"]


def _length(steps: int) -> str:
    return next(
        (name for name, high in zip(_LENGTH_NAMES, LENGTHS, strict=False) if steps <= high),
        _LENGTH_NAMES[-1],
    )


def _failure(row: Row) -> Failure:
    assert row.failure is not None
    return row.failure


def _told(row: Row) -> dict[str, Any]:
    return {"file": row.file, **_failure(row).to_json()}


def _added(tallies: Iterable[Tally]) -> dict[str, tuple[int, int]]:
    total: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for tally in tallies:
        for name, (hits, count) in tally.items():
            total[name] = (total[name][0] + hits, total[name][1] + count)
    return total


def _crossed(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Rows and columns, the commonest first."""
    found: dict[str, dict[str, int]] = {}
    for (actual, _), _count in Counter(dict(counts)).most_common():
        found.setdefault(actual, {})
    for (actual, predicted), count in Counter(dict(counts)).most_common():
        found[actual][predicted] = count
    return found


def _grouped(rows: Sequence[Row], keys: Callable[[Row], Iterable[str]]) -> dict[str, Group]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for key in keys(row):
            groups.setdefault(key, []).append(row)
    return {
        key: {"programs": len(found), **_means([row.scores for row in found])}
        for key, found in sorted(groups.items())
    }


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for row in rows for name in row)
    known = {name: [row[name] for row in rows if name in row] for name in names}
    return {name: sum(scores) / len(scores) for name, scores in known.items()}
