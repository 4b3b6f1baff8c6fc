"""What is rewritten before anything is asked: kept generator expressions and private names."""

from __future__ import annotations

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program
from cwm_lab.training.teacher import transitions
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.following import same_steps

BOUND = """\
def f(x):
    return x + 1


xs = [1, 2, 3]
g = (f(x) for x in xs)
print(next(g))
print(list(g), g)
print(next((x for x in xs if x > 1), None))
for v in (x * x for x in xs):
    print(v)
for a, b in zip((x for x in xs), "ab"):
    print(a, b)
"""
PASSED_ON = """\
def evens(xs):
    return (x for x in xs if x % 2 == 0)


class Box:
    def __init__(self, xs):
        self.xs = xs

    def __iter__(self):
        return (x for x in self.xs)


for x in Box([1, 2]):
    print(x)
print(evens([1, 2, 4]), sum(evens([1, 2, 4])))
pairs = ((i, j) for i in range(3) for j in range(i))
print(*pairs)
try:
    bad = (1 // n for n in [1, 0])
    print(next(bad))
    print(next(bad))
except ZeroDivisionError as e:
    print("oops", e)
if any(x > 2 for x in [1, 3]) and next((y for y in [0, 5] if y), None):
    print("yes")
print(dict(zip("ab", (v + 1 for v in [1, 2]))))
"""


PRIVATE = """\
class _Safe:
    __made = 0

    def __init__(self, code):
        self.__code = code
        _Safe.__made += 1

    def __check(self, guess):
        return guess == self.__code

    def open(self, guess):
        return self.__check(guess)


safe = _Safe(7)
print(safe.open(6), safe.open(7), safe._Safe__made)
print(safe.__code)
"""


@pytest.mark.parametrize("source", [BOUND, PASSED_ON, PRIVATE])
def test_with_true_answers_they_give_pythons_trace(source: str) -> None:
    program = Program(source)
    assert same_steps(true_trace(program)[0].steps, record(program, sandbox=False).steps)
    assert all(len(t.asked) == len(t.answer) for t in transitions(source))


def test_they_are_predicted_and_resynced() -> None:
    program = Program("g = (x + x for x in [1, 2])\nprint(next(g))\nfor v in g:\n    print(v)\n")
    model, truth = load_model(), record(program, sandbox=False)
    assert same_steps(model.predict(program).steps, truth.steps)
    assert [found.why for found in model.resync(truth)] == [None] * len(truth)


def test_a_long_one_meets_the_step_limit() -> None:
    program = Program("print(next((x for x in [0, 0, 0, 0, 0, 0] if x), 7))\n")
    found = load_model().predict(program, max_steps=8)
    assert found.outcome.kind == "step-limit"
    assert len(found.steps) < 5
