"""The numpy engine and transformers say the same of the shipped checkpoint."""

from __future__ import annotations

import random

import numpy as np

from cwm_lab.training.corpus import HELD_OUT_SEED, as_example, program_transitions
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.engine import Engine


def test_logits_equal_those_of_transformers() -> None:
    import torch
    from transformers import CwmForCausalLM

    model = CwmForCausalLM.from_pretrained(SHIPPED, dtype=torch.float32).eval()
    engine = Engine(SHIPPED)
    found = [t for n in range(12) for t in program_transitions(HELD_OUT_SEED + n)]
    examples = [as_example(t) for t in random.Random(1).sample(found, 8)]
    width = max(len(e.ids) for e in examples)
    ids = np.zeros((len(examples), width), np.int64)
    counts = np.array([len(e.ids) for e in examples])
    for row, example in zip(ids, examples, strict=True):
        row[: len(example.ids)] = example.ids
    ours = engine.forward(ids, counts, engine.cache(len(examples), width))
    for logits, example in zip(ours, examples, strict=True):
        with torch.no_grad():
            theirs = model(torch.tensor([example.ids])).logits[0, -1].numpy()
        assert np.abs(logits - theirs).max() < 1e-3


def test_token_by_token_equals_all_at_once() -> None:
    engine = Engine(SHIPPED)
    ids = np.arange(40, 64)[None]
    whole = engine.forward(ids, np.array([24]), engine.cache(1, 32))
    cache = engine.cache(1, 32)
    for k in range(24):
        last = engine.forward(ids[:, k : k + 1], np.array([1]), cache)
    assert np.abs(last - whole).max() < 1e-3
