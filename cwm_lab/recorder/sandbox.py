"""Records a program in a process that can be ended whatever it does. What that keeps out, and what
not, is in docs/sandbox.md.

On Linux the process is forked from a server that waits with everything imported (`worker_pool`),
started with the first program and ended with this process; elsewhere it is a fresh interpreter.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import BadProgramError, CWMLabError
from cwm_lab.recorder import isolation
from cwm_lab.recorder.changing import Change
from cwm_lab.recorder.freshness import PURE
from cwm_lab.recorder.rows import Steps
from cwm_lab.recorder.run import NO_MEMORY
from cwm_lab.recorder.worker_fresh import run_fresh
from cwm_lab.recorder.worker_messages import CHANNEL_LOST, NOT_STARTED, Ended, LostError
from cwm_lab.recorder.worker_received import Received
from cwm_lab.trace import Outcome, Program
from cwm_lab.trace.program import too_deep

if TYPE_CHECKING:
    from cwm_lab.recorder.worker_pool import Pool

_PACKAGE_PARENT = Path(__file__).parents[2]
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", PURE)
_NO_MEMORY_SAID = "fatal: out of memory"
"""What compiled code says that finds none, not even for a number, as it ends its process."""
_AT_ONCE = 16
"""Programs that run at the same time; more wait for their turn."""
_CRASHES = frozenset({"SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL"})


def record_in_child(
    program: Program,
    *,
    max_steps: int,
    max_seconds: float,
    max_output: int,
    max_memory: int,
    change: Change | None = None,
) -> tuple[Steps, Outcome]:
    """The steps and the outcome of `program`, run in a process of its own.

    max_memory: bytes of address space beyond those of the bare interpreter.
    change: made on the way.
    Raises BadProgramError for text that is not a program at all, ValueError for a memory limit
    below 1, CWMLabError if no process can be started.
    """
    for name, value in (("max_seconds", max_seconds), ("max_memory", max_memory)):
        if not isinstance(value, int | float):
            raise TypeError(f"{name} must be a number, not {value!r}")
    if not max_memory >= 1:
        raise ValueError(f"limits must be positive: max_memory={max_memory}")
    request = {
        "program": program.to_json(),
        "steps": max_steps,
        "seconds": max_seconds,
        "output": max_output,
        "memory": int(min(max_memory, 2**62)),
        "folder": None,
        "change": None if change is None else change.to_json(),
    }
    received = Received(max_steps)
    if has_fork_server():
        ended = _server.run(request, received, max_seconds)
    else:
        ended = run_fresh(request, received, seconds=max_seconds, environment=_environment())
    return received.steps, _outcome(program, received, ended, max_seconds, max_output)


def sandbox_protections() -> dict[str, bool]:
    """Which of the sandbox's protections hold on this machine, by name (see docs/sandbox.md)."""
    if has_fork_server():
        return dict(_server.pool().held)
    return isolation.protections()


def has_fork_server() -> bool:
    """Whether processes are forked from a waiting server here, and not started anew."""
    return sys.platform == "linux"


class _Server:
    """The one pool of this process, made when it is first needed."""

    def __init__(self) -> None:
        self._pool: Pool | None = None
        self._known = False
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def pool(self) -> Pool:
        from cwm_lab.recorder.worker_pool import Pool  # imports what only Linux has

        with self._lock:
            if self._pool is None:
                self._pool = Pool(_environment())
                if not self._known:
                    atexit.register(self._close)
                    os.register_at_fork(after_in_child=self._forked)
                    self._known = True
            return self._pool

    def run(self, request: dict[str, Any], received: Received, seconds: float) -> Ended:
        with self._turns:
            pool = self.pool()
            try:
                return _run(pool, request, received, seconds)
            except LostError as error:
                if error.server:
                    self._lost(pool)
            try:
                return _run(self.pool(), request, received, seconds)
            except LostError as error:
                raise CWMLabError("the recorder's fork server keeps ending; try again") from error

    def _lost(self, pool: Pool) -> None:
        with self._lock:
            if self._pool is pool:
                pool.close()
                self._pool = None

    def _close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _forked(self) -> None:
        if self._pool is not None:
            self._pool.forget()
            self._pool = None
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)


_server = _Server()


def _run(pool: Pool, request: dict[str, Any], received: Received, seconds: float) -> Ended:
    with ExitStack() as stack:
        if not pool.held["private_files"]:
            made = tempfile.TemporaryDirectory(prefix="cwm-lab-", ignore_cleanup_errors=True)
            request = request | {"folder": stack.enter_context(made)}
        return pool.run(request, received, seconds=seconds)


def _outcome(
    program: Program, received: Received, ended: Ended, seconds: float, most: int
) -> Outcome:
    if received.refusal is not None:
        raise BadProgramError(received.refusal)
    if received.failure is not None:
        raise RuntimeError(f"in the recorder's process: {received.failure}")
    if received.outcome is not None:
        return received.outcome
    line, status = received.line, ended.status
    late = Outcome("time-limit", None, f"stopped after {seconds:g} seconds", line)
    if ended.why == "start" or (status in (1, NOT_STARTED) and not received.started):
        raise CWMLabError(f"the recorder's process could not start: {ended.said[-500:]}")
    if ended.why == "time":
        return late
    if ended.why == "output":
        return Outcome("output-limit", None, f"more than {most:,} characters of output", line)
    if ended.why == "channel" or status == CHANNEL_LOST:
        message = "the program wrote to, or closed, the file through which it is recorded"
        return Outcome("raised", "OSError", message, line)
    assert status is not None
    if status >= 0:
        return Outcome(
            "raised", "SystemExit", f"the process ended itself with status {status}", line
        )
    name = signal.Signals(-status).name
    if name == "SIGABRT" and ended.said.strip() == _NO_MEMORY_SAID:
        return Outcome("memory-limit", None, NO_MEMORY, line)
    if name == "SIGXCPU":
        return late
    if name in _CRASHES and received.compiling and received.line is None:
        raise too_deep(program.filename)
    return Outcome("raised", name, "the process was ended by this signal", line)


def _environment() -> dict[str, str]:
    """No secrets of the parent's; hashes, and so the order of sets, the same on each run."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_PACKAGE_PARENT),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
