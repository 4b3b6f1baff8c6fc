"""The adapters of this user: a folder of folders, each of which is whole or not there.

One is written beside its place and moved there when it is whole. What stood there is kept, under a
hidden name, until the new one stands; should the process die in between, it is found there.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters.base import Base
from cwm_lab.worldmodel.adapters.card import model_card
from cwm_lab.worldmodel.adapters.files import (
    CALIBRATION,
    CARD,
    CONFIG,
    MANIFEST,
    SCHEMA,
    WEIGHTS,
    Adapter,
    read_adapter,
    tidy_config,
)
from cwm_lab.worldmodel.specs import is_adapter_name, parse_spec

FOLDER_VARIABLE = "CWM_LAB_ADAPTERS"
"""Environment variable: the folder of the adapters."""
DATA_VARIABLE = "CWM_LAB_DATA_DIR"
"""Environment variable: the folder of all that the lab keeps for a user."""
DEFAULT = "default.json"
DEFAULT_SCHEMA = "cwm-lab/default@1"
_FORGOTTEN = 3600.0
"""Seconds after which what a process that died was writing is thrown away."""
_REPLACING = 0.01
"""Seconds after which an adapter that was being replaced stands."""


def adapters_folder() -> Path:
    """`CWM_LAB_ADAPTERS`, or `adapters` in the user's data folder. It need not be there."""
    if given := os.environ.get(FOLDER_VARIABLE):
        return Path(given).expanduser()
    if given := os.environ.get(DATA_VARIABLE):
        return Path(given).expanduser() / "adapters"
    import platformdirs

    return Path(platformdirs.user_data_dir("cwm-lab", appauthor=False)) / "adapters"


def check_name(name: str) -> str:
    """The name itself. Raises ModelError for one that can be no adapter's."""
    if not is_adapter_name(name):
        shown = name if len(name) <= 70 else name[:67] + "..."
        raise ModelError(
            f"an adapter cannot be called {shown!r}: write a letter or digit, then up to 63 of "
            "A-Z, a-z, 0-9, - and _."
        )
    return name


def save_adapter(
    name: str,
    trained: Path,
    *,
    base: Base,
    data: Mapping[str, Any],
    scores: Mapping[str, Any],
    verdict: str,
    helps: bool,
    training: Mapping[str, Any] | None = None,
) -> Adapter:
    """Keep what peft's `save_pretrained` wrote into `trained` under a name; an older adapter of
    that name is replaced once the new one stands.

    base: what it was trained on. data: counts, by what they count. scores: see `score_table`.
    verdict: one sentence. helps: whether it is better at its course and not worse elsewhere.
    training: settings that made it. A `calibration.json` in `trained` is kept too.
    Raises ModelError, with nothing changed, if it is no adapter or cannot be written.
    """
    from importlib.metadata import version

    check_name(name)
    found = read_adapter(trained, name, bare=True)
    about = {
        "schema": SCHEMA,
        "name": name,
        "base": base.to_json(),
        "created": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        "cwm_lab": version("cwm-lab"),
        "weights_sha256": found.sha256,
        "rank": found.rank,
        "verdict": verdict,
        "helps": helps,
        "data": dict(data),
        "training": dict(training or {}),
        "scores": dict(scores),
    }

    def write(folder: Path) -> None:
        shutil.copyfile(trained / WEIGHTS, folder / WEIGHTS)
        _write_json(folder / CONFIG, tidy_config(found.config, base.model))
        if (trained / CALIBRATION).is_file():
            shutil.copyfile(trained / CALIBRATION, folder / CALIBRATION)
        write_about(folder, about)

    return put_adapter(name, write)


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """`adapter.json` and the model card of it."""
    _write_json(folder / MANIFEST, about)
    (folder / CARD).write_text(model_card(about), encoding="utf-8")


