"""Linux system calls that Python has no function for."""

from __future__ import annotations

import ctypes
import mmap
import os
from functools import cache

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAP_DAC_READ_SEARCH = 2


@cache
def libc() -> ctypes.CDLL:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    """The result of a call into `libc`; raises OSError if it says that it failed."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """A system call by its number. Raises OSError."""
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return check(int(libc().syscall(ctypes.c_long(number), *passed)), f"system call {number}")


def prctl(option: int, value: int) -> None:
    """Raises OSError."""
    zero = ctypes.c_ulong(0)
    check(libc().prctl(option, ctypes.c_ulong(value), zero, zero, zero), "prctl")


def shared_memory(file: int, size: int) -> memoryview:
    """The first bytes of an open file, which may be closed then (`mmap` keeps a copy of it open).

    Raises OSError.
    """
    call = libc().mmap
    call.restype = ctypes.c_void_p
    call.argtypes = (*(ctypes.c_void_p, ctypes.c_size_t), *[ctypes.c_int] * 3, ctypes.c_long)
    place = call(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, file, 0)
    check(-1 if place == ctypes.c_void_p(-1).value else 0, "mmap")
    return memoryview((ctypes.c_ubyte * size).from_address(place)).cast("B")


def drop_capabilities() -> None:
    """Give up all that root may do beyond what files' owners may, save reading what it may read.

    Raises OSError.
    """
    number = _CAPSET[os.uname().machine]
    header = _LINUX_CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4)
    kept = 1 << _CAP_DAC_READ_SEARCH if os.geteuid() == 0 else 0
    low = kept.to_bytes(4, "little")
    try:
        syscall(number, header, low + low + bytes(16))
    except PermissionError:
        syscall(number, header, bytes(24))  # it could not read more than its own before, either
