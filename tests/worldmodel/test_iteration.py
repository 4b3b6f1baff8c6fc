"""Objects that are gone through at once: by `list`, `sum`, `in`, `join`, `*` and the like."""

from __future__ import annotations

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program
from cwm_lab.training.teacher import transitions
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.following import same_steps

OWN_NEXT = """\
class Down:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Down(2)))
d = Down(1)
print(next(d))
try:
    print(next(d))
except StopIteration:
    print("over")
"""
OWN_ITEMS = """\
class Evens:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError("out of range")
        return 2 * i


e = Evens()
print(list(e))
for x in e:
    print(x)
try:
    print(e[5])
except IndexError as error:
    print(error)
"""
OWN_ITER = """\
class Words:
    def __init__(self, text):
        self.text = text

    def __iter__(self):
        for word in self.text.split():
            yield word


w = Words("to be")
print(", ".join(w), list(w))
print(*w)
print("be" in w, "or" in w)
"""
GIVEN_SLICES = """\
class Row:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, key):
        return self.items[key]


r = Row([4, 5, 6])
print(r[1:], r[-1], r[::2])
"""
DECORATED = """\
def twice(method):
    def inner(self, *args):
        method(self, *args)
        return method(self, *args)

    return inner


class Lamp:
    def __init__(self):
        self.clicks = 0

    @twice
    def click(self, by):
        self.clicks += by
        return self.clicks


print(Lamp().click(2))
"""
SOURCES = [OWN_NEXT, OWN_ITEMS, OWN_ITER, GIVEN_SLICES, DECORATED]


@pytest.mark.parametrize("source", SOURCES)
def test_with_true_answers_they_give_pythons_trace(source: str) -> None:
    program = Program(source)
    assert same_steps(true_trace(program)[0].steps, record(program, sandbox=False).steps)
    assert all(len(t.asked) == len(t.answer) for t in transitions(source))


@pytest.mark.parametrize("source", SOURCES)
def test_their_traces_can_be_followed(source: str) -> None:
    truth = record(Program(source), sandbox=False)
    assert [found.why for found in load_model().resync(truth)] == [None] * len(truth)
