"""The built-in engine: a CWM (Llama-like) network in numpy. Token ids in, logits out.

It reads the same checkpoint folder as transformers' `CwmForCausalLM` (config.json and
model.safetensors) and knows nothing of traces. Several sequences of different lengths run side by
side; the cache holds keys and values by position, so a row may be longer than its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.checkpoint import Floats, read_config, read_safetensors

Ints = NDArray[np.int64]
_GROWTH = 64


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
        config = read_config(folder)
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
        angles = np.outer(np.arange(self.max_length + 1), theta**-half)
        self._turns = np.exp(1j * angles).astype(np.complex64)

    def cache(self, rows: int, capacity: int) -> Cache:
        return Cache(self, rows, capacity)

    def forward(self, ids: Ints, counts: Ints, cache: Cache) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token.

        ids: (rows, width), row r has counts[r] new tokens, the rest is padding; a row of which
        nothing is wanted has none, and its logits mean nothing. Each row goes on after its own
        `cache.lengths[r]` tokens. Raises ModelError if a row gets too long.
        """
        rows, width = ids.shape
        start = cache.lengths
        longest = int((start + counts).max())
        if longest > self.max_length:
            raise ModelError(f"a prompt and answer of more than {self.max_length} tokens")
        cache.reserve(max(longest, int(start.max()) + 1))
        with np.errstate(over="ignore"):  # exp of a large number is infinite, its inverse 0
            if rows * width == 1:
                x = self._one(int(ids[0, 0]), int(start[0]), cache)
            else:
                x = self._many(ids, np.maximum(counts, 1), cache)
        cache.lengths = start + counts
        logits: Floats = self._normed(x) @ self.head
        return logits

    def _one(self, token: int, place: int, cache: Cache) -> Floats:
        """The state after one token of one row: what decoding mostly does, so without a mask."""
        x = self.embedding[token : token + 1]
        turns, turning = self._turns[place], (self.heads + self.kv_heads) * self.head_size
        for block, stored in zip(self.blocks, cache.values, strict=True):
            qkv = (self._normed(x) @ block.qkv)[0]
            pairs = qkv[:turning].view(np.complex64).reshape(-1, len(turns))
            pairs *= turns
            parts = qkv.reshape(-1, 1, self.head_size)
            stored[:, 0, :, place] = parts[self.heads :, 0].reshape(2, self.kv_heads, -1)
            keys, values = stored[0, 0, :, : place + 1], stored[1, 0, :, : place + 1]
            x = x + self._attend(parts[: self.heads], keys, values, None).reshape(1, -1) @ block.out
            x += self._mlp(x, block)
        return x

    def _many(self, ids: Ints, counts: Ints, cache: Cache) -> Floats:
        """The state after each row's last token. Padding is left out of all products but those of
        the attention."""
        rows, width = ids.shape
        start, span = cache.lengths, int((cache.lengths + counts).max())
        row, column = np.nonzero(np.arange(width) < counts[:, None])
        place = start[row] + column
        turns = self._turns[place][:, None]
        turning = (self.heads + self.kv_heads) * self.head_size
        ends = np.cumsum(counts) - 1
        places = start[:, None] + np.arange(width)
        bias = np.where(np.arange(span) > places[:, :, None], np.float32(-1e9), np.float32(0))
        x = self.embedding[ids[row, column]]
        q = np.zeros((rows, width, self.heads, self.head_size), np.float32)
        for i, (block, stored) in enumerate(zip(self.blocks, cache.values, strict=True)):
            qkv = self._normed(x) @ block.qkv
            pairs = qkv[:, :turning].view(np.complex64).reshape(len(x), -1, turns.shape[-1])
            pairs *= turns
            parts = qkv.reshape(len(x), -1, self.head_size)
            kv = parts[:, self.heads :].reshape(len(x), 2, self.kv_heads, -1)
            stored[:, row, :, place] = kv
            keys, values = stored[0, :, :, :span], stored[1, :, :, :span]
            if i == self.layers - 1:  # only what follows the last token is asked for
                x, q = x[ends], parts[ends, None, : self.heads]
                row, column = np.arange(rows), np.zeros(rows, np.int64)
                bias = bias[row, counts - 1][:, None]
            else:
                q[row, column] = parts[:, : self.heads]
            mixed = self._attend(q.transpose(0, 2, 1, 3), keys, values, bias[:, None])
            x = x + mixed[row, :, column].reshape(len(x), -1) @ block.out
            x += self._mlp(x, block)
        return x

    def _mlp(self, x: Floats, block: _Layer) -> Floats:
        gate_up = self._normed(x) @ block.gate_up
        half = gate_up.shape[1] // 2
        minus_gate, up = gate_up[:, :half], gate_up[:, half:]
        active = np.exp(minus_gate)
        active += 1
        np.divide(minus_gate, active, out=active)
        active *= up
        out: Floats = active @ block.down
        return out

    def _normed(self, x: Floats) -> Floats:
        size = x.shape[1]
        if len(x) == 1:
            row = x[0]
            factor = 1 / math.sqrt(float(row.dot(row)) / size + self.epsilon)
            return np.multiply(x, factor, dtype=np.float32)
        scale = np.einsum("nd,nd->n", x, x)
        scale /= size
        scale += self.epsilon
        np.sqrt(scale, out=scale)
        normed: Floats = np.divide(x, scale[:, None], dtype=np.float32)
        return normed

    def _attend(self, q: Floats, keys: Floats, values: Floats, bias: Floats | None) -> Floats:
        """(..., heads, width, head size) from queries of that shape and keys and values of
        (..., kv_heads, span, head size)."""
        if self.kv_heads != self.heads:
            keys = np.repeat(keys, self.heads // self.kv_heads, axis=-3)
            values = np.repeat(values, self.heads // self.kv_heads, axis=-3)
        scores: Floats = q @ keys.swapaxes(-1, -2)
        if bias is not None:
            scores += bias
        np.subtract(scores, np.maximum.reduce(scores, -1, keepdims=True), out=scores)
        np.exp(scores, out=scores)
        mixed: Floats = scores @ values
        np.divide(mixed, np.add.reduce(scores, -1, keepdims=True), out=mixed)
        return mixed

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
