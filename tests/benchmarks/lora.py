"""Fine-tunes the built-in model on programs of one idea, those of the demo notebook, and says
whether the aim is reached:

    python -m tests.benchmarks.lora [--minutes 15] [--programs WHERE] [--out FILE.json]

Aim: within 15 minutes in all, on 2 cores, exact traces of held-out programs of the course rise by
at least 30 points, and those of the general set fall by at most 1. Everything is made anew, as
`cwm-lab finetune` does it, in a store of its own; `--human` also judges the programs of
`tests/programs`, before and after, which takes some minutes more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from cwm_lab.training.evaluate import evaluate
from cwm_lab.training.finetune import FinetuneReport, Settings, finetune
from cwm_lab.training.finetune.show import shown
from cwm_lab.training.finetune.verdict import change
from cwm_lab.training.finetune.words import text_report

ROOT = Path(__file__).parents[1]
COURSE = ROOT.parent / "notebooks" / "week3.md"
HUMAN = ROOT / "programs"
GAIN, LOSS = 30.0, 1.0
GENERAL = 200
"""Programs of the general set: more than usually, so that one is half a point."""


def human(report: FinetuneReport) -> str:
    """What became of the human-style programs."""
    paths = sorted(HUMAN.glob("*.py"))
    exact = [
        [row.scores["trace_exact"] for row in evaluate(paths, model=model, max_seconds=20).rows]
        for model in ("builtin", report.spec)
    ]
    found = change(*exact)
    return (
        f"tests/programs ({found.programs}): {found.before:.1%} to {found.after:.1%} of traces "
        f"exact ({found.points:+.1f}, {found.interval()})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--programs", type=Path, default=COURSE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the report as JSON, too")
    parser.add_argument("--human", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as store:
        os.environ["CWM_LAB_ADAPTERS"] = store
        began = time.monotonic()
        with shown(sys.stderr) as tell:
            report = finetune(
                [options.programs],
                name="bench",
                minutes=options.minutes,
                settings=Settings(seed=options.seed, general=GENERAL),
                on_progress=tell,
            )
        took = (time.monotonic() - began) / 60
        print(text_report(report))
        for stage, seconds in report.seconds.items():
            print(f"  {stage:<8}{seconds:7.1f} s")
        for point in report.curve:
            loss = "" if point.loss is None else f"{point.loss:.4f}"
            print(
                f"  step {point.step:>5}{point.seconds:>7.0f} s  loss {loss:>6}  "
                f"course {point.held_out:.1%}  general {point.general:.1%}"
            )
        print(f"  kept at {report.strength:g} of its strength")
        course = round(report.course_change.points, 6)  # 2 of 200 are a point, not a bit more
        general = round(report.general_change.points, 6)
        reached = course >= GAIN and general >= -LOSS and took <= options.minutes + 0.5
        print(
            f"{took:.1f} minutes in all, course {course:+.1f} (programs alone "
            f"{report.originals_change.points:+.1f}), general {general:+.1f}: the aim "
            f"(+{GAIN:.0f}, -{LOSS:.0f}, {options.minutes:g} minutes) is "
            f"{'' if reached else 'NOT '}reached"
        )
        if options.human:
            print(human(report))
        if options.out is not None:
            options.out.write_text(json.dumps(report.to_json(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
