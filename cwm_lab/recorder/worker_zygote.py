"""The fork server: an interpreter that has everything imported and forks one process a program.

Run as ``python -m cwm_lab.recorder.worker_zygote NUMBER``; NUMBER is its open end of a socket. It
has one thread and never runs a program itself, so every program starts from the same clean state
and shares nothing with another. Linux only.

On the socket: first this process says what it holds and speaks. Then each message that comes asks
for one process and brings open files: the request (JSON), where steps go, where the program's own
standard output and error go, the memory in which steps wait (or none), and the "life" socket. When
the process has ended, its wait status is written to its life socket; when the other end of that
closes, the process is killed. When the main socket closes, everything ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cwm_lab.recorder import child, isolation, isolation_mounts
from cwm_lab.recorder.isolation_syscalls import PR_SET_PDEATHSIG, prctl, shared_memory
from cwm_lab.recorder.rows import FIELDS
from cwm_lab.recorder.worker_messages import NOT_STARTED
from cwm_lab.recorder.worker_report import Report
from cwm_lab.recorder.worker_units import FORM, SHARED
from cwm_lab.recorder.worker_warming import warm_up

_MOMENT = 20
"""Milliseconds that a program has for itself before the next process is prepared."""
_WATCH = 250
"""Milliseconds between looks at the memory of the programs that run."""
GIVEN = 5
"""Open files that come with each message."""
_COMMON = (
    "abc bisect collections contextlib copy dataclasses datetime enum functools heapq inspect io "
    "itertools json math operator os random re resource statistics string textwrap time traceback "
    "typing"
).split()
"""Modules that beginners' programs import: at hand, so that the import is no wait."""


@dataclass(frozen=True)
class _Spare:
    """A process that has given up its rights and waits for its program."""

    process: int
    way: socket.socket
    """How the program's open files are handed to it."""


