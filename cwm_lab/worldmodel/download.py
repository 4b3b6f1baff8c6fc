"""A checkpoint from the hub: downloaded with progress, interrupted at any byte, and gone on with.

The hub's own library keeps whole files of an interrupted download, and of CWM-32B a file has
gigabytes. Here each file grows as ``NAME.part`` and is asked for from where it ends. What the hub
says a file is (its SHA-256) is checked when the file is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError

PATTERNS = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
"""What a checkpoint consists of; `*.txt` holds some tokenizers' merges."""
ATTEMPTS = 5
"""How often in a row a request may fail without a byte before the download is given up."""
SILENT_SECONDS = 60.0
FIRST_WAIT = 1.0
DONE = "cwm-lab.json"
"""Written last: the folder is whole, and this says of which commit."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of a commit. size: bytes. sha256: where the hub knows it."""

    path: str
    size: int
    sha256: str | None = None


def downloaded(place: str) -> Path:
    """The folder of a hub checkpoint, downloaded first if it is not there yet.

    Whatever goes wrong is what the hub's library or httpx raises, or ModelError; what has come by
    then is kept.
    """
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE) / "cwm-lab" / place.replace("/", "--")
    if (folder / DONE).is_file():
        return folder
    if (cached := _in_cache(place)) is not None:
        return cached
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            _download(place, folder)
    except Timeout:
        raise ModelError(
            f"{place} is being downloaded by another process; try again when that is done."
        ) from None
    return folder


def _in_cache(place: str) -> Path | None:
    """The hub library's own copy, if it is whole."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(place, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError, OSError):
        return None
    indices = list(folder.glob("*.safetensors.index.json"))
    named = {
        name
        for index in indices
        for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
    }
    weights = named or {path.name for path in folder.glob("*.safetensors")}
    whole = (folder / "config.json").is_file() and weights
    return folder if whole and all((folder / name).is_file() for name in weights) else None


def _download(place: str, folder: Path) -> None:
    from huggingface_hub import HfApi, hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT") or None
    info = HfApi(endpoint=endpoint).model_info(place, files_metadata=True)
    files = list(_wanted(info.siblings or ()))
    if not any(file.path.endswith(".safetensors") for file in files):
        raise ModelError(
            f"{place} has no safetensors file on the hub; only such weights are loaded."
        )
    left = sum(file.size - _have(folder / file.path) for file in files)
    free = shutil.disk_usage(folder).free
    if left > free:
        raise ModelError(
            f"{place} takes {_gb(left)} GB more, and the disk of {folder} has {_gb(free)} GB free; "
            "free some, or point HF_HOME to another disk."
        )
    total = sum(file.size for file in files)
    with _bar(place, total, total - left) as advance:
        for file in files:
            url = hf_hub_url(place, file.path, revision=info.sha, endpoint=endpoint)
            _fetch(url, file, folder, advance)
    (folder / DONE).write_text(json.dumps({"place": place, "commit": info.sha}), encoding="utf-8")


def _wanted(siblings: Sequence[Any]) -> Iterator[RemoteFile]:
    for one in siblings:
        path = Path(one.rfilename)
        safe = len(path.parts) == 1 and not one.rfilename.startswith(".")
        if safe and any(path.match(pattern) for pattern in PATTERNS):
            sha = one.lfs.sha256 if one.lfs is not None else None
            yield RemoteFile(one.rfilename, one.size or 0, sha)


def _have(path: Path) -> int:
    """How many bytes of a file are here."""
    for found in (path, _part(path)):
        if found.is_file():
            return found.stat().st_size
    return 0


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _fetch(url: str, file: RemoteFile, folder: Path, advance: Advance) -> None:
    """One file, from where its part ends. Raises what httpx raises when it does not pass."""
    import httpx

    path = folder / file.path
    if path.is_file():
        return
    part = _part(path)
    failed = 0
    while not part.is_file() or part.stat().st_size < file.size:
        before = _have(path)
        try:
            _stream(url, part, before, advance)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 429 and error.response.status_code < 500:
                raise
        except httpx.TransportError:
            pass
        failed = 0 if _have(path) > before else failed + 1
        if failed == ATTEMPTS:
            raise ModelError(
                f"the download of {file.path} broke off {ATTEMPTS} times; try again: what has come "
                "is kept."
            )
        if failed:
            time.sleep(FIRST_WAIT * 2 ** (failed - 1))
    if file.sha256 is not None and _sha256(part) != file.sha256:
        part.unlink()
        raise ModelError(f"{file.path} came damaged and was thrown away; try again.")
    part.replace(path)


def _stream(url: str, part: Path, start: int, advance: Advance) -> None:
    import httpx
    from huggingface_hub import get_token

    # Compressed, a file could not be gone on with.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with httpx.stream(
        "GET",
        url,
        headers=headers | _signature(get_token()),
        timeout=SILENT_SECONDS,
        follow_redirects=True,
    ) as response:
        response.raise_for_status()
        on = response.status_code == 206
        if start and not on:
            advance(-start)  # a server without ranges sends it all again
        with part.open("ab" if on else "wb") as out:
            for chunk in response.iter_raw():
                out.write(chunk)
                advance(len(chunk))


def _signature(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Advance:
    """Moves a progress bar by some bytes, back for a negative number."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __call__(self, size: int) -> None:
        self._bar.update(size)


@contextmanager
def _bar(what: str, total: int, done: int) -> Iterator[Advance]:
    """A bar in a notebook and in a terminal; nothing anywhere else."""
    if _in_kernel():
        from tqdm.auto import tqdm  # tqdm.auto asks only whether ipykernel is imported
    else:
        from tqdm import tqdm

    with tqdm(
        total=total,
        initial=done,
        desc=f"downloading {what}",
        unit="B",
        unit_scale=True,
        disable=not someone_watches(),
        file=sys.stderr,
    ) as bar:
        yield Advance(bar)


def someone_watches() -> bool:
    """Whether a progress bar would be seen: in a terminal, or in a notebook's kernel."""
    return sys.stderr.isatty() or _in_kernel()


def _in_kernel() -> bool:
    application = sys.modules.get("ipykernel.kernelapp")  # imported alone, it is no kernel yet
    return application is not None and bool(application.IPKernelApp.initialized())


def _gb(size: int) -> str:
    return f"{size / 10**9:.1f}"
