"""One adapter that peft really trained, for a few steps, on top of the shipped weights."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cwm_lab.training.corpus import HELD_OUT_SEED, as_example, program_transitions
from cwm_lab.worldmodel.adapters import Adapter, base_of, save_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.specs import parse_spec

TARGETS = "q_proj k_proj v_proj o_proj gate_proj up_proj down_proj".split()


@dataclass(frozen=True)
class Trained:
    """folder: peft's. model: peft's, with the adapter. prompts: token ids of held-out questions."""

    folder: Path
    model: Any
    prompts: list[list[int]]


def tuned(folder: Path, *, base: Path = SHIPPED, steps: int = 6, seed: int = 1) -> Trained:
    """A few steps of LoRA on real transitions, from matrices that are not zero."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import CwmForCausalLM

    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=12, target_modules=TARGETS, lora_dropout=0.0)
    model = get_peft_model(CwmForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    found = [t for n in range(6) for t in program_transitions(HELD_OUT_SEED + n)]
    examples = [as_example(t) for t in random.Random(seed).sample(found, 12)]
    trained = [p for p in model.parameters() if p.requires_grad]
    with torch.no_grad():
        for parameter in trained:
            parameter.add_(torch.randn_like(parameter) * 0.02)
    optimizer = torch.optim.AdamW(trained, lr=5e-3)
    for step in range(steps):
        ids = torch.tensor([list(examples[step].ids)])
        model(ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval().save_pretrained(folder)
    return Trained(folder, model, [list(e.ids) for e in examples])


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return tuned(tmp_path_factory.mktemp("peft"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store of adapters."""
    folder = tmp_path / "adapters"
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(folder))
    return folder


def save(name: str, folder: Path, *, verdict: str = "better", helps: bool = True) -> Adapter:
    """Keep an adapter of the built-in model, with counts and scores of the right form."""
    row = {"before": 0.1, "after": 0.41, "change": 0.31, "interval": [0.22, 0.4]}
    return save_adapter(
        name,
        folder,
        base=base_of(parse_spec("builtin"), SHIPPED),
        data={"programs": 12, "variations": 300},
        scores={"course": {"programs": 40, "trace_exact": row}},
        verdict=verdict,
        helps=helps,
        training={"rank": 4, "minutes": 1.5},
    )


@pytest.fixture
def week3(store: Path, trained: Trained) -> Adapter:
    assert store.name == "adapters"
    return save("week3", trained.folder)
