"""Predicted steps draw the same boxes and arrows as the recorder's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace, compare, header_comments
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel import load_model

PROGRAMS = Path(__file__).parents[1] / "programs"
CHOSEN = (
    "aliasing_lists aliasing_in_function nested_alias_grid linked_list binary_tree "
    "deep_copy_by_hand nested_dict_students dict_comp gen_exhausted generator_pipeline "
    "bank_account mutable_default memo_fib list_plus_equals accumulate_closure "
    "iterator_class queue_bank del_and_in"
).split()


def both(program: Program) -> tuple[Trace, Trace]:
    """What the scheduler makes of true answers, and what Python does."""
    return true_trace(program)[0], record(program, sandbox=False)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_right_prediction_numbers_objects_as_the_recorder_does(name: str) -> None:
    source = (PROGRAMS / f"{name}.py").read_text()
    ours, true = both(Program(source, stdin=header_comments(source)[1]))
    assert compare(ours, true).scores["trace_exact"] == 1
    for index, (mine, its) in enumerate(zip(ours.steps, true.steps, strict=True)):
        assert (mine.ids, mine.objects) == (its.ids, its.objects), index
        assert ours.objects_at(index) == true.objects_at(index), index


@pytest.mark.parametrize(
    "source",
    [
        "a = [1]\nb = (a, 2)\nc = [b, b]\na.append(c)\nb = 5\n",
        "rows = [[0] * 2 for _ in range(2)]\nfirst = rows[0]\nfirst[1] = 7\nrows.append(first)\n",
        "x = [1]\ny = [1]\nx = y\nx += [2]\ndel y\n",
        "class A:\n    pass\na = A()\na.me = a\na.items = {}\na.items['k'] = [a]\nbox = a.items\n",
        "d = {'a': [1]}\nk = d.keys()\nd['b'] = []\nfor n, v in d.items():\n    v.append(n)\n",
        "def f(xs):\n    xs.append(1)\n    return xs\n\nmine = []\nother = f(f(mine))\n",
        """def g():
    made = []
    while True:
        made.append(1)
        yield made

it = g()
x = next(it)
y = next(it)
""",
    ],
)
def test_aliases_cycles_and_parts_that_get_names(source: str) -> None:
    ours, true = both(Program(source))
    assert compare(ours, true).scores["trace_exact"] == 1
    told = [(step.ids, step.objects) for step in ours.steps]
    assert told == [(step.ids, step.objects) for step in true.steps]


def test_what_a_model_predicts_can_be_drawn() -> None:
    source = "xs = [1, 2]\nys = xs\nys.append(3)\nzs = [xs, ys]\nprint(zs)\n"
    trace = load_model().predict(Program(source), max_steps=30)
    for index, step in enumerate(trace.steps):
        known = trace.objects_at(index)
        assert set(step.ids.values()) <= set(known)
        assert all(part in known for found in known.values() for part in found.parts())
    assert Trace.from_json(trace.to_json()).steps == trace.steps


def test_compare_does_not_judge_numbers() -> None:
    true = record("a = [1]\nb = a\n", sandbox=False)
    bare = true.with_steps([replace(step, ids={}, objects={}) for step in true.steps])
    assert compare(bare, true).scores["trace_exact"] == 1
