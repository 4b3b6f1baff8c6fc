"""Texts written side by side by transformers' continuous batching are those written alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cwm_lab.trace import Program
from cwm_lab.worldmodel.continuous import ContinuousWriter
from cwm_lab.worldmodel.cwm.asked import Asked
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.specs import parse_spec
from tests.worldmodel.cwm.conftest import TINY

TOKENS = 30
PROGRAMS = [Program("a = 3\nprint(a)\n"), Program("word = 'hi'\n"), Program("x = 1\ny = x\n")]


@pytest.fixture(scope="module")
def together(writer: LocalWriter) -> Iterator[ContinuousWriter]:
    together = ContinuousWriter(parse_spec(f"local:{TINY}?device=cpu"), 2)
    yield together
    together.close()


def written(writer: LocalWriter, asked: Asked) -> list[tuple[int, float]]:
    state = asked.grammar.start() if asked.grammar is not None else None
    ids = writer.encode(asked.prompt)
    return list(writer.tokens(ids, TOKENS, lambda: False, asked.grammar, state))


def test_each_text_keeps_to_its_own_grammar(
    writer: LocalWriter, together: ContinuousWriter
) -> None:
    """Three texts in two places, of which at least one would break the grammar if it could."""
    asked = [CwmModel(writer)._asked(program) for program in PROGRAMS]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda one: written(together, one), asked))
    free = 0
    for one, ours in zip(asked, found, strict=True):
        alone = written(writer, one)
        free += alone != list(writer.tokens(writer.encode(one.prompt), TOKENS, lambda: False))
        assert [token for token, _ in ours] == [token for token, _ in alone]
        assert [log for _, log in ours] == pytest.approx([log for _, log in alone], abs=1e-3)
    assert free


def test_a_text_that_nobody_wants_any_more_makes_room(together: ContinuousWriter) -> None:
    ids = together.encode(["x = 1\n"])
    seen = [0]

    def enough() -> bool:
        return seen[0] >= 3

    for _ in together.tokens(ids, 500, enough):
        seen[0] += 1
    assert seen[0] == 3
    left = together.tokens(ids, 500, lambda: False)
    next(left)
    left.close()
    assert len(list(together.tokens(ids, 5, lambda: False))) == 5
    assert list(together.tokens([1] * together.context, 5, lambda: False)) == []
    assert not together._boxes
    assert not together._rules._texts
