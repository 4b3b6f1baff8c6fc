"""The scheduler, given true answers, makes exactly the trace that Python makes.

This holds scheduler, dialect, teacher and recorder to the same rules of steps.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, compare, header_comments
from cwm_lab.training.generator import FAMILIES, generate_program
from cwm_lab.training.true_trace import true_trace

HUMAN = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
NOT_COVERED = {"match_commands.py": NotImplementedError}


def assert_same_trace(program: Program) -> None:
    predicted, asked = true_trace(program)
    actual = record(program, max_steps=3000, sandbox=False)
    comparison = compare(predicted, actual)
    assert comparison.scores["trace_exact"] == 1, (
        f"{comparison.summary()}\n{predicted.outcome} / {actual.outcome}\n{program.source}"
    )
    assert asked or not len(actual) or "=" not in program.source


@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
def test_human_programs(path: Path) -> None:
    source = path.read_text()
    program = Program(source, stdin=header_comments(source)[1])
    if path.name in NOT_COVERED:
        with pytest.raises(NOT_COVERED[path.name]):
            true_trace(program)
    else:
        assert_same_trace(program)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_generated_programs(family: str) -> None:
    for seed in range(6):
        made = generate_program(random.Random(seed), family)
        assert_same_trace(Program(made.source, stdin=made.stdin))


def test_mutable_default_is_kept_with_the_function() -> None:
    assert_same_trace(Program("def f(x, acc=[]):\n    acc.append(x)\n    return acc\nf(1)\nf(2)\n"))


def test_entry_expression_is_the_last_line() -> None:
    assert_same_trace(Program("def f(x):\n    return x + 1", entry="f(3)"))
