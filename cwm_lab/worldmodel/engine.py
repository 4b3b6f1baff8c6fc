"""The built-in engine: a CWM (Llama-like) network in numpy. Token ids in, logits out.

It reads the same checkpoint folder as transformers' `CwmForCausalLM` (config.json and
model.safetensors) and knows nothing of traces. Several sequences of different lengths run side by
side; the cache holds keys and values by position, so a row may be longer than its neighbours.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cwm_lab.errors import ModelError

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_GROWTH = 64
_PADDING = 256
_DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}


def read_safetensors(path: Path) -> tuple[dict[str, Floats], dict[str, str]]:
    """(tensors as float32, metadata) of a safetensors file. Raises ModelError if it is damaged.

    Read here rather than by the safetensors package because numpy has no bfloat16. Format: 8 bytes
    header length, JSON header, data (https://github.com/huggingface/safetensors#format).
    """
    try:
        raw = path.read_bytes()
        size = int.from_bytes(raw[:8], "little")
        header: dict[str, Any] = json.loads(raw[8 : 8 + size])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, info in header.items():
            start, end = info["data_offsets"]
            part = raw[8 + size + start : 8 + size + end]
            values: NDArray[Any] = np.frombuffer(part, _DTYPES[info["dtype"]])
            if info["dtype"] == "BF16":
                values = (values.astype(np.uint32) << 16).view(np.float32)
            tensors[name] = values.astype(np.float32).reshape(info["shape"])
    except OSError as error:
        raise ModelError(f"cannot read the weights {path.name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path.name} is not a whole safetensors file ({error}); install it again."
        ) from error
    return tensors, metadata


@dataclass(frozen=True)
class _Layer:
    attention_norm: Floats
    qkv: Floats
    out: Floats
    mlp_norm: Floats
    gate_up: Floats
    down: Floats


class Cache:
    """Keys and values of some rows: (layers, 2, rows, heads, capacity, head size), float32. Grows
    as it is filled."""

    def __init__(self, engine: Engine, rows: int, capacity: int) -> None:
        shape = (engine.layers, 2, rows, engine.kv_heads, capacity, engine.head_size)
        self.values = np.zeros(shape, np.float32)
        self.lengths: Ints = np.zeros(rows, np.int64)

    @property
    def capacity(self) -> int:
        return self.values.shape[4]

    def reserve(self, capacity: int) -> None:
        """Have room for this many tokens a row."""
        if capacity > self.capacity:
            grown = max(capacity, self.capacity + _GROWTH)
            old = self.values
            self.values = np.zeros((*old.shape[:4], grown, old.shape[5]), np.float32)
            self.values[:, :, :, :, : old.shape[4]] = old

    def keep(self, rows: Ints) -> None:
        """Drop all but some rows."""
        self.values = self.values[:, :, rows]
        self.lengths = self.lengths[rows]


class Engine:
    """A loaded checkpoint. Raises ModelError where folder or weights do not fit."""

    def __init__(self, folder: Path) -> None:
        try:
            config = json.loads((folder / "config.json").read_text())
        except OSError as error:
            raise ModelError(f"no model at {folder}: {error.strerror}") from error
        except ValueError as error:
            raise ModelError(f"{folder / 'config.json'} is not JSON: {error}") from error
        if config.get("model_type") != "cwm":
            raise ModelError(
                f"{folder} holds a {config.get('model_type')!r} model, not a 'cwm' one."
            )
        weights, self.metadata = read_safetensors(folder / "model.safetensors")
        try:
            self.layers = int(config["num_hidden_layers"])
            self.heads = int(config["num_attention_heads"])
            self.kv_heads = int(config["num_key_value_heads"])
            self.head_size = int(config["head_dim"])
            self.epsilon = float(config["rms_norm_eps"])
            self.max_length = int(config["max_position_embeddings"])
            theta = float(config["rope_parameters"]["rope_theta"])
            self.embedding = weights["model.embed_tokens.weight"]
            self.norm = weights["model.norm.weight"]
            self.blocks = [_layer(weights, f"model.layers.{i}.") for i in range(self.layers)]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{folder}: config and weights do not fit together ({error})."
            ) from error
        self.head = np.ascontiguousarray(weights.get("lm_head.weight", self.embedding).T)
        self.vocabulary = len(self.embedding)
        half = np.arange(0, self.head_size, 2, dtype=np.float64) / self.head_size
        angles = np.outer(np.arange(self.max_length + _PADDING), theta**-half)
        self._cos = np.cos(angles).astype(np.float32)
        self._sin = np.sin(angles).astype(np.float32)

    def cache(self, rows: int, capacity: int) -> Cache:
        return Cache(self, rows, capacity)

    def forward(self, ids: Ints, counts: Ints, cache: Cache) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token.

        ids: (rows, width), row r has counts[r] >= 1 new tokens, the rest is padding. Each row goes
        on after its own `cache.lengths[r]` tokens. Raises ModelError if a row gets too long.
        """
        rows, width = ids.shape
        start = cache.lengths
        if int((start + counts).max()) > self.max_length:
            raise ModelError(f"a prompt and answer of more than {self.max_length} tokens")
        span = int(start.max()) + width
        cache.reserve(span)
        positions = start[:, None] + np.arange(width)
        cos, sin = self._cos[positions][:, None], self._sin[positions][:, None]
        hidden_mask = np.arange(span) > positions[:, :, None]
        bias = np.where(hidden_mask, np.float32(-1e9), np.float32(0))[:, None]
        row_index = np.arange(rows)[:, None]
        x = self.embedding[ids]
        for i, block in enumerate(self.blocks):
            qkv = self._rms(x, block.attention_norm) @ block.qkv
            q, k, v = self._split(qkv, rows, width)
            q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
            keys, values = cache.values[i, 0], cache.values[i, 1]
            keys[row_index, :, positions] = k.transpose(0, 2, 1, 3)
            values[row_index, :, positions] = v.transpose(0, 2, 1, 3)
            mixed = self._attend(q, keys[:, :, :span], values[:, :, :span], bias)
            x = x + mixed @ block.out
            gate_up = self._rms(x, block.mlp_norm) @ block.gate_up
            gate, up = np.split(gate_up, 2, axis=-1)
            x = x + (gate / (1 + np.exp(-gate)) * up) @ block.down
        cache.lengths = start + counts
        last = x[np.arange(rows), counts - 1]
        logits: Floats = self._rms(last, self.norm) @ self.head
        return logits

    def _rms(self, x: Floats, weight: Floats) -> Floats:
        scale = np.sqrt(np.einsum("...d,...d->...", x, x) / x.shape[-1] + self.epsilon)
        normed: Floats = x / scale[..., None] * weight
        return normed

    def _split(self, qkv: Floats, rows: int, width: int) -> tuple[Floats, Floats, Floats]:
        parts = qkv.reshape(rows, width, self.heads + 2 * self.kv_heads, self.head_size)
        parts = parts.transpose(0, 2, 1, 3)
        return (
            parts[:, : self.heads],
            parts[:, self.heads : self.heads + self.kv_heads],
            parts[:, self.heads + self.kv_heads :],
        )

    def _attend(self, q: Floats, keys: Floats, values: Floats, bias: Floats) -> Floats:
        if self.kv_heads != self.heads:
            keys = np.repeat(keys, self.heads // self.kv_heads, axis=1)
            values = np.repeat(values, self.heads // self.kv_heads, axis=1)
        scores = q @ keys.swapaxes(-1, -2) * np.float32(1 / math.sqrt(self.head_size)) + bias
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ values).transpose(0, 2, 1, 3)
        merged: Floats = np.asarray(mixed.reshape(*mixed.shape[:2], -1), np.float32)
        return merged


def _layer(weights: dict[str, Floats], prefix: str) -> _Layer:
    def matrix(*names: str) -> Floats:
        joined = np.concatenate([weights[f"{prefix}{name}_proj.weight"] for name in names])
        return np.ascontiguousarray(joined.T)

    return _Layer(
        attention_norm=weights[f"{prefix}input_layernorm.weight"],
        qkv=matrix("self_attn.q", "self_attn.k", "self_attn.v"),
        out=matrix("self_attn.o"),
        mlp_norm=weights[f"{prefix}post_attention_layernorm.weight"],
        gate_up=matrix("mlp.gate", "mlp.up"),
        down=matrix("mlp.down"),
    )


def _rotate(x: Floats, cos: Floats, sin: Floats) -> Floats:
    """Rotary position embedding over the two halves of each head (Su et al. 2021)."""
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return np.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)
