"""The network says where; what is there is carried: places in the course of a statement.

`items.txt` holds programs and, below each, the true answer of its last statement, with what the
network is asked for between angle quotes.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.worldmodel.test_course import last, shown

_LINES = [
    line
    for line in Path(__file__).with_name("items.txt").read_text().splitlines()
    if not line.startswith("##")
]


@pytest.mark.parametrize(("source", "told"), zip(_LINES[::2], _LINES[1::2], strict=True))
def test_what_is_pointed_at(source: str, told: str) -> None:
    assert shown(last(ast.literal_eval(source))) == told.strip()
