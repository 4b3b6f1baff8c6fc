"""Where two traces of one program part: alignment of steps, verdicts, first divergence, scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cwm_lab.trace.align import align
from cwm_lab.trace.model import ALL_NAMES, Step, Trace
from cwm_lab.trace.pages import write_page

if TYPE_CHECKING:
    import pandas as pd

COMPARISON_SCHEMA = "cwm-lab/comparison@1"
SCORE_NAMES = (
    "trace_exact",
    "output_exact",
    "outcome_exact",
    "step_accuracy",
    "prefix_accuracy",
    "line_f1",
    "name_value_f1",
)

Verdict = Literal["match", "value", "path", "missing", "extra"]
_Key = tuple[str, int, str, int, str | None]
_Binding = tuple[str, str, str]
"""function, name, value."""


@dataclass(frozen=True)
class StepPair:
    """One row of a comparison.

    predicted, actual: indices into the two traces, None where a side has no such step.
    verdict: match (equal in full), value (same place, but names, values or output differ), path
        (the model is at another place), missing (only in actual), extra (only in predicted).
    names: the names whose values differ, then ``return`` for the step's value and ``stdout``.
        What a step leaves untold (`Step.untold`) is no difference there.
    """

    predicted: int | None
    actual: int | None
    verdict: Verdict
    names: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "predicted": self.predicted,
            "actual": self.actual,
            "verdict": self.verdict,
            "names": list(self.names),
        }


@dataclass(frozen=True)
class Comparison:
    """A predicted and an actual trace of one program, step by step.

    first_divergence: index into the actual trace of the first step that was not predicted in full
        (its length, if the prediction goes on after the end), or None if all match.
    scores: the numbers named in `SCORE_NAMES`, each in 0..1.
    """

    predicted: Trace
    actual: Trace
    steps: Sequence[StepPair]
    first_divergence: int | None
    scores: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Comparison: {self.summary()}>"

    @property
    def first_pair(self) -> StepPair | None:
        """The first pair that is not a match."""
        return next((pair for pair in self.steps if pair.verdict != "match"), None)

    def summary(self) -> str:
        """One sentence that names the first divergence."""
        pair = self.first_pair
        if pair is None:
            if not self.scores["outcome_exact"]:
                return (
                    f"All {len(self.actual)} steps match, but the end differs: "
                    f"predicted {self.predicted.outcome}, actual {self.actual.outcome}."
                )
            return f"The prediction is right in all {len(self.actual)} steps."
        return "First divergence at " + _describe(pair, self.predicted, self.actual)

    def describe(self, index: int) -> str:
        """One sentence on pair `index`, which must not be a match: what each side says there."""
        return _describe(self.steps[index], self.predicted, self.actual)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the player with both traces as one self-contained page (see `cwm_lab.save_html`).

        Returns the path. Raises CWMLabError if it cannot be written.
        """
        return write_page(self, path)

    def to_json(self) -> dict[str, Any]:
        """This comparison as the documented JSON document `cwm-lab/comparison@1`."""
        return {
            "schema": COMPARISON_SCHEMA,
            "steps": [pair.to_json() for pair in self.steps],
            "first_divergence": self.first_divergence,
            "scores": dict(self.scores),
            "summary": self.summary(),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a pair: predicted, actual, verdict, names, line_predicted, line_actual."""
        import pandas as pd

        def line(trace: Trace, index: int | None) -> int | None:
            return None if index is None else trace.steps[index].line

        rows = [
            (
                pair.predicted,
                pair.actual,
                pair.verdict,
                list(pair.names),
                line(self.predicted, pair.predicted),
                line(self.actual, pair.actual),
            )
            for pair in self.steps
        ]
        columns = ["predicted", "actual", "verdict", "names", "line_predicted", "line_actual"]
        frame = pd.DataFrame(rows, columns=columns)
        indices = ["predicted", "actual", "line_predicted", "line_actual"]
        return frame.astype(dict.fromkeys(indices, "Int64"))


def compare(predicted: Trace, actual: Trace) -> Comparison:
    """Align two traces of the same program and judge every step of the actual one.

    Steps are aligned by place (event, line, function, depth); full state, value and output are
    then compared. A step whose own frame state already differs, because of an earlier mistake, is
    judged by what it says itself: the names it lists as new or changed. A change that a predicted
    step leaves untold is judged at the frame's next step that tells of the name, if there is one.
    """
    keys = [[_key(step) for step in trace.steps] for trace in (predicted, actual)]
    aligned = align(*keys)
    judge = StepJudge()
    pairs = [_judge(judge, predicted, actual, p, a) for p, a in aligned]
    first = next((i for i, pair in enumerate(pairs) if pair.verdict != "match"), None)
    divergence = None
    if first is not None:
        divergence = next(
            (pair.actual for pair in pairs[first:] if pair.actual is not None), len(actual)
        )
    scores = _scores(predicted, actual, pairs, judge.held)
    return Comparison(predicted, actual, pairs, divergence, scores)


def _key(step: Step) -> _Key:
    return (step.event, step.line, step.function, step.depth, step.detail)


class StepJudge:
    """Judges steps one by one, in their order, and remembers what was left untold.

    held: how often each (function, name, value) of the actual steps was held against a prediction.
    """

    def __init__(self) -> None:
        self.held: Counter[_Binding] = Counter()
        self._owed: list[dict[str, str | None]] = []

    def skip(self, actual: Step) -> None:
        """An actual step that has no partner."""
        self._enter(actual)
        self._hold(actual.function, actual.locals)

    def differing(self, predicted: Step, actual: Step) -> tuple[str, ...]:
        """The names of `StepPair` for two steps at the same place."""
        owed = self._enter(actual)
        changed: dict[str, str | None] = {**owed, **dict.fromkeys(actual.removed), **actual.locals}
        everything = ALL_NAMES in predicted.untold
        hidden = {
            name
            for name in changed
            if (everything or name in predicted.untold)
            and name not in predicted.locals
            and name not in predicted.removed
        }
        owed.clear()
        owed.update((name, changed.pop(name)) for name in hidden)
        values = {name: text for name, text in changed.items() if text is not None}
        self._hold(actual.function, values)
        ours = predicted.locals
        names = [n for n in {**values, **ours} if ours.get(n) != values.get(n)]
        gone = {name for name, text in changed.items() if text is None}
        gone |= {*actual.removed} - hidden
        names += [n for n in {*predicted.removed} ^ gone if n not in names]
        if predicted.value != actual.value:
            names.append("return")
        if predicted.stdout != actual.stdout:
            names.append("stdout")
        return tuple(names)

    def _enter(self, step: Step) -> dict[str, str | None]:
        """What the step's frame owes: names that have changed since they were last told of."""
        del self._owed[step.depth + (step.event != "call") :]
        while len(self._owed) <= step.depth:
            self._owed.append({})
        return self._owed[step.depth]

    def _hold(self, function: str, values: Mapping[str, str]) -> None:
        self.held.update((function, name, text) for name, text in values.items())


def _judge(
    judge: StepJudge, predicted: Trace, actual: Trace, p: int | None, a: int | None
) -> StepPair:
    if a is None:
        return StepPair(p, a, "extra")
    right = actual.steps[a]
    if p is None or _key(predicted.steps[p]) != _key(right):
        judge.skip(right)
        return StepPair(p, a, "missing" if p is None else "path")
    names = judge.differing(predicted.steps[p], right)
    return StepPair(p, a, "value" if names else "match", names)


def same_place(one: Step, other: Step) -> bool:
    """Whether two steps stand at the same place: event, line, function, depth and detail."""
    return _key(one) == _key(other)


def _f1(left: Counter[Any], right: Counter[Any]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0


def _scores(
    predicted: Trace, actual: Trace, pairs: Sequence[StepPair], held: Counter[_Binding]
) -> dict[str, float]:
    matched = sum(pair.verdict == "match" for pair in pairs)
    prefix = next((i for i, pair in enumerate(pairs) if pair.verdict != "match"), len(pairs))
    outcome = predicted.outcome == actual.outcome
    size = len(actual)
    return {
        "trace_exact": float(matched == len(pairs) and outcome),
        "output_exact": float(predicted.output == actual.output),
        "outcome_exact": float(outcome),
        "step_accuracy": matched / size if size else float(not len(predicted)),
        "prefix_accuracy": min(prefix, size) / size if size else float(not len(predicted)),
        "line_f1": _f1(
            Counter(_key(s) for s in predicted.steps), Counter(_key(s) for s in actual.steps)
        ),
        "name_value_f1": _f1(_bindings(predicted), held),
    }


def _bindings(trace: Trace) -> Counter[_Binding]:
    return Counter(
        (s.function, name, value) for s in trace.steps for name, value in s.locals.items()
    )


def _line(step: Step) -> str:
    return f"line {step.line}" if step.line > 0 else f"line {-step.line} of the earlier cells"


def _doing(step: Step) -> str:
    """What a side does at a step, in words."""
    if step.event == "call":
        return f"{'resumes' if step.detail == 'resume' else 'calls'} {step.function}"
    if step.event == "exception":
        return f"raises {step.value}"
    if step.event == "return":
        if step.depth == 0:
            return "is at the end of the program"
        verb = "yields" if step.detail == "yield" else "returns"
        return f"{verb} {step.value} from {step.function}"
    return f"is at {_line(step)}"


def _describe(pair: StepPair, predicted: Trace, actual: Trace) -> str:
    if pair.actual is None:
        assert pair.predicted is not None
        step = predicted.steps[pair.predicted]
        does = f"goes on to {_line(step)}" if step.event == "line" else _doing(step)
        return f"step {pair.predicted + 1}: the model {does}, Python does not."
    right = actual.steps[pair.actual]
    where = f"step {pair.actual + 1}, {_line(right)}: "
    if pair.predicted is None:
        does = "gets here" if right.event == "line" else _doing(right)
        return where + f"Python {does}, the model does not."
    left = predicted.steps[pair.predicted]
    if pair.verdict == "path":
        return where + f"the model {_doing(left)}, Python {_doing(right)}."
    name = pair.names[0]
    if name == "stdout":
        return where + f"the model printed {left.stdout!r}, Python printed {right.stdout!r}."
    if name == "return" and name not in right.locals:
        what = "exception" if right.event == "exception" else "value returned"
        return where + f"the {what} is {right.value}, the model said {left.value}."
    if name in right.locals and name in left.locals:
        return where + f"{name} is {right.locals[name]}, the model said {left.locals[name]}."
    if name in right.locals:
        return where + f"{name} becomes {right.locals[name]}, the model saw no change."
    if name in left.locals:
        return where + f"{name} does not change, the model said {left.locals[name]}."
    return where + f"the model is wrong about {name} going away."
