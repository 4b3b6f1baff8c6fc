"""The numpy engine and transformers say the same of the shipped checkpoint."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from cwm_lab.training.corpus import HELD_OUT_SEED, as_example, program_transitions
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.vocabulary import TOKENS


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


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_other_networks_too(tmp_path: Path, kv_heads: int) -> None:
    """Shared keys and values, a head of its own, rows in the middle of a cache, in two parts."""
    import torch
    from transformers import CwmConfig, CwmForCausalLM

    torch.manual_seed(kv_heads)
    config = CwmConfig(
        vocab_size=len(TOKENS),
        hidden_size=48,
        intermediate_size=80,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=kv_heads,
        head_dim=10,
        max_position_embeddings=256,
        rope_parameters={"rope_type": "default", "rope_theta": 500.0},
        layer_types=["full_attention"] * 3,
        tie_word_embeddings=False,
    )
    model = CwmForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(tmp_path)
    engine = Engine(tmp_path)
    rng = np.random.default_rng(kv_heads)
    texts = [rng.integers(0, len(TOKENS), size) for size in (17, 9, 30)]
    cache = engine.cache(5, 20)
    for part in (slice(0, 6), slice(6, None)):
        rows = [text[part] for text in texts]
        counts = np.array([len(row) for row in rows])
        ids = np.zeros((3, counts.max()), np.int64)
        for padded, row in zip(ids, rows, strict=True):
            padded[: len(row)] = row
        ours = engine.forward(ids, counts, cache, first=1)
    assert cache.lengths.tolist() == [0, 17, 9, 30, 0]
    for logits, text in zip(ours, texts, strict=True):
        with torch.no_grad():
            theirs = model(torch.tensor(text[None])).logits[0, -1].numpy()
        assert np.abs(logits - theirs).max() < 1e-3
