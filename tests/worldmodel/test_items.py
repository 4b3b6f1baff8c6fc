"""The network says where; what is there is carried: places in the course of a statement.

`items.txt` holds programs and, below each, the true answer of its last statement, then that of its
last call if it is about calls, with what the network is asked for between angle quotes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cwm_lab.training.teacher import transitions
from tests.worldmodel.test_course import shown


def told() -> Iterator[tuple[str, list[str]]]:
    source, answers = "", list[str]()
    for line in Path(__file__).with_name("items.txt").read_text().splitlines():
        if line.startswith("    "):
            answers.append(line.strip())
        elif not line.startswith("##"):
            if source:
                yield source, answers
            source, answers = ast.literal_eval(line), []
    yield source, answers


@pytest.mark.parametrize(("source", "answers"), list(told()))
def test_what_is_pointed_at(source: str, answers: list[str]) -> None:
    found = transitions(source)
    calls = [transition for transition in found if "<call>" in transition.answer]
    assert [shown(found[-1]), *map(shown, calls[-1:])][: len(answers)] == answers
