"""A small network that reads many short examples at once, for training through peft.

transformers' `CwmForCausalLM`, whose forward pass is that of `training.forward`: rows of several
lengths behind one another. Where peft has put an adapter on a matrix, its product is added to the
matrix itself: cheaper than beside it, if a batch has more tokens than a matrix has rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy
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


class PackedCwm(CwmForCausalLM):  # type: ignore[misc]
    """Takes packed batches of the transition dialect and gives their loss."""

    def forward(self, batches: Sequence[Batch]) -> dict[str, torch.Tensor]:
        """{"loss": mean over the counted tokens, "logits": fp32 (counted, vocabulary), "targets":
        int64 (counted)} of all parts of a batch, one behind the other."""
        device = self.model.embed_tokens.weight.device
        run = Forward(self, products(device.type), compiled=False, matrix=adapted)
        layout = run.layout(batches, str(device))
        logits = run(layout)
        return {
            "loss": cross_entropy(logits, layout.targets),
            "logits": logits,
            "targets": layout.targets,
        }
