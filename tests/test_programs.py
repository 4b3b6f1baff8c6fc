"""The human-style programs keep their own rules, and Python's trace of each is always the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, compare, header_comments

FOLDER = Path(__file__).parent / "programs"
FILES = sorted(FOLDER.glob("*.py"))
OTHERS = [
    path
    for name in ("studied", "unseen")
    for path in sorted((FOLDER.parent / name / "programs").glob("*.py"))
]
TAGS = set(
    "ints floats bools strings fstrings lists nested-lists tuples dicts sets comprehensions while "
    "for functions recursion closures lambdas exceptions classes inheritance generators aliasing "
    "global-nonlocal input printing crash slicing sorting methods".split()
)
MAX_LINES, MAX_STEPS = 60, 300


def load(path: Path) -> tuple[Program, tuple[str, ...]]:
    source = path.read_text(encoding="utf-8")
    tags, stdin = header_comments(source)
    return Program(source, filename=path.name, stdin=stdin), tags


def test_there_are_enough_and_some_crash() -> None:
    tags = [load(path)[1] for path in FILES]
    assert len(FILES) >= 100
    assert {tag for names in tags for tag in names} == TAGS
    assert 1 / 8 < sum("crash" in names for names in tags) / len(FILES) < 1 / 4


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_program_keeps_the_rules(path: Path) -> None:
    program, tags = load(path)
    compile(program.source, path.name, "exec")
    assert tags
    assert set(tags) <= TAGS
    assert len(program.lines) < MAX_LINES
    assert bool(program.stdin) == ("input" in tags)

    trace = record(program, max_steps=MAX_STEPS, sandbox=False)
    crashed = trace.outcome.kind in ("raised", "input-exhausted")
    assert crashed == ("crash" in tags), trace.outcome
    assert crashed or trace.outcome.kind == "finished"
    assert len(trace) < MAX_STEPS

    again = record(program, max_steps=MAX_STEPS, sandbox=False)
    assert again.to_json() == trace.to_json()
    assert compare(again, trace).scores["trace_exact"] == 1.0


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_other_programs_end_and_are_the_same_each_time(path: Path) -> None:
    program, _ = load(path)
    trace = record(program, max_steps=MAX_STEPS, sandbox=False)
    assert trace.outcome.kind in ("raised", "finished"), trace.outcome
    again = record(program, max_steps=MAX_STEPS, sandbox=False)
    assert again.to_json() == trace.to_json()
