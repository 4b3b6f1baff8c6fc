"""The built-in engine: a CWM (Llama-like) network in numpy. Token ids in, logits out.

It reads the same checkpoint folder as transformers' `CwmForCausalLM` (config.json and
model.safetensors) and knows nothing of traces. Several sequences of different lengths run side by
side; the cache holds keys and values by position, so a row may be longer than its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.architecture import check_weights, read_architecture
from cwm_lab.worldmodel.checkpoint import Floats, read_safetensors

if TYPE_CHECKING:
    from cwm_lab.worldmodel import engines
    from cwm_lab.worldmodel.adapters import Adapter

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

    def __init__(self, engine: engines.Engine, rows: int, capacity: int) -> None:
        shape = (engine.layers, 2, rows, engine.kv_heads, capacity, engine.head_size)
        # Zeros, since what a row has not reached is weighed with 0, and 0 times no number is none.
        self.values = np.zeros(shape, np.float32)
        self.lengths: Ints = np.zeros(rows, np.int64)

    @property
    def capacity(self) -> int:
        return self.values.shape[4]

    @property
    def token_size(self) -> int:
        """Bytes of one token's keys and values."""
        layers, two, _, heads, _, size = self.values.shape
        return layers * two * heads * size * self.values.itemsize

    def reserve(self, capacity: int) -> None:
        """Have room for this many tokens a row."""
        if capacity > self.capacity:
            grown = max(capacity, self.capacity + _GROWTH)
            old = self.values
            self.values = np.zeros((*old.shape[:4], grown, old.shape[5]), np.float32)
            self.values[:, :, :, :, : old.shape[4]] = old

    def move(self, source: int, target: int) -> None:
        """Put one row in another's place."""
        length = self.lengths[target] = self.lengths[source]
        self.values[:, :, target, :, :length] = self.values[:, :, source, :, :length]


