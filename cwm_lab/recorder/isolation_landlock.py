"""Landlock: which files a process may open, in a way that it cannot undo. Needs no privileges.

The kernel's documentation is "Landlock: unprivileged access control"; versions of the interface
("ABI") are numbered. Since 1: files; 4: TCP; 6: signals and abstract Unix sockets.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from cwm_lab.recorder.isolation_syscalls import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
_READ = _READ_FILE | _READ_DIR
_TRUNCATE = 1 << 14
_MAKE_CHAR, _MAKE_BLOCK, _EXECUTE = 1 << 6, 1 << 11, 1 << 0
_OF_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE | _EXECUTE
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_ALL_FILE_RIGHTS = (1 << 16) - 1
_TCP = 3
_SCOPES = 3


def version() -> int:
    """The kernel's Landlock version, 0 if it has none."""
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """From now on this process opens only what lies under these paths; paths that do not exist are
    left out. Writing includes reading. No TCP, no signals to other processes (where the kernel's
    version has these), no tracing of processes outside.

    Raises OSError if the kernel has no Landlock.
    """
    abi = version()
    handled = _FILE_RIGHTS.get(abi, _ALL_FILE_RIGHTS if abi > 3 else _FILE_RIGHTS[1])
    if abi == 4:
        handled &= ~(1 << 15)
    attributes = struct.pack("<Q", handled)
    if abi >= 4:
        attributes += struct.pack("<Q", _TCP)
    if abi >= 6:
        attributes += struct.pack("<Q", _SCOPES)
    rules = syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(rules, path, _READ & handled)
        for path in writable:
            _allow(rules, path, handled & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK))
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("<Qi", rights, opened), 0)
    finally:
        os.close(opened)