@dataclass
class _Zygote:
    """held: what `isolation.protections` said. place: what a program's folder in memory covers.
    lives: the life sockets of the programs that run, by process number."""

    asked: socket.socket
    held: dict[str, bool]
    place: Path | None
    lives: dict[int, socket.socket] = field(default_factory=dict)
    spare: _Spare | None = None
    first: bool = True
    """No process was forked yet."""

    def run(self) -> None:
        ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.asked, select.POLLIN)
        poll.register(ended, select.POLLIN)
        while True:
            # A program that has just begun has the processors for itself for a moment.
            happened = poll.poll(_MOMENT if self.spare is None and self.lives else 0)
            if not happened:
                if self.spare is None:
                    if self.first:
                        self.first = False
                    else:
                        _import_common()
                    with suppress(OSError):  # tried once more when it is needed, and told then
                        self.spare = self._fork()
                happened = poll.poll(_WATCH if self.lives else None)
            if not happened:
                self._relieve()
            for number, _ in happened:
                if number == ended:
                    os.read(ended, 4096)
                    self._reap(poll)
                elif number == self.asked.fileno():
                    message, files, _, _ = socket.recv_fds(self.asked, 64, GIVEN)
                    if not message:
                        return  # what still runs is killed by the system, as asked for in `_be`
                    self._start(poll, files)
                else:
                    for process, life in self.lives.items():
                        if life.fileno() == number:
                            _end(process)
                            poll.unregister(life)  # it would go on saying that nobody is there

    def _start(self, poll: select.poll, files: list[int]) -> None:
        life = socket.socket(fileno=files.pop())
        try:
            process = self._hand_over(files)
        except OSError as error:
            life.send(json.dumps({"failed": str(error)}).encode())
            life.close()
        else:
            self.lives[process] = life
            poll.register(life, select.POLLRDHUP)
        for number in files:
            os.close(number)

    def _hand_over(self, files: list[int]) -> int:
        """Give a program's files to a process; its number. Raises OSError as `_fork`."""
        if self.spare is not None:
            spare, self.spare = self.spare, None
            with spare.way, suppress(BrokenPipeError):  # it was killed meanwhile
                socket.send_fds(spare.way, [b"run"], files)
                return spare.process
        spare = self._fork()
        with spare.way:
            socket.send_fds(spare.way, [b"run"], files)
        return spare.process

    def _fork(self) -> _Spare:
        """Raises OSError if there are too many processes, or too little memory."""
        way, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = os.fork()
            if process == 0:
                try:
                    self._be(theirs.detach())
                finally:
                    os._exit(NOT_STARTED)
        return _Spare(process, way)

    def _be(self, way: int) -> None:
        """In the new process: get ready, wait for a program, be its process. Does not return."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(way, isolation.REPORT_FILE, inheritable=False)
        # All that belongs to the server or to other programs.
        os.closerange(3, isolation.REPORT_FILE)
        os.closerange(isolation.REPORT_FILE + 1, 2**20)
        complaint = ""
        try:
            if self.place is not None:
                folder = _settle(isolation_mounts.new_folder(self.place), self.place)
                isolation.give_up_rights(self.held, self.place)
            if not (self.first or select.select([isolation.REPORT_FILE], [], [], 0)[0]):
                warm_up()  # while nobody waits
        except BaseException:  # noqa: BLE001 - told when there is somebody to tell
            complaint = traceback.format_exc()
        with socket.socket(fileno=isolation.REPORT_FILE) as waiting:
            message, files, _, _ = socket.recv_fds(waiting, 64, GIVEN)
        if not message:
            os._exit(NOT_STARTED)
        request, rows, output, *more = files
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(rows, isolation.REPORT_FILE, inheritable=False)
        try:
            with os.fdopen(request, "rb") as file:
                asked = json.load(file)
            shared = shared_memory(more[0], SHARED) if more else None
            for number in (rows, output, *more):
                os.close(number)
            if complaint:
                raise RuntimeError(complaint)
            if self.place is None:
                folder = _settle(Path(asked["folder"]), Path(asked["folder"]))
                isolation.give_up_rights(self.held, folder)
            child.serve(asked, Report(isolation.REPORT_FILE, shared), self.held)
        except BaseException:  # noqa: BLE001 - told to the parent, which raises it
            os.write(2, traceback.format_exc().encode())

    def _relieve(self) -> None:
        """Let programs that stand at their memory limit reach into their reserve.

        Without any memory Python cannot even raise the error: from 3.12 on it may try for ever.
        """
        for process in self.lives:
            isolation.open_reserve(process)

    def _reap(self, poll: select.poll) -> None:
        with suppress(ChildProcessError):  # there is none left
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                process = ended.si_pid
                _end(process)  # what it may have started where seccomp does not forbid that
                status = os.waitpid(process, 0)[1]
                if self.spare is not None and process == self.spare.process:
                    self.spare.way.close()
                    self.spare = None
                elif process in self.lives:
                    life = self.lives.pop(process)
                    with suppress(KeyError):  # done already, if whoever asked has gone
                        poll.unregister(life)
                    with suppress(BrokenPipeError):  # who asked does not want to know any more
                        life.send(json.dumps({"status": status}).encode())
                    life.close()


def _end(process: int) -> None:
    """Kill a process that leads a group, and the group."""
    os.kill(process, signal.SIGKILL)
    with suppress(ProcessLookupError):  # it leads none yet
        os.killpg(process, signal.SIGKILL)


def _settle(folder: Path, temporary: Path) -> Path:
    os.chdir(folder)
    os.environ |= {"HOME": str(folder), "TMPDIR": str(temporary)}
    return folder


def _import_common() -> None:
    """Not before the first program runs: somebody waits for that."""
    if gc.get_freeze_count() == 0:
        for name in _COMMON:
            importlib.import_module(name)
        warm_up()
        gc.freeze()


def main() -> None:
    """Serve until the socket closes."""
    asked = socket.socket(fileno=int(sys.argv[1]))
    held = isolation.protections()
    place = isolation_mounts.place_for_folder(isolation.readable())
    if held["private_files"]:
        isolation_mounts.make_private()
    else:
        place = None
    asked.send(json.dumps({"held": held, "fields": [*FIELDS, FORM]}).encode())
    _Zygote(asked, held, place).run()


if __name__ == "__main__":
    main()
