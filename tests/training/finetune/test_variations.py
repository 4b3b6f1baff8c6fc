"""Variations keep the idea of their program: other constants, the same shape and the same end."""

from __future__ import annotations

import ast
from pathlib import Path

from cwm_lab.trace import Program, header_comments
from cwm_lab.training.finetune.listening import Heard, Listener
from cwm_lab.training.finetune.splitting import shape
from cwm_lab.training.finetune.transitions import keeps_the_idea
from cwm_lab.training.generator.variations import variations
from cwm_lab.training.watch import Transition

TABLE = """\
# Prices, in columns
prices = {"tea": 2.5, "bread": 3.25}
names = ["tea", "bread", "tea"]
for name in names:
    print(f"{name:<10}{prices[name]:>8.2f}")
"""


def test_they_differ_and_are_the_same_each_time() -> None:
    program = Program(TABLE)
    found = list(variations(program, 20, seed=1))
    assert len({one.text for one in found} | {TABLE}) == 21
    assert found == list(variations(program, 20, seed=1))
    assert found != list(variations(program, 20, seed=2))


def test_comments_stay_and_formats_numbers_words_and_lengths_change() -> None:
    found = [one.text for one in variations(Program(TABLE), 60, seed=1)]
    assert all(text.startswith("# Prices, in columns\n") for text in found)
    lists = {len(ast.literal_eval(text.splitlines()[2].partition(" = ")[2])) for text in found}
    assert len(lists) >= 3
    assert any(":<10" not in text for text in found)
    assert any("2.5" not in text for text in found)
    assert any("tea" not in text for text in found)


def test_human_programs_vary_and_do_what_they_did(human_programs: list[Path]) -> None:
    """Of the variations of programs that people wrote, most end as their program does."""
    listener = Listener()
    kept = tried = 0
    for path in human_programs[::9]:
        source = path.read_text()
        program = Program(source, stdin=header_comments(source)[1])
        others = list(variations(program, 6, seed=1))
        heard = listener.hear([(one.text, one.stdin) for one in (program, *others)])
        if heard[0].refused:
            continue
        for one, found in zip(others, heard[1:], strict=True):
            tried += 1
            kept += keeps_the_idea(heard[0], found)
            assert shape(one.text) == shape(source)
    listener.close()
    assert tried > 60
    assert kept / tried > 0.7


def test_one_that_ends_otherwise_or_explodes_is_dropped() -> None:
    one = Transition(("a",), ("b",), "<exec>")
    program = Heard(None, (one,) * 10)
    assert keeps_the_idea(program, Heard(None, (one,) * 14))
    assert not keeps_the_idea(program, Heard("KeyError", (one,) * 10))
    assert not keeps_the_idea(program, Heard(None, (one,) * 60))
    assert not keeps_the_idea(program, Heard(None, (one,)))
    assert not keeps_the_idea(program, Heard(refused="still running after 5 seconds"))
