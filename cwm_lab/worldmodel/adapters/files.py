"""An adapter's folder: read, and believed only as far as it has been checked.

adapter_model.safetensors   the matrices, as peft names them
adapter_config.json         peft's configuration: rank, alpha, targets
adapter.json                whose it is: base, data, scores, verdict (`cwm-lab/adapter@1`)
README.md                   the model card
calibration.json            optional: how sure it may be
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters.base import Base, base_shapes, file_sha256, weights_sha256
from cwm_lab.worldmodel.checkpoint import Floats, read_safetensors

SCHEMA = "cwm-lab/adapter@1"
WEIGHTS, CONFIG, MANIFEST, CARD = (
    "adapter_model.safetensors",
    "adapter_config.json",
    "adapter.json",
    "README.md",
)
CALIBRATION = "calibration.json"
MOST_BYTES: Mapping[str, int] = {
    WEIGHTS: 4 * 2**30,
    CONFIG: 2**20,
    MANIFEST: 8 * 2**20,
    CARD: 2**20,
    CALIBRATION: 2**20,
}
"""The files that an adapter may have, and the most bytes of each."""
NEEDED = (WEIGHTS, CONFIG, MANIFEST)
MAX_RANK = 1024
_PICKLED = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
_TENSOR = re.compile(r"base_model\.model\.(?P<module>[\w.]+)\.lora_(?P<which>[AB])\.weight")
_NUMBERS = {"F32", "F16", "BF16"}
_ANY = {
    "auto_mapping",
    "base_model_name_or_path",
    "inference_mode",
    "init_lora_weights",
    "lora_dropout",
    "megatron_core",
    "peft_version",
    "qalora_group_size",
    "revision",
    "task_type",
}
"""Settings of peft that change nothing once the matrices are there."""
_READ = {"peft_type", "r", "lora_alpha", "target_modules", "use_rslora", "bias"}


@dataclass(frozen=True)
class Adapter:
    """A checked adapter folder.

    rank: of its matrices. scale: what their product is multiplied by. modules: the base's matrices
    that it changes, with the shape (outputs, inputs) it needs. sha256: of its weights file. base:
    None for a folder of peft's that was not made here. about: what `adapter.json` says.
    """

    name: str
    folder: Path
    rank: int
    scale: float
    modules: Mapping[str, tuple[int, int]]
    sha256: str
    config: Mapping[str, Any] = field(repr=False)
    base: Base | None = None
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def verdict(self) -> str:
        """What the run that made it found, in a sentence."""
        return str(self.about.get("verdict", ""))

    @property
    def helps(self) -> bool:
        """Whether that run found it better at its course."""
        return self.about.get("helps") is True

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return (self.folder / WEIGHTS).stat().st_size

    def check_fits(self, folder: Path) -> None:
        """Raises ModelError if it was not made for the checkpoint in `folder`, or cannot be put on
        it."""
        if self.base is not None and (found := weights_sha256(folder)) != self.base.sha256:
            raise ModelError(
                f"the adapter {self.name!r} was made for other weights than these: for "
                f"{self.base.model} with SHA-256 {self.base.sha256[:12]}..., and {folder} has "
                f"{found[:12]}...; train it again with `cwm-lab finetune`, or use its base."
            )
        shapes = base_shapes(folder)
        for module, needed in self.modules.items():
            there = shapes.get(f"{module}.weight")
            if there is None:
                raise ModelError(
                    f"the adapter {self.name!r} does not fit: {folder} has no {module}."
                )
            if there != needed:
                raise ModelError(
                    f"the adapter {self.name!r} does not fit: it is for a {module} of "
                    f"{_times(needed)}, and that of {folder} is {_times(there)}."
                )

    def merge_into(self, weights: dict[str, Floats]) -> None:
        """Add the adapter to a checkpoint's weights: W + scale * B A, in float32. Raises ModelError
        where its numbers are none."""
        found, _ = read_safetensors(self.folder / WEIGHTS)
        for module in self.modules:
            low, high = (found[_tensor(module, which)] for which in "AB")
            if not (np.isfinite(low).all() and np.isfinite(high).all()):
                raise ModelError(f"the adapter {self.name!r} holds values that are no numbers.")
            name = f"{module}.weight"
            weights[name] = weights[name] + np.float32(self.scale) * (high @ low)


def read_adapter(folder: Path, name: str | None = None, *, bare: bool = False) -> Adapter:
    """The adapter in a folder, checked in itself; not whether it fits a base (`check_fits`).

    name: what it is called if not as in its `adapter.json`. bare: whether a folder of peft's
    without an `adapter.json` will do. Raises ModelError for whatever is odd about it.
    """
    name = name or folder.name
    if not (folder / CONFIG).is_file():
        raise ModelError(f"there is no adapter at {folder}: it holds no {CONFIG}.")
    _check_files(folder, name, bare=bare)
    config = _json(folder / CONFIG, name)
    rank, scale = _check_config(config, name)
    modules = _modules(folder / WEIGHTS, name, rank)
    targets = config["target_modules"]
    for module in modules:
        if isinstance(targets, list) and not any(
            module == target or module.endswith(f".{target}") for target in targets
        ):
            raise ModelError(f"the adapter {name!r} changes {module}, which its targets lack.")
    sha256 = file_sha256(folder / WEIGHTS)
    about: Mapping[str, Any] = {}
    base = None
    if (folder / MANIFEST).is_file():
        about = _json(folder / MANIFEST, name)
        base = _check_about(about, name)
        if about.get("weights_sha256") != sha256:
            raise ModelError(f"the adapter {name!r} is damaged: {WEIGHTS} is not what was saved.")
    return Adapter(name, folder, rank, scale, modules, sha256, config, base, about)


def tidy_config(config: Mapping[str, Any], base: str) -> dict[str, Any]:
    """What of peft's configuration is kept: what an engine needs, without paths of a machine."""
    targets = config["target_modules"]
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base.partition(":")[2] or base,
        "r": config["r"],
        "lora_alpha": config["lora_alpha"],
        "lora_dropout": config.get("lora_dropout", 0.0),
        "use_rslora": bool(config.get("use_rslora")),
        "bias": "none",
        "fan_in_fan_out": False,
        "target_modules": sorted(targets) if isinstance(targets, list) else targets,
        "modules_to_save": None,
        "inference_mode": True,
    }


