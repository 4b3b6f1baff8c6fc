"""A mount namespace: the whole file system read-only, and a folder of its own in memory.

Landlock decides what may be opened; this also holds against what needs no opening (changing modes,
owners and attributes), bounds how much can be written, and leaves nothing behind to clean up. Needs
root, or a kernel that lets users make namespaces.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from cwm_lab.recorder.isolation_syscalls import check, libc, syscall

_NEWNS, _NEWUSER = 0x00020000, 0x10000000
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 2, 4, 1 << 14, 1 << 18
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY = 1
_PLACES = ("/tmp", "/mnt", "/media", "/srv")
_SIZE = "64m"
_FILES = 4096
FOLDER = "cwm-lab"
"""Name of the program's working folder inside the place."""


def place_for_folder(readable: Iterable[Path]) -> Path | None:
    """A folder that may be covered by one in memory: none of these paths lies in it."""
    for place in map(Path, _PLACES):
        if place.is_dir() and not any(path.is_relative_to(place) for path in readable):
            return place.resolve()
    return None


def can_be_private(readable: Iterable[Path]) -> bool:
    """Whether `make_private` and `new_folder` work here; tried in a process that is thrown away."""
    place = place_for_folder(readable)
    if place is None:
        return False
    child = os.fork()
    if child == 0:
        status = 1
        try:
            make_private()
            new_folder(place)
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def make_private() -> None:
    """This process sees the file system read-only from now on; others see no change.

    Raises OSError.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        _unshare(_NEWNS)
    except PermissionError:
        _unshare(_NEWUSER | _NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE, None)
    attributes = struct.pack("<QQQQ", _ATTR_RDONLY, 0, 0, 0)
    syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, attributes, len(attributes))


def new_folder(place: Path) -> Path:
    """An empty folder in memory that only this process sees, and that ends with it.

    Raises OSError.
    """
    _unshare(_NEWNS)
    options = f"size={_SIZE},nr_inodes={_FILES},mode=0700"
    _mount("cwm-lab", str(place), "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    folder = place / FOLDER
    folder.mkdir()
    return folder


def _unshare(what: int) -> None:
    check(libc().unshare(what), "unshare")


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind, data)]
    check(libc().mount(*texts[:3], flags, texts[3]), f"mount {target}")
