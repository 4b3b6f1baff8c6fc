"""Reads a checkpoint folder, as transformers writes it: config.json and model.safetensors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cwm_lab.errors import ModelError

Floats = NDArray[np.float32]
MAX_HEADER = 100_000_000
_DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}


def read_safetensors(path: Path) -> tuple[dict[str, Floats], dict[str, str]]:
    """(tensors as float32, metadata) of a safetensors file. Raises ModelError if it is damaged.

    Read here rather than by the safetensors package because numpy has no bfloat16. Format: 8 bytes
    header length, JSON header, data (https://github.com/huggingface/safetensors#format).
    """
    try:
        raw = path.read_bytes()
        size = int.from_bytes(raw[:8], "little")
        if size > len(raw) - 8:
            raise ValueError(f"{len(raw)} bytes, and its header alone has {size}")
        header: dict[str, Any] = json.loads(raw[8 : 8 + size])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, info in header.items():
            start, end = info["data_offsets"]
            part = raw[8 + size + start : 8 + size + end]
            if info["dtype"] not in _DTYPES:
                raise ModelError(
                    f"{path} holds {info['dtype']} numbers; the built-in engine reads "
                    f"{', '.join(_DTYPES)}."
                )
            values: NDArray[Any] = np.frombuffer(part, _DTYPES[info["dtype"]])
            if info["dtype"] == "BF16":
                values = (values.astype(np.uint32) << 16).view(np.float32)
            tensors[name] = values.astype(np.float32).reshape(info["shape"])
    except OSError as error:
        raise ModelError(f"cannot read the weights {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path} is not a whole safetensors file ({error}); install it again."
        ) from error
    return tensors, metadata


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file, without its tensors; empty where there is no such file
    (a checkpoint in several parts has none by this name)."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            found = json.loads(file.read(min(size, MAX_HEADER))).get("__metadata__", {})
    except (OSError, ValueError, AttributeError):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json says. Raises ModelError if it is missing, damaged or of another kind of
    model. Code that it may name is never run."""
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    except OSError as error:
        raise ModelError(f"no model at {folder}: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{folder / 'config.json'} is not JSON: {error}") from error
    if not isinstance(config, dict):
        raise ModelError(f"{folder / 'config.json'} is no JSON object; install the model again.")
    if config.get("model_type") != "cwm":
        raise ModelError(f"{folder} holds a {config.get('model_type')!r} model, not a 'cwm' one.")
    return config
