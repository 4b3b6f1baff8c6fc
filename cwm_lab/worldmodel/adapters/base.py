"""The model that an adapter belongs to: which weights, by their SHA-256, under which licence."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.specs import ModelSpec

OWN_LICENCE = "Apache-2.0"
CWM_LICENCE = "FAIR Non-Commercial Research License"
LARGE = 64 * 2**20
"""Bytes from which on a file's SHA-256 is remembered: 60 GB take a minute or two to read."""
_LICENCE = re.compile(r"^licen[sc]e:\s*(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Base:
    """model: its specification without an adapter, of a folder only the last name. sha256: of its
    weights, in hexadecimal digits. licence: its name, as far as it is known."""

    model: str
    sha256: str
    licence: str

    def to_json(self) -> dict[str, str]:
        """As `adapter.json` has it."""
        return {"model": self.model, "sha256": self.sha256, "licence": self.licence}


def base_of(spec: ModelSpec, folder: Path) -> Base:
    """The base that a specification means; folder: where its checkpoint is. Raises ModelError where
    its weights cannot be read."""
    return Base(_name(spec), weights_sha256(folder), _licence(spec, folder))


def weights_sha256(folder: Path) -> str:
    """SHA-256 of a checkpoint's weights: of the one file, or of the names and SHA-256s of several.
    Raises ModelError if there are none."""
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(f"{folder} holds no safetensors file.")
    try:
        if len(files) == 1:
            return file_sha256(files[0])
        told = "".join(f"{path.name} {file_sha256(path)}\n" for path in files)
    except OSError as error:
        raise ModelError(f"cannot read the weights in {folder}: {error.strerror}.") from error
    return hashlib.sha256(told.encode()).hexdigest()


def base_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of a checkpoint, from its files' headers."""
    from safetensors import SafetensorError, safe_open

    shapes: dict[str, tuple[int, ...]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, "np") as file:
                names = file.keys()
                shapes |= {name: tuple(file.get_slice(name).get_shape()) for name in names}
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{path} is not a whole safetensors file ({error}).") from error
    return shapes


def _name(spec: ModelSpec) -> str:
    if spec.kind == "builtin":
        return "builtin"
    path = Path(spec.place).expanduser()
    return f"{spec.kind}:{path.name if path.is_dir() else spec.place}"


def _licence(spec: ModelSpec, folder: Path) -> str:
    if spec.kind == "builtin":
        return OWN_LICENCE
    if spec.place.startswith("facebook/cwm"):
        return CWM_LICENCE
    with suppress(OSError, UnicodeDecodeError):
        head = (folder / "README.md").read_text(encoding="utf-8")[:10_000]
        if head.startswith("---") and (found := _LICENCE.search(head)):
            return found.group(1)[:200]
    return "not known; see the base model's card"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file; of a large one it is remembered as long as size and time are the same."""
    about = path.stat()
    mark = [about.st_size, about.st_mtime_ns]
    known = _remembered() if about.st_size >= LARGE else {}
    name = str(path.resolve())
    if known.get(name, [None])[:2] == mark:
        return str(known[name][2])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if about.st_size >= LARGE:
        _remember({**known, name: [*mark, digest]})
    return digest


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("cwm-lab") / "weights.json"


def _remembered() -> Mapping[str, Any]:
    try:
        data = json.loads(_cache().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    rows = data.items() if isinstance(data, dict) else ()
    return {name: row for name, row in rows if isinstance(row, list) and len(row) == 3}


def _remember(known: Mapping[str, Any]) -> None:
    with suppress(OSError):  # it only saves time
        path = _cache()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(json.dumps(known), encoding="utf-8")
        beside.replace(path)
