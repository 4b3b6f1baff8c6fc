"""How a fine-tuning is done: every choice has a default that was tried (docs/finetuning.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from cwm_lab.errors import FinetuneError

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The matrices of a layer that an adapter can change."""


@dataclass(frozen=True)
class Settings:
    """rank: of the adapter's matrices; 0 takes what suits the model's size, as does a rate of 0.
    scale: by how much their product is multiplied (peft's lora_alpha, divided by the rank).
    targets: which matrices get one.
    rate: the learning rate at its height. decay: share of the training time over which it falls.
    batch: tokens of a training step, about. mix: share of them that comes from general programs;
    None takes what suits the model's size.
    hold: how strongly a small network is held to its base's answers about those; larger models
    learn the true answers instead.
    variations: of each program, at most. held_out: share of the programs to judge by at the end;
    watched: share to draw the curve by and to choose the best state.
    general: programs of the general set. max_steps, max_seconds: of a course program that is used.
    context: tokens of a training text of a larger model, at most.
    steps: training steps at most; None goes by the time alone.
    workers: processes in which programs are run; 0 takes one a processor core.
    """

    rank: int = 0
    scale: float = 2.0
    targets: tuple[str, ...] = TARGETS
    rate: float = 0.0
    decay: float = 0.7
    batch: int = 1536
    mix: float | None = None
    hold: float = 8.0
    variations: int = 100
    held_out: float = 0.3
    watched: float = 0.12
    general: int = 100
    max_steps: int = 600
    max_seconds: float = 5.0
    context: int = 4096
    steps: int | None = None
    workers: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        checks = {
            "rank must be a whole number from 1 to 512 (0: what suits the model)": (
                0 <= self.rank <= 512
            ),
            "mix must be a share from 0 to 0.95": self.mix is None or 0 <= self.mix <= 0.95,
            "variations, general, workers and seed must be at least 0": (
                min(self.variations, self.general, self.workers, self.seed) >= 0
            ),
            "steps must be at least 1": self.steps is None or self.steps >= 1,
            "context must be at least 64 tokens": self.context >= 64,
            "held_out must be a share between 0 and 0.8": 0 < self.held_out < 0.8,
            "batch must be at least 64 tokens": self.batch >= 64,
            "rate must be at least 0": self.rate >= 0,
            f"targets must be some of {', '.join(TARGETS)}": bool(self.targets)
            and set(self.targets) <= set(TARGETS),
        }
        for sentence, held in checks.items():
            if not held:
                raise FinetuneError(f"{sentence}.")

    def suited(self, parameters: int) -> Settings:
        """With rank, rate and mix for a network of that size, where they were left open."""
        rank, rate, mix = next(
            (rank, rate, mix)
            for most, rank, rate, mix in _BY_SIZE
            if most is None or parameters <= most
        )
        return replace(
            self,
            rank=self.rank or rank,
            rate=self.rate or rate,
            mix=mix if self.mix is None else self.mix,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"targets": list(self.targets)}


_BY_SIZE: tuple[tuple[int | None, int, float, float], ...] = (
    (20_000_000, 32, 1.25e-4, 0.7),
    (1_000_000_000, 16, 5e-4, 0.3),
    (None, 16, 2e-4, 0.3),
)
"""(parameters at most, rank, rate, mix)."""
