"""The working steps of arithmetic lead to Python's results, and none is hard."""

from __future__ import annotations

import operator
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.arithmetic import is_weighed, weighed_numbers, worked
from cwm_lab.worldmodel.course.ordering import related
from cwm_lab.worldmodel.course.working import Step, truly

WHOLE = st.integers(-20_000, 20_000)
NUMBERS = st.one_of(
    st.integers(-99, 99), WHOLE, WHOLE.map(lambda cents: cents / 100), st.floats(-99, 99)
)
OPERATIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip
RELATIONS = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


def said(steps: list[Step]) -> str:
    return " , ".join(f"{''.join(step.told)} {step.truth}" for step in steps)


@pytest.mark.parametrize(
    ("symbol", "left", "right", "told"),
    [
        ("+", "407", "86", "7+6= 13 , 8+1= 9"),
        ("-", "86", "407", "<str>04</str> < , 7-6= 1 , 0-8= -8 , 10-8= 2 , 4-1= 3"),
        ("+", "22.5", "7.5", "5+5= 10 , 2+7= 9 , 9+1= 10 , 2+1= 3"),
        ("-", "48", "50", "48>50= False , 0-8= -8 , 10-8= 2 , 5-1= 4 , 4-4= 0"),
        ("+", "65", "-15", "65>15= True , 5-5= 0 , 6-1= 5"),
        ("*", "7.99", "3", "9*3= 27 , 9*3= 27 , 27+2= 29 , 7*3= 21 , 21+2= 23"),
        ("*", "12", "13", "3*2= 6 , 2+3= 5"),
        ("*", "25", "100", ""),
        ("%", "125", "60", "12//6= 2 , 2*6= 12 , 2-2= 0 , 1-1= 0"),
        ("//", "57", "59", "<str>55</str> == , <str>79</str> <"),
        ("//", "66", "11", "<str>61</str> > , 66//11= 6 , 6*11= 66 , 6-6= 0 , 6-6= 0"),
        ("//", "7.5", "2", "7//2= 3 , 3*2= 6 , 7-6= 1"),
        ("%", "98310", "100", ""),
        ("**", "10.0", "5", ""),
        ("**", "2", "-1", "1//2= 0 , 10//2= 5 , 5*2= 10 , 1-1= 0"),
        ("//", "17", "-5", "17//5= 3 , 3*5= 15 , 7-5= 2 , 1-1= 0 , 3+1= 4"),
        ("/", "9", "2", "9//2= 4 , 4*2= 8 , 9-8= 1 , 10//2= 5 , 5*2= 10 , 1-1= 0"),
        ("**", "3", "3", "3*3= 9 , 9*3= 27"),
    ],
)  # fmt: skip
def test_steps_are_those_of_paper(symbol: str, left: str, right: str, told: str) -> None:
    steps = worked(symbol, left, right)
    assert steps is not None
    assert said(truly(steps)[0]) == told


@pytest.mark.parametrize(
    ("symbol", "left", "right"),
    [
        ("+", "7", "5"), ("+", "99", "1"), ("+", "0", "407"), ("+", "1e+16", "1"), ("-", "7", "9"),
        ("*", "0.5", "0"), ("*", "9", "9"), ("%", "7", "0"), ("/", "7", "0"),
        ("**", "2", "1.5"), ("+", None, "407"), ("&", "1.5", "34"),
    ],
)  # fmt: skip
def test_what_has_no_working_steps(symbol: str, left: str | None, right: str) -> None:
    assert worked(symbol, left, right) is None


def test_a_wrong_digit_of_a_quotient_is_put_right() -> None:
    for guess in "24":
        steps = worked("//", "160", "41")
        assert steps is not None
        step, found = next(steps), ""
        while not found:
            told = "".join(step.told)
            try:
                step = steps.send(guess if told == "160//41=" else step.truth)
            except StopIteration as ended:
                found = ended.value
        assert found == "3"


@given(st.sampled_from([*OPERATIONS, "divmod"]), NUMBERS, NUMBERS, st.integers(-3, 5))
def test_true_answers_lead_to_pythons_result(
    symbol: str, left: float, right: float, power: int
) -> None:
    right = power if symbol == "**" else right
    left = int(left) if symbol == "**" and power < 0 else left
    steps = worked(symbol, repr(left), repr(right))
    if steps is None:
        return
    taken, found = truly(steps)
    if symbol == "divmod":
        assert found == "{!r} {!r}".format(*divmod(left, right))
    else:
        assert found == repr(OPERATIONS[symbol](left, right))
    for step in taken:
        assert step.truth in step.answers or not step.answers
        assert step.answers or abs(int(step.truth)) < 1000


@given(
    st.sampled_from([*OPERATIONS, "divmod"]), NUMBERS, NUMBERS, st.integers(0, 2**32), st.booleans()
)
def test_whatever_is_answered_leads_to_a_number(
    symbol: str, left: float, right: float, seed: int, wild: bool
) -> None:
    steps = worked(symbol, repr(left), repr(abs(int(right)) % 6 if symbol == "**" else right))
    rng = random.Random(seed)
    found, answer = "0", None
    while steps is not None:
        try:
            said = next(steps) if answer is None else steps.send(answer)
        except StopIteration as ended:
            steps, found = None, ended.value
        else:
            answer = rng.choice(
                said.answers or (str(rng.randint(-99, 9999 if wild else 99)), "1.5")
            )
    assert all(number == number for number in map(float, found.split()))


@given(st.sampled_from([*RELATIONS]), NUMBERS, NUMBERS)
def test_digits_side_by_side_tell_which_is_larger(symbol: str, left: float, right: float) -> None:
    if is_weighed(repr(left), repr(right)):
        order = truly(weighed_numbers(repr(left), repr(right)))[1]
        assert order == (left > right) - (left < right)
    steps = related(symbol, repr(left), repr(right))
    assert steps is None or truly(steps)[1] is RELATIONS[symbol](left, right)
