"""Where an adapter begins: in directions that general programs use little.

An adapter adds B A to a matrix; B begins as nothing, and what a step of training then changes
elsewhere is as large as what comes into A from there. With rows that are orthogonal once what comes
in from general programs is whitened, a course is learned as fast and general programs lose less
(docs/finetuning.md). Related: Yang et al. 2024, "CorDA"; Fang et al. 2024, "AlphaEdit".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import CwmForCausalLM

from cwm_lab.training.corpus import Example
from cwm_lab.worldmodel.vocabulary import PAD_ID

_TOGETHER = 32
_FLOOR = 0.1
"""Of the mean variance, what is added to each direction's: below it they are alike."""


def whiten(model: Any, examples: Sequence[Example], seed: int) -> None:
    """Choose the first A of each adapter of peft's `model` by general examples."""
    adapters = {n: m for n, m in model.named_modules() if hasattr(m, "lora_A")}
    covariances = _covariances(model.base_model.model, adapters, examples)
    random = torch.Generator().manual_seed(seed)
    for name, module in adapters.items():
        covariance = covariances[name]
        size = len(covariance)
        covariance /= covariance.diagonal().mean()
        values, vectors = torch.linalg.eigh(covariance + _FLOOR * torch.eye(size))
        whitening = (vectors * values.rsqrt()) @ vectors.T
        (a,) = (part.weight for part in module.lora_A.values())
        rows = torch.linalg.qr(torch.randn(size, len(a), generator=random))[0].T @ whitening
        with torch.no_grad():
            a.copy_(rows * (a.norm() / rows.norm()))


def _covariances(
    network: CwmForCausalLM, adapters: dict[str, Any], examples: Sequence[Example]
) -> dict[str, torch.Tensor]:
    """For each adapter, the sum of x x^T over what comes in, without padding: (size, size)."""
    found = {
        name: torch.zeros(module.in_features, module.in_features)
        for name, module in adapters.items()
    }
    real = torch.zeros(0, dtype=torch.bool)

    def hook(name: str) -> Any:
        def add(_: Any, given: Any, __: Any) -> None:
            x = given[0].reshape(-1, given[0].shape[-1])[real].float()
            found[name] += (x.T @ x).cpu()

        return add

    hooks = [module.register_forward_hook(hook(name)) for name, module in adapters.items()]
    try:
        ordered = sorted(examples, key=lambda one: len(one.ids))
        for at in range(0, len(ordered), _TOGETHER):
            some = ordered[at : at + _TOGETHER]
            ids = torch.full((len(some), len(some[-1].ids)), PAD_ID)
            for row, one in enumerate(some):
                ids[row, : len(one.ids)] = torch.tensor(one.ids)
            real = (ids != PAD_ID).reshape(-1).to(network.device)
            with torch.no_grad():
                CwmForCausalLM.forward(network, input_ids=ids.to(network.device))
    finally:
        for one in hooks:
            one.remove()
    return found
