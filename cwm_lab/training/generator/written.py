"""Programs that people write, varied: hundreds, written down for training in `written.txt`.

Each was written by hand for one theme of a first course; a generated program is one of them with
other constants, names, list contents and lengths. None has the shape of a program in `tests`.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from importlib.resources import files
from typing import Final

from cwm_lab.trace import Program
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.trial import run_trial
from cwm_lab.training.generator.variations import vary

_BEFORE: Final = "#: "
"""What the line above a program begins with; then its name and, as JSON, what `input()` reads."""
_TRIES: Final = 8


@lru_cache(maxsize=1)
def written_programs() -> tuple[Program, ...]:
    """All of them, as they were written."""
    text = files(__package__).joinpath("written.txt").read_text(encoding="utf-8")
    found = []
    for block in f"\n{text}".split(f"\n{_BEFORE}")[1:]:
        head, _, source = block.partition("\n")
        stdin = tuple(json.loads(head.partition(" ")[2]))
        found.append(Program(source.rstrip("\n") + "\n", stdin=stdin))
    return tuple(found)


def written(rng: random.Random) -> GeneratedProgram:
    """One of them, mostly as a variation that ends as it does."""
    d = Draw(rng)
    program = d.pick(written_programs())
    if d.chance(0.95):
        ends = run_trial(program.source, program.stdin).error
        for _ in range(_TRIES):
            other = vary(program, rng)
            if other is None:
                continue
            trial = run_trial(other.source, other.stdin)
            if not trial.too_much and (trial.error == ends or d.chance(0.1)):
                program = other
                break
    return GeneratedProgram(program.source, ("written",), program.stdin)


WRITTEN_FAMILIES: Final[dict[str, tuple[Family, float]]] = {"written": (written, 1.0)}
