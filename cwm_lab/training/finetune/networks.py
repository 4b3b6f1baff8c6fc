"""Networks with an adapter on them, ready to be trained: torch, transformers and peft."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file

from cwm_lab.training.corpus import Example, as_batch
from cwm_lab.training.finetune.mixture import rows
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.worldmodel.loading import Loaded, quietly

_TOGETHER = 64
"""Examples that are looked at side by side."""
_IGNORED = -100
"""The label of tokens that are not learned, as torch's cross entropy has it."""
_RECOMPUTED = 100_000_000
"""Parameters from which on activations are computed again instead of kept."""
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


class Network(Protocol):
    """model: peft's, around a frozen base. parameters: of the base."""

    model: Any
    parameters: int

    def inputs(
        self, examples: Sequence[Example], general: Sequence[Example] = ()
    ) -> dict[str, Any]:
        """The arguments of the model's forward pass for a batch: examples to learn, and general
        ones that it must go on answering."""
        ...

    def answered(
        self, examples: Sequence[Example]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """For each example, whether its every answer token is the likeliest one, and the natural
        logarithm of the true answer's probability."""
        ...

    def spare(self, general: Sequence[Example]) -> None:
        """Begin so that training changes little of what general examples ask, where that is known
        to help."""
        ...

    def known(self, examples: Sequence[Example]) -> list[bool]:
        """The same before training, where finding it out costs little against training; else none
        is known."""
        ...


class Packed:
    """A checkpoint of the transition dialect, in full precision."""

    def __init__(self, folder: Path, settings: Settings, device: str) -> None:
        from cwm_lab.training.finetune.packed import PackedCwm

        torch.manual_seed(settings.seed)
        with quietly(always=True):  # it is loaded in a moment
            base: Any = PackedCwm.from_pretrained(folder, dtype=torch.float32).to(device)
        self.parameters = sum(p.numel() for p in base.parameters())
        self.settings = settings.suited(self.parameters)
        self.model: Any = get_peft_model(base, lora_config(self.settings))

    def inputs(
        self, examples: Sequence[Example], general: Sequence[Example] = ()
    ) -> dict[str, Any]:
        """See `Network`. The general ones hold the network to what the base answers."""
        return {"batches": rows(examples), "anchors": rows(general), "hold": self.settings.hold}

    def answered(
        self, examples: Sequence[Example]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """See `Network`."""
        right, likelihoods = np.zeros(len(examples), np.bool_), np.zeros(len(examples))
        order = sorted(range(len(examples)), key=lambda k: len(examples[k].ids))
        with torch.inference_mode():
            for at in range(0, len(order), _TOGETHER):
                some = order[at : at + _TOGETHER]
                width = max(len(examples[k].ids) for k in some)
                batch = as_batch([[examples[k]] for k in some], width)
                out = self.model(batches=[batch])
                logits, targets = out["logits"], out["targets"]
                true = logits.log_softmax(-1).gather(1, targets[:, None])[:, 0]
                hit = logits.argmax(-1) == targets
                starts = np.cumsum([0, *(examples[k].counted for k in some[:-1])])
                right[some] = np.logical_and.reduceat(hit.cpu().numpy(), starts)
                likelihoods[some] = np.add.reduceat(true.double().cpu().numpy(), starts)
        return right, likelihoods

    def spare(self, general: Sequence[Example]) -> None:
        """See `Network`."""
        from cwm_lab.training.finetune.whitening import whiten

        if general:
            whiten(self.model, general, self.settings.seed)

    def known(self, examples: Sequence[Example]) -> list[bool]:
        """See `Network`."""
        right: list[bool] = self.answered(examples)[0].tolist()
        return right


class Padded:
    """A checkpoint of CWM's dialect, as it was loaded: perhaps quantised, perhaps on a GPU."""

    def __init__(self, loaded: Loaded, settings: Settings) -> None:
        from peft import prepare_model_for_kbit_training

        torch.manual_seed(settings.seed)
        self.parameters = loaded.parameters
        self.settings = settings.suited(self.parameters)
        base = loaded.model
        large = self.parameters > _RECOMPUTED
        if getattr(base, "is_quantized", False):
            prepare: Any = prepare_model_for_kbit_training
            base = prepare(base, use_gradient_checkpointing=large)
        elif large:
            base.gradient_checkpointing_enable()
            base.enable_input_require_grads()
        base.config.use_cache = False
        self.model: Any = get_peft_model(base, lora_config(self.settings, task_type="CAUSAL_LM"))
        self._device = loaded.device

    def inputs(
        self, examples: Sequence[Example], general: Sequence[Example] = ()
    ) -> dict[str, Any]:
        """See `Network`. The general ones are learned as the others are."""
        examples = [*examples, *general]
        width = max(len(one.ids) for one in examples)
        ids = torch.zeros(len(examples), width, dtype=torch.long)
        labels = torch.full((len(examples), width), _IGNORED)
        for row, one in enumerate(examples):
            own = torch.tensor(one.ids)
            ids[row, : len(own)] = own
            labels[row, one.answer : len(own)] = own[one.answer :]
        seen = torch.arange(width) < torch.tensor([len(one.ids) for one in examples])[:, None]
        return {"input_ids": ids, "attention_mask": seen.long(), "labels": labels}

    def answered(
        self, examples: Sequence[Example]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """See `Network`."""
        right, likelihoods = np.zeros(len(examples), np.bool_), np.zeros(len(examples))
        with torch.inference_mode():
            for k, one in enumerate(examples):
                given = {name: t.to(self._device) for name, t in self.inputs([one]).items()}
                labels = given.pop("labels")[0, one.answer :]
                logits = self.model(**given).logits[0, one.answer - 1 : -1]
                right[k] = bool((logits.argmax(-1) == labels).all())
                true = logits.float().log_softmax(-1).gather(1, labels[:, None])
                likelihoods[k] = float(true.sum())
        return right, likelihoods

    def spare(self, general: Sequence[Example]) -> None:
        """See `Network`. Not tried for large models."""

    def known(self, examples: Sequence[Example]) -> list[bool]:
        """See `Network`."""
        return [False] * len(examples)


def lora_config(settings: Settings, **more: Any) -> LoraConfig:
    """Peft's configuration of an adapter."""
    return LoraConfig(
        r=settings.rank,
        lora_alpha=round(settings.scale * settings.rank),
        target_modules=list(settings.targets),
        lora_dropout=0.0,
        bias="none",
        **more,
    )


def write_adapter(model: Any, folder: Path, base: str) -> None:
    """The adapter's two files, as peft reads them; older ones of the same network are replaced in
    one move. base: what the base model is called."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous()
        for name, tensor in get_peft_model_state_dict(model).items()
    }
    partial = folder / f"{WEIGHTS}.partial"
    save_file(tensors, partial, metadata={"format": "pt"})
    config = model.peft_config["default"].to_dict()
    config |= {
        "base_model_name_or_path": base,
        "inference_mode": True,
        "task_type": "CAUSAL_LM",
        "target_modules": sorted(config["target_modules"]),
    }
    text = json.dumps(config, indent=1, sort_keys=True, default=_plain) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8")
    partial.replace(folder / WEIGHTS)


def read_adapter(model: Any, folder: Path, share: float = 1.0) -> None:
    """Put a saved adapter's numbers into the model, or a share of what it adds."""
    tensors = load_file(folder / WEIGHTS)
    scaled = {n: t * share if ".lora_B." in n else t for n, t in tensors.items()}
    set_peft_model_state_dict(model, scaled)


@contextmanager
def weakened(model: Any, share: float) -> Iterator[None]:
    """For a while, a share of what the adapter adds."""
    own = {n: p.detach().clone() for n, p in model.named_parameters() if ".lora_B." in n}
    with torch.no_grad():
        for name in own:
            model.get_parameter(name).mul_(share)
        try:
            yield
        finally:
            for name, numbers in own.items():
                model.get_parameter(name).copy_(numbers)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else str(getattr(value, "value", value))
