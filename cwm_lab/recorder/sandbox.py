"""Records a program in a child process that can be ended whatever it does.

What it is: a fresh interpreter with a clean environment, a temporary working folder and, on Linux,
limits on memory, processor time, file size and core files; it is killed when its time is up. What
it is not: a prison. The program may read files and open connections as the user may.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from cwm_lab.errors import CWMLabError
from cwm_lab.recorder.tracer import Row
from cwm_lab.trace import Outcome, Program

_PACKAGE_PARENT = Path(__file__).parents[2]
_START_SECONDS = 60.0
"""How long a child may take to start, on a machine however busy."""
_ESCAPED_SECONDS = 2.0
"""How long a process that left the child's group may hold its pipe before it is let be."""
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH")


class Child:
    """One child process at work: collects its messages in a thread, so that no pipe fills up."""

    def __init__(self, request: dict[str, Any], folder: str) -> None:
        self.rows: list[Row] = []
        self.outcome: Outcome | None = None
        self.complaint = ""
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "cwm_lab.recorder.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        assert self.process.stdin is not None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            with self.process.stdin as pipe:
                pipe.write(json.dumps(request).encode())
        except BrokenPipeError:
            self._reader.join()  # it ended before it read: `ready` stays unset

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._take(json.loads(line))
        self.ready.set()

    def _take(self, message: list[Any]) -> None:
        kind, *rest = message
        if kind == "ready":
            self.ready.set()
        elif kind == "step":
            rest[5] = tuple(rest[5])
            self.rows.append(Row(*rest))
        elif kind == "value":
            self.rows[rest[0]].value = rest[1]
        elif kind == "end":
            self.outcome = Outcome(*rest)

    def wait(self, seconds: float) -> bool:
        """Whether the child ended by itself within `seconds` of its start."""
        if not self.ready.wait(_START_SECONDS):
            return False
        self._reader.join(seconds)
        return not self._reader.is_alive()

    def kill(self) -> None:
        """End it, and what it started."""
        if hasattr(os, "killpg"):
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.process.poll()
        else:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        with self.process.stderr as said:
            self.complaint = said.read().decode(errors="replace").strip()
        self._reader.join(_ESCAPED_SECONDS)
        if not self._reader.is_alive():
            self.process.stdout.close()


def record_in_child(
    program: Program, *, max_steps: int, max_seconds: float, max_output: int, max_memory: int
) -> tuple[list[Row], Outcome]:
    """The rows and the outcome of `program`, run in a child process of its own.

    max_memory: bytes of address space beyond those of the bare interpreter.
    Raises CWMLabError if no child can be started.
    """
    request = {
        "program": program.to_json(),
        "steps": max_steps,
        "seconds": max_seconds,
        "output": max_output,
        "memory": max_memory,
    }
    with tempfile.TemporaryDirectory(prefix="cwm-lab-", ignore_cleanup_errors=True) as folder:
        child = Child(request, folder)
        try:
            in_time = child.wait(max_seconds)
        finally:
            child.kill()
    return child.rows, child.outcome or _how_it_died(child, in_time, max_seconds)


def _how_it_died(child: Child, in_time: bool, seconds: float) -> Outcome:
    line = child.rows[-1].line if child.rows else None
    if not in_time:
        return Outcome("time-limit", None, f"stopped after {seconds:g} seconds", line)
    status = child.process.returncode
    if status == 1 and not child.rows:
        raise CWMLabError(f"the recorder's child process could not start: {child.complaint[-500:]}")
    if status < 0:
        name = signal.Signals(-status).name
        if name == "SIGXCPU":
            return Outcome("time-limit", None, f"stopped after {seconds:g} seconds", line)
        return Outcome("raised", name, "the process was ended by this signal", line)
    return Outcome("raised", "SystemExit", f"the process ended itself with status {status}", line)


def _environment(folder: str) -> dict[str, str]:
    """No secrets of the parent's; hashes, and so the order of sets, the same on each run."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_PACKAGE_PARENT),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
