"""Calibrates a checkpoint's confidence: ``cwm-lab calibrate [CHECKPOINT]``.

The generator's held-out programs are recorded, the model predicts each step from the true state
before it, and the monotone maps from its confidence to the share of right steps, and of right
values, are stored beside the weights. Half of the programs fit the maps, the other half tell what
they are worth.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from cwm_lab.errors import CWMLabError
from cwm_lab.recorder import record
from cwm_lab.trace import Program
from cwm_lab.training.alone import Alone, judge_alone
from cwm_lab.training.calibration import Judged, Points, expected_calibration_error, fit_isotonic
from cwm_lab.training.corpus import HELD_OUT_SEED
from cwm_lab.training.evaluate import SIDE_BY_SIDE
from cwm_lab.training.generator import HELD_OUT_FAMILIES, generate_program
from cwm_lab.worldmodel import BuiltinModel
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.calibration import FILE, SCHEMA, Calibration

_FIRST_SEED = HELD_OUT_SEED + 700_000
"""From here on: programs that neither training nor the held-out scores see."""
_MAX_STEPS = 300


@dataclass(frozen=True)
class Fitted:
    """One map, and the expected calibration errors without and with it, on what did not fit it."""

    points: Points
    count: int
    before: float
    after: float


def calibrate(model: BuiltinModel, programs: int = 300) -> dict[str, Fitted]:
    """The maps of "step" and "value", fitted on `programs` held-out generated programs.

    model: one that was loaded with `calibrated=False`. Raises ValueError below 10 programs.
    """
    if programs < 10:
        raise ValueError("fewer than 10 programs cannot calibrate anything")
    found: list[Alone] = []
    made = _programs()
    while len(found) < programs:
        few = islice(made, min(SIDE_BY_SIDE, programs - len(found)))
        actuals = [record(program, max_steps=_MAX_STEPS) for program in few]
        found += [alone for alone in judge_alone(actuals, model) if alone.judged]
    return {
        "step": _fit([a.judged for a in found]),
        "value": _fit([a.values for a in found]),
    }


def _programs() -> Iterator[Program]:
    for seed in count(_FIRST_SEED + 1):
        made = generate_program(random.Random(seed))
        if made.family not in HELD_OUT_FAMILIES:
            yield Program(made.source, stdin=tuple(made.stdin))


def _fit(groups: Sequence[Sequence[Judged]]) -> Fitted:
    fit = [pair for group in groups[::2] for pair in group]
    kept = [pair for group in groups[1::2] for pair in group]
    points = fit_isotonic(fit)
    told = Calibration(step_points=tuple(points))
    mapped = [(told.step(confidence), right) for confidence, right in kept]
    before, after = expected_calibration_error(kept), expected_calibration_error(mapped)
    return Fitted(points, len(fit), before, after)


def main(argv: list[str] | None = None) -> int:
    """The command `cwm-lab calibrate`."""
    parser = argparse.ArgumentParser(prog="cwm-lab calibrate", description=__doc__)
    parser.add_argument("checkpoint", nargs="?", type=Path, default=SHIPPED, help="a folder")
    parser.add_argument("--programs", type=int, default=300, help="how many to generate")
    options = parser.parse_args(argv)
    try:
        found = calibrate(BuiltinModel(options.checkpoint, calibrated=False), options.programs)
    except ValueError as error:
        raise CWMLabError(str(error)) from error
    document: dict[str, object] = {"schema": SCHEMA}
    for kind, fitted in found.items():
        points = {round(x, 6): round(y, 6) for x, y in fitted.points}
        document[kind] = [*points.items()]
        sys.stderr.write(
            f"{kind}: expected calibration error {fitted.before:.3f} before, "
            f"{fitted.after:.3f} after (fitted on {fitted.count:,})\n"
        )
    (options.checkpoint / FILE).write_text(json.dumps(document) + "\n", encoding="utf-8")
    return 0
