"""All families, their weights, and the one function that makes a program."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from cwm_lab.training.generator.combinations import has_held_out_combination
from cwm_lab.training.generator.conversions import CONVERSION_FAMILIES
from cwm_lab.training.generator.dense import DENSE_FAMILIES
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.drills import DRILL_FAMILIES
from cwm_lab.training.generator.everyday import EVERYDAY_FAMILIES
from cwm_lab.training.generator.freeform import FREEFORM_FAMILIES
from cwm_lab.training.generator.idioms import HELD_OUT_TOPICS, IDIOM_FAMILIES
from cwm_lab.training.generator.micro import MICRO_FAMILIES
from cwm_lab.training.generator.mutants import MUTANT_FAMILIES
from cwm_lab.training.generator.probes import PROBE_FAMILIES
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.trial import TooMuch, run_trial
from cwm_lab.training.generator.written import WRITTEN_FAMILIES

Family = Callable[[random.Random], GeneratedProgram]

_ALL: Final[dict[str, tuple[Family, float]]] = {
    **MICRO_FAMILIES,
    **CONVERSION_FAMILIES,
    **DRILL_FAMILIES,
    **MUTANT_FAMILIES,
    **FREEFORM_FAMILIES,
    **IDIOM_FAMILIES,
    **PROBE_FAMILIES,
}

_CROWDED: Final = {**DENSE_FAMILIES, **EVERYDAY_FAMILIES}

FAMILIES: Final[Mapping[str, Family]] = {
    name: family for name, (family, _) in (_ALL | _CROWDED | WRITTEN_FAMILIES).items()
}
WEIGHTS: Final[Mapping[str, float]] = {name: weight for name, (_, weight) in _ALL.items()}
DENSE_WEIGHTS: Final = tuple((name, weight) for name, (_, weight) in _CROWDED.items())
"""Of the families that are drawn for training alone."""
FORM_WEIGHTS: Final = tuple(
    (name, 3.0 if name.startswith("probe_rare_") else 1.0) for name in PROBE_FAMILIES
)
"""Of the families of single forms when training draws them apart: rare ones are sought out."""
HELD_OUT_FAMILIES: Final[frozenset[str]] = frozenset(f"idiom_{topic}" for topic in HELD_OUT_TOPICS)

# Crashes that a CS1 lesson is about; anything else means that the generator slipped.
INTENDED_ERRORS: Final[frozenset[str]] = frozenset(
    "ZeroDivisionError IndexError KeyError ValueError TypeError NameError AttributeError "
    "AssertionError UnboundLocalError StopIteration RuntimeError Exception own".split()
)
MAX_LINES: Final = 45
_TRIES: Final = 50


def generate_program(rng: random.Random, family: str | None = None) -> GeneratedProgram:
    """One program of the family, or of a family drawn by weight from those not held out.

    Only the held-out families make programs with a held-out combination of constructs.
    The program was tried: it has at most `MAX_LINES` lines, ends within some 200 steps, its values
    stay small, and if it crashes, it does so with one of `INTENDED_ERRORS`. Raises KeyError for an
    unknown family.
    """
    draw = Draw(rng)
    for _ in range(_TRIES):
        name = family
        if name is None:
            choices = [
                (key, weight) for key, weight in WEIGHTS.items() if key not in HELD_OUT_FAMILIES
            ]
            name = draw.weighted(choices)
        try:
            program = FAMILIES[name](rng)
        except TooMuch:
            continue  # it grew too large while it was being written
        program = replace(program, source=_lean(program.source), family=name)
        if program.source.count("\n") > MAX_LINES or not _compiles(program.source):
            continue
        if name not in HELD_OUT_FAMILIES and has_held_out_combination(program.source):
            continue
        trial = run_trial(program.source, program.stdin)
        if trial.too_much or (trial.error is not None and trial.error not in INTENDED_ERRORS):
            continue
        return program
    raise RuntimeError(
        f"family {family} made no program that runs in {_TRIES} tries; it needs mending"
    )


def _lean(source: str) -> str:
    """Without parentheses that no person would write: `f((-3))`, `= (-3) // 2`, `f((a + b))`."""
    source = re.sub(r"(?<=[(\[,= ])\((-\d+(?:\.\d+)?)\)(?! \*\*|\.)", _bare_number, source)
    source = re.sub(
        r"^( *\w+ \W{0,2}= )\(((?:(?! for )[^()\[\]{}'\",])+)\)$",
        r"\1\2",
        source,
        flags=re.MULTILINE,
    )
    return re.sub(r"(?<=\w)\(\(([^()\[\]{}'\",]+)\)\)", r"(\1)", source)


def _bare_number(match: re.Match[str]) -> str:
    """The negative number alone, unless it is the right operand of an arithmetic operator."""
    before = match.string[: match.start()].rstrip()
    return match[0] if before.endswith(("+", "-", "*", "/", "%")) else match[1]


def _compiles(source: str) -> bool:
    """Parts that were put together may disagree, as where one says ``global`` too late."""
    try:
        compile(source, "<generated>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True
