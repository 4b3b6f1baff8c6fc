"""Asks the fork server (`worker_zygote`) for processes, one a program, and listens to them.

Linux only. Threads may use one pool at the same time.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import select
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from typing import Any

from cwm_lab.errors import CWMLabError
from cwm_lab.recorder.rows import FIELDS
from cwm_lab.recorder.worker_messages import (
    START_SECONDS,
    Ended,
    LostError,
    UnreadableError,
)
from cwm_lab.recorder.worker_received import Received
from cwm_lab.recorder.worker_units import FORM, HEAD, SHARED

_ZYGOTE = "cwm_lab.recorder.worker_zygote"
_PIPE_BYTES = 2**20
_PAUSE = 1
"""Milliseconds between looks at a pipe in which rows are coming, or at memory where they stand."""
_LONGEST_PAUSE = 64
"""The same where no more were found the last times."""
_IN_ORDER = os.uname().machine in ("x86_64", "i686")
"""Whether another processor sees what a process writes in the order in which it is written."""
_LONGEST_WAIT = 3600.0
_END_SECONDS = 10.0
"""How long a process may take to go when it is killed."""
_READS = 16
"""Reads in a row, so that a flood in one pipe does not hide the other."""
_START_BYTES = 4096


class Pool:
    """The fork server and the way to it. Raises CWMLabError if it cannot be started."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", _ZYGOTE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._asking.settimeout(START_SECONDS)
        try:
            hello = self._asking.recv(65536)
        except (TimeoutError, ConnectionResetError):
            hello = b""
        if not hello:
            self._process.kill()
            assert self._process.stderr is not None
            complaint = self._process.stderr.read().decode(errors="replace").strip()
            self.close()
            raise CWMLabError(f"the recorder's process could not start: {complaint[-500:]}")
        self._asking.settimeout(None)
        said = json.loads(hello)
        if said["fields"] != [*FIELDS, FORM]:
            self.close()
            raise CWMLabError("cwm_lab was changed since this session began: start a new one")
        self.held: dict[str, bool] = said["held"]

    def close(self) -> None:
        """End the server and what it runs."""
        self._asking.close()
        assert self._process.stderr is not None
        self._process.stderr.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """In a fork of this process: the server is the other's."""
        self._asking.close()
        self._process.returncode = 0

    def run(self, request: dict[str, Any], received: Received, *, seconds: float) -> Ended:
        """Have a process serve `request`; what it reports is in `received` afterwards.

        seconds: from when the program starts. Raises LostError, CWMLabError.
        """
        with ExitStack() as files:
            life, theirs = socket.socketpair()
            files.enter_context(life)
            with ExitStack() as given:
                given.enter_context(theirs)
                rows, rows_in = _pipe(files, given)
                said, said_in = _pipe(files, given)
                shared = _memory(files)
                asked = os.memfd_create("cwm-lab")
                given.callback(os.close, asked)
                with open(asked, "wb", closefd=False) as file:
                    file.write(json.dumps(request).encode())
                os.lseek(asked, 0, os.SEEK_SET)
                units = [] if shared is None else [shared]
                send = [asked, rows_in, said_in, *units, theirs.fileno()]
                try:
                    socket.send_fds(self._asking, [b"run"], send)
                except OSError as error:
                    raise LostError(server=True) from error
            listener = _Listener(life, rows, said, shared, received, request["output"])
            ended = listener.listen(seconds)
            if ended.status is None and request["folder"] is not None:
                listener.kill()  # before its folder goes
        return ended


def _memory(files: ExitStack) -> int | None:
    """Memory to share, closed with the stack; None where a limit on files' sizes forbids it: then
    each step is sent when it is told."""
    shared = os.memfd_create("cwm-lab")
    files.callback(os.close, shared)
    try:
        os.ftruncate(shared, SHARED)
    except OSError:
        return None
    return shared


def _pipe(reading: ExitStack, writing: ExitStack) -> tuple[int, int]:
    """A pipe whose ends are closed with these stacks."""
    read, write = os.pipe()
    reading.callback(os.close, read)
    writing.callback(os.close, write)
    os.set_blocking(read, False)
    with suppress(PermissionError):  # the user has many large pipes already; a small one will do
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return read, write