def _check_files(folder: Path, name: str, *, bare: bool) -> None:
    for path in sorted(folder.iterdir()):
        known = path.name in MOST_BYTES
        if path.suffix in _PICKLED and (not bare or path.stem == Path(WEIGHTS).stem):
            raise ModelError(
                f"the adapter {name!r} holds {path.name}, which may carry code; only safetensors "
                "are read: save it as such."
            )
        if not known and not bare:
            raise ModelError(f"the adapter {name!r} holds {path.name}, which is no part of one.")
        if known and (path.is_symlink() or not path.is_file()):
            raise ModelError(f"the adapter {name!r}: {path.name} is no plain file.")
        if known and path.stat().st_size > MOST_BYTES[path.name]:
            raise ModelError(
                f"the adapter {name!r}: {path.name} is larger than {MOST_BYTES[path.name]:,} bytes."
            )
    for needed in NEEDED[:2] if bare else NEEDED:
        if not (folder / needed).is_file():
            raise ModelError(f"the adapter {name!r} is not whole: it lacks {needed}.")


def _json(path: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"the adapter {name!r}: {path.name} cannot be read ({error}).") from error
    if not isinstance(data, dict):
        raise ModelError(f"the adapter {name!r}: {path.name} is no JSON object.")
    return data


def _check_config(config: Mapping[str, Any], name: str) -> tuple[int, float]:
    """(rank, scale); what our engines would do otherwise than peft is refused."""

    def wrong(what: str) -> ModelError:
        return ModelError(f"the adapter {name!r}: {CONFIG} {what}.")

    if config.get("peft_type") != "LORA":
        raise wrong(f"is for {config.get('peft_type')!r}, and only LORA is known")
    rank, alpha, targets = (config.get(key) for key in ("r", "lora_alpha", "target_modules"))
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= MAX_RANK:
        raise wrong(f"has a rank r of {rank!r}, not a whole number from 1 to {MAX_RANK}")
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or not 0 < alpha < 1e6:
        raise wrong(f"has a lora_alpha of {alpha!r}, not a number above 0")
    named = isinstance(targets, list) and all(isinstance(one, str) for one in targets)
    if not targets or not (named or isinstance(targets, str)):
        raise wrong("names no target_modules")
    if config.get("bias", "none") != "none":
        raise wrong("also changes biases, which the engines here do not")
    for key, value in config.items():
        if key not in _READ | _ANY and value not in (None, False, "", [], {}):
            raise wrong(f"asks for {key}, which the engines here cannot do")
    return rank, alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _modules(path: Path, name: str, rank: int) -> dict[str, tuple[int, int]]:
    """The matrices that are changed, from the header of the weights file."""
    from safetensors import SafetensorError, safe_open

    found: dict[str, dict[str, tuple[int, ...]]] = {}
    try:
        with safe_open(path, "np") as file:
            keys = file.keys()
            for key in keys:
                part = file.get_slice(key)
                match = _TENSOR.fullmatch(key)
                if match is None or part.get_dtype() not in _NUMBERS:
                    raise ModelError(f"the adapter {name!r} holds {key[:80]!r}, which is not LoRA.")
                shape = tuple(part.get_shape())
                found.setdefault(match["module"], {})[match["which"]] = shape
    except (OSError, SafetensorError) as error:
        raise ModelError(f"the adapter {name!r} is damaged: {error}") from error
    if not found:
        raise ModelError(f"the adapter {name!r} is empty.")
    modules: dict[str, tuple[int, int]] = {}
    for module, pair in sorted(found.items()):
        low, high = pair.get("A", ()), pair.get("B", ())
        if len(low) != 2 or len(high) != 2 or low[0] != rank or high[1] != rank:
            raise ModelError(
                f"the adapter {name!r}: its matrices for {module} are not of rank {rank}."
            )
        modules[module] = (high[0], low[1])
    return modules


