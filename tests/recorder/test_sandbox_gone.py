"""The fork server when whoever asked for a program has gone, and the program is slow to die."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cwm_lab.trace import Program
from tests.recorder.test_sandbox_server import children, eventually, state

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is Linux's")
SERVER = """
import os, sys
from cwm_lab.recorder import worker_zygote
# The program does not end when it is told to: the server says so instead.
worker_zygote._end = lambda process: os.write(int(sys.argv[2]), b"%d\\n" % process)
worker_zygote.main()
"""


class Server:
    """A fork server whose kills reach nobody, but are told."""

    def __init__(self) -> None:
        self.asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.told, tell = os.pipe()
        os.set_blocking(self.told, False)
        with theirs:
            numbers = [str(theirs.fileno()), str(tell)]
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVER, *numbers],
                pass_fds=[theirs.fileno(), tell],
                start_new_session=True,
            )
        os.close(tell)
        assert self.asking.recv(65536)

    def start(self, source: str, folder: Path) -> tuple[socket.socket, int]:
        """Have a program run; its life socket, and where its rows come out."""
        life, theirs = socket.socketpair()
        rows, rows_in = os.pipe()
        request: dict[str, Any] = {
            "program": Program(source).to_json(),
            "steps": 1000,
            "seconds": 60,
            "output": 1000,
            "memory": 2**29,
            "folder": str(folder),
            "change": None,
        }
        asked = os.memfd_create("request")
        os.write(asked, json.dumps(request).encode())
        os.lseek(asked, 0, os.SEEK_SET)
        nothing = os.open(os.devnull, os.O_RDWR)
        with theirs:
            socket.send_fds(self.asking, [b"run"], [asked, rows_in, nothing, theirs.fileno()])
        for number in (asked, rows_in, nothing):
            os.close(number)
        return life, rows

    def kills(self) -> list[int]:
        """The processes that were to be killed since this was last asked, one for each time."""
        try:
            return [int(line) for line in os.read(self.told, 2**20).split()]
        except BlockingIOError:
            return []

    def close(self) -> None:
        self.asking.close()
        self.process.kill()
        self.process.wait()
        os.close(self.told)


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


def test_a_program_that_nobody_waits_for_is_ended_once(server: Server, tmp_path: Path) -> None:
    life, rows = server.start("n = 0\nimport time\ntime.sleep(60)\n", tmp_path)
    said = b""
    while said.count(b'"step"') < 3:
        said += os.read(rows, 4096)
    life.close()
    killed: list[int] = []
    assert eventually(lambda: bool(killed.extend(server.kills()) or killed))
    program = killed[0]
    # The server goes on waiting, and hears of the socket no more, however long the program takes.
    other, others_rows = server.start("x = 1\n", tmp_path)
    answer = b""
    while b'"end"' not in answer:
        answer += os.read(others_rows, 4096)
    killed += server.kills()
    assert killed.count(program) == 1
    # That it ends at last is no news to anybody, and no harm.
    os.kill(program, signal.SIGKILL)
    assert eventually(lambda: state(program) == "" and program not in children(server.process.pid))
    assert server.process.poll() is None
    assert (killed + server.kills()).count(program) == 2  # and once more, for its group
    other.close()
    os.close(rows)
    os.close(others_rows)
