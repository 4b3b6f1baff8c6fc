"""Whether a fine-tuning helped, in numbers and in plain words.

Intervals are percentile bootstraps over programs, paired: a program's score after minus its score
before is drawn as one (Efron and Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

LEAST_PROGRAMS = 6
"""Fewer held-out programs cannot show that a difference is more than chance."""
ALLOWED_LOSS = 1.0
"""Points of exact traces elsewhere that may go before it is called worse."""
_DRAWS = 10_000

Word = Literal["better", "worse", "unclear", "unchanged"]


@dataclass(frozen=True)
class Change:
    """A paired difference in points (hundredths of exact traces), with its 95 % interval.

    before, after: means over programs, as shares. programs: how many.
    """

    programs: int
    before: float
    after: float
    low: float
    high: float

    @property
    def points(self) -> float:
        return 100 * (self.after - self.before)

    def interval(self) -> str:
        return f"95 % interval {_signed(self.low)} to {_signed(self.high)}"


def change(before: Sequence[float], after: Sequence[float], seed: int = 1) -> Change:
    """The change between two scores of each program, in the same order."""
    one, other = np.asarray(before, float), np.asarray(after, float)
    if not len(one):
        return Change(0, 0.0, 0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(one), (_DRAWS, len(one)))
    means = 100 * (other - one)[drawn].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Change(len(one), float(one.mean()), float(other.mean()), float(low), float(high))


@dataclass(frozen=True)
class Verdict:
    """course, elsewhere: what became of each, in a word. text: the sentence for people.
    helps: better at the course, and not worse elsewhere."""

    course: Word
    elsewhere: Word
    text: str

    @property
    def helps(self) -> bool:
        return self.course == "better" and self.elsewhere != "worse"


def judge(course: Change, general: Change) -> Verdict:
    """The verdict on a run."""
    few = course.programs < LEAST_PROGRAMS
    word: Word
    if few:
        word = "unclear"
    elif course.low > 0:
        word = "better"
    elif course.high < 0:
        word = "worse"
    else:
        word = "unclear"
    lost = -general.points
    elsewhere: Word
    if lost > ALLOWED_LOSS:
        elsewhere = "worse" if general.high < 0 else "unclear"
    else:
        elsewhere = "better" if general.low > 0 else "unchanged"
    points = f"{_signed(course.points, '.0f')} points of exact traces, {course.interval()}"
    first = {
        "better": f"better at your course ({points})",
        "worse": f"worse at your course ({points})",
        "unclear": f"no clear change at your course ({points})",
        "unchanged": "",
    }[word]
    if few:
        first = (
            f"too few held-out programs to tell ({course.programs}; {LEAST_PROGRAMS} at least): "
            f"{_signed(course.points, '.0f')} points of exact traces at your course"
        )
    shown = _signed(general.points, ".1f")
    second = {
        "worse": f"worse elsewhere ({shown}, {general.interval()})",
        "better": f"better elsewhere, too ({shown}, {general.interval()})",
        "unclear": f"perhaps worse elsewhere ({shown}, {general.interval()})",
        "unchanged": f"unchanged elsewhere ({shown})",
    }[elsewhere]
    if elsewhere == "unchanged" and general.points > ALLOWED_LOSS:
        second = f"not worse elsewhere ({shown}, {general.interval()})"
    if not general.programs:
        second = "elsewhere not measured"
    found = Verdict(word, elsewhere, f"{first}, {second}")
    if found.helps:
        return found
    return Verdict(word, elsewhere, f"this run does not help: {found.text}")


def _signed(points: float, form: str = ".0f") -> str:
    text = f"{abs(points):{form}}"
    if not float(text):
        return text
    return ("+" if points > 0 else "−") + text
