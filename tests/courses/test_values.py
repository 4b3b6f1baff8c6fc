"""Typed values are read without being run, and compared as values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.courses.quiz import judge_output, judge_value
from cwm_lab.courses.quiz.values import read_answer, read_value
from cwm_lab.recorder.display import display

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.complex_numbers(allow_infinity=False, allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=5)
)
KEYS = st.integers(-3, 3) | st.text(max_size=3) | st.tuples(st.integers(0, 2))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


def strictly_equal(left: object, right: object) -> bool:
    """Equal in value and type, all the way down: the independent truth of these tests."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, complex):
        return repr(left + 0) == repr(right + 0)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(strictly_equal, left, right))
    if isinstance(left, set | frozenset):
        return len(left) == len(right) and all(
            any(strictly_equal(a, b) for b in right) for a in left
        )
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            any(strictly_equal(k, j) and strictly_equal(v, w) for j, w in right.items())
            for k, v in left.items()
        )
    return bool(left == right)


@given(VALUES)
def test_what_python_shows_is_right(value: object) -> None:
    assert judge_value(repr(value), display(value)).verdict == "right"
    assert judge_value(display(value), display(value)).verdict == "right"


@given(VALUES, VALUES)
def test_right_means_equal_in_value_and_type(left: object, right: object) -> None:
    mark = judge_value(repr(left), display(right))
    assert (mark.verdict == "right") == strictly_equal(left, right)
    assert 0 <= mark.credit <= 1
    assert (mark.credit == 1) == (mark.verdict == "right")
    assert (mark.hint == "") == (mark.verdict == "right")


@given(st.lists(st.integers(0, 3), max_size=5), st.data())
def test_a_change_is_never_right(items: list[int], data: st.DataObject) -> None:
    other = data.draw(st.permutations([*items, 9]))
    assert judge_value(repr(other), repr(items)).verdict != "right"


@given(st.text(), VALUES)
def test_no_text_makes_judging_fail(text: str, truth: object) -> None:
    mark = judge_value(text, display(truth))
    assert mark.verdict in ("right", "partly", "wrong", "unreadable")
    judge_output(text, str(truth))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "-" * 3900 + "1",
        "[" * 150 + "]" * 150,
        "9" * 3999,
        "9" * 50_000,
        "1e400",
        "'" + "a" * 3000,
        "\0",
        "\ud800",
        "'\ud800'",
        "{**{}}",
        "f(*[1])",
        "f(**{})",
        "range(1, 2, 0)",
        "range(" + "9" * 3000 + ")",
        "'\\N{nothing}'",
        "'\\d'",
        "{[]: 1}",
        "{[1], {}}",
        "...",
        "1 if x else 2",
        "__import__('os').system('false')",
        "(lambda: 1)()",
        "[i for i in range(9**9)]",
        "9**9**9",
        "1_000",
        "0777",
        "1+1j+1j",
        "1" * 400 + "+1j",
    ],
)
def test_bad_input_is_judged_and_never_run(text: str) -> None:
    for truth in ("3", "'abc'", "[1, 2]", "<function f>", "[1, 2, ...(98 more)]"):
        assert judge_value(text, truth).verdict != "right"


@pytest.mark.parametrize(
    ("typed", "truth"),
    [
        ("[1,2]", "[1, 2]"),
        ('"a"', "'a'"),
        ("“a”", "'a'"),
        ("−5", "-5"),
        ("{2, 1}", "{1, 2}"),
        ("{'b': 2, 'a': 1}", "{'a': 1, 'b': 2}"),
        (" ( 1 , ) ", "(1,)"),
        ("0x10", "16"),
        ("1e3", "1000.0"),
        ("set()", "set()"),
        ("dict()", "{}"),
        ("float('inf')", "inf"),
        ("range(3)", "range(0, 3)"),
        ("Dog(age=3, name='Rex')", "Dog(name='Rex', age=3)"),
        ("Counter({'a': 2})", "Counter({'a': 2})"),
        ("deque([1], maxlen=3)", "deque([1], maxlen=3)"),
        ("<function f>", "<function f>"),
    ],
)
def test_the_same_value_in_other_words(typed: str, truth: str) -> None:
    assert judge_value(typed, truth).verdict == "right"


