"""Trains an adapter through transformers' Trainer, for as long as there is time.

The learning rate follows the time, the best state so far is kept apart, and a run that was killed
goes on from its last checkpoint. Several processes (`accelerate launch`) do as the first one says.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from cwm_lab.training.finetune.choosing import (
    STRENGTHS,
    HeldOut,
    Look,
    look,
    reach,
    strength,
    worth,
)
from cwm_lab.training.finetune.mixture import Mixture
from cwm_lab.training.finetune.networks import (
    WEIGHTS,
    Network,
    read_adapter,
    weakened,
    write_adapter,
)
from cwm_lab.training.finetune.progress import Point, Reporter
from cwm_lab.training.finetune.settings import Settings

_WARM = 20
"""Steps over which the learning rate rises."""
_LOOKS = 8
"""Looks at the held-out examples in the time given, at least."""
_SAVE = 120.0
"""Seconds of training that a kill may cost, at most."""
_TELL = 0.5
"""Seconds between reports of the loss."""


@dataclass
class Fit:
    """What training came to. best: the step of the state that was kept; worth: how good it is, see
    `choosing.worth`; share: how much of its adapter was taken, see `_temper`. before: the base's
    chances at general programs. stopped: by a person."""

    points: list[Point]
    steps: int = 0
    seconds: float = 0.0
    best: int = 0
    worth: float = 0.0
    share: float = 1.0
    before: Sequence[float] = ()
    stopped: bool = False


class _Trainer(Trainer):  # type: ignore[misc]
    """Batches in their order; a batch is a list of examples, which the network turns into its
    inputs."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return torch.utils.data.SequentialSampler(train_dataset or self.train_dataset)

    def compute_loss(self, model: Any, inputs: Any, *_: Any, **__: Any) -> Any:
        loss = model(**inputs)["loss"]
        self.recent.append(loss.detach())
        return loss

    def floating_point_ops(self, inputs: Any) -> int:
        return 0

    recent: list[torch.Tensor]


