"""What course programs really do, transition by transition, heard in the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from cwm_lab.errors import FinetuneError
from cwm_lab.training.watch import Transition
from cwm_lab.worldmodel.vocabulary import TOKENS

Source = tuple[str, Sequence[str]]
"""A program's text and its lines of input."""
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH")
_GRACE = 20.0
"""Seconds that the listening process may take beyond the program's own before it is given up."""
_MEMORY = 512 * 2**20


@dataclass(frozen=True)
class Heard:
    """What a program did. raised: the type of the exception that ended it, None if it ended well.
    transitions: questions and true answers, in their order.
    refused: why nothing was heard, in a few words; empty if it was."""

    raised: str | None = None
    transitions: tuple[Transition, ...] = ()
    refused: str = ""


class Listener:
    """A process that hears programs, one after the other. For one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def hear(self, programs: Sequence[Source], *, seconds: float = 5.0) -> list[Heard]:
        """Run programs in the sandbox, one after the other in one process, and hear them.

        One that hangs or ends the process costs the others only time. Raises FinetuneError if there
        is no process to do it in.
        """
        out: list[Heard] = []
        while len(out) < len(programs):
            found, cut = self._ask(programs[len(out) :], seconds)
            out += found
            if len(out) < len(programs):
                out.append(Heard(refused=cut))
        return out

    def _ask(self, programs: Sequence[Source], seconds: float) -> tuple[list[Heard], str]:
        """(what was heard of the first programs, what became of the next one)."""
        request = {
            "programs": [(source, list(stdin)) for source, stdin in programs],
            "seconds": seconds,
            "memory": _MEMORY,
        }
        for _ in range(2):
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            timer = threading.Timer(seconds * len(programs) + _GRACE, process.kill)
            timer.start()
            try:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = ""
            late = not timer.is_alive()
            timer.cancel()
            if line and not late:
                return _read(line, len(programs), seconds)
            self.close()
            if late:
                return [], _late(seconds)
        raise FinetuneError("the process in which programs are heard keeps ending; try again.")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for file in (self._process.stdin, self._process.stdout):
                if file is not None:
                    file.close()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", "cwm_lab.training.finetune.listener"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
                start_new_session=True,
            )
        return self._process


class Listeners:
    """Several listeners side by side."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[Listener] = SimpleQueue()
        self._all = [Listener() for _ in range(max(1, count))]
        for one in self._all:
            self._free.put(one)

    def hear(self, programs: Sequence[Source], *, seconds: float = 5.0) -> list[Heard]:
        """As `Listener.hear`, from any thread."""
        one = self._free.get()
        try:
            return one.hear(programs, seconds=seconds)
        finally:
            self._free.put(one)

    def close(self) -> None:
        for one in self._all:
            one.close()


def _read(line: str, most: int, seconds: float) -> tuple[list[Heard], str]:
    """The programs may have written what they will: nothing is trusted but its form."""
    reply: dict[str, Any] = json.loads(line)
    *whole, _rest = reply["said"].split("\n")
    cut = {"time": _late(seconds), "size": "does too much to be learned from"}.get(
        reply["why"], f"ends its process (status {reply['status']})"
    )
    try:
        return [_heard(json.loads(one)) for one in whole[:most]], cut
    except (ValueError, KeyError, TypeError):
        return [], "writes where only its listener writes"


def _heard(said: dict[str, Any]) -> Heard:
    if "refused" in said:
        return Heard(refused=str(said["refused"])[:200])
    if said["too_long"]:
        return Heard(refused="takes too many steps to be learned from")
    raised = said["raised"]
    return Heard(
        None if raised is None else str(raised), tuple(map(_transition, said["transitions"]))
    )


def _late(seconds: float) -> str:
    return f"still running after {seconds:g} seconds"


def _transition(item: Any) -> Transition:
    prompt, answer, kind, asked, allowed = item
    made = Transition(
        tuple(map(str, prompt)),
        tuple(map(str, answer)),
        str(kind),
        tuple(map(bool, asked)),
        tuple(map(_bits, allowed)),
    )
    if len(made.allowed) not in (0, sum(made.asked)):
        raise ValueError("as many choices as tokens that are asked for")
    return made


@lru_cache(maxsize=20_000)
def _bits(text: str) -> bytes:
    found = bytes.fromhex(text)
    if 8 * len(found) != len(TOKENS):
        raise ValueError("a bit for each token")
    return found


def _environment() -> dict[str, str]:
    """As the recorder's: no secrets, and the same order of sets on each run."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
