"""What the model does not know is said before the prediction, with its line, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import cwm_lab
from cwm_lab.trace import Program
from cwm_lab.worldmodel import envelope

HUMAN = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))


@pytest.mark.parametrize(
    ("source", "line", "word", "stops"),
    [
        ("x = 1\nimport random\n", 2, "random", True),
        ("from collections import Counter\n", 1, "collections", True),
        ("from math import nextafter\n", 1, "nextafter", True),
        ("async def f():\n    pass\n", 1, "async", True),
        ("match 3:\n    case 3:\n        pass\n", 1, "match", True),
        ("def f():\n    x = yield from [1]\n", 2, "yield", True),
        ("x = 1\n\nb = b'a'\n", 3, "bytes", True),
        ("z = 3j\n", 1, "complex", True),
        ("with open('f') as f:\n    pass\n", 1, "with", True),
        ("class A(dict):\n    pass\n", 1, "dict", True),
        ("class A(metaclass=type):\n    pass\n", 1, "keyword", True),
        ("try:\n    pass\nexcept* ValueError:\n    pass\n", 1, "except*", True),
        ("def f():\n    x = 1 + (yield 2)\n", 2, "yield", True),
        ("f = lambda a=[]: a\n", 1, "lambda", True),
        ("x = eval('1')\n", 1, "eval", False),
        ("x = 1\nit = iter([1, 2])\n", 2, "iter", False),
        ("s = frozenset([1])\n", 1, "frozenset", False),
        ("x = 'a'\nx = x.expandtabs(4)\n", 2, "expandtabs", False),
        ("s = 'é'\n", 1, "ASCII", False),
        ("s = '" + "a" * 200 + "'\n", 1, "160 characters", False),
        ("x = 1\nimport numpy as np\n", 2, "numpy", False),
        ("x = [" + "1, " * 100 + "]\n", 1, "more than 64 items", True),
        ("d = {" + ", ".join(f"{k}: 1" for k in range(65)) + "}\n", 1, "dict of more than", True),
        ("x = 1\ns = '" + "a" * 1000 + "'\n", 2, "more than 880 names", True),
        ("x = 1\n" * 500, 201, "500 lines", False),
    ],
)
def test_what_is_outside_is_said(source: str, line: int, word: str, stops: bool) -> None:
    notices = envelope(Program(source))
    told = [n for n in notices if word in n.what]
    assert [(n.line, n.stops) for n in told[:1]] == [(line, stops)], notices
    assert str(line) in str(told[0])


def test_programs_that_the_dialect_covers_raise_no_alarm() -> None:
    """test_scheduler.py shows of the same programs that the scheduler can walk them all but one."""
    alarmed = {path.stem for path in HUMAN if envelope(Program(path.read_text()))}
    assert alarmed == {"match_commands"}


def test_earlier_cells_have_negative_lines() -> None:
    program = Program("f()\n", context="x = 1\ndef f():\n    return b'a'\n")
    assert [notice.line for notice in envelope(program)] == [-3]


def test_methods_of_the_programs_own_raise_no_alarm() -> None:
    source = "class A:\n    def translate(self):\n        return 1\n\n\nprint(A().translate())\n"
    assert envelope(Program(source)) == ()


def test_what_is_not_python_has_no_notices() -> None:
    assert envelope(Program("x = (")) == ()
    assert envelope(Program("a = 1\0")) == ()


def test_a_builtin_without_a_word_in_the_dialect_is_not_taken_for_unbound() -> None:
    program = Program("x = 1\ny = NotImplemented\n")
    assert [str(notice) for notice in envelope(program)] == [
        "line 2: the builtin NotImplemented (the prediction stops there)"
    ]
    outcome = cwm_lab.predict(program.source).outcome
    assert (outcome.kind, outcome.line) == ("unparsable", 2)
    assert "the builtin NotImplemented" in (outcome.message or "")
