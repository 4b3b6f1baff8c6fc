"""Digits of numbers say what they count; those of strings are characters."""

from __future__ import annotations

import random

import pytest

from cwm_lab.trace import Program
from cwm_lab.training.generator import generate_program
from cwm_lab.training.generator.families import WEIGHTS
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel.outcomes import Cursor
from cwm_lab.worldmodel.places import Writer, decode, encode
from cwm_lab.worldmodel.vocabulary import TOKENS


def written(text: str) -> str:
    return " ".join(TOKENS[number] for number in encode(text.split()))


def test_each_digit_says_what_it_counts() -> None:
    assert written("N0 = 4 0 7 ;") == "N0 = 4e2 0e1 7e0 ;"
    assert written("- 1 2 . 0 5") == "- 1e1 2e0 . 0e-1 5e-2"
    assert written("1 e - 0 7") == "1e0 e - 0e1 7e0"
    assert written("[ i0 5 i1 1 0 ]") == "[ i0 5e0 i1 1e1 0e0 ]"
    assert written("2 . N0") == "2e0 . N0"


def test_the_outermost_places_stand_for_those_beyond() -> None:
    assert written(" ".join("123456789012")).split()[:4] == ["1e9", "2e9", "3e9", "4e8"]
    assert written(" ".join("0.12345678")).split()[-4:] == ["5e-5", "6e-6", "7e-6", "8e-6"]


def test_digits_of_strings_are_characters() -> None:
    assert written("<str> 1 2 </str> 3 4") == "<str> 1 2 </str> 3e1 4e0"
    inside = "<fstr> 1 2 <eval> N1 * 1 0 : <fstr> . 2 f </str> <done> 3 </str>"
    assert written(inside) == inside.replace("1 0", "1e1 0e0")


@pytest.mark.parametrize("family", sorted(WEIGHTS))
def test_what_is_written_is_read_again_and_the_writer_allows_it(family: str) -> None:
    made = generate_program(random.Random(5), family)
    for question in true_trace(Program(made.source, stdin=made.stdin))[1]:
        prompt, answer = list(question.prompt.tokens), list(question.transition.answer)
        assert decode(encode(prompt)) == prompt
        assert decode(encode(answer)) == answer
        cursor, writer = Cursor(question.prompt), Writer()
        for number, token in zip(encode(answer), answer, strict=True):
            assert cursor.choice is not None
            assert number in writer.allowed(cursor.choice), (answer, token)
            assert writer.forced(cursor.choice) in (None, token)
            writer.push(token, number)
            cursor.push(token)
        assert writer.ids == encode(answer)


def test_a_number_has_the_digits_that_its_first_one_promises() -> None:
    prompt = true_trace(Program("x = abs(1)\n"))[1][0].prompt
    cursor, writer = Cursor(prompt), Writer()
    for token in "abs ( 1 ) =".split():
        writer.push(token)
        cursor.push(token)
    for token, place in (("4", 2), ("0", 1), ("7", 0)):
        assert cursor.choice is not None
        allowed = [TOKENS[number] for number in writer.allowed(cursor.choice)]
        assert f"{token}e{place}" in allowed
        if place < 2:  # a digit, and of that place
            assert all(name.endswith(f"e{place}") for name in allowed)
        writer.push(token, TOKENS.index(f"{token}e{place}"))
        cursor.push(token)
    assert cursor.choice is not None
    assert set(decode(writer.allowed(cursor.choice))) == {".", ";", "e"}