@pytest.mark.parametrize(
    ("typed", "truth", "verdict", "rule"),
    [
        ("1", "1.0", "partly", "type"),
        ("1.0", "1", "partly", "type"),
        ("True", "1", "partly", "type"),
        ("'3'", "3", "partly", "type"),
        ("(1, 2)", "[1, 2]", "partly", "type"),
        ("[2, 1]", "{1, 2}", "partly", "type"),
        ("abc", "'abc'", "partly", "quotes"),
        ("true", "True", "partly", "capital"),
        ("0.3", "0.30000000000000004", "partly", "rounding"),
        ("[1, 3, 2]", "[1, 2, 3]", "partly", "order"),
        ("[1, 2]", "[1, 2, 3]", "partly", "parts"),
        ("{'a': 1, 'b': 3}", "{'a': 1, 'b': 2}", "partly", "parts"),
        ("'A b'", "'a b'", "partly", "capitals"),
        ("'ab'", "'a b'", "partly", "blanks"),
        ("4", "3", "wrong", None),
        ("[4]", "[3]", "wrong", None),
        ("None", "[3]", "wrong", "type"),
        ("'xyz'", "'abc'", "wrong", None),
        ("hello", "3", "unreadable", None),
        ("1 + 2", "3", "unreadable", None),
        ("len([1, 2, 3])", "3", "unreadable", None),
        ("[1, 2", "[1, 2]", "unreadable", None),
        ("", "3", "unreadable", None),
    ],
)
def test_partial_credit_and_hints(typed: str, truth: str, verdict: str, rule: str | None) -> None:
    mark = judge_value(typed, truth)
    assert (mark.verdict, mark.rule) == (verdict, rule)
    assert (0 < mark.credit < 1) == (verdict == "partly")
    assert mark.hint


def test_a_variable_is_not_its_value() -> None:
    mark = judge_value("total", "3", names=frozenset({"total"}))
    assert mark.verdict == "unreadable"
    assert "name" in mark.hint


@pytest.mark.parametrize(
    ("typed", "truth", "verdict", "rule"),
    [
        ("1\n2", "1\n2\n", "right", None),
        ("1  \n2\n\n", "1\n2\n", "right", None),
        ("", "", "right", None),
        (" 1", "1\n", "partly", "blanks"),
        ("2\n1", "1\n2\n", "partly", "print-order"),
        ("'a'", "a\n", "partly", "print-quotes"),
        ("ab", "a b\n", "partly", "blanks"),
        ("a\nb", "a b\n", "partly", "line-ends"),
        ("3", "3.0\n", "partly", "type"),
        ("1", "1\n2\n", "partly", "lines-missing"),
        ("1\n2\n3", "1\n2\n", "partly", "lines-extra"),
        ("1\n5", "1\n2\n", "partly", "output-line"),
        ("7", "1\n2\n", "wrong", "output-line"),
        ("None", "", "wrong", "not-printed"),
        ("", "1\n", "wrong", None),
    ],
)
def test_output_is_judged_line_by_line(
    typed: str, truth: str, verdict: str, rule: str | None
) -> None:
    mark = judge_output(typed, truth)
    assert (mark.verdict, mark.rule) == (verdict, rule)


@given(st.text(alphabet="ab \n1", max_size=12), st.text(alphabet="ab \n1", max_size=12))
def test_output_is_right_only_if_it_looks_the_same(typed: str, truth: str) -> None:
    def seen(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")

    right = judge_output(typed, truth).verdict == "right"
    assert right == (seen(typed) == seen(truth))


def test_reading_is_exact() -> None:
    assert read_value("1") != read_value("True")
    assert read_value("[1, [2]]") == read_value("[1,[2]]")
    assert read_value("nan") == read_value("nan")
    assert read_value("<zip>") is None
    assert read_answer("‘a’") == read_value("'a'")