def _check_about(about: Mapping[str, Any], name: str) -> Base:
    if about.get("schema") != SCHEMA:
        raise ModelError(
            f"the adapter {name!r}: {MANIFEST} is {about.get('schema')!r}, and this version reads "
            f"{SCHEMA}."
        )
    base = about.get("base")
    try:
        found = Base(base["model"], base["sha256"], base["licence"])  # type: ignore[index]
    except (TypeError, KeyError):
        raise ModelError(f"the adapter {name!r}: {MANIFEST} does not say its base.") from None
    texts = (found.model, found.sha256, found.licence)
    if not all(isinstance(text, str) for text in texts) or not re.fullmatch(
        "[0-9a-f]{64}", found.sha256
    ):
        raise ModelError(f"the adapter {name!r}: {MANIFEST} does not say its base.")
    kinds = dict.fromkeys(_TOLD, str) | dict.fromkeys(("data", "training", "scores"), dict)
    for key, kind in kinds.items():
        if not isinstance(about.get(key), kind):
            raise ModelError(f"the adapter {name!r}: {MANIFEST} does not say its {key}.")
    # It is shown in terminals, and may come from anywhere.
    if not all(text.isprintable() for text in _texts(about)):
        raise ModelError(f"the adapter {name!r}: {MANIFEST} holds control characters.")
    return found


_TOLD = ("name", "verdict", "created", "cwm_lab")


def _texts(data: Any) -> Iterator[str]:
    """All texts in a JSON value, keys too."""
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


def _tensor(module: str, which: str) -> str:
    return f"base_model.model.{module}.lora_{which}.weight"


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
