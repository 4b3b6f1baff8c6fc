"""An adapter in each engine says what it says in peft."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program
from cwm_lab.worldmodel import BuiltinModel, load_model
from cwm_lab.worldmodel.adapters import Adapter, load_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.engines import Engine as AnyEngine
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from cwm_lab.worldmodel.status import model_status
from cwm_lab.worldmodel.torch_engine import TorchEngine
from tests.worldmodel.adapters.conftest import Trained, save, tuned

PROGRAM = Program("total = 0\nfor n in [3, 4]:\n    total += n\nprint(f'{total:>4}')\n")


def logits_of(engine: AnyEngine, prompts: list[list[int]]) -> np.ndarray:
    counts = np.array([len(ids) for ids in prompts])
    padded = np.zeros((len(prompts), counts.max()), np.int64)
    for row, ids in zip(padded, prompts, strict=True):
        row[: len(ids)] = ids
    return engine.forward(padded, counts, engine.cache(len(prompts), int(counts.max())))


def logits_of_peft(trained: Trained) -> np.ndarray:
    import torch

    with torch.no_grad():
        rows = [trained.model(torch.tensor([ids])).logits[0, -1] for ids in trained.prompts]
    return torch.stack(rows).float().numpy()


def test_merged_into_numpys_weights_it_gives_pefts_logits(week3: Adapter, trained: Trained) -> None:
    merged = logits_of(Engine(SHIPPED, week3), trained.prompts)
    theirs = logits_of_peft(trained)
    assert np.abs(merged - theirs).max() < 1e-3
    plain = logits_of(Engine(SHIPPED), trained.prompts)
    assert np.abs(merged - plain).max() > 0.1  # the adapter does something


def test_rank_stabilised_scaling_too(store: Path, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import CwmForCausalLM

    config = LoraConfig(r=9, lora_alpha=6, use_rslora=True, target_modules=["o_proj", "up_proj"])
    base = CwmForCausalLM.from_pretrained(SHIPPED, dtype=torch.float32)
    model = get_peft_model(base, config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(torch.randn_like(parameter) * 0.05)
    model.save_pretrained(tmp_path / "rs")
    adapter = save("rs", tmp_path / "rs")
    trained = Trained(tmp_path / "rs", model, [[5, 6, 7, 8], [40, 41]])
    difference = logits_of(Engine(SHIPPED, adapter), trained.prompts) - logits_of_peft(trained)
    assert np.abs(difference).max() < 1e-3
    assert store.is_dir()


@pytest.mark.parametrize("quantize", ["none", "4bit"])
def test_local_attaches_it(week3: Adapter, trained: Trained, quantize: str) -> None:
    spec = f"local:{SHIPPED}?device=cpu&quantize={quantize}"
    found = logits_of(TorchEngine(parse_spec(f"{spec}&adapter=week3")), trained.prompts)
    theirs = logits_of_peft(trained)
    if quantize == "none":
        assert np.abs(found - theirs).max() < 2e-3
        return
    plain = logits_of(TorchEngine(parse_spec(spec)), trained.prompts)
    # Quantising moves the logits; the adapter must still bring them nearer to where it was trained.
    assert np.abs(found - theirs).mean() < 0.6 * np.abs(plain - theirs).mean()
    assert week3.rank == 4


def test_a_trace_tells_which_adapter_made_it(week3: Adapter) -> None:
    trace = predict(PROGRAM, model="builtin?adapter=week3", max_steps=6)
    assert trace.model == "builtin?adapter=week3"
    assert predict(PROGRAM).model == "builtin"
    there = predict(PROGRAM, model=f"local:{SHIPPED}?device=cpu&adapter={week3.name}", max_steps=6)
    assert [replace(s, confidence=None, confidences={}) for s in there.steps] == [
        replace(s, confidence=None, confidences={}) for s in trace.steps
    ]
    _LARGER.clear()


def test_confidences_pass_through_a_calibration(week3: Adapter, trained: Trained) -> None:
    model = load_model("builtin?adapter=week3")
    assert isinstance(model, BuiltinModel)
    assert model.calibration == load_model().calibration  # type: ignore[attr-defined]
    own = '{"schema": "cwm-lab/calibration@1", "step": [[0.0, 0.25], [1.0, 0.5]], "value": []}'
    (trained.folder / "calibration.json").write_text(own, encoding="utf-8")
    try:
        save("own", trained.folder)
    finally:
        (trained.folder / "calibration.json").unlink()
    steps = predict(PROGRAM, model="builtin?adapter=own").steps
    assert all(0.25 <= s.confidence <= 0.5 for s in steps if s.confidence is not None)
    assert week3.sha256 == load_adapter("own").sha256


def test_a_new_adapter_of_the_same_name_is_used_at_once(week3: Adapter, tmp_path: Path) -> None:
    before = load_model("builtin?adapter=week3")
    assert load_model("builtin?adapter=week3") is before
    save("week3", tuned(tmp_path / "other", seed=2).folder)
    after = load_model("builtin?adapter=week3")
    assert after is not before
    assert load_adapter("week3").sha256 != week3.sha256
    assert after.name == before.name


def test_a_folder_of_pefts_is_taken_by_its_path(trained: Trained) -> None:
    spec = f"builtin?adapter={trained.folder}"
    assert predict("x = 1\n", model=spec).model == spec


def test_what_is_not_there_is_told(week3: Adapter) -> None:
    with pytest.raises(ModelError, match=r"no adapter 'week4'; there are: week3\."):
        predict("x = 1\n", model="builtin?adapter=week4")
    with pytest.raises(ModelError, match=r"there is no adapter at .*no/such"):
        predict("x = 1\n", model="builtin?adapter=no/such")
    assert week3.name == "week3"


def test_the_status_tells_what_it_is_worth(week3: Adapter) -> None:
    told = model_status("builtin?adapter=week3")
    assert (told.adapter, told.works) == ("week3: better", True)
    assert "adapter: week3: better" in str(told)
    missing = model_status("builtin?adapter=week4")
    assert (missing.adapter, missing.works) == ("week4", False)
    assert "there are: week3." in missing.health
    assert model_status("builtin").adapter is None
    assert week3.verdict == "better"
