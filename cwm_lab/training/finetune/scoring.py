"""How well a model predicts programs whose true traces are known: before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cwm_lab.trace import Trace, compare
from cwm_lab.training.evaluate import SIDE_BY_SIDE
from cwm_lab.worldmodel import WorldModel


@dataclass(frozen=True)
class Score:
    """One program's prediction. right: for each step of the true trace, whether it was predicted in
    full. exact, output: whether the whole trace, and all that is printed, is right."""

    exact: bool
    output: bool
    right: tuple[bool, ...]

    @property
    def steps(self) -> float:
        return sum(self.right) / len(self.right) if self.right else 0.0

    def to_json(self) -> list[object]:
        return [self.exact, self.output, "".join("01"[hit] for hit in self.right)]

    @classmethod
    def from_json(cls, data: list[object]) -> Score:
        exact, output, right = data
        return cls(bool(exact), bool(output), tuple(c == "1" for c in str(right)))


def score(
    model: WorldModel,
    traces: Sequence[Trace],
    on_done: Callable[[int], None] = lambda _: None,
    cancel: Callable[[], bool] = lambda: False,
) -> list[Score]:
    """Predict each trace's program from its start and compare. on_done hears how many are done.

    A prediction may go on for half as many steps again as the true trace, and 20. Raises
    InterruptedError once `cancel` says so.
    """
    scores: list[Score | None] = [None] * len(traces)
    order = sorted(range(len(traces)), key=lambda k: len(traces[k]))
    done = 0
    for at in range(0, len(order), SIDE_BY_SIDE):
        if cancel():
            raise InterruptedError
        some = order[at : at + SIDE_BY_SIDE]
        most = max(len(traces[k]) for k in some)
        predicted = model.predict_many(
            [traces[k].program for k in some], max_steps=most + most // 2 + 20
        )
        for k, found in zip(some, predicted, strict=True):
            scores[k] = _score(found, traces[k])
        done += len(some)
        on_done(done)
    return [one for one in scores if one is not None]


def _score(predicted: Trace, actual: Trace) -> Score:
    comparison = compare(predicted, actual)
    right = [False] * len(actual)
    for pair in comparison.steps:
        if pair.actual is not None:
            right[pair.actual] = pair.verdict == "match"
    scores = comparison.scores
    return Score(scores["trace_exact"] == 1, scores["output_exact"] == 1, tuple(right))
