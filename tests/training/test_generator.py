"""The program generator: everything it writes runs, repeats from its seed, and varies."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cwm_lab.training.finetune.splitting import shape
from cwm_lab.training.generator import (
    DENSE_WEIGHTS,
    FAMILIES,
    HELD_OUT_FAMILIES,
    WEIGHTS,
    generate_program,
)
from cwm_lab.training.generator.combinations import COMBINATIONS, has_held_out_combination
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.families import INTENDED_ERRORS, MAX_LINES
from cwm_lab.training.generator.operands import Operands
from cwm_lab.training.generator.probes import ask, form_families
from cwm_lab.training.generator.scene import Scene
from cwm_lab.training.generator.style import rename, requote
from cwm_lab.training.generator.templates import Template, expand, templates
from cwm_lab.training.generator.trial import run_trial
from cwm_lab.training.generator.written import written_programs

PER_FAMILY = 8
TESTS = Path(__file__).parents[1]


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
    dense = {name for name, _ in DENSE_WEIGHTS}
    assert not dense & set(WEIGHTS)
    assert dense | set(WEIGHTS) | {"written"} == set(FAMILIES)
    rng = random.Random(13)
    drawn = {generate_program(rng).family for _ in range(400)}
    assert not drawn & (HELD_OUT_FAMILIES | dense | {"written"})


def test_no_program_that_was_written_down_for_training_is_one_of_the_tests() -> None:
    tests = {shape(path.read_text()): path for path in TESTS.glob("**/programs/*.py")}
    assert len(tests) > 300
    shapes = [shape(program.source) for program in written_programs()]
    assert len(set(shapes)) == len(shapes) > 1900
    assert not tests.keys() & set(shapes)


def test_what_was_written_down_runs_and_is_varied() -> None:
    for program in written_programs():
        assert not run_trial(program.source, program.stdin, max_steps=300).too_much, program.source
    own = {program.source for program in written_programs()}
    rng = random.Random(14)
    made = [generate_program(rng, "written").source for _ in range(60)]
    assert sum(source not in own for source in made) > 45


def test_held_out_combinations_are_in_their_families_and_nowhere_else() -> None:
    rng = random.Random(15)
    for topic, holds in COMBINATIONS.items():
        assert f"idiom_{topic}" in HELD_OUT_FAMILIES
        for _ in range(10):
            source = generate_program(rng, f"idiom_{topic}").source
            assert holds(ast.parse(source)), source
    for _ in range(800):
        tree = ast.parse(generate_program(rng).source)
        assert not any(holds(tree) for holds in COMBINATIONS.values())


def test_combinations_are_found_in_each_of_their_spellings() -> None:
    for topic, sources in {
        "sets_in_dicts": (
            "d = {1: {2}}",
            "d[k] = set()",
            "d.get(k, set())",
            "d = {k: {1} for k in s}",
        ),
        "comprehension_in_fstring": ("f'{[x for x in s]}'", "f'{sum(x for x in s)}'"),
        "while_in_closure": ("def f():\n  def g():\n    while x: pass",),
    }.items():
        for source in sources:
            assert has_held_out_combination(source), source
            assert COMBINATIONS[topic](ast.parse(source))
    for source in (
        "d = {1: [2]}",
        "f'{x}'",
        "def f():\n  while x: pass",
        "s = {1}",
        "while x: pass",
    ):
        assert not has_held_out_combination(source), source


def test_every_form_works_in_most_tries() -> None:
    for family in form_families():
        for form in family.forms:
            made = 0
            for seed in range(8):
                made += bool(ask(Operands(Scene(Draw(random.Random(f"{form}{seed}")))), form))
            assert made > 2, form


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError):
        generate_program(random.Random(1), "nonesuch")


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_every_template_expands_to_python_that_ends(template: Template) -> None:
    draw = Draw(random.Random(template.name))
    for _ in range(4):
        source, stdin = expand(template, draw)
        assert not any(mark in source for mark in "⟨⟩¦$")
        trial = run_trial(source, stdin)
        assert trial.error is None or trial.error in INTENDED_ERRORS, source


def test_templates_cover_the_course_and_have_names_of_their_own() -> None:
    names = [template.name for template in templates()]
    assert len(names) == len(set(names)) > 120


def test_renaming_and_requoting_change_the_text_but_not_what_is_printed() -> None:
    draw = Draw(random.Random(14))
    changed = 0
    for template in templates():
        source, stdin = expand(template, draw)
        other = requote(rename(source, draw, share=1.0), '"')
        before, after = run_trial(source, stdin), run_trial(other, stdin)
        changed += other != source
        if not before.too_much and "__name__" not in source and "**options" not in source:
            assert (before.error, before.output) == (after.error, after.output), (
                f"{source}\n{other}"
            )
    assert changed > 100


def test_a_trial_stops_what_does_not_end_or_grows_too_large() -> None:
    assert run_trial("while True:\n    pass\n").too_much
    assert run_trial("x = 2\nfor i in range(9):\n    x = x * x\n").too_much
    assert run_trial("name = input()\n").too_much
    trial = run_trial("print(int(input('n ')) // 0)\n", ["3"])
    assert (trial.error, trial.too_much, trial.output) == ("ZeroDivisionError", False, "n ")


def test_parts_that_do_not_compile_together_are_written_anew() -> None:
    program = generate_program(random.Random(8_001_883))
    compile(program.source, "<generated>", "exec")