class _Pace(TrainerCallback):  # type: ignore[misc]
    """Looks at the clock, at the held-out examples, and whether somebody wants it to end."""

    def __init__(
        self, network: Network, held: HeldOut, settings: Settings, seconds: float,
        work: Path, reporter: Reporter, fit: Fit,
    ) -> None:  # fmt: skip
        self.network, self.held, self.settings = network, held, settings
        self.seconds, self.work, self.reporter, self.fit = seconds, work, reporter, fit
        self.trainer: _Trainer | None = None
        self._before, self._began = fit.seconds, time.monotonic()
        self._told = self._looked = self._saved = self._choosing = 0.0
        self._losses: list[float] = []
        self._progress = self._own_progress

    @property
    def spent(self) -> float:
        return self._before + time.monotonic() - self._began

    @property
    def _own_progress(self) -> float:
        by_steps = self.fit.steps / self.settings.steps if self.settings.steps else 0.0
        return max(self.spent / max(self.seconds - self._choosing, 1e-9), by_steps)

    @property
    def done(self) -> bool:
        """Whether the time, or the steps, are used up."""
        return self._own_progress >= 1

    def rate(self, step: int) -> float:
        """The share of the learning rate's height."""
        return min(1.0, (step + 1) / _WARM, max(0.0, 1 - self._progress) / self.settings.decay)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.fit.steps = state.global_step
        if not self.fit.points and state.is_world_process_zero:
            self._look(state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        assert self.trainer is not None
        self.fit.steps = state.global_step
        now = self.spent
        due = now - self._looked >= max(1.0, self.seconds / _LOOKS) or (
            self.settings.steps is not None
            and state.global_step % max(1, self.settings.steps // _LOOKS) == 0
        )
        stopped = self.reporter.cancelled
        end = self.done or stopped
        save = due or end or now - self._saved >= _SAVE
        self._progress, *flags = self._agreed(self._own_progress, end, due or end, save, stopped)
        end, due, save, stopped = map(bool, flags)
        if state.is_world_process_zero and (due or now - self._told >= _TELL):
            self._told = now
            self._losses += [float(loss) for loss in self.trainer.recent]
            self.trainer.recent.clear()
            loss = sum(self._losses[-20:]) / max(1, len(self._losses[-20:]))
            self.reporter.curve(now, self.seconds, loss, self.fit.points)
        if due:
            self._looked = now
            if state.is_world_process_zero:
                self._look(state.global_step)
        if end:
            control.should_training_stop = True
            self.fit.stopped = stopped
        self.fit.seconds = self.spent
        if save:
            self._saved = now
            control.should_save = True
            if state.is_world_process_zero:
                write_fit(self.work, self.fit)

    def _agreed(self, *numbers: float) -> list[float]:
        """What the first process says: all must learn at the same rate, save and stop at the same
        step."""
        if not torch.distributed.is_initialized():
            return list(numbers)
        assert self.trainer is not None
        said = torch.tensor(numbers, dtype=torch.float64, device=self.trainer.args.device)
        torch.distributed.broadcast(said, 0)
        return [float(number) for number in said.tolist()]

    def _look(self, step: int) -> None:
        """One more point of the curves; the state is kept if it is the best. As long a look at each
        strength is still to come: time that is kept from training."""
        began = time.monotonic()
        self.network.model.eval()
        found = look(self.network, self.held)
        took = time.monotonic() - began
        self._choosing = min(len(STRENGTHS) * took, self.seconds / 4)
        loss = sum(self._losses) / len(self._losses) if self._losses else None
        self._losses.clear()
        if not self.fit.points:
            self.fit.before = found.general_chances
        self.fit.points.append(Point(step, round(self.spent, 1), loss, found.course, found.general))
        value = self._worth(found)
        self.network.model.train()
        if not self.fit.best or value >= self.fit.worth:  # less of it may be worth more than none
            self.fit.best, self.fit.worth = step, value
            self.keep()
        self.fit.seconds = self.spent
        write_fit(self.work, self.fit)
        self.reporter.curve(self.spent, self.seconds, loss, self.fit.points)

    def _worth(self, found: Look) -> float:
        """What a state is worth at the strength that is likely to be kept of it."""
        before = self.fit.before
        share = reach(found, before)
        if share == 1:
            return worth(found, before)
        with weakened(self.network.model, share):
            course = look(self.network, replace(self.held, general=())).course_chances
        kept = [
            old + share * (new - old)
            for old, new in zip(before, found.general_chances, strict=True)
        ]
        return worth(replace(found, course_chances=course, general_chances=tuple(kept)), before)

    def keep(self) -> None:
        """The state as it is becomes the best one."""
        write_adapter(self.network.model, self.work / "best", "")


def fit(
    network: Network,
    mixture: Mixture,
    held: HeldOut,
    settings: Settings,
    *,
    seconds: float,
    work: Path,
    reporter: Reporter,
) -> Fit:
    """Train for `seconds` (of all runs that this one resumes), or until somebody cancels; the best
    state is then in ``work/best``. settings: with rank and rate decided."""
    found = read_fit(work)
    pace = _Pace(network, held, settings, seconds, work, reporter, found)
    parameters = [p for p in network.model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=settings.rate, betas=(0.9, 0.98), weight_decay=0.0)
    folder = work / "checkpoints"
    resumed = newest_checkpoint(folder)
    found.steps = 0 if resumed is None else int(resumed.name.rpartition("-")[2])
    # The curve may be a point ahead of the checkpoint.
    found.points = [point for point in found.points if point.step <= found.steps]
    mixture.seed += 1000 * found.steps  # not the batches that it has seen
    trainer = _Trainer(
        model=network.model,
        args=TrainingArguments(
            output_dir=str(folder),
            max_steps=settings.steps or 10**7,
            per_device_train_batch_size=1,
            learning_rate=settings.rate,
            max_grad_norm=1.0,
            seed=settings.seed,
            ignore_data_skip=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            save_strategy="no",
            save_total_limit=2,
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
        ),
        train_dataset=mixture,
        data_collator=lambda items: network.inputs(*items[0]),
        callbacks=[pace],
        optimizers=(optimizer, LambdaLR(optimizer, pace.rate)),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.recent = []
    pace.trainer = trainer
    if resumed is None or not pace.done:
        trainer.train(resume_from_checkpoint=None if resumed is None else str(resumed))
    if trainer.is_world_process_zero():
        _temper(pace)
    return found


def _temper(pace: _Pace) -> None:
    """Keep as much of the best state's adapter as `strength` says: between the base and what was
    learned there may be a place that has most of the one and has lost less of the other (Wortsman
    et al. 2022, "Robust fine-tuning of zero-shot models")."""
    fit, network = pace.fit, pace.network
    if not fit.best or fit.share != 1.0:
        return
    network.model.eval()
    tried: dict[float, Look] = {}
    for share in STRENGTHS:
        read_adapter(network.model, pace.work / "best", share)
        tried[share] = look(network, pace.held)
    fit.share = strength(tried, fit.before)
    if fit.share != 1.0:
        read_adapter(network.model, pace.work / "best", fit.share)
        pace.keep()
    write_fit(pace.work, fit)


def newest_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint that was written to its end."""
    whole = [
        path
        for path in folder.glob("checkpoint-*")
        if (path / WEIGHTS).is_file() and _is_json(path / "trainer_state.json")
    ]
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def write_fit(work: Path, fit: Fit) -> None:
    """Keep the curves for a run that resumes this one."""
    partial = work / "fit.partial"
    partial.write_text(json.dumps(asdict(fit)), encoding="utf-8")
    partial.replace(work / "fit.json")


def read_fit(work: Path) -> Fit:
    """The curves of the run that is resumed; empty ones if there is none."""
    try:
        data = json.loads((work / "fit.json").read_text(encoding="utf-8"))
        points = [Point(**point) for point in data.pop("points")]
        return Fit(points, **data | {"stopped": False})
    except (OSError, ValueError, TypeError, KeyError):
        return Fit([])
