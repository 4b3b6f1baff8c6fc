"""How much memory a checkpoint needs, reckoned before any of it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cwm_lab.errors import ModelError

GB = 10**9
SPARE = 1.1
"""Activations and what the libraries take, over weights and cache."""
_LINEAR_BYTES = {"none": 0.0, "8bit": 1.0, "4bit": 0.52}
"""Bytes of a quantised weight; 4 bits and, with double quantisation, 0.13 bits of constants."""


@dataclass(frozen=True)
class Need:
    """Bytes: of the weights as they will be held; of the cache for a full context; of one that
    keeps every token in every layer, also where a layer looks back only over a window."""

    weights: int
    cache: int
    full_cache: int = 0

    @property
    def all(self) -> int:
        return int((self.weights + self.cache) * SPARE)

    @property
    def keeping_all(self) -> int:
        return int((self.weights + max(self.cache, self.full_cache)) * SPARE)


def needed(config: Any, *, quantize: str, width: int, context: int) -> Need:
    """What a transformers configuration's network takes. width: bytes of a number that is not
    quantised."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        empty = AutoModelForCausalLM.from_config(config)
    head = empty.get_output_embeddings()
    linear = 0
    if quantize != "none":
        linear = sum(
            module.weight.numel()
            for module in empty.modules()
            if isinstance(module, torch.nn.Linear) and module is not head
        )
    whole = sum(p.numel() for p in empty.parameters()) - linear
    weights = int(whole * width + linear * _LINEAR_BYTES[quantize])
    window = getattr(config, "sliding_window", None) or context
    return Need(
        weights,
        _cache_bytes(config, width, context, min(window, context)),
        _cache_bytes(config, width, context, context),
    )


def _cache_bytes(config: Any, width: int, context: int, window: int) -> int:
    layers = config.num_hidden_layers
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    kinds = getattr(config, "layer_types", None) or ["full_attention"] * layers
    tokens = sum(window if "sliding" in kind else context for kind in kinds)
    return int(2 * tokens * heads * size * width)


def check_room(need: Need, free: int, where: str, *, quantize: str) -> None:
    """Raises ModelError, with what to do instead, if there is not enough."""
    if need.all <= free:
        return
    instead = {
        "none": "use quantize=4bit, a smaller context=..., or a server (openai:URL#MODEL)",
        "8bit": "use quantize=4bit, a smaller context=..., or a server (openai:URL#MODEL)",
        "4bit": "use a smaller context=..., or a server (openai:URL#MODEL)",
    }[quantize]
    raise ModelError(
        f"the model needs about {_gb(need.all)} GB, and {where} has {_gb(free)} GB free; {instead}."
    )


def _gb(size: int) -> str:
    return f"{size / GB:.1f}" if size < 10 * GB else f"{size / GB:.0f}"
