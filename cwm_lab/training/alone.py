"""Each step of a recorded trace judged alone: predicted from the true state before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cwm_lab.trace import Step, Trace
from cwm_lab.training.calibration import Judged
from cwm_lab.training.scores import RESYNCED
from cwm_lab.worldmodel import WorldModel, load_model


@dataclass(frozen=True)
class Alone:
    """scores: `RESYNCED`, the share of right steps among those that could be predicted so; empty if
    none could. judged, values: (confidence, right) of steps, and of single values, for which the
    model was asked. followed: share of the steps that could be predicted so."""

    scores: dict[str, float] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    values: tuple[Judged, ...] = ()
    followed: float = 0.0


def judge_alone(actual: Trace, model: str | WorldModel) -> Alone:
    """Predict and judge each step of a recorded trace."""
    engine = load_model(model) if isinstance(model, str) else model
    right = known = 0
    judged: list[Judged] = []
    values: list[Judged] = []
    for found in engine.resync(actual):
        if found.step is None:
            continue
        ours, true = found.step, actual.steps[found.index]
        hit = _told(ours) == _told(true)
        known, right = known + 1, right + hit
        if ours.confidence is not None:
            judged.append((ours.confidence, hit))
        here = (ours.line, ours.event, ours.depth) == (true.line, true.event, true.depth)
        values += [
            (sure, here and true.locals.get(name) == ours.locals.get(name))
            for name, sure in ours.confidences.items()
        ]
    if not known:
        return Alone()
    return Alone({RESYNCED: right / known}, tuple(judged), tuple(values), known / len(actual))


def _told(step: Step) -> tuple[object, ...]:
    where = (step.event, step.line, step.function, step.depth, step.detail)
    return (*where, dict(step.locals), {*step.removed}, step.value, step.stdout)
