"""The built-in model's weights through transformers: the same decoder, the same predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cwm_lab import predict, record
from cwm_lab.trace import Program
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from cwm_lab.worldmodel.torch_engine import TorchEngine

SPEC = f"local:{SHIPPED}?device=cpu"
PROGRAM = Program("total = 0\nfor n in [3, 4]:\n    total += n\nprint(total)\n")


def test_rows_of_different_lengths_give_numpys_logits() -> None:
    ours, theirs = Engine(SHIPPED), TorchEngine(parse_spec(SPEC))
    rng = np.random.default_rng(1)
    caches = ours.cache(5, 16), theirs.cache(5, 16)
    for first, counts in ((0, [5, 9, 1, 3]), (4, [2]), (1, [1, 4, 2]), (0, [1])):
        ids = rng.integers(5, ours.vocabulary, (len(counts), max(counts)))
        one, other = (
            engine.forward(ids, np.array(counts), cache, first)
            for engine, cache in zip((ours, theirs), caches, strict=True)
        )
        np.testing.assert_allclose(one, other, atol=2e-3)
        np.testing.assert_array_equal(caches[0].lengths, caches[1].lengths)
    for cache in caches:
        cache.move(3, 0)
    ids = rng.integers(5, ours.vocabulary, (2, 2))
    np.testing.assert_allclose(
        ours.forward(ids, np.array([2, 1]), caches[0]),
        theirs.forward(ids, np.array([2, 1]), caches[1]),
        atol=2e-3,
    )


def test_predictions_resync_and_what_if_are_the_builtin_models() -> None:
    here = predict(PROGRAM)
    there = predict(PROGRAM, model=SPEC)
    assert [replace(s, confidence=None, confidences={}) for s in there.steps] == [
        replace(s, confidence=None, confidences={}) for s in here.steps
    ]
    assert there.model == SPEC
    for one, other in zip(here.steps, there.steps, strict=True):
        assert (one.confidence or 0) == pytest.approx(other.confidence or 0, abs=1e-3)
    model = load_model(SPEC)
    real = record(PROGRAM, sandbox=False)
    found = [one.step for one in model.resync(real)]
    true = [one.step for one in load_model().resync(real)]
    assert [s and s.locals for s in found] == [s and s.locals for s in true]
    session = model.session(PROGRAM, 2)
    session.change({"n": "9"})
    assert session.step() is not None
    _LARGER.clear()
