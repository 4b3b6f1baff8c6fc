"""seccomp: system calls that a recorded program may not make, in a way that it cannot undo.

Refused calls fail with "Operation not permitted" and the program goes on; calls newer than this
list fail as if the kernel did not have them. The filter is a classic BPF program (Linux
documentation, "Seccomp BPF"), written here instruction by instruction; x86-64 and 64-bit ARM.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Sequence

from cwm_lab.recorder.isolation_syscalls import PR_SET_NO_NEW_PRIVS, check, libc, prctl

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEWEST = 467
"""The last system call that was known when this was written (Linux 6.18: open_tree_attr)."""

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16

_CLONE_THREAD = 0x00010000
_AF_UNIX = 1
_PR_SET_PDEATHSIG = 1
_SENDS_SIGNALS = (8, 10, 15)
"""fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX."""
_TERMINAL_INPUT = (0x5412, 0x541C, 0x8901, 0x8902)
"""ioctl: TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP."""

# name -> numbers on x86-64 and 64-bit ARM (None: not there). What they are for, group by group:
_Numbers = tuple[int | None, int | None]
_REFUSED: dict[str, _Numbers] = {
    # starting processes and programs (threads are allowed, see `_filter`)
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    # the network
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # memory that no limit counts, or that outlives the process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # keys
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # the machine
    "acct": (163, 89),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "init_module": (175, 105),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "lookup_dcookie": (212, 18),
    "modify_ldt": (154, None),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
# Changing files without opening them, which Landlock does not see; needed only where the file
# system is not read-only.
_MODES: dict[str, _Numbers] = {
    # Pretended: `shutil.copy` changes the mode of its copy, and need not fail for that.
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
}
_ATTRIBUTES: dict[str, _Numbers] = {
    # Refused.
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
}
_ABOUT_A_PROCESS: dict[str, _Numbers] = {
    # Their first argument is a process: none but this one.
    "kill": (62, 129),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
}
_CLONE3: _Numbers = (435, 435)
_CLONE: _Numbers = (56, 220)
_SOCKETPAIR: _Numbers = (53, 199)
_PRCTL: _Numbers = (157, 167)
_FCNTL: _Numbers = (72, 25)
_IOCTL: _Numbers = (16, 29)


def available() -> bool:
    """Whether this system can filter as this module does."""
    if sys.platform != "linux" or os.uname().machine not in _AUDIT_ARCH:
        return False
    # Without a filter to set, a kernel that could set one complains about the address.
    asked = libc().prctl(_PR_SET_SECCOMP, _MODE_FILTER, None, 0, 0)
    return asked == -1 and ctypes.get_errno() == errno.EFAULT


def restrict(*, keep_attributes: bool) -> None:
    """From now on this process starts no other, opens no connection and touches no other process.

    keep_attributes: no file's mode, owner or attributes change either (a change of mode seems to
        succeed).
    Raises OSError if the kernel takes no filter, KeyError on a machine that is not in the tables.
    """
    code = b"".join(_filter(os.uname().machine, os.getpid(), keep_attributes))
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: how many instructions, where they are
    head = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    check(libc().prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0), "seccomp")


def _filter(machine: str, pid: int, keep_attributes: bool) -> list[bytes]:
    column = tuple(_AUDIT_ARCH).index(machine)
    refuse, unknown = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS

    def when(numbers: _Numbers, then: Sequence[bytes]) -> list[bytes]:
        number = numbers[column]
        return [] if number is None else [_jump(_JUMP_EQUAL, number, 0, len(then)), *then]

    def argument(index: int, values: Sequence[int], found: int, otherwise: int) -> list[bytes]:
        """Return `found` if this argument (its lower half) is one of the values."""
        tests = [
            _jump(_JUMP_EQUAL, value & 0xFFFFFFFF, len(values) - at, 0)
            for at, value in enumerate(values)
        ]
        return [_load(_ARGUMENTS + 8 * index), *tests, _return(otherwise), _return(found)]

    code = [
        _load(_ARCH),
        _jump(_JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _return(unknown),
        _load(_NUMBER),
        # This also refuses the x32 numbers of x86-64.
        _jump(_JUMP_ABOVE, _NEWEST, 0, 1),
        _return(unknown),
        # The C library then falls back to clone, whose flags a filter can see.
        *when(_CLONE3, [_return(unknown)]),
        *when(
            _CLONE,
            [
                _load(_ARGUMENTS),
                _jump(_JUMP_SET, _CLONE_THREAD, 1, 0),
                _return(refuse),
                _return(_ALLOW),
            ],
        ),
        *when(_SOCKETPAIR, argument(0, [_AF_UNIX], _ALLOW, refuse)),
        *when(_PRCTL, argument(0, [_PR_SET_PDEATHSIG], refuse, _ALLOW)),
        *when(_FCNTL, argument(1, _SENDS_SIGNALS, refuse, _ALLOW)),
        *when(_IOCTL, argument(1, _TERMINAL_INPUT, refuse, _ALLOW)),
    ]
    for numbers in _ABOUT_A_PROCESS.values():
        code += when(numbers, argument(0, [0, pid], _ALLOW, refuse))
    refused = [*_REFUSED.values()]
    if keep_attributes:
        refused += _ATTRIBUTES.values()
        for numbers in _MODES.values():
            code += when(numbers, [_return(_ERRNO)])
    for numbers in refused:
        code += when(numbers, [_return(refuse)])
    return [*code, _return(_ALLOW)]


def _load(offset: int) -> bytes:
    return struct.pack("<HBBI", _LOAD, 0, 0, offset)


def _jump(test: int, value: int, yes: int, no: int) -> bytes:
    return struct.pack("<HBBI", test, yes, no, value)


def _return(value: int) -> bytes:
    return struct.pack("<HBBI", _RETURN, 0, 0, value)
