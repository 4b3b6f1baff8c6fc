"""Class servers in processes of their own, as a teacher starts them."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cwm_lab.trace import Step

COMMAND = Path(sys.executable).with_name("cwm-lab")


class Running:
    """A server under way. url: its address; process: its own. no_more_files: whether the system
    lets it write to no file, as if the disk were full."""

    def __init__(
        self,
        arguments: list[str],
        log: Path,
        environment: dict[str, str],
        port: int = 0,
        *,
        no_more_files: bool = False,
    ) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not port:
                probe.bind(("127.0.0.1", 0))
            self.port = port or probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._file = log.open("ab")
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(self.port), *arguments],
            stdout=self._file if not no_more_files else subprocess.PIPE,
            stderr=self._file if not no_more_files else subprocess.STDOUT,
            preexec_fn=_write_nothing if no_more_files else None,  # noqa: PLW1509 - one call
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        )

        if self.process.stdout is not None:
            threading.Thread(target=self._copy, daemon=True).start()

    def _copy(self) -> None:
        assert self.process.stdout is not None
        with suppress(ValueError):
            for line in self.process.stdout:
                self._file.write(line)
                self._file.flush()

    def children(self) -> list[int]:
        """Its workers."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        if not tasks.is_dir():
            pytest.skip("needs Linux to find the workers' processes")
        found = " ".join(one.read_text() for one in tasks.glob("*/children")).split()
        return [
            int(number)
            for number in found
            if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes()
        ]

    def connections(self) -> int:
        """How many connections it holds."""
        table = Path(f"/proc/{self.process.pid}/net/tcp")
        if not table.exists():
            pytest.skip("needs Linux to count connections")
        here = f":{self.port:04X}"
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
        return sum(row[1].endswith(here) and row[3] == "01" for row in rows)

    def wait(self, seconds: float = 90.0, *, all_models: bool = False) -> Running:
        """Until a model is ready, or all of them."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                told = httpx.get(f"{self.url}/healthz", timeout=5)
                states = {*told.json()["models"].values()}
                if states == {"ready"} if all_models else told.status_code == 200:
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


def _write_nothing() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts servers; they end with the tests."""
    started: list[Running] = []

    def serve(
        *arguments: object, port: int = 0, no_more_files: bool = False, **environment: str
    ) -> Running:
        folder = tmp_path_factory.mktemp("server")
        running = Running(
            [str(one) for one in arguments],
            folder / "log",
            environment,
            port,
            no_more_files=no_more_files,
        )
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


def nearly(steps: Iterable[Step]) -> list[Step]:
    """Steps whose confidences are compared as closely as float32 allows: what was multiplied side
    by side in one process, and alone in another, differs in the seventh place."""
    return [
        replace(
            step,
            confidence=pytest.approx(step.confidence, abs=1e-6),
            confidences=pytest.approx(step.confidences, abs=1e-6),
        )
        for step in steps
    ]


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
