"""The forward pass of training: the network of transformers' `CwmForCausalLM`, laid out for speed.

Rows of several lengths lie behind one another, so that products see all tokens at once while
attention sees each row alone: most transitions are short, and attention over rows as long as the
longest one costs as much as the products. In the last layer only positions that predict a counted
token go on after keys and values. Products are in bf16 where the processor has it; the residual
stream, norms and loss are in fp32.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from cwm_lab.training.corpus import Batch

if TYPE_CHECKING:
    import torch
    from transformers import CwmForCausalLM


_NEVER = -1e4
"""A logit whose probability is 0, but of which differences are still numbers."""
_UNSEEN = -1e30
_SHORT = 128
"""Rows up to this length go back faster through attention spelled out than through torch's fused
one; longer ones, and all that is only read, do not (measured on one core with AMX)."""


@dataclass(frozen=True)
class Layout:
    """A batch as tensors. ids, cos, sin: of all tokens in a row (T), (T, head size).
    blocks: (rows, length) of each part; masks: (rows, 1, length, length), 0 where one may see
    another, else as good as minus infinity.
    chosen: indices of the positions whose next token is counted; targets: those tokens; allowed:
    which tokens each of them may be, (counted, vocabulary)."""

    ids: torch.Tensor
    cos: torch.Tensor
    sin: torch.Tensor
    blocks: tuple[tuple[int, int], ...]
    masks: tuple[torch.Tensor, ...]
    chosen: torch.Tensor
    targets: torch.Tensor
    allowed: torch.Tensor

    def within(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits of what may come, as an answer is written; all others as good as nothing."""
        return logits.masked_fill(~self.allowed, _NEVER)


class Forward:
    """Hidden states to logits of counted positions, with the parameters of `model`.

    low: the dtype of products. compiled: whether layers are compiled (worth it in long runs).
    matrix: the matrix of a linear layer, where that is not its `weight` alone.
    """

    def __init__(
        self,
        model: CwmForCausalLM,
        low: torch.dtype,
        *,
        compiled: bool,
        matrix: Callable[[Any], torch.Tensor] = attrgetter("weight"),
    ) -> None:
        import torch

        self.model, self.low, self.matrix = model, low, matrix
        self.heads: int = model.config.num_attention_heads
        self.size: int = model.config.head_dim
        self.epsilon: float = model.config.rms_norm_eps
        theta: float = model.config.rope_parameters["rope_theta"]
        self.frequencies = theta ** -(np.arange(0, self.size, 2) / self.size)
        layer: Callable[..., torch.Tensor] = self._layer
        self.layer = torch.compile(layer, dynamic=False) if compiled else layer

    def layout(self, batches: Sequence[Batch], device: str) -> Layout:
        """Batches laid behind one another; each keeps its rows."""
        import torch

        def flat(arrays: Sequence[Any]) -> Any:
            return np.concatenate([a.reshape(-1) for a in arrays])

        ids = flat([b.ids for b in batches])
        angles = flat([b.positions for b in batches])[:, None] * self.frequencies
        angles = np.concatenate([angles, angles], 1).astype(np.float32)
        counted = [np.pad(b.counted[:, 1:], ((0, 0), (0, 1))) for b in batches]
        chosen = np.flatnonzero(flat(counted))
        allowed = np.concatenate([b.allowed for b in batches])
        masks = []
        for batch in batches:
            length = batch.ids.shape[1]
            same = batch.examples[:, None, :, None] == batch.examples[:, None, None, :]
            seen = torch.from_numpy(same & np.tri(length, dtype=bool)).to(device)
            masks.append(torch.zeros_like(seen, dtype=self.low).masked_fill_(~seen, _UNSEEN))
        return Layout(
            torch.from_numpy(ids).to(device),
            torch.from_numpy(np.cos(angles)).to(device, self.low),
            torch.from_numpy(np.sin(angles)).to(device, self.low),
            tuple((b.ids.shape[0], b.ids.shape[1]) for b in batches),
            tuple(masks),
            torch.from_numpy(chosen).to(device),
            torch.from_numpy(ids[chosen + 1]).to(device),
            torch.from_numpy(np.unpackbits(allowed, axis=1).astype(bool)).to(device),
        )

    def __call__(self, at: Layout) -> torch.Tensor:
        """Logits, fp32, of the counted positions: (counted, vocabulary)."""
        import torch
        from torch.nn.functional import linear

        inner, matrix = self.model.model, self.matrix
        table = inner.embed_tokens.weight
        x = torch.nn.functional.embedding(at.ids, table)
        layers = inner.layers
        for k, layer in enumerate(layers):
            attention, mlp = layer.self_attn, layer.mlp
            weights = (
                layer.input_layernorm.weight,
                torch.cat(
                    [matrix(attention.q_proj), matrix(attention.k_proj), matrix(attention.v_proj)]
                ).to(self.low),
                matrix(attention.o_proj).to(self.low),
                layer.post_attention_layernorm.weight,
                torch.cat([matrix(mlp.gate_proj), matrix(mlp.up_proj)]).to(self.low),
                matrix(mlp.down_proj).to(self.low),
            )
            if k + 1 < len(layers):
                x = self.layer(x, at.cos, at.sin, at.masks, at.blocks, None, *weights)
            else:
                x = self._layer(x, at.cos, at.sin, at.masks, at.blocks, at.chosen, *weights)
        x = self._norm(x, inner.norm.weight)
        return linear(x, table.to(self.low)).float()

    def _norm(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        import torch

        scale = torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)
        return (x * scale * weight).to(self.low)

    def _layer(
        self,
        x: torch.Tensor,
        cos: torch.Tensor,
        sin: torch.Tensor,
        masks: tuple[torch.Tensor, ...],
        blocks: tuple[tuple[int, int], ...],
        chosen: torch.Tensor | None,
        norm: torch.Tensor,
        qkv: torch.Tensor,
        out: torch.Tensor,
        norm_after: torch.Tensor,
        gate_up: torch.Tensor,
        down: torch.Tensor,
    ) -> torch.Tensor:
        import torch
        from torch.nn.functional import linear, silu

        heads, size = self.heads, self.size
        q, k, v = linear(self._norm(x, norm), qkv).view(-1, 3, heads, size).unbind(1)
        half = size // 2
        turned = []
        for part in (q, k):
            other = torch.cat((-part[..., half:], part[..., :half]), -1)
            turned.append(part * cos[:, None] + other * sin[:, None])
        seen, at = [], 0
        for (rows, length), mask in zip(blocks, masks, strict=True):
            end = at + rows * length
            parts = [
                p[at:end].view(rows, length, heads, size).transpose(1, 2) for p in (*turned, v)
            ]
            mixed = self._attend(parts[0], parts[1], parts[2], mask)
            seen.append(mixed.transpose(1, 2).reshape(rows * length, heads * size))
            at = end
        attended = torch.cat(seen)
        if chosen is not None:
            x, attended = x[chosen], attended[chosen]
        x = x + linear(attended, out)
        gate, up = linear(self._norm(x, norm_after), gate_up).chunk(2, -1)
        result: torch.Tensor = x + linear(silu(gate) * up, down)
        return result

    def _attend(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        if q.shape[2] > _SHORT or not torch.is_grad_enabled():
            return scaled_dot_product_attention(q, k, v, attn_mask=mask)
        scores = (q @ k.transpose(-1, -2)).float() * self.size**-0.5
        mixed: torch.Tensor = (scores + mask).softmax(-1).to(v.dtype) @ v
        return mixed
