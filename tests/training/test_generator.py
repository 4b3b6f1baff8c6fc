"""The program generator: everything it writes runs, repeats from its seed, and varies."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from cwm_lab.training.generator import FAMILIES, HELD_OUT_FAMILIES, WEIGHTS, generate_program
from cwm_lab.training.generator.families import INTENDED_ERRORS, MAX_LINES
from cwm_lab.training.generator.trial import run_trial

PER_FAMILY = 8


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_writes_programs_that_run(family: str) -> None:
    rng = random.Random(f"runs {family}")
    for _ in range(PER_FAMILY):
        program = generate_program(rng, family)
        compile(program.source, "<test>", "exec")
        trial = run_trial(program.source, program.stdin)
        assert not trial.too_much, program.source
        assert trial.error is None or trial.error in INTENDED_ERRORS, program.source
        assert program.family == family
        assert program.tags
        assert program.source.endswith("\n")
        assert 1 <= len(program.source.splitlines()) <= MAX_LINES


def test_the_same_seed_writes_the_same_programs_whatever_the_hash_seed() -> None:
    code = (
        "import random; from cwm_lab.training.generator import generate_program\n"
        "rng = random.Random(5)\n"
        "print([generate_program(rng) for _ in range(60)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_programs_differ_from_each_other() -> None:
    rng = random.Random(11)
    sources = {generate_program(rng).source for _ in range(600)}
    assert len(sources) > 588


def test_about_one_program_in_six_meets_an_exception() -> None:
    rng = random.Random(12)
    programs = [generate_program(rng) for _ in range(600)]
    met = sum(
        run_trial(program.source, program.stdin).error is not None or "except" in program.source
        for program in programs
    )
    assert 0.08 < met / len(programs) < 0.3


def test_held_out_families_are_families_and_are_not_drawn() -> None:
    assert HELD_OUT_FAMILIES.issubset(FAMILIES)
    assert set(WEIGHTS) == set(FAMILIES)
    rng = random.Random(13)
    drawn = {generate_program(rng).family for _ in range(400)}
    assert not drawn & HELD_OUT_FAMILIES


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError):
        generate_program(random.Random(1), "nonesuch")
