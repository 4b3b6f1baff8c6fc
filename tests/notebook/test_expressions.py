"""Expressions on recorded states: what can be known is right, what cannot is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cwm_lab.notebook.explain import EXPRESSION_ERRORS
from cwm_lab.notebook.expressions import MAX_ITEMS, evaluate
from cwm_lab.notebook.value_texts import NotKnownError, Record, read_value

STATE = {
    "n": "3",
    "word": "'strawberry'",
    "xs": "[1, 2, 3]",
    "pair": "(1, 'a')",
    "seen": "{1, 2}",
    "none": "set()",
    "ages": "{'Ada': 36, 'Bob': 7}",
    "dog": "Dog(name='Rex', age=3)",
    "r": "range(0, 4)",
    "f": "<function f>",
    "long": "[1, 2, ...(98 more)]",
    "text": "'aaa'...(1234 chars)",
    "loop": "[1, [...]]",
    "big": "inf",
    "kind": "<Color.RED: 1>",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("n + 1", 4),
        ("-n // 2", -2),
        ("n * 2 > 5 and not n == 4", True),
        ("len(word) - n", 7),
        ("word[n:].upper()", "AWBERRY"),
        ("word[-1] * 2", "yy"),
        ("sum(x * x for x in xs if x != 2)", 10),
        ("[a + b for a, b in zip(xs, xs[1:])]", [3, 5]),
        ("{x % 2 for x in xs}", {0, 1}),
        ("ages['Ada'] - ages.get('Eve', 1)", 35),
        ("sorted(ages)", ["Ada", "Bob"]),
        ("list(ages.items())[0]", ("Ada", 36)),
        ("dog.age + 1", 4),
        ("dog.name", "Rex"),
        ("f'{n}: {word!r}'", "3: 'strawberry'"),
        ("'r' in word and 9 not in seen", True),
        ("none | seen", {1, 2}),
        ("max(xs) if n else 0", 3),
        ("list(r)", [0, 1, 2, 3]),
        ("1 < n <= 3", True),
        ("n is None", False),
        ("big > 10", True),
        ("list(reversed(xs)) + list(enumerate(pair))", [3, 2, 1, (0, 1), (1, "a")]),
        ("', '.join(str(x) for x in xs)", "1, 2, 3"),
    ],
)
def test_what_can_be_known_is_right(expression: str, value: object) -> None:
    assert evaluate(expression, STATE) == value


@pytest.mark.parametrize(
    "expression",
    [
        "f(1)",
        "long[0]",
        "text",
        "loop",
        "kind",
        "missing",
        "dog == dog",
        "dog.bark()",
        "len(dog)",
        "print(1)",
        "open('x')",
        "__import__('os')",
        "().__class__.__bases__",
        "word.__class__",
        "xs.append(1)",
        "xs is xs",
        "lambda: 1",
        "(n := 2)",
        "'%s' % n",
        "f'{n:>99999999}'",
        "9 ** 9 ** 9",
        "1 << 10 ** 9",
        "'a' * 10 ** 9",
        "list(range(10 ** 9))",
        "sum(x for x in range(10 ** 9))",
        "[x for x in range(100) for y in range(100) for z in range(100)]",
        "word.replace('r', 'x' * 9999)",
        "('a' * 9999).join(['', '', ''])",
        "sorted(xs, key=f)",
        "1" + "+1" * 600,
    ],
)
def test_what_cannot_be_known_is_not_guessed(expression: str) -> None:
    with pytest.raises((NotKnownError, SyntaxError)):
        evaluate(expression, STATE)


def test_a_shown_object_is_a_record() -> None:
    assert read_value("Dog(name='Rex', toys=[Ball(size=1)])") == Record(
        "Dog", (("name", "Rex"), ("toys", [Record("Ball", (("size", 1),))]))
    )


@pytest.mark.parametrize(
    ("text", "error"), [("xs[9]", IndexError), ("1 / (n - 3)", ZeroDivisionError)]
)
def test_mistakes_raise_what_python_raises(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        evaluate(text, STATE)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
@example(float("-inf"))
def test_what_repr_writes_is_read_back(value: object) -> None:
    assert read_value(repr(value)) == value
    assert evaluate("x", {"x": repr(value)}) == value


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for state in ({"x": text}, STATE):
        for expression in ("x", text):
            try:
                evaluate(expression, state)
            except (NotKnownError, SyntaxError, *EXPRESSION_ERRORS):
                pass


def test_the_result_of_an_expression_is_bounded() -> None:
    value = evaluate("'ab' * n", {"n": str(MAX_ITEMS // 2)})
    assert len(value) == MAX_ITEMS
    with pytest.raises(NotKnownError):
        evaluate("'ab' * n", {"n": str(MAX_ITEMS)})
