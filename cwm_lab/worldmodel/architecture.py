"""What a checkpoint's config.json says of its network: checked, and held against its weights.

The built-in engine knows one shape of network (CWM's, all layers full attention). What asks for
another is refused here, before it could answer wrongly. Code that a config names is never looked
at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.checkpoint import Floats, read_config

_MOST = {
    "num_hidden_layers": 512,
    "num_attention_heads": 1024,
    "num_key_value_heads": 1024,
    "head_dim": 4096,
    "hidden_size": 65_536,
    "intermediate_size": 262_144,
    "vocab_size": 1_000_000,
    "max_position_embeddings": 32_768,
}
_FIXED = {"hidden_act": "silu", "mlp_bias": False, "attention_bias": False}


@dataclass(frozen=True)
class Architecture:
    """Sizes of a network. epsilon: of the norms. theta: of rotary position embedding."""

    layers: int
    heads: int
    kv_heads: int
    head_size: int
    hidden: int
    inner: int
    vocabulary: int
    max_length: int
    epsilon: float
    theta: float


def read_architecture(folder: Path) -> Architecture:
    """Raises ModelError for a config that is missing, damaged, or of a network that the built-in
    engine cannot be."""
    config = read_config(folder)
    where = folder / "config.json"

    def wrong(name: str, expected: str) -> ModelError:
        return ModelError(f"{where}: {name} is {config.get(name)!r}, not {expected}.")

    sizes: dict[str, int] = {}
    for name, most in _MOST.items():
        size = config.get(name)
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= most:
            raise wrong(name, f"a whole number from 1 to {most:,}")
        sizes[name] = size
    rope = config.get("rope_parameters")
    if not isinstance(rope, dict):
        raise wrong("rope_parameters", "what says how positions are told")
    numbers = {"rms_norm_eps": config.get("rms_norm_eps"), "rope_theta": rope.get("rope_theta")}
    for name, number in numbers.items():
        if not isinstance(number, int | float) or not 0 < number < 1e30:
            raise ModelError(f"{where}: {name} is {number!r}, not a number above 0.")
    for name, value in _FIXED.items():
        if config.get(name, value) != value:
            raise wrong(name, f"{value!r}, which is all that the built-in engine can do")
    kinds = config.get("layer_types") or []
    if rope.get("rope_type", "default") != "default" or {*kinds} - {"full_attention"}:
        raise ModelError(
            f"{where} asks for attention that the built-in engine does not have; "
            f"use the model local:{folder}."
        )
    if sizes["num_attention_heads"] % sizes["num_key_value_heads"]:
        raise wrong("num_key_value_heads", "a part of num_attention_heads")
    if sizes["head_dim"] % 2:
        raise wrong("head_dim", "even")
    return Architecture(
        layers=sizes["num_hidden_layers"],
        heads=sizes["num_attention_heads"],
        kv_heads=sizes["num_key_value_heads"],
        head_size=sizes["head_dim"],
        hidden=sizes["hidden_size"],
        inner=sizes["intermediate_size"],
        vocabulary=sizes["vocab_size"],
        max_length=sizes["max_position_embeddings"],
        epsilon=float(config["rms_norm_eps"]),
        theta=float(rope["rope_theta"]),
    )


def check_weights(weights: Mapping[str, Floats], size: Architecture, folder: Path) -> None:
    """Raises ModelError where weights are missing, of another shape, or no numbers."""
    for name, shape in _shapes(size).items():
        found = weights.get(name)
        if found is None:
            raise ModelError(f"{folder}: the weights have no {name}, which config.json asks for.")
        if found.shape != shape:
            raise ModelError(
                f"{folder}: config and weights do not fit together: "
                f"{name} is {_times(found.shape)}, and config.json says {_times(shape)}."
            )
    for name, found in weights.items():
        if not np.isfinite(found).all():
            raise ModelError(f"{folder}: {name} holds values that are no numbers; train it again.")


def _shapes(size: Architecture) -> dict[str, tuple[int, ...]]:
    all_heads, kv_heads = size.heads * size.head_size, size.kv_heads * size.head_size
    layer: dict[str, tuple[int, ...]] = {
        "input_layernorm": (size.hidden,),
        "self_attn.q_proj": (all_heads, size.hidden),
        "self_attn.k_proj": (kv_heads, size.hidden),
        "self_attn.v_proj": (kv_heads, size.hidden),
        "self_attn.o_proj": (size.hidden, all_heads),
        "post_attention_layernorm": (size.hidden,),
        "mlp.gate_proj": (size.inner, size.hidden),
        "mlp.up_proj": (size.inner, size.hidden),
        "mlp.down_proj": (size.hidden, size.inner),
    }
    layers = {
        f"model.layers.{k}.{name}.weight": shape
        for k in range(size.layers)
        for name, shape in layer.items()
    }
    table = (size.vocabulary, size.hidden)
    return {"model.embed_tokens.weight": table, "model.norm.weight": (size.hidden,), **layers}


def _times(shape: tuple[Any, ...]) -> str:
    return " x ".join(map(str, shape))
