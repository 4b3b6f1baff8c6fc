"""Class servers in processes of their own, as a teacher starts them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

COMMAND = Path(sys.executable).with_name("cwm-lab")


class Running:
    """A server under way. url: its address; process: its own."""

    def __init__(self, arguments: list[str], log: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._file = log.open("ab")
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(self.port), *arguments],
            stdout=self._file,
            stderr=self._file,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        )

    def wait(self, seconds: float = 90.0) -> Running:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def end(self, sign: int = signal.SIGTERM, seconds: float = 60.0) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self._file.close()


Serve = Callable[..., Running]


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts servers; they end with the tests."""
    started: list[Running] = []

    def serve(*arguments: str, **environment: str) -> Running:
        folder = tmp_path_factory.mktemp("server")
        running = Running([str(a) for a in arguments], folder / "log", environment)
        started.append(running)
        return running

    yield serve
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('tokens') / 'tokens.sqlite'}"


def add_token(database: str, name: str, *more: str) -> str:
    command = [COMMAND, "serve", "token", "add", name, "--database", database, *more]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="session")
def token(database: str) -> str:
    return add_token(database, "ann")


@pytest.fixture(scope="session")
def server(serving: Serve, database: str, token: str) -> Running:
    """One server with the built-in model in one process, for all tests that do not break it."""
    return serving("--workers", "1", "--database", database).wait()
