"""The Python files of a folder or of a zip archive, read when they are asked for."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from cwm_lab.errors import BadProgramError
from cwm_lab.trace.program import MAX_SOURCE_CHARS

MAX_FILES = 50_000
_NOT_OURS = ("__pycache__", "node_modules", "site-packages")


class Files:
    """name: of the folder or archive, for messages. paths: of the files in it, with slashes."""

    def __init__(self, name: str, paths: Iterator[str], read: Callable[[str], bytes]) -> None:
        self.name, self._read = name, read
        found: set[str] = set()
        for path in paths:
            if len(found) >= MAX_FILES:
                raise BadProgramError(
                    f"{name} has more than {MAX_FILES:,} Python files; name a folder inside it."
                )
            found.add(path)
        self.paths = frozenset(found)
        if not found:
            raise BadProgramError(f"{name} has no *.py files.")

    def text(self, path: str) -> str:
        """A file's text. Raises BadProgramError for what is no UTF-8 text or too long."""
        data = self._read(path)
        if len(data) > MAX_SOURCE_CHARS:
            raise BadProgramError(
                f"{path} in {self.name} has {len(data):,} bytes; the limit is {MAX_SOURCE_CHARS:,}."
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadProgramError(
                f"{path} in {self.name} is not UTF-8 text (byte {error.start}); save it as UTF-8."
            ) from None


def open_files(path: Path) -> Files:
    """The files at a path. Raises BadProgramError if there is no folder and no zip archive."""
    if path.is_dir():
        return Files(str(path), _walk(path), lambda name: _read(path / name))
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BadProgramError(f"{path} is neither a folder nor a zip archive.") from None
    except OSError as error:
        raise BadProgramError(f"cannot read {path}: {error.strerror}.") from None
    return Files(str(path), _members(archive), lambda name: _unpack(archive, path, name))


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _NOT_OURS)
        for name in files:
            path = Path(folder, name)
            if name.endswith(".py") and path.is_file():
                yield path.relative_to(root).as_posix()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_SOURCE_CHARS + 1)
    except OSError as error:
        raise BadProgramError(f"cannot read {path}: {error.strerror}.") from None


def _members(archive: zipfile.ZipFile) -> Iterator[str]:
    for name in archive.namelist():
        parts = PurePosixPath(name).parts
        if name.endswith(".py") and not any(p.startswith(".") or p in _NOT_OURS for p in parts):
            yield name


def _unpack(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    try:
        with archive.open(name) as member:  # no more than the limit, whatever the archive says
            return member.read(MAX_SOURCE_CHARS + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise BadProgramError(f"cannot read {name} in {path}: {error}.") from None
