"""The folder in which one fine-tuning works: locked, and kept until the adapter is saved, so that a
run that was killed can go on."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import CWMLabError, FinetuneError
from cwm_lab.worldmodel.adapters import adapters_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

_MARK = "run.json"
BEFORE = "before.json"
"""The first thing of a run that is worth going on with: the base's scores."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM_WORDS = ("No space left", "File too large", "file write failed", "failed writing file")


def work_folder(name: str) -> Path:
    """Where the run that makes the adapter `name` works: beside the adapters, hidden."""
    return adapters_folder() / ".runs" / name


@contextmanager
def opened(name: str, key: Mapping[str, Any]) -> Iterator[tuple[Path, bool]]:
    """(the run's folder, whether there is a run to go on with) for the time of the block.

    key: what the run is determined by; a run of another key that was left there is thrown away, and
    so is one that ends before it has scores.
    Raises FinetuneError if another process works there, or nothing can be written.
    """
    from filelock import Timeout

    folder = work_folder(name)
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise FinetuneError(
                f"another run is making the adapter {name} already; wait for it, or choose "
                "another name."
            ) from None
    try:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        known = _read(folder / _MARK).get("key") == digest
        resumed = known and (folder / BEFORE).exists()
        if not resumed:
            with explained(folder):
                shutil.rmtree(folder)
                folder.mkdir()
                write_json(folder / _MARK, {"key": digest})
        yield folder, resumed
    finally:
        if not (folder / BEFORE).exists():
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def goes_on(name: str) -> bool:
    """Whether a process is making the adapter `name` just now."""
    from filelock import Timeout

    try:
        with _lock(work_folder(name)).acquire(blocking=False):
            return False
    except Timeout:
        return True


def _lock(folder: Path) -> BaseFileLock:
    from filelock import FileLock

    return FileLock(folder.with_name(f".{folder.name}.lock"))


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns a disk that is full, or must not be written, into one sentence."""
    try:
        yield
    except CWMLabError:
        raise
    except Exception as error:
        if _full(error):
            raise FinetuneError(
                f"there is no room left on the disk at {folder}; free some, or point "
                "CWM_LAB_ADAPTERS to another disk, and give the same command again: it goes on "
                "where it was. Adapters that were there are as they were."
            ) from error
        if isinstance(error, PermissionError) and str(folder.parent) in str(error.filename):
            raise FinetuneError(f"cannot write {folder}: {error.strerror}.") from error
        raise


def _full(error: BaseException | None) -> bool:
    """Whether a disk that is full is behind an error; safetensors and torch say so in words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if any(word in str(error) for word in _NO_ROOM_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def write_json(path: Path, data: object) -> None:
    """In one move: the old file, or the new one whole."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(data), encoding="utf-8")
    partial.replace(path)


def read_json(path: Path) -> Any:
    """What a file holds; None if it is not there or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _read(path: Path) -> Mapping[str, Any]:
    data = read_json(path)
    return data if isinstance(data, dict) else {}


def trained_seconds(folder: Path) -> float:
    """How long the run that is resumed has trained."""
    return float(_read(folder / "fit.json").get("seconds", 0.0))


def programs_key(programs: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """A hash of programs' texts and inputs."""
    return hashlib.sha256(json.dumps([[a, list(b)] for a, b in programs]).encode()).hexdigest()
