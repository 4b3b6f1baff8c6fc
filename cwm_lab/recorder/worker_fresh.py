"""A fresh interpreter for one program, where there is no fork server (not Linux)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any

from cwm_lab.recorder.worker_messages import START_SECONDS, Ended, UnreadableError
from cwm_lab.recorder.worker_received import Received

_ESCAPED_SECONDS = 2.0
"""How long a process that left the child's group may hold its pipe before it is let be."""


def run_fresh(
    request: dict[str, Any],
    received: Received,
    *,
    seconds: float,
    environment: dict[str, str],
) -> Ended:
    """Have a process of its own serve `request`; what it reports is in `received` afterwards."""
    with tempfile.TemporaryDirectory(prefix="cwm-lab-", ignore_cleanup_errors=True) as folder:
        place = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), folder)
        child = _Child(request, received, folder, environment | place)
        try:
            why = child.wait(seconds)
        finally:
            said = child.kill()
    return Ended(child.process.returncode, why, said)


class _Child:
    """One child process at work: collects its messages in a thread, so that no pipe fills up."""

    def __init__(
        self,
        request: dict[str, Any],
        received: Received,
        folder: str,
        environment: dict[str, str],
    ) -> None:
        self._received = received
        self._readable = True
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "cwm_lab.recorder.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            with self.process.stdin as pipe:
                pipe.write(json.dumps(request).encode())
        except BrokenPipeError:
            self._reader.join()  # it ended before it read: nothing was received

    def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            while data := os.read(self.process.stdout.fileno(), 2**16):
                self._received.feed(data)
                if self._received.started:
                    self._ready.set()
        except UnreadableError:
            self._readable = False
        self._ready.set()

    def wait(self, seconds: float) -> str | None:
        """Until the child has ended by itself, or has to be ended: then for what."""
        if not self._ready.wait(START_SECONDS):
            return "start"
        self._reader.join(min(seconds, threading.TIMEOUT_MAX))
        if self._reader.is_alive():
            return "time"
        return None if self._readable else "channel"

    def kill(self) -> str:
        """End it, and what it started; what it said."""
        if hasattr(os, "killpg"):
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.process.poll()
            except PermissionError:  # macOS says this of a group whose only process is done
                self.process.kill()
        else:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        with self.process.stderr as stderr:
            said = stderr.read().decode(errors="replace").strip()
        self._reader.join(_ESCAPED_SECONDS)
        if not self._reader.is_alive():
            self.process.stdout.close()
        return said
