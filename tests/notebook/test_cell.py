from __future__ import annotations

import ast
import re

import pytest

from cwm_lab.errors import BadProgramError
from cwm_lab.notebook.cell import calls_input, is_empty, read_cell


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n!ls", "Line 2, '!ls', is a shell command"),
        ("files = !ls", "shell command"),
        ("%matplotlib inline\nx = 1", "Line 1"),
        ("x = 1\nprint?", "notebook command"),
        ("import asyncio\nawait asyncio.sleep(0)", "Line 2 uses `await`"),
        ("async with a as b:\n    pass", "await"),
        ("x = '\0'", "null byte"),
        ("x = " + "-" * 100_000 + "1", "nested too deeply"),
    ],
)
def test_cells_that_cannot_be_followed_say_why(source: str, says: str) -> None:
    with pytest.raises(BadProgramError, match=re.escape(says)):
        read_cell(source, "<cell>")


@pytest.mark.parametrize(
    "source", ["def f(:\n    pass", "return 3", "x = = 1", "print 'x'", "100 % % 3", "if x:\n"]
)
def test_what_is_not_python_stays_a_syntax_error(source: str) -> None:
    with pytest.raises(SyntaxError):
        read_cell(source, "<cell>")


@pytest.mark.parametrize(
    "source",
    ["x = 7\nx % 3", "async def f():\n    await g()", "s = '''\n!ls\n%x\n'''", "x = 3 # ?"],
)
def test_python_that_looks_like_magic_is_python(source: str) -> None:
    assert isinstance(read_cell(source, "<cell>"), ast.Module)


def test_empty_cells_and_input() -> None:
    assert is_empty("\n  # nothing\n")
    assert not is_empty("x")
    assert calls_input(ast.parse("int(input())"))
    assert not calls_input(ast.parse("x = 'input'"))
