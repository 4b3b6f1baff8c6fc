"""No variation, and no like, of a program that is judged by is ever learned from."""

from __future__ import annotations

import pytest

from cwm_lab.errors import FinetuneError
from cwm_lab.trace import Outcome, Program, Trace
from cwm_lab.training.finetune.collecting import Found
from cwm_lab.training.finetune.splitting import grouped, shape, split
from cwm_lab.training.finetune.truth import Known


def _known(source: str, place: str, tie: str | None = None) -> Known:
    program = Program(source, place)
    return Known(Found(program, place, tie or place), Trace(program, (), Outcome("finished")))


def _different(count: int) -> list[Known]:
    return [_known("x = 1\n" + "x += 1\n" * k, f"{k}.py") for k in range(count)]


def test_each_program_is_in_one_part_and_the_split_is_the_same_again() -> None:
    programs = _different(20)
    found = split(programs, held_out=0.3, watched=0.12, seed=1)
    assert sorted((*found.learn, *found.watch, *found.judge)) == list(range(20))
    assert (len(found.judge), len(found.watch)) == (6, 2)
    assert found == split(programs, held_out=0.3, watched=0.12, seed=1)
    assert found != split(programs, held_out=0.3, watched=0.12, seed=2)


def test_likes_and_cells_that_share_text_stay_together() -> None:
    programs = [
        *_different(6),
        _known("total = 5\ntotal += 9\n", "renamed.py"),  # of the shape of 1.py
        _known("print(1)\n", "n, cell 1", "n, group 1"),
        _known("print(1)\nprint([2])\n", "n, cell 2", "n, group 1"),
    ]
    groups = grouped(programs)
    assert [1, 6] in groups
    assert [7, 8] in groups
    assert len(groups) == 7
    for seed in range(20):
        parts = split(programs, held_out=0.3, watched=0.12, seed=seed)
        for pair in ((1, 6), (7, 8)):
            assert any(set(pair) <= set(part) for part in (parts.learn, parts.watch, parts.judge))


def test_a_shape_is_without_names_constants_and_lengths() -> None:
    assert shape("xs = [1, 2]\nprint(xs)\n") == shape("names = [3]\nprint(names)\n")
    assert shape("x = 1\n") != shape("x = 1.5\n")
    assert shape("print(x.upper())\n") != shape("print(x.lower())\n")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_too_few_programs(count: int) -> None:
    with pytest.raises(FinetuneError, match="at least 4 different ones"):
        split(_different(count), held_out=0.3, watched=0.12, seed=1)


def test_four_programs_are_enough() -> None:
    found = split(_different(4), held_out=0.3, watched=0.12, seed=1)
    assert [len(part) for part in (found.learn, found.watch, found.judge)] == [2, 1, 1]


def test_many_likes_are_one_program() -> None:
    likes = [_known(f"x = {k}\nprint(x)\n", f"{k}.py") for k in range(9)]
    with pytest.raises(FinetuneError, match="9 usable programs, of 1 different shapes"):
        split(likes, held_out=0.3, watched=0.12, seed=1)
