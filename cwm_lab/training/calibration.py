"""Whether a model's confidence means what it says, and the map that makes it so.

A step's confidence is calibrated if, of all steps with confidence p, a share p is right. Only steps
predicted from the true state before them are judged: what follows a mistake is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Judged = tuple[float, bool]
"""A step's confidence (0..1) and whether the step was right."""
BINS = 15
Points = list[tuple[float, float]]
"""A monotone map, linear between its points (raw confidence, calibrated confidence)."""


@dataclass(frozen=True)
class Bin:
    """Steps of about one confidence. low, high: its ends. confidence, right: the steps' mean
    confidence and the share of them that was right."""

    low: float
    high: float
    steps: int
    confidence: float
    right: float


def reliability(judged: Sequence[Judged], bins: int = BINS) -> list[Bin]:
    """The points of a reliability diagram: bins of equal width, empty ones left out."""
    groups: dict[int, list[Judged]] = {}
    for confidence, right in judged:
        groups.setdefault(min(bins - 1, max(0, int(confidence * bins))), []).append(
            (confidence, right)
        )
    return [
        Bin(
            k / bins,
            (k + 1) / bins,
            len(group),
            sum(confidence for confidence, _ in group) / len(group),
            sum(right for _, right in group) / len(group),
        )
        for k, group in sorted(groups.items())
    ]


def expected_calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float:
    """Mean distance between confidence and share right, weighted by steps (Naeini et al. 2015).

    Raises ValueError if there are no steps.
    """
    if not judged:
        raise ValueError("no steps to judge")
    return sum(b.steps * abs(b.confidence - b.right) for b in reliability(judged, bins)) / len(
        judged
    )


def fit_isotonic(judged: Sequence[Judged], points: int = 24) -> Points:
    """The monotone map from raw to calibrated confidence that fits best (pool adjacent violators,
    on groups of equal size), from (0, y) to (1, y).

    points: the most groups. Each is smoothed towards one half by half a step, so that no finite
    number of steps makes certain. Raises ValueError if there are no steps.
    """
    if not judged:
        raise ValueError("no steps to fit")
    ordered = sorted(judged)
    size = max(1, -(-len(ordered) // points))
    blocks: list[list[float]] = []  # [sum of confidence, right, steps]
    for at in range(0, len(ordered), size):
        group = ordered[at : at + size]
        blocks.append(
            [sum(c for c, _ in group), float(sum(r for _, r in group)), float(len(group))]
        )
        while len(blocks) > 1 and _rate(blocks[-2]) >= _rate(blocks[-1]):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    inner = [(total / count, _rate([total, right, count])) for total, right, count in blocks]
    return [(0.0, inner[0][1]), *(p for p in inner if 0 < p[0] < 1), (1.0, inner[-1][1])]


def _rate(block: Sequence[float]) -> float:
    _, right, steps = block
    return (right + 0.5) / (steps + 1)
