"""A small network that reads many short examples at once, for training through peft.

transformers' `CwmForCausalLM`, whose forward pass is that of `training.forward`: rows of several
lengths behind one another. Where peft has put an adapter on a matrix, its product is added to the
matrix itself: cheaper than beside it, if a batch has more tokens than a matrix has rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy, kl_div
from transformers import CwmForCausalLM

from cwm_lab.training.corpus import Batch
from cwm_lab.training.forward import Forward
from cwm_lab.training.optimizer import products


def adapted(module: Any) -> torch.Tensor:
    """The matrix of a linear layer, with what its adapter adds (W + scaling * B A)."""
    if not hasattr(module, "lora_A"):
        return module.weight  # type: ignore[no-any-return]
    weight: torch.Tensor = module.base_layer.weight
    for name in module.active_adapters:
        if name in module.lora_A:
            a, b = module.lora_A[name].weight, module.lora_B[name].weight
            weight = weight + (b @ a) * module.scaling[name]
    return weight


def untouched(module: Any) -> torch.Tensor:
    """The matrix of a linear layer without its adapter."""
    plain = module.base_layer if hasattr(module, "lora_A") else module
    return plain.weight  # type: ignore[no-any-return]


class PackedCwm(CwmForCausalLM):  # type: ignore[misc]
    """Takes packed batches of the transition dialect and gives their loss."""

    def forward(
        self, batches: Sequence[Batch], anchors: Sequence[Batch] = (), hold: float = 1.0
    ) -> dict[str, torch.Tensor]:
        """{"loss", "logits": fp32 (counted, vocabulary), "targets": int64 (counted)} of all parts
        of `batches`, one behind the other.

        The loss is the cross entropy's mean over the counted tokens, and, if there are anchors,
        `hold` times the mean of how far the answers about them are from those of the base without
        its adapter (Kullback-Leibler, the base's first): what must not change.
        """
        device = self.model.embed_tokens.weight.device
        low = products(device.type)
        run = Forward(self, low, compiled=False, matrix=adapted)
        layout = run.layout([*batches, *anchors], str(device))
        logits = layout.within(run(layout))
        own = sum(int(batch.counted[:, 1:].sum()) for batch in batches)
        loss = cross_entropy(logits[:own], layout.targets[:own])
        if anchors:
            base = Forward(self, low, compiled=False, matrix=untouched)
            with torch.no_grad():
                shown = base.layout(anchors, str(device))
                wanted = shown.within(base(shown)).log_softmax(-1)
            drift = kl_div(
                logits[own:].log_softmax(-1), wanted, reduction="batchmean", log_target=True
            )
            loss = loss + hold * drift
        return {"loss": loss, "logits": logits[:own], "targets": layout.targets[:own]}
