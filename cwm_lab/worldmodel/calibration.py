"""From the network's probabilities to honest ones: a table that is stored with the checkpoint.

`calibration.json`: ``{"schema": "cwm-lab/calibration@1", "step": [[raw, calibrated], ...], "value":
[[raw, calibrated], ...]}``, points of a line that never falls, fitted on held-out programs. Between
points the line is straight; beyond the first and last it is level.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError

SCHEMA = "cwm-lab/calibration@1"
FILE = "calibration.json"
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Calibration:
    """step_points, value_points: (raw, calibrated), both ascending; none: the raw one stands."""

    step_points: Points = ()
    value_points: Points = ()

    def step(self, raw: float) -> float:
        """The calibrated probability that a step is right."""
        return _on_line(self.step_points, raw)

    def value(self, raw: float) -> float:
        """The calibrated probability that one value is right."""
        return _on_line(self.value_points, raw)


RAW = Calibration()


def read_calibration(folder: Path) -> Calibration:
    """A checkpoint's calibration; `RAW` if it has none. Raises ModelError for one that is none."""
    path = folder / FILE
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return RAW
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read the calibration {path}: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ModelError(f"{path} is no calibration ({SCHEMA}); delete it or fit it again.")
    return Calibration(_points(data.get("step", []), path), _points(data.get("value", []), path))


def _points(data: Any, path: Path) -> Points:
    try:
        points = tuple((float(raw), float(calibrated)) for raw, calibrated in data)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{path}: points are pairs of numbers ({error}).") from error
    raws, values = [p[0] for p in points], [p[1] for p in points]
    inside = all(0 <= number <= 1 for number in (*raws, *values))
    if not inside or raws != sorted(set(raws)) or values != sorted(values):
        raise ModelError(f"{path}: points must ascend and lie between 0 and 1.")
    return points


def _on_line(points: Points, raw: float) -> float:
    if not points:
        return raw
    at = bisect_right(points, (raw, 2.0))
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[at - 1], points[at]
    return low + (high - low) * (raw - left) / (right - left)
