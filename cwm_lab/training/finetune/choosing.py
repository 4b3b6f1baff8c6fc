"""Which state of an adapter is kept, and how much of it.

Whole traces decide, on both sides: those of the course's watched programs, and those of general
programs that neither train nor are reported. Whether a trace comes out exact flips by chance where
two answers are about as likely; so each counts as the *chance* that all its answers are right,
which shows with some hundreds of programs what counting exact traces shows with some thousands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cwm_lab.training.corpus import Example
from cwm_lab.training.finetune.networks import Network

STRENGTHS = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)
"""The shares of the best state's adapter that are tried."""
MOST_LOST = 0.004
"""`lost` of the strength that is kept, at most. At 0.0057 10 of 600 general programs came out
otherwise than before (5 gained, 5 lost), at about 0.0025 6 (docs/finetuning.md)."""
_PRICE = 30.0
"""Points of the course's traces for a point elsewhere: thirty gained for one lost is the aim."""

Asked = Sequence[Example]
"""What a model is asked about one program, each question once."""


@dataclass(frozen=True)
class HeldOut:
    """Programs that the curves are drawn by: the course's watched ones with their variations, and
    general ones."""

    course: Sequence[Asked]
    general: Sequence[Asked]


@dataclass(frozen=True)
class Look:
    """How a network does on `HeldOut`. course, general: shares of single answers that are right.
    course_chances, general_chances: for each program, the probability (0 to 1) that answers drawn
    from the network are all right."""

    course: float
    general: float
    course_chances: tuple[float, ...]
    general_chances: tuple[float, ...]


def look(network: Network, held: HeldOut) -> Look:
    """Ask the network about all programs, each different question once."""
    course, course_chances = _asked(network, held.course)
    general, general_chances = _asked(network, held.general)
    return Look(course, general, course_chances, general_chances)


def worth(now: Look, general_before: Sequence[float]) -> float:
    """How good a state is: the mean chance of the course's traces, less thirty times what general
    ones have lost.

    general_before: the base's `general_chances`. A general program that is lost is not made good by
    another one that is gained: gains and losses by chance alike show how far the network has moved
    where it should have stayed, and the next programs may only lose.
    """
    return _mean(now.course_chances) - _PRICE * lost(now, general_before)


def lost(now: Look, general_before: Sequence[float]) -> float:
    """What general programs have lost of their chance in the mean, gains not set off (0 to 1)."""
    return _mean(np.maximum(0.0, np.subtract(general_before, now.general_chances)))


def reach(now: Look, general_before: Sequence[float]) -> float:
    """About the strength at which a state loses no more than it may, from what it loses whole."""
    whole = lost(now, general_before)
    return next((one for one in STRENGTHS if one * whole <= MOST_LOST), STRENGTHS[-1])


def strength(tried: Mapping[float, Look], general_before: Sequence[float]) -> float:
    """The strength to keep: the one worth most among those that lose hardly anything elsewhere; the
    weakest if none does. tried: what each gives."""
    allowed = [one for one, found in tried.items() if lost(found, general_before) <= MOST_LOST]
    if not allowed:
        return min(tried)
    return max(allowed, key=lambda one: worth(tried[one], general_before))


def _asked(network: Network, programs: Sequence[Asked]) -> tuple[float, tuple[float, ...]]:
    """(share of different answers that are right, chance of each program)."""
    different = list(dict.fromkeys(one for program in programs for one in program))
    right, likelihoods = network.answered(different)
    of = dict(zip(different, likelihoods.tolist(), strict=True))
    chances = tuple(float(np.exp(sum(of[one] for one in program))) for program in programs)
    return _mean(right), chances


def _mean(numbers: Sequence[float] | NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(np.mean(numbers)) if len(numbers) else 0.0
