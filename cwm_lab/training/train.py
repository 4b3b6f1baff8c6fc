"""Trains the built-in world model from nothing: ``cwm-lab train --minutes 100 --out runs/first``.

The same code runs on CPU and CUDA (bf16 products where the hardware has them). Muon for the
matrices, AdamW for the rest; the learning rate falls linearly over the last part of the time given.
State is written every few minutes; the same command goes on from there. What is exported and judged
is a running average of the weights.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import queue
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.training.corpus import Batch, Example, as_batch, held_out, pack, shapes, stream
from cwm_lab.training.forward import Forward
from cwm_lab.training.growing import grow_into, tell_apart
from cwm_lab.training.optimizer import muon, products
from cwm_lab.training.shards import read_shards, shard_files
from cwm_lab.training.sieve import Sieve
from cwm_lab.worldmodel.checkpoint import Floats, read_safetensors
from cwm_lab.worldmodel.vocabulary import (
    BOS_ID,
    EOS_ID,
    PAD_ID,
    TOKENS,
    VOCABULARY_VERSION,
)

if TYPE_CHECKING:
    import torch
    from transformers import CwmForCausalLM

DIALECT = f"transition@{VOCABULARY_VERSION}"
_TOKENS_A_PROGRAM = 24
"""Fewer than a program gives: a resumed run begins with programs not seen before."""


@dataclass(frozen=True)
class Settings:
    """What a training run is determined by (apart from the machine's rounding).

    batch: tokens in a batch, about. minutes: of training in all, over every resumption.
    decay: the last share of that time, over which the learning rate falls to nothing.
    average: weight of the past, at each step, in the running average of the weights.
    known: share of the examples that it answers rightly and surely which it is trained on again.
    """

    hidden: int = 128
    layers: int = 6
    heads: int = 4
    inner: int = 640
    batch: int = 4608
    minutes: float = 90.0
    decay: float = 0.7
    rate: float = 0.005
    adam_rate: float = 0.0015
    average: float = 0.998
    known: float = 1.0
    seed: int = 1
    workers: int = 1


def new_model(settings: Settings) -> CwmForCausalLM:
    """A model with random weights: transformers' own CWM class, all layers full attention."""
    import torch
    from transformers import CwmConfig, CwmForCausalLM

    torch.manual_seed(settings.seed)
    config = CwmConfig(
        vocab_size=len(TOKENS),
        hidden_size=settings.hidden,
        intermediate_size=settings.inner,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.heads,
        head_dim=settings.hidden // settings.heads,
        layer_types=["full_attention"] * settings.layers,
        max_position_embeddings=1024,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        bos_token_id=BOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
    )
    return CwmForCausalLM(config)


class Trainer:
    """A model, its optimizers and how far they are."""

    def __init__(
        self, settings: Settings, out: Path, device: str, *, compiled: bool = False
    ) -> None:
        import torch

        self.settings, self.out, self.device = settings, out, device
        self.model = new_model(settings).to(device)
        self.forward = Forward(self.model, products(device), compiled=compiled)
        self.judging = Forward(self.model, products(device), compiled=False)
        matrices = [p for n, p in self.model.named_parameters() if p.ndim == 2 and "embed" not in n]
        chosen = {id(p) for p in matrices}
        rest = [p for p in self.model.parameters() if id(p) not in chosen]
        self.optimizers: list[torch.optim.Optimizer] = [
            muon(matrices, lr=settings.rate),
            torch.optim.AdamW(rest, lr=settings.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self.step, self.tokens, self.read, self.seconds = 0, 0, 0, 0.0
        self.history: list[dict[str, float]] = []
        self.average = self._copy()

    def _copy(self) -> list[torch.Tensor]:
        return [p.detach().clone() for p in self.model.parameters()]

    @property
    def progress(self) -> float:
        return self.seconds / (60 * self.settings.minutes)

    def reading(self, batches: Iterator[tuple[Batch, ...]]) -> Iterator[tuple[Batch, ...]]:
        """The batches, counted."""
        for batch in batches:
            self.read += sum(int((part.examples > 0).sum()) for part in batch)
            yield batch

    def losses(self, batch: Sequence[Batch]) -> Floats:
        """Of each token that must be predicted: (tokens,)."""
        import torch
        from torch.nn.functional import cross_entropy

        began = time.monotonic()
        with torch.no_grad():
            layout = self.forward.layout(batch, self.device)
            found = cross_entropy(
                layout.within(self.forward(layout)), layout.targets, reduction="none"
            )
        self.seconds += time.monotonic() - began
        out: Floats = found.cpu().numpy()
        return out

    def train_on(self, batch: Sequence[Batch]) -> float:
        """One optimizer step on the rows of all parts of `batch`; returns the loss."""
        import torch
        from torch.nn.functional import cross_entropy

        began = time.monotonic()
        rate = min(1.0, (self.step + 1) / 100, max(0.0, 1 - self.progress) / self.settings.decay)
        for optimizer, base in zip(
            self.optimizers, (self.settings.rate, self.settings.adam_rate), strict=True
        ):
            for group in optimizer.param_groups:
                group["lr"] = base * rate
        layout = self.forward.layout(batch, self.device)
        loss = cross_entropy(layout.within(self.forward(layout)), layout.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        kept = min(self.settings.average, self.step / (self.step + 9))
        with torch.no_grad():
            torch._foreach_lerp_(self.average, list(self.model.parameters()), 1 - kept)
        self.tokens += sum(int((part.examples > 0).sum()) for part in batch)
        self.seconds += time.monotonic() - began
        return float(loss.detach())

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Has the model hold the averaged weights for a while."""
        import torch

        own = self._copy()
        with torch.no_grad():
            torch._foreach_copy_(list(self.model.parameters()), self.average)
            yield
            torch._foreach_copy_(list(self.model.parameters()), own)

    def exact(self, examples: list[Example]) -> float:
        """Share of examples whose every answer token that is asked for is the most probable one of
        those that may come, by the average."""
        import numpy as np

        right = 0
        ordered = sorted(examples, key=lambda e: len(e.ids))
        with self.averaged():
            for at in range(0, len(ordered), 32):
                part = ordered[at : at + 32]
                batch = as_batch([[e] for e in part], max(len(e.ids) for e in part))
                layout = self.judging.layout([batch], self.device)
                logits = layout.within(self.judging(layout))
                hit = (logits.argmax(-1) == layout.targets).cpu().numpy()
                ends = np.cumsum([e.counted for e in part])
                right += sum(bool(piece.all()) for piece in np.split(hit, ends[:-1]))
        return right / len(examples)

    def start_from(self, folder: Path) -> None:
        """Take the weights of a checkpoint, grown to this shape if it is smaller. Raises ModelError
        if it cannot be."""
        weights, _ = read_safetensors(folder / "model.safetensors")
        grow_into(self.model, {name: torch_tensor(values) for name, values in weights.items()})
        tell_apart(self.model)
        self.average = self._copy()

    def save(self) -> None:
        """Write the resumable state, then the weights; each replaces the old file in one move."""
        import torch

        self.out.mkdir(parents=True, exist_ok=True)
        state = {
            "settings": asdict(self.settings),
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step,
            "tokens": self.tokens,
            "read": self.read,
            "seconds": self.seconds,
            "history": self.history,
        }
        partial = self.out / "state.partial"
        torch.save(state, partial)
        partial.replace(self.out / "state.pt")
        with self.averaged():
            export(self.model, self.out / "checkpoint", self.card())

    def load(self) -> bool:
        """Go on from the saved state, if there is one."""
        import torch

        path = self.out / "state.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.average = state["average"]
        self.step, self.tokens = state["step"], state["tokens"]
        self.seconds, self.history = state["seconds"], state["history"]
        self.read = state.get("read", self.tokens)
        return True

    def card(self) -> dict[str, Any]:
        """The facts of the run, for the model card."""
        return {
            "dialect": DIALECT,
            "settings": asdict(self.settings),
            "step": self.step,
            "tokens": self.tokens,
            "read": self.read,
            "seconds": round(self.seconds),
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "history": self.history[-5:],
        }


def torch_tensor(values: Floats) -> torch.Tensor:
    import torch

    return torch.from_numpy(values.copy())


def export(model: CwmForCausalLM, folder: Path, facts: dict[str, Any]) -> None:
    """Write a checkpoint folder that transformers and the built-in engine both load (bf16)."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: tensor.detach().to("cpu", torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"
    }
    config = model.config.to_dict() | {
        "dtype": "bfloat16",
        "architectures": ["CwmForCausalLM"],
        "_name_or_path": "",  # where it was loaded from is nobody's business
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n")
    partial = folder / "model.partial"
    save_file(tensors, partial, metadata={"format": "pt", "dialect": DIALECT})
    partial.replace(folder / "model.safetensors")


def _produce(
    settings: Settings,
    worker: int,
    start: int,
    corpus: Path | None,
    out: mp.Queue[tuple[Batch, ...]],
) -> None:
    if corpus is None:
        examples = stream(settings.seed, worker, settings.workers, start)
    else:
        examples = read_shards(corpus, settings.seed + start, worker, settings.workers)
    parent = os.getppid()
    for batch in pack(examples, shapes(settings.batch)):
        while os.getppid() == parent:
            try:
                out.put(batch, timeout=5)
                break
            except queue.Full:
                continue
        else:
            out.cancel_join_thread()  # the trainer was killed: nobody will read the rest
            return


def train(
    settings: Settings,
    out: Path,
    device: str,
    start: Path | None = None,
    evaluate_every: float = 180.0,
    corpus: Path | None = None,
    *,
    compiled: bool = False,
) -> Trainer:
    """Train until the time is used up, saving and reporting every `evaluate_every` seconds.

    start: a checkpoint folder whose weights to begin with, unless `out` holds a run to resume.
    corpus: a folder of shards to read examples from; without it they are generated.
    """
    trainer = Trainer(settings, out, device, compiled=compiled)
    if trainer.load():
        _say(f"going on from step {trainer.step}, {trainer.seconds / 60:.0f} min")
    elif start is not None:
        trainer.start_from(start)
        _say(f"starting from the weights of {start}")
    context = mp.get_context("spawn")
    batches: mp.Queue[tuple[Batch, ...]] = context.Queue(16)
    producers = [
        context.Process(
            target=_produce,
            args=(settings, worker, trainer.read // _TOKENS_A_PROGRAM, corpus, batches),
            daemon=True,
        )
        for worker in range(settings.workers)
    ]
    for producer in producers:
        producer.start()
    try:
        judged = held_out(768)
        parameters = sum(p.numel() for p in trainer.model.parameters())
        _say(f"{parameters:,} parameters, {len(judged)} held-out transitions")
        last, losses, began, tokens = time.monotonic(), [], time.monotonic(), trainer.tokens
        sieve = Sieve(trainer.losses, settings.known, settings.seed)
        taught = trainer.reading(_all(batches, producers))
        if settings.known < 1:
            taught = pack(sieve.through(taught), shapes(settings.batch))
        while trainer.progress < 1:
            losses.append(trainer.train_on(next(taught)))
            if time.monotonic() - last > evaluate_every or trainer.progress >= 1:
                last = time.monotonic()
                row = {
                    "step": trainer.step,
                    "minutes": round(trainer.seconds / 60, 1),
                    "tokens": trainer.tokens,
                    "loss": round(sum(losses) / len(losses), 4),
                    "held_out_exact": round(trainer.exact(judged), 4),
                    "tokens_per_second": round((trainer.tokens - tokens) / (last - began)),
                    "minutes_left": round(settings.minutes - trainer.seconds / 60, 1),
                }
                if sieve.seen:
                    row["known"] = round(sieve.known / sieve.seen, 4)
                    row["read"] = trainer.read
                    sieve.known = sieve.seen = 0
                trainer.history.append(row)
                trainer.save()
                _say(json.dumps(row))
                losses, began, tokens = [], time.monotonic(), trainer.tokens
    finally:
        for producer in producers:
            producer.kill()
    return trainer


def _all(batches: mp.Queue[tuple[Batch, ...]], producers: list[Any]) -> Iterator[tuple[Batch, ...]]:
    while True:
        try:
            yield batches.get(timeout=20)
        except queue.Empty:
            if not any(p.is_alive() for p in producers):
                raise RuntimeError("all data workers ended; see their errors above") from None


def _keep_memory() -> None:
    """Have glibc keep freed memory instead of giving it back to the kernel at once: half of the
    time of a CPU step went into page faults otherwise. Elsewhere: nothing."""
    import ctypes

    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for option, size in ((-1, 2**31 - 1), (-3, 2**25)):  # M_TRIM_, M_MMAP_THRESHOLD
                mallopt(option, size)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(argv: list[str] | None = None) -> int:
    """The command `cwm-lab train`."""
    parser = argparse.ArgumentParser(prog="cwm-lab train", description=__doc__)
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    parser.add_argument("--out", type=Path, default=Path("runs/builtin"))
    parser.add_argument("--device", default=None, help="cpu or cuda; by default what there is")
    parser.add_argument(
        "--start", type=Path, help="a checkpoint folder whose weights to begin with"
    )
    parser.add_argument(
        "--corpus", type=Path, help="a folder made by `cwm-lab corpus build` to read examples from"
    )
    parser.add_argument(
        "--compile", action="store_true", help="compile the layers (needs a C++ compiler)"
    )
    parser.add_argument(
        "--every", type=float, default=3.0, help="minutes between reports, which also save"
    )
    options = vars(parser.parse_args(argv))
    out, device, start = options.pop("out"), options.pop("device"), options.pop("start")
    corpus, compiled = options.pop("corpus"), options.pop("compile")
    every = 60 * options.pop("every")
    if corpus is not None:
        shard_files(corpus)  # is it one that can be read here?
    _keep_memory()
    import torch

    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    train(Settings(**options), out, chosen, start, every, corpus, compiled=compiled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