class Engine:
    """A loaded checkpoint, with an adapter added to its weights if one is given. Raises ModelError
    where folder, weights or adapter do not fit."""

    def __init__(self, folder: Path, adapter: Adapter | None = None) -> None:
        size = read_architecture(folder)
        weights, self.metadata = read_safetensors(folder / "model.safetensors")
        if adapter is not None:
            adapter.check_fits(folder)
            adapter.merge_into(weights)
        check_weights(weights, size, folder)
        self.layers, self.heads, self.kv_heads = size.layers, size.heads, size.kv_heads
        self.head_size, self.epsilon = size.head_size, size.epsilon
        self.max_length = size.max_length
        self.embedding = weights["model.embed_tokens.weight"]
        norm = weights["model.norm.weight"]
        self.blocks = [self._layer(weights, f"model.layers.{i}.") for i in range(self.layers)]
        head = weights.get("lm_head.weight", self.embedding)
        if head.shape != self.embedding.shape:
            raise ModelError(f"{folder}: lm_head has another shape than the embedding.")
        self.head = np.ascontiguousarray((head * norm).T)
        self.vocabulary = len(self.embedding)
        half = np.arange(0, self.head_size, 2, dtype=np.float64) / self.head_size
        angles = np.outer(np.arange(self.max_length + 1), size.theta**-half)
        turns = np.exp(1j * angles).astype(np.complex64)
        self._turns = np.tile(turns, self.heads + self.kv_heads)  # for all heads in one product

    def cache(self, rows: int, capacity: int) -> Cache:
        return Cache(self, rows, capacity)

    def forward(self, ids: Ints, counts: Ints, cache: Cache, first: int = 0) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token.

        ids: (rows, width), row r has counts[r] > 0 new tokens, the rest is padding. Row r goes on
        after the `cache.lengths[first + r]` tokens of the cache's row first + r; the cache's other
        rows are left alone. Raises ModelError if a row gets too long.
        """
        rows, width = ids.shape
        start = cache.lengths[first : first + rows]
        longest = int((start + counts).max())
        if longest > self.max_length:
            raise ModelError(f"a prompt and answer of more than {self.max_length} tokens")
        cache.reserve(longest)
        stored = cache.values[:, :, first : first + rows]
        with np.errstate(over="ignore"):  # exp of a large number is infinite, its inverse 0
            if rows * width == 1:
                x = self._one(int(ids[0, 0]), int(start[0]), stored[:, :, 0])
            else:
                x = self._many(ids, counts, start, stored)
        start += counts
        logits: Floats = self._normed(x) @ self.head
        return logits

    def _one(self, token: int, place: int, stored: Floats) -> Floats:
        """The state after one token of one row: what decoding mostly does, so without a mask."""
        x = self.embedding[token : token + 1]
        turns, size = self._turns[place], self.head_size
        turning, after = len(turns) * 2, place + 1
        for block, kept in zip(self.blocks, stored, strict=True):
            qkv = self._normed(x) @ block.qkv
            pairs = qkv[0, :turning].view(np.complex64)
            np.multiply(pairs, turns, pairs)
            parts = qkv.reshape(-1, 1, size)
            kept[:, :, place] = parts[self.heads :].reshape(2, -1, size)
            mixed = self._attend(parts[: self.heads], kept[0, :, :after], kept[1, :, :after], None)
            x = x + mixed.reshape(1, -1) @ block.out
            x += self._mlp(x, block)
        return x

    def _many(self, ids: Ints, counts: Ints, start: Ints, stored: Floats) -> Floats:
        """The state after each row's last token. Padding is left out of all products but those of
        the attention."""
        rows, width = ids.shape
        span = int((start + counts).max())
        row, column = np.nonzero(np.arange(width) < counts[:, None])
        place = start[row] + column
        turns = self._turns[place]
        turning = turns.shape[1] * 2
        ends = np.cumsum(counts) - 1
        places = start[:, None] + np.arange(width)
        bias = np.where(np.arange(span) > places[:, :, None], np.float32(-1e9), np.float32(0))
        bias = bias[:, None]
        x = self.embedding[ids[row, column]]
        full = len(row) == rows * width
        q = np.zeros((rows, width, self.heads, self.head_size), np.float32)
        for i, (block, kept) in enumerate(zip(self.blocks, stored, strict=True)):
            qkv = self._normed(x) @ block.qkv
            pairs = qkv[:, :turning].view(np.complex64)
            np.multiply(pairs, turns, pairs)
            parts = qkv.reshape(len(x), -1, self.head_size)
            kept[:, row, :, place] = parts[:, self.heads :].reshape(len(x), 2, self.kv_heads, -1)
            if i == self.layers - 1 and width > 1:  # only what follows the last token is asked for
                x, q, full = x[ends], parts[ends, None, : self.heads], True
                bias = bias[np.arange(rows), :, counts - 1][:, :, None]
            elif full:
                q = parts[:, : self.heads].reshape(q.shape)
            else:
                q[row, column] = parts[:, : self.heads]
            mixed = self._attend(q.swapaxes(1, 2), kept[0, :, :, :span], kept[1, :, :, :span], bias)
            mixed = mixed.swapaxes(1, 2)
            mixed = mixed if full else mixed[row, column]
            x = x + mixed.reshape(len(x), -1) @ block.out
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
        if len(x) == 1:
            row = x[0]
            factor = 1 / math.sqrt(float(row.dot(row)) / row.size + self.epsilon)
            return x * np.float32(factor)
        scale = np.einsum("nd,nd->n", x, x)
        scale *= np.float32(1 / x.shape[1])
        scale += np.float32(self.epsilon)
        np.sqrt(scale, out=scale)
        normed: Floats = x / scale[:, None]
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
        scores -= np.maximum.reduce(scores, -1, keepdims=True)
        np.exp(scores, scores)
        mixed: Floats = scores @ values
        mixed /= np.add.reduce(scores, -1, keepdims=True)
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
