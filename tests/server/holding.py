"""Holding a server's workers still, so that who waits for them does not hang on their speed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.server.conftest import Running


@contextmanager
def held(server: Running) -> Iterator[None]:
    """The workers do nothing meanwhile; requests are taken and queued."""
    workers = psutil.Process(server.process.pid).children(recursive=True)
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            os.kill(worker.pid, signal.SIGCONT)
