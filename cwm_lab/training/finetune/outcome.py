"""What a fine-tuning came to: everything that its report tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cwm_lab.training.finetune.collecting import LeftOut
from cwm_lab.training.finetune.progress import Point
from cwm_lab.training.finetune.scoring import Score
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.verdict import Change, Verdict, change, judge


@dataclass(frozen=True)
class Judged:
    """A program before and after. place: where it is from. versions: itself, then variations of it
    that were judged too; the two lists of scores are in that order."""

    place: str
    before: tuple[Score, ...]
    after: tuple[Score, ...]

    def exact(self, *, after: bool) -> float:
        """The share of its versions whose trace is exact."""
        scores = self.after if after else self.before
        return sum(one.exact for one in scores) / len(scores)

    @property
    def gained(self) -> int:
        """Steps (of all versions) that are right now and were not."""
        return _moved(self.before, self.after)

    @property
    def lost(self) -> int:
        """Steps that were right and are not any more."""
        return _moved(self.after, self.before)


def _moved(one: Sequence[Score], other: Sequence[Score]) -> int:
    return sum(
        b and not a
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left.right, right.right, strict=True)
    )


@dataclass(frozen=True)
class FinetuneReport:
    """The result of `finetune`.

    name, model: of the adapter, and the base's specification. spec: what to predict with.
    saved: the adapter's folder. default: whether it now predicts where no model is named.
    course, general: the held-out programs of the course, and of the general set, before and after.
    counts: of programs, variations and examples, by what they are. left_out: what was not used, and
    why. crashing: programs that end with an exception of their own and were used.
    curve: loss and held-out shares over the training. stopped: by a person, with the best so far.
    strength: the share of the best state's adapter that was kept.
    seconds: by stage. programs: the sources of the held-out programs, by their place.
    """

    name: str
    model: str
    spec: str
    saved: Path
    default: bool
    course: tuple[Judged, ...]
    general: tuple[Judged, ...]
    counts: dict[str, int]
    left_out: tuple[LeftOut, ...]
    crashing: tuple[LeftOut, ...]
    curve: tuple[Point, ...]
    settings: Settings
    steps: int
    strength: float
    stopped: bool
    seconds: dict[str, float]
    programs: dict[str, str] = field(repr=False, default_factory=dict)

    def __repr__(self) -> str:
        return f"<FinetuneReport {self.name}: {self.verdict.text}>"

    @cached_property
    def course_change(self) -> Change:
        """Exact traces of the course's held-out programs; each counts once, with its variations."""
        return _exact(self.course)

    @cached_property
    def originals_change(self) -> Change:
        """The same of the programs alone, without variations."""
        alone = [Judged(one.place, one.before[:1], one.after[:1]) for one in self.course]
        return _exact(alone)

    @cached_property
    def general_change(self) -> Change:
        """Exact traces of the general set."""
        return _exact(self.general)

    @cached_property
    def steps_change(self) -> dict[str, Change]:
        """The share of right steps, of both sets."""
        return {"course": _steps(self.course), "general": _steps(self.general)}

    @cached_property
    def verdict(self) -> Verdict:
        """Whether it helped."""
        return judge(self.course_change, self.general_change)

    @property
    def helps(self) -> bool:
        """Better at the course, and not worse elsewhere."""
        return self.verdict.helps

    def scores_json(self) -> dict[str, Any]:
        """Scores as an adapter's folder keeps them: shares, with intervals of the changes."""
        found: dict[str, Any] = {}
        for what, exact, steps in (
            ("course", self.course_change, self.steps_change["course"]),
            ("general", self.general_change, self.steps_change["general"]),
        ):
            found[what] = {
                "programs": exact.programs,
                "trace_exact": _change_json(exact),
                "step_accuracy": _change_json(steps),
            }
        found["course"]["trace_exact_without_variations"] = _change_json(self.originals_change)
        for what, judged in (("course", self.course), ("general", self.general)):
            found[what]["steps_gained"] = sum(one.gained for one in judged)
            found[what]["steps_lost"] = sum(one.lost for one in judged)
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": "cwm-lab/finetune@1",
            "name": self.name,
            "model": self.model,
            "spec": self.spec,
            "verdict": self.verdict.text,
            "helps": self.helps,
            "default": self.default,
            "stopped": self.stopped,
            "scores": self.scores_json(),
            "counts": self.counts,
            "settings": self.settings.to_json(),
            "steps": self.steps,
            "strength": self.strength,
            "seconds": {stage: round(spent, 1) for stage, spent in self.seconds.items()},
            "curve": [
                [p.step, p.seconds, p.loss, round(p.held_out, 4), round(p.general, 4)]
                for p in self.curve
            ],
            "left_out": [[one.place, one.reason] for one in self.left_out],
            "crashing": [[one.place, one.reason] for one in self.crashing],
            "programs": [
                {
                    "place": one.place,
                    "before": round(one.exact(after=False), 3),
                    "after": round(one.exact(after=True), 3),
                    "steps_gained": one.gained,
                    "steps_lost": one.lost,
                }
                for one in self.course
            ],
        }


def _exact(judged: Sequence[Judged]) -> Change:
    return change(
        [one.exact(after=False) for one in judged], [one.exact(after=True) for one in judged]
    )


def _steps(judged: Sequence[Judged]) -> Change:
    def share(scores: Sequence[Score]) -> float:
        return sum(one.steps for one in scores) / len(scores)

    return change([share(one.before) for one in judged], [share(one.after) for one in judged])


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "before": round(change.before, 4),
        "after": round(change.after, 4),
        "change": round(change.after - change.before, 4),
        "interval": [round(change.low / 100, 4), round(change.high / 100, 4)],
    }