def put_adapter(name: str, write: Callable[[Path], None]) -> Adapter:
    """Have `write` fill an empty folder, check what it made, and move it to the name's place.

    Raises ModelError, with the folder gone and what stood there untouched.
    """
    root = adapters_folder()
    beside = root / f".{name}.{uuid.uuid4().hex}.new"
    try:
        beside.mkdir(parents=True)
        for left in (*root.glob(f".{name}.*.new"), *root.glob(f".{name}.*.gone")):
            with suppress(FileNotFoundError):  # another process is just done with it
                if time.time() - left.stat().st_mtime > _FORGOTTEN:
                    shutil.rmtree(left, ignore_errors=True)
        write(beside)
        for path in beside.iterdir():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        read_adapter(beside, name)
        _move(beside, root / name)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = "there is no room left" if full else f"it cannot be written ({error.strerror})"
        kept = f" The {name} from before is as it was." if _stands(name) else ""
        raise ModelError(
            f"the adapter {name} was not saved in {root}: {why}; free some, or point "
            f"{FOLDER_VARIABLE} to another folder.{kept}"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return load_adapter(name)


def load_adapter(name: str) -> Adapter:
    """The adapter of a name, checked in itself. Raises ModelError if there is none, or it is
    damaged."""
    check_name(name)
    before: object = ()
    while True:  # what is just being replaced is looked for once more
        folder = _stands(name)
        now: object = folder
        try:
            if folder is not None:
                now = (folder, folder.stat().st_ino)
                return read_adapter(folder, name)
            there = ", ".join(adapter_names()) or "none"
            raise ModelError(f"there is no adapter {name!r}; there are: {there}.")
        except (ModelError, FileNotFoundError) as error:
            if now == before:
                if isinstance(error, ModelError):
                    raise
                raise ModelError(f"the adapter {name!r} cannot be read: {error}") from error
            before = now
            time.sleep(_REPLACING)


def find_adapter(value: str) -> Adapter:
    """What `?adapter=` names: one of the store, or a folder, which has a separator in its path."""
    if is_adapter_name(value):
        return load_adapter(value)
    return read_adapter(Path(value).expanduser(), bare=True)


def list_adapters() -> list[Adapter | tuple[str, str]]:
    """All adapters by name; of a damaged one (name, what is wrong)."""
    found: list[Adapter | tuple[str, str]] = []
    for name in adapter_names():
        try:
            found.append(load_adapter(name))
        except ModelError as error:
            found.append((name, str(error)))
    return found


def remove_adapter(name: str) -> None:
    """Delete an adapter, damaged or not, and let it be the default no more. Raises ModelError if
    there is none, or it cannot be deleted."""
    check_name(name)
    if _stands(name) is None:
        load_adapter(name)  # says what there is
    root = adapters_folder()
    gone = root / f".{name}.{uuid.uuid4().hex}.gone"
    try:
        for old in root.glob(f".{name}.*.old"):
            shutil.rmtree(old)
        if (root / name).is_dir():
            (root / name).rename(gone)
            shutil.rmtree(gone)
    except OSError as error:
        raise ModelError(f"the adapter {name} cannot be removed: {error.strerror}.") from error
    if default_adapter() == name:
        set_default(None)


def set_default(model: str | None) -> None:
    """Which model predicts where none is named, for this user; None for the built-in one as it is.

    model: a specification, as in ``builtin?adapter=week3``. Raises ModelError if it is none, or its
    adapter is not there.
    """
    path = adapters_folder() / DEFAULT
    try:
        if model is None:
            path.unlink(missing_ok=True)
            return
        spec = parse_spec(model)
        if spec.kind in ("builtin", "local") and (adapter := spec.options.get("adapter")):
            find_adapter(adapter)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{DEFAULT}.{uuid.uuid4().hex}")
        _write_json(beside, {"schema": DEFAULT_SCHEMA, "model": str(spec)})
        beside.replace(path)
    except OSError as error:
        raise ModelError(f"the default cannot be written to {path}: {error.strerror}.") from error


def default_model() -> str:
    """The specification of the model that predicts where none is named."""
    try:
        data = json.loads((adapters_folder() / DEFAULT).read_text(encoding="utf-8"))
        return str(parse_spec(data["model"]))
    except (OSError, ValueError, TypeError, KeyError, ModelError):
        return "builtin"


def default_adapter() -> str | None:
    """The adapter that predicts where no model is named, if one of this machine's does."""
    spec = parse_spec(default_model())
    return spec.options.get("adapter") if spec.kind in ("builtin", "local") else None


def adapter_names() -> list[str]:
    """The names that are taken, of damaged ones too."""
    root = adapters_folder()
    if not root.is_dir():
        return []
    names = {path.name for path in root.iterdir() if path.is_dir() and is_adapter_name(path.name)}
    old = {path.name.split(".")[1] for path in root.glob(".*.*.old") if path.is_dir()}
    return sorted(names | {name for name in old if is_adapter_name(name)})


def _stands(name: str) -> Path | None:
    """Where an adapter is: at its place, or where a process that died had put it."""
    root = adapters_folder()
    if (root / name).is_dir():
        return root / name
    dated: list[tuple[float, Path]] = []
    for path in root.glob(f".{name}.*.old"):
        with suppress(FileNotFoundError):
            dated.append((path.stat().st_mtime, path))
    return max(dated, default=(0.0, None))[1]


def _move(new: Path, place: Path) -> None:
    """Put a whole folder at its place; another process may be doing the same."""
    olds = list(place.parent.glob(f".{place.name}.*.old"))
    for _ in range(20):
        try:
            new.rename(place)
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):
                raise
        aside = place.parent / f".{place.name}.{uuid.uuid4().hex}.old"
        with suppress(FileNotFoundError):
            place.rename(aside)
            olds.append(aside)
            time.sleep(0)
    else:
        raise OSError(errno.EBUSY, "it is in use")
    for old in olds:
        shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
