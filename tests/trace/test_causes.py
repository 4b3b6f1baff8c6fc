"""The kind of mistake, told from real traces of a program and of a changed twin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import CAUSES, Program, Trace, cause_of, causes, compare, first_cause


def imagined(source: str, twin: str) -> tuple[Trace, Trace]:
    """The trace of `twin` as if it were a prediction of `source`, and the real one."""
    actual = record(source)
    return replace(record(twin), program=Program(source), origin="model"), actual


@pytest.mark.parametrize(
    ("source", "twin", "cause"),
    [
        ("x = 1 + 1\ny = x\n", "x = 1 + 2\ny = x\n", "value"),
        ("print('a')\nx = 1\n", "print('b')\nx = 1\n", "output"),
        ("x = 1\nif x > 0:\n    y = 1\nz = 1\n", "x = 1\nif x > 1:\n    y = 1\nz = 1\n", "branch"),
        ("for i in range(3):\n    pass\n", "for i in range(2):\n    pass\n", "loop count"),
        ("i = 0\nwhile i < 2:\n    i += 1\n", "i = 0\nwhile i < 1:\n    i += 1\n", "loop count"),
        ("def f(x):\n    return x\nf(1)\n", "def f(x):\n    return x\nf(2)\n", "call"),
        ("def f():\n    return 1\nx = f()\n", "def f():\n    return 1\nx = 1\n", "call"),
        ("def f():\n    return 1\nx = f()\n", "def f():\n    return 2\nx = f()\n", "value"),
        ("x = [1]\ny = x[0]\n", "x = [1]\ny = x[1]\n", "exception"),
        ("x = [1]\ny = x[1]\n", "x = [1]\ny = x[2 - 2]\n", "exception"),
        ("x = int('a')\n", "x = int('b')\n", "exception"),
    ],
)
def test_the_first_mistake_is_named(source: str, twin: str, cause: str) -> None:
    comparison = compare(*imagined(source, twin))
    assert first_cause(comparison) == cause


def test_no_mistake_has_no_cause() -> None:
    comparison = compare(*imagined("x = 1\n", "x = 1\n"))
    assert first_cause(comparison) is None
    assert causes(comparison) == [None] * len(comparison.steps)


def test_a_prediction_that_stops_early_differs_in_its_end() -> None:
    predicted, actual = imagined("x = 1\ny = 2\n", "x = 1\ny = 2\n")
    cut = compare(predicted.with_steps(predicted.steps[:1]), actual)
    assert first_cause(cut) == "end"


def test_every_wrong_pair_has_a_cause() -> None:
    source = "def f(n):\n    if n:\n        return n + f(n - 1)\n    return 0\nprint(f(4))\n"
    comparison = compare(*imagined(source, source.replace("f(4)", "f(2)")))
    for index, pair in enumerate(comparison.steps):
        cause = cause_of(comparison, index)
        assert (cause is None) == (pair.verdict == "match")
        assert cause is None or cause in CAUSES
