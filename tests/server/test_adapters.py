"""A class server offers an adapter to the class that it was made for, and to no other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program
from cwm_lab.worldmodel.adapters import base_of, save_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.checkpoint import read_config
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from tests.server.conftest import Running, Serve, add_token

PROGRAM = Program("x = 3\ny = x + 4\nprint(x, y)\n")


@pytest.fixture
def adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of random numbers, large enough to change what is predicted."""
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "adapters"))
    folder, rng = tmp_path / "peft", np.random.default_rng(1)
    folder.mkdir()
    sizes = read_config(SHIPPED)
    module = f"base_model.model.model.layers.{sizes['num_hidden_layers'] - 1}.mlp.down_proj"
    tensors = {
        f"{module}.lora_A.weight": rng.normal(size=(4, sizes["intermediate_size"])).astype("f4"),
        f"{module}.lora_B.weight": rng.normal(size=(128, 4)).astype(np.float32),
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["down_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    base = base_of(parse_spec("builtin"), SHIPPED)
    save_adapter("week3", folder, base=base, data={}, scores={}, verdict="worse", helps=False)
    return "week3"


def asked(server: Running, token: str, monkeypatch: pytest.MonkeyPatch, rest: str) -> list[object]:
    monkeypatch.setenv("CWM_LAB_API_KEY", token)
    _LARGER.clear()
    trace = predict(PROGRAM, model=f"hosted:{server.url}{rest}", max_steps=5)
    _LARGER.clear()
    return [trace.model, [step.locals for step in trace.steps]]


def test_each_class_gets_its_own(
    adapter: str, serving: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{tmp_path / 'tokens.sqlite'}"
    ann = add_token(database, "ann", "--model", "loops")
    bob = add_token(database, "bob", "--model", "builtin")
    server = serving(
        "--workers", "1", "--database", database, "--model", "builtin",
        "--model", f"loops=builtin?adapter={adapter}",
    ).wait()  # fmt: skip
    here = predict(PROGRAM, model=f"builtin?adapter={adapter}", max_steps=5)
    plain = predict(PROGRAM, max_steps=5)
    assert [s.locals for s in here.steps] != [s.locals for s in plain.steps]
    for rest in ("", f"?adapter={adapter}", "#loops"):
        model, steps = asked(server, ann, monkeypatch, rest)
        assert steps == [s.locals for s in here.steps]
        assert model == f"hosted:{server.url}{rest} (loops)"
    model, steps = asked(server, bob, monkeypatch, "")
    assert steps == [s.locals for s in plain.steps]
    for rest, says in (
        (f"?adapter={adapter}", "no adapter 'week3'"),
        ("#loops", "no model 'loops'"),
    ):
        with pytest.raises(ModelError, match=says):
            asked(server, bob, monkeypatch, rest)
    with pytest.raises(ModelError, match="no adapter 'week9' for you; there are: week3"):
        asked(server, ann, monkeypatch, "?adapter=week9")
