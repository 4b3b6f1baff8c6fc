"""What a process gives up for good before it runs a program that it need not trust.

Rights first, then bounds on its resources. What a system does not have is left
out; docs/sandbox.md says what then no longer holds, `protections` what does here.
"""

from __future__ import annotations

import math
import os
import sys
from functools import cache
from pathlib import Path

_FILE_BYTES = 16 * 2**20
_OPEN_FILES = 256
REPORT_FILE = _OPEN_FILES - 1
"""Number of the open file through which rows leave: the last, out of the way of the program's."""
_RESERVE = 32 * 2**20
"""Bytes of address space kept back, in which to say that the memory ran out."""
_FULL = 2**20
"""Bytes of address space; what Python asks for at once when it needs room for small objects."""

_PACKAGE = Path(__file__).parents[1]
_SYSTEM = (
    "/usr /lib /lib64 /nix/store /proc/self /proc/cpuinfo /proc/meminfo /proc/stat /proc/loadavg "
    "/sys/devices/system/cpu /etc/alternatives /etc/group /etc/hosts /etc/ld.so.cache "
    "/etc/localtime /etc/mime.types /etc/nsswitch.conf /etc/os-release /etc/passwd /etc/timezone "
    "/etc/ssl/certs /dev/random /dev/urandom"
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")


@cache
def readable() -> tuple[Path, ...]:
    """What any program has to read: Python, its packages, this package, the system's libraries."""
    import site
    import sysconfig

    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    places |= set(sysconfig.get_paths().values()) | set(site.getsitepackages())
    places |= {str(_PACKAGE), os.path.realpath(sys.executable)}
    # Packages that are installed where they are written; not what lies beside this one.
    places |= {place for place in sys.path if place and Path(place).resolve() != _PACKAGE.parent}
    paths = {Path(place).resolve() for place in places} | set(map(Path, _SYSTEM.split()))
    return tuple(sorted(path for path in paths if path.exists()))


def protections() -> dict[str, bool]:
    """Which protections this process can have, by name; it has none of them yet.

    memory, resources: see `_limit`. files: nothing but `readable` can be read, and nothing but the
    program's own folder written. private_files: no file's mode or owner can be changed either, and
    the program's folder is in memory, 64 MB in all. processes_and_network: no other process
    started, signalled or looked into, no connection.
    """
    held = dict.fromkeys(
        ("resources", "memory", "files", "private_files", "processes_and_network"), False
    )
    held["resources"] = os.name == "posix"
    if sys.platform == "linux":
        from cwm_lab.recorder import isolation_landlock, isolation_mounts, isolation_seccomp

        held["memory"] = Path("/proc/self/statm").exists()
        held["files"] = isolation_landlock.version() > 0
        held["private_files"] = isolation_mounts.can_be_private(readable())
        held["processes_and_network"] = isolation_seccomp.available()
    return held


def give_up_rights(held: dict[str, bool], writable: Path) -> None:
    """Touch no other file, process or machine from now on. There is no way back.

    held: what `protections` said. writable: where the program may write.
    """
    if sys.platform == "linux":
        from cwm_lab.recorder import isolation_landlock, isolation_seccomp, isolation_syscalls

        if held["files"]:
            isolation_landlock.restrict(readable(), [writable, *map(Path, _DEVICES)])
        if held["processes_and_network"]:
            isolation_syscalls.drop_capabilities()
            isolation_seccomp.restrict(keep_attributes=not held["private_files"])


def limit(held: dict[str, bool], *, memory: int, seconds: float) -> None:
    """Use no more than this from now on, as far as the system counts it. There is no way back.

    held: what `protections` said. memory: bytes beyond what this process has now. seconds: of the
    wall clock; a little more of the processor's is allowed.
    """
    if held["resources"]:
        _limit(memory if held["memory"] else None, seconds)


def _limit(memory: int | None, seconds: float) -> None:
    """Bounds that the system keeps: no core files, size and number of files, processor time, and
    address space unless `memory` is None (then this is no Linux, and it cannot be told)."""
    import resource

    def lower(what: int, most: int, hardest: int = 0) -> None:
        hard = resource.getrlimit(what)[1]
        hardest = max(most, hardest)
        if hard != resource.RLIM_INFINITY:
            most, hardest = min(most, hard), min(hardest, hard)
        resource.setrlimit(what, (most, hardest))

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, _FILE_BYTES)
    lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if seconds < math.inf:
        lower(resource.RLIMIT_CPU, min(int(seconds) + 2, 2**31))
    if memory is not None:
        most = _size() + memory
        lower(resource.RLIMIT_AS, min(most, 2**62), min(most + _RESERVE, 2**62))


def open_reserve(process: int = 0) -> None:
    """Let a process whose memory limit is reached have its reserve (this one: also before)."""
    import resource

    soft, hard = resource.prlimit(process, resource.RLIMIT_AS)
    if soft != hard and (process == 0 or _size(process) + _FULL > soft):
        resource.prlimit(process, resource.RLIMIT_AS, (hard, hard))


def _size(process: int | str = "self") -> int:
    """Bytes of address space."""
    import resource

    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    return pages * resource.getpagesize()
