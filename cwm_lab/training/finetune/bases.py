"""The model that is fine-tuned: which checkpoint, which dialect, how it is trained and asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cwm_lab.errors import FinetuneError
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.tasks import Task
from cwm_lab.worldmodel import WorldModel, load_model
from cwm_lab.worldmodel.adapters import Base, base_of
from cwm_lab.worldmodel.checkpoint import read_metadata
from cwm_lab.worldmodel.registry import builtin_folder
from cwm_lab.worldmodel.specs import ModelSpec, parse_spec

if TYPE_CHECKING:
    from cwm_lab.training.finetune.networks import Network


@dataclass(frozen=True)
class Trainable:
    """spec: as it was given, without an adapter. folder: its checkpoint. base: for the adapter's
    card. task: makes its task, for a number of workers. network: loads it with a new adapter."""

    spec: ModelSpec
    folder: Path
    base: Base
    task: Callable[[int], Task]
    network: Callable[[Settings], Network]

    def model(self, adapter: str | Path | None = None) -> WorldModel:
        """The model as it predicts, with an adapter of that name or folder."""
        return load_model(self.spec_with(adapter))

    def spec_with(self, adapter: str | Path | None) -> str:
        """The specification with an adapter."""
        text = str(self.spec)
        if adapter is None:
            return text
        return f"{text}{'&' if '?' in text else '?'}adapter={quote(str(adapter), safe='/')}"


def trainable(model: str) -> Trainable:
    """What a specification names, if it can be fine-tuned here. Raises ModelError for one that is
    not known or not there, FinetuneError for one that runs elsewhere."""
    spec = parse_spec(model)
    if spec.kind not in ("builtin", "local"):
        raise FinetuneError(
            f"{spec.kind}: runs on another machine and cannot be trained from here; "
            "write builtin, or local:FOLDER."
        )
    if "adapter" in spec.options:
        raise FinetuneError("an adapter is trained on a model without one; leave adapter= out.")
    _need_packages()
    if spec.kind == "builtin":
        folder = builtin_folder()
        return Trainable(spec, folder, base_of(spec, folder), _transitions, _packed(folder))
    from cwm_lab.worldmodel.loading import find_folder

    folder = find_folder(spec)
    base = base_of(spec, folder)
    if "dialect" in read_metadata(folder / "model.safetensors"):
        if spec.options.get("quantize", "none") != "none":
            raise FinetuneError(
                "a checkpoint of the built-in model's kind is small and trained in full "
                "precision; leave quantize= out (it can be used quantised afterwards)."
            )
        return Trainable(spec, folder, base, _transitions, _packed(folder))
    from cwm_lab.training.finetune.texts import Texts, padded

    return Trainable(spec, folder, base, lambda _: Texts(folder, 4096), padded(folder, spec))


def _need_packages() -> None:
    for name in ("torch", "transformers", "accelerate", "peft", "filelock"):
        if find_spec(name) is None:
            raise FinetuneError(f"fine-tuning needs {name}: pip install 'cwm-lab[finetune]'.")


def _transitions(workers: int) -> Task:
    from cwm_lab.training.finetune.transitions import Transitions

    return Transitions(workers)


def _packed(folder: Path) -> Callable[[Settings], Network]:
    def load(settings: Settings) -> Network:
        import torch

        from cwm_lab.training.finetune.networks import Packed

        return Packed(folder, settings, "cuda" if torch.cuda.is_available() else "cpu")

    return load