class _Listener:
    """Takes in what one process says, until it ends or has to be ended."""

    def __init__(
        self,
        life: socket.socket,
        rows: int,
        said: int,
        shared: int | None,
        received: Received,
        most: int,
    ) -> None:
        self._life = life
        self._shared = shared
        self._rows = rows
        self._said = said
        self._received = received
        self._most = most
        self._written = 0
        self._start = b""
        self._deadline = math.inf
        self._eager, self._patient = select.poll(), select.poll()
        for poll in (self._eager, self._patient):
            poll.register(life, select.POLLIN)
            poll.register(said, select.POLLIN)
        self._eager.register(rows, select.POLLIN)

    def listen(self, seconds: float) -> Ended:
        """Until the process has said how the run ended, is gone, or was ended for its misdeeds."""
        started = flowing = False
        pause = _LONGEST_WAIT * 1000
        self._deadline = time.monotonic() + START_SECONDS
        while (left := self._deadline - time.monotonic()) > 0:
            # Once rows flow, looking now and then is cheaper for both sides than being woken.
            if flowing:
                ready = self._patient.poll(_PAUSE)
            else:
                ready = self._eager.poll(min(left * 1000, pause))
            gone = any(number == self._life.fileno() for number, _ in ready)
            try:
                before = self._received.count
                self._take_rows()
                flowing = self._received.count > before
                if started and _IN_ORDER:
                    pause = _PAUSE if self._take_shared() else min(2 * pause, _LONGEST_PAUSE)
            except UnreadableError:
                return self._end("channel")
            if self._received.done:
                return Ended(None, None, "")
            if self._take_said() > self._most:
                return self._end("output")
            if gone:
                status = self._status()
                if status < 0 and not self._received.started:
                    raise LostError(server=False)
                try:
                    self._take_shared()
                except UnreadableError:
                    return Ended(status, "channel", "")
                return Ended(status, None, self._start.decode(errors="replace"))
            if self._received.started and not started:
                started, pause = True, _PAUSE
                self._deadline = time.monotonic() + seconds
        return self._end("time" if started else "start")

    def kill(self) -> int:
        """End the process; its status once it is gone."""
        with suppress(OSError):  # it may be gone already
            self._life.shutdown(socket.SHUT_WR)
        self._life.settimeout(_END_SECONDS)
        return self._status()

    def _end(self, why: str) -> Ended:
        status = self.kill()
        self._deadline = math.inf
        with suppress(UnreadableError):
            if why != "channel":
                self._take_rows()
            self._take_shared()
        return Ended(status, why, self._start.decode(errors="replace"))

    def _status(self) -> int:
        try:
            news = self._life.recv(4096)
        except TimeoutError:
            news = b""
        if not news and not self._received.started:
            raise LostError(server=True)
        if not news:
            raise CWMLabError("the recorder's fork server was ended while a program ran; try again")
        message = json.loads(news)
        if "failed" in message:
            raise CWMLabError(f"the recorder cannot start a process: {message['failed']}")
        return os.waitstatus_to_exitcode(message["status"])

    def _take_rows(self) -> None:
        for _ in range(_READS):
            data = self._read(self._rows)
            if not data:
                break
            self._received.feed(data)
            if time.monotonic() > self._deadline:
                break  # a flood of rows must not keep the clock from being looked at

    def _take_shared(self) -> bool:
        """Take what the process told and did not send so far; whether there was any. Not mapped,
        because it could have made that smaller meanwhile."""
        if self._shared is None:
            return False
        known, (start, length) = self._received.known, self._head(self._shared)
        new = start + min(length, SHARED) - known
        if new <= 0 or start > known:
            return False
        data = os.pread(self._shared, new, HEAD.size + known - start)
        after, longer = self._head(self._shared)
        if after != start or longer < length:
            return False  # sent meanwhile, and perhaps others stand there now
        self._received.take(known, data)
        return True

    def _head(self, shared: int) -> tuple[int, int]:
        data = os.pread(shared, HEAD.size, 0)
        return HEAD.unpack(data) if len(data) == HEAD.size else (0, 0)

    def _take_said(self) -> int:
        """How many bytes there were in all."""
        for _ in range(_READS):
            data = self._read(self._said)
            if not data:
                break
            self._written += len(data)
            self._start = (self._start + data)[:_START_BYTES]
        return self._written

    def _read(self, number: int) -> bytes:
        try:
            data = os.read(number, _PIPE_BYTES)
        except BlockingIOError:
            return b""
        if not data:  # closed: nothing to wait for any more
            for poll in (self._eager, self._patient):
                with suppress(KeyError):
                    poll.unregister(number)
        return data
