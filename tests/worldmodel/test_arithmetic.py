"""The working steps of arithmetic lead to its results."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.arithmetic import steps
from cwm_lab.worldmodel.course.operations import result_of

WHOLE = st.integers(-20_000, 20_000)
DECIMALS = st.integers(-99_999, 99_999).map(lambda cents: cents / 100)


def asked(symbol: str, left: float, right: float) -> list[float]:
    """The numbers that the network is asked for on the way."""
    found = steps(symbol, repr(left), repr(right))
    return [float(step.text) for step in found if not step.known and step.text[-1].isdigit()]


@pytest.mark.parametrize(
    ("symbol", "left", "right", "told"),
    [
        ("+", "407", "86", "<hint> 13 , 93 , 493 ,"),
        ("-", "86", "407", "<hint> 86 > 407 = False , 1 , 21 , 321 ,"),
        ("+", "22.5", "7.5", "<hint> 1.0 , 10.0 , 30.0 ,"),
        ("-", "1", "0.05", "<hint> 1 > 0.05 = True , 0.05 , 0.95 , 0.95 ,"),
        ("*", "7.99", "3", "<hint> 799 * 3 = 2397 ,"),
        ("*", "12", "13", "<hint> 12 * 3 = 36 , 12 * 10 = 120 , 36 + 120 = 156 ,"),
        ("%", "125", "60", "<hint> 2 * 60 = 120 , 125 - 120 = 5"),
        ("//", "125", "60", "<hint> 2 * 60 = 120"),
        ("divmod", "-7", "2", "<hint> -4 * 2 = -8 , -7 - -8 = 1"),
        ("/", "-7", "2", ""),
        ("+", "7", "5", ""),
        ("+", "99", "1.0", ""),
        ("+", "0", "407", ""),
        ("+", "1e+16", "1", ""),
        ("+", "7.600000000000001", "1", ""),
        ("*", "0.5", "3", ""),
        ("**", "3", "3", "<hint> 9 ,"),
        ("+", None, "407", ""),
    ],
)
def test_steps_are_those_of_paper(symbol: str, left: str | None, right: str, told: str) -> None:
    assert " ".join(step.text for step in steps(symbol, left, right)) == told


@given(st.one_of(WHOLE, DECIMALS), st.one_of(WHOLE, DECIMALS))
def test_sums_and_differences_end_with_their_size(left: float, right: float) -> None:
    for symbol, result in (("+", left + right), ("-", left - right)):
        if found := asked(symbol, left, right):
            assert found[-1] == pytest.approx(abs(result), abs=1e-6)
            assert all(a <= b + 1e-9 for a, b in itertools.pairwise(found))


@given(WHOLE, DECIMALS)
def test_products_add_up(left: int, right: float) -> None:
    if found := asked("*", left, right):
        scaled = abs(left * right)
        assert any(
            math.isclose(found[-1] / 10**places, scaled, abs_tol=1e-6) for places in range(3)
        )


@given(st.sampled_from(["+", "-", "*", "//", "%"]), WHOLE, WHOLE)
def test_what_follows_from_the_steps_is_the_result(symbol: str, left: int, right: int) -> None:
    found = steps(symbol, repr(left), repr(right))
    texts = [step.text for step in found if not step.known]
    told = [tuple(text) if text[-1].isdigit() else (text,) for text in texts]
    result = result_of(symbol, tuple(repr(left)), tuple(repr(right)), told)
    if found:
        assert result is not None
        assert int("".join(result)) == eval(f"({left}) {symbol} ({right})")
    assert all(step.text == texts[step.again] for step in found if step.again is not None)


@given(WHOLE, WHOLE.filter(bool))
def test_quotients_are_tried(left: int, right: int) -> None:
    if found := asked("%", left, right):
        assert found == [left // right, left // right * right, left % right]
