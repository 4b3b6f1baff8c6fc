"""Each step of recorded traces judged alone: predicted from the true state before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cwm_lab.trace import Trace
from cwm_lab.trace.compare import StepJudge, same_place
from cwm_lab.training.calibration import Judged
from cwm_lab.training.scores import RESYNCED, Tally
from cwm_lab.worldmodel import Resynced, WorldModel


@dataclass(frozen=True)
class Alone:
    """scores: `RESYNCED`, the share of right steps among those that could be predicted so; empty if
    none could. judged, values: (confidence, right) of steps, and of single values, for which the
    model was asked. types: by type, how many changed values were right, and of how many. followed:
    share of the steps that could be predicted so."""

    scores: dict[str, float] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    values: tuple[Judged, ...] = ()
    types: Tally = field(default_factory=dict)
    followed: float = 0.0


def judge_alone(actuals: Sequence[Trace], model: WorldModel) -> list[Alone]:
    """Predict and judge each step of recorded traces, side by side where the model can."""
    return [
        _judge(actual, found)
        for actual, found in zip(actuals, model.resync_many(actuals), strict=True)
    ]


def _judge(actual: Trace, resynced: Sequence[Resynced]) -> Alone:
    right = known = 0
    judged: list[Judged] = []
    values: list[Judged] = []
    types: dict[str, tuple[int, int]] = {}
    judge = StepJudge()
    for found in resynced:
        ours, true = found.step, actual.steps[found.index]
        if ours is None or not same_place(ours, true):
            judge.skip(true)
            hit = False
        else:
            hit = not judge.differing(ours, true)
        if ours is None:
            continue
        known, right = known + 1, right + hit
        if ours.confidence is not None:
            judged.append((ours.confidence, hit))
        here = (ours.line, ours.event, ours.depth) == (true.line, true.event, true.depth)
        values += [
            (sure, here and true.locals.get(name) == ours.locals.get(name))
            for name, sure in ours.confidences.items()
        ]
        for name, text in true.locals.items():
            kind = true.types.get(name, "unknown")
            hits, seen = types.get(kind, (0, 0))
            types[kind] = (hits + (here and ours.locals.get(name) == text), seen + 1)
    if not known:
        return Alone()
    scores = {RESYNCED: right / known}
    return Alone(scores, tuple(judged), tuple(values), types, known / len(actual))
