"""An adapter as one file that can be handed on: a zip of its folder, and back.

What comes in is judged by its list of contents before a byte is unpacked: plain files only, of the
names that an adapter has, none twice, none too large.
"""

from __future__ import annotations

import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters.files import MANIFEST, MOST_BYTES, NEEDED, Adapter, read_adapter
from cwm_lab.worldmodel.adapters.store import (
    adapter_names,
    check_name,
    load_adapter,
    put_adapter,
    write_about,
)

_CHUNK = 2**20
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    UnicodeDecodeError, ValueError, OverflowError,
)  # fmt: skip
_STAMP = (1980, 1, 1, 0, 0, 0)  # the zip format's first; so that equal adapters give equal files


def export_adapter(name: str, path: Path) -> None:
    """Write an adapter into a zip file; what stood there is replaced when it is whole. Raises
    ModelError if there is no such adapter, or the file cannot be written."""
    adapter = load_adapter(name)
    beside = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(beside, "w") as archive:
            for file in sorted(adapter.folder.iterdir()):
                info = zipfile.ZipInfo(f"{name}/{file.name}", _STAMP)
                info.external_attr = 0o644 << 16
                with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as out:
                    while chunk := source.read(_CHUNK):
                        out.write(chunk)
        beside.replace(path)
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)


def import_adapter(path: Path, name: str | None = None, *, replace: bool = False) -> Adapter:
    """Put an adapter from a zip file, or from a folder, into the store.

    name: what to call it here, if not as it is. replace: whether one of that name may go.
    Raises ModelError, with the store untouched, for whatever is odd about it, and for an adapter of
    the built-in model that does not fit the one here.
    """
    if name is not None:
        check_name(name)
    if path.is_dir():
        given = read_adapter(path)
        files = {file.name: file for file in path.iterdir()}

        def copy(folder: Path) -> None:
            for file in files.values():
                with file.open("rb") as source, (folder / file.name).open("wb") as out:
                    while chunk := source.read(_CHUNK):
                        out.write(chunk)

        called = str(given.about.get("name"))
        return _put(check_name(name or called), copy, replace=replace)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path)
            called = _called(archive, members, path)

            def unpack(folder: Path) -> None:
                for file, info in members.items():
                    _unpack(archive, info, folder / file)

            return _put(check_name(name or called), unpack, replace=replace)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}.") from error
    except _DAMAGED as error:
        raise ModelError(f"{path} is no whole zip file ({error}).") from error


def _put(name: str, write: Callable[[Path], None], *, replace: bool) -> Adapter:
    taken = any(one == name for one in adapter_names())
    if taken and not replace:
        raise ModelError(
            f"there is an adapter {name!r} already; give --replace, or --name another."
        )

    def checked(folder: Path) -> None:
        write(folder)
        adapter = read_adapter(folder, name)
        write_about(folder, {**adapter.about, "name": name})  # the card is ours, not the giver's
        if adapter.base is not None and adapter.base.model == "builtin":
            from cwm_lab.worldmodel.registry import builtin_folder

            adapter.check_fits(builtin_folder())

    return put_adapter(name, checked)


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The files to unpack by their bare names."""
    found: dict[str, zipfile.ZipInfo] = {}
    folders: set[str] = set()
    for info in archive.infolist():
        parts = info.filename.split("/")
        if info.is_dir() and len(parts) == 2:
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        bad = "" in parts or {"..", "."} & set(parts) or "\\" in info.filename
        if bad or len(parts) > 2 or kind not in (0, stat.S_IFREG) or parts[-1] not in MOST_BYTES:
            raise ModelError(
                f"{path} holds {info.filename[:80]!r}, which is no part of an adapter; nothing of "
                "it was taken."
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ModelError(f"{path} is packed in a way that is not read here; pack it again.")
        if info.flag_bits & 1:
            raise ModelError(f"{path} is locked with a password; unlock it first.")
        if info.file_size > MOST_BYTES[parts[-1]]:
            raise ModelError(f"{path}: {parts[-1]} is larger than {MOST_BYTES[parts[-1]]:,} bytes.")
        if parts[-1] in found:
            raise ModelError(f"{path} holds {parts[-1]} twice.")
        folders.add(parts[0] if len(parts) == 2 else "")
        found[parts[-1]] = info
    missing = [name for name in NEEDED if name not in found]
    if missing or len(folders) > 1:
        raise ModelError(f"{path} is not one adapter: it lacks {', '.join(missing) or 'order'}.")
    return found


def _called(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: Path) -> str:
    try:
        with archive.open(members[MANIFEST]) as file:
            return str(json.loads(file.read(MOST_BYTES[MANIFEST]))["name"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(f"{path}: its {MANIFEST} does not say what it is called.") from error


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path) -> None:
    """No more than the list of contents said, whatever the archive holds."""
    left = info.file_size
    with archive.open(info) as source, place.open("wb") as out:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise ModelError(f"{info.filename} is larger than the archive says.")
            out.write(chunk)
