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
    """One layer's matrices, (inputs, outputs), with what can be folded into them folded: the norms'
    weights, the attention's scale, and the sign that spares a negation in the MLP."""

    qkv: Floats
    out: Floats
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
            norm = weights["model.norm.weight"]
            self.blocks = [self._layer(weights, f"model.layers.{i}.") for i in range(self.layers)]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{folder}: config and weights do not fit together ({error})."
            ) from error
        head = weights.get("lm_head.weight", self.embedding)
        self.head = np.ascontiguousarray((head * norm).T)
        self.vocabulary = len(self.embedding)
        half = np.arange(0, self.head_size, 2, dtype=np.float64) / self.head_size
        angles = np.outer(np.arange(self.max_length + _PADDING), theta**-half)
        self._turns = np.exp(1j * angles).astype(np.complex64)

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
        turns = self._turns[positions].reshape(rows * width, 1, -1)
        row_index = np.arange(rows)[:, None]
        ends = row_index[:, 0] * width + counts - 1
        bias = None
        if rows * width > 1:
            unseen = np.arange(span) > positions[:, :, None]
            bias = np.where(unseen, np.float32(-1e9), np.float32(0))[:, None]
        x = self.embedding[ids.reshape(-1)]
        turning = (self.heads + self.kv_heads) * self.head_size
        with np.errstate(over="ignore"):  # exp of a large number is infinite, its inverse 0
            for i, block in enumerate(self.blocks):
                qkv = self._normed(x) @ block.qkv
                pairs = qkv[:, :turning].view(np.complex64).reshape(len(x), -1, turns.shape[-1])
                pairs *= turns
                parts = qkv.reshape(rows, width, -1, self.head_size)
                q = parts[:, :, : self.heads]
                kv = parts[:, :, self.heads :].reshape(rows, width, 2, self.kv_heads, -1)
                cache.values[i][:, row_index, :, positions] = kv
                if i == self.layers - 1:  # only what follows the last token is asked for
                    x = x[ends]
                    q = q[row_index, (counts - 1)[:, None]]
                    bias = None if bias is None else bias[row_index, :, (counts - 1)[:, None]]
                keys, values = cache.values[i, 0, :, :, :span], cache.values[i, 1, :, :, :span]
                x = x + self._attend(q.transpose(0, 2, 1, 3), keys, values, bias) @ block.out
                gate_up = self._normed(x) @ block.gate_up
                minus_gate, up = np.split(gate_up, 2, axis=-1)
                active = np.exp(minus_gate)
                active += 1
                np.divide(minus_gate, active, out=active)
                active *= up
                x = x + active @ block.down
        cache.lengths = start + counts
        logits: Floats = self._normed(x) @ self.head
        return logits

    def _normed(self, x: Floats) -> Floats:
        scale = np.einsum("nd,nd->n", x, x)
        scale /= x.shape[-1]
        scale += self.epsilon
        np.sqrt(scale, out=scale)
        normed: Floats = np.divide(x, scale[:, None], dtype=np.float32)
        return normed

    def _attend(self, q: Floats, keys: Floats, values: Floats, bias: Floats | None) -> Floats:
        if self.kv_heads != self.heads:
            keys = np.repeat(keys, self.heads // self.kv_heads, axis=1)
            values = np.repeat(values, self.heads // self.kv_heads, axis=1)
        scores = q @ keys.swapaxes(-1, -2)
        if bias is not None:
            scores += bias
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        mixed = scores @ values
        mixed /= scores.sum(-1, keepdims=True)
        merged = mixed.transpose(0, 2, 1, 3).reshape(-1, mixed.shape[1] * mixed.shape[3])
        return np.asarray(merged, np.float32)

    def _layer(self, weights: dict[str, Floats], prefix: str) -> _Layer:
        def matrix(name: str) -> Floats:
            return weights[f"{prefix}{name}_proj.weight"]

        attention_norm = weights[f"{prefix}input_layernorm.weight"]
        q = self._paired(matrix("self_attn.q")) * np.float32(1 / math.sqrt(self.head_size))
        qkv = np.concatenate([q, self._paired(matrix("self_attn.k")), matrix("self_attn.v")])
        gate_up = np.concatenate([-matrix("mlp.gate"), matrix("mlp.up")])
        mlp_norm = weights[f"{prefix}post_attention_layernorm.weight"]
        return _Layer(
            qkv=np.ascontiguousarray((qkv * attention_norm).T),
            out=np.ascontiguousarray(matrix("self_attn.o").T),
            gate_up=np.ascontiguousarray((gate_up * mlp_norm).T),
            down=np.ascontiguousarray(-matrix("mlp.down").T),
        )

    def _paired(self, matrix: Floats) -> Floats:
        """Rows in another order: the two numbers that rotary position embedding turns together (one
        of each half of a head, Su et al. 2021) stand next to each other, as a complex number."""
        heads = matrix.reshape(-1, 2, self.head_size // 2, matrix.shape[1])
        return np.ascontiguousarray(heads.swapaxes(1, 2)).reshape(matrix.shape)
