"""Muon in the precision of the machine.

torch's own Muon orthogonalises in bf16, which processors without bf16 arithmetic do a hundred times
more slowly than fp32; and it treats one matrix at a time, where matrices of one shape can share a
batched product. Method: Jordan et al. 2024, "Muon: an optimizer for hidden layers".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_QUINTIC = (3.4445, -4.7750, 2.0315)


def muon(
    parameters: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.01
) -> torch.optim.Optimizer:
    """A Muon optimizer for 2-D parameters: Nesterov momentum whose direction is orthogonalised.

    lr: step size per unit root-mean-square of the orthogonal direction, before shape scaling.
    """
    import torch

    class Muon(torch.optim.Optimizer):
        @torch.no_grad()
        def step(self, closure: None = None) -> None:  # type: ignore[override]
            for group in self.param_groups:
                by_shape: dict[torch.Size, list[torch.nn.Parameter]] = defaultdict(list)
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        by_shape[parameter.shape].append(parameter)
                for same in by_shape.values():
                    self._step_together(same, group["lr"])

        def _step_together(self, same: list[torch.nn.Parameter], rate: float) -> None:
            directions = []
            for parameter in same:
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                buffer = state["momentum"]
                assert parameter.grad is not None
                buffer.lerp_(parameter.grad, 1 - momentum)
                directions.append(parameter.grad.lerp(buffer, momentum))
            orthogonal = orthogonalise(torch.stack(directions))
            rows, columns = same[0].shape
            scale = rate * max(1.0, rows / columns) ** 0.5
            for parameter, direction in zip(same, orthogonal, strict=True):
                parameter.mul_(1 - rate * decay).sub_(direction, alpha=scale)

    return Muon(list(parameters), {"lr": lr})


def products(device: str) -> torch.dtype:
    """The dtype for matrix products: bf16 on CUDA and on processors with bf16 arithmetic; on others
    bf16 is a hundred times slower than fp32."""
    import torch

    fast = device == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if fast else torch.float32


def orthogonalise(stack: torch.Tensor, rounds: int = 5) -> torch.Tensor:
    """The nearest semi-orthogonal matrices, roughly, of a (k, rows, columns) stack, by a quintic
    Newton-Schulz iteration, in bf16 where the hardware multiplies it."""
    a, b, c = _QUINTIC
    x = stack.to(products(stack.device.type))
    wide = x.shape[1] <= x.shape[2]
    if not wide:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(rounds):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: torch.Tensor = (x if wide else x.mT).to(stack.dtype)
    return result
