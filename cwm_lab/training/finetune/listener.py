"""The process in which course programs run for their true transitions: `listening` asks it.

Run as ``python -m cwm_lab.training.finetune.listener``. It never runs a program itself: it forks
one process a request, which gives up its rights as the recorder's processes do (docs/sandbox.md),
runs the programs under the teacher, and writes down what was heard. Where there is no fork it
serves one request itself and ends.

Each line that comes in is one request (JSON: programs, each [source, stdin], to be run one after
the other in one process; seconds for each; memory). Each line that goes out is {"status": wait
status, "why": what the process was ended for or null, "said": what it wrote: a line a program}.
"""

from __future__ import annotations

import ast
import json
import os
import select
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from cwm_lab.recorder import isolation
from cwm_lab.training.instrument import Instrumenter
from cwm_lab.training.teacher import Teacher
from cwm_lab.training.watch import PROGRAM
from cwm_lab.worldmodel.desugar import desugar
from cwm_lab.worldmodel.scopes import analyse

_LONGEST = 2**27
"""Bytes that one program's transitions may take."""


def hear(source: str, stdin: list[str]) -> dict[str, Any]:
    """Run a program in this process under the teacher; what it did, for `listening.Heard`."""
    tree = desugar(ast.parse(source))
    instrumenter = Instrumenter(analyse(tree))
    code = compile(instrumenter.module(tree), PROGRAM, "exec")
    teacher = Teacher(instrumenter.nodes, instrumenter.scope_of, stdin)
    found = teacher.run(code)
    crash = teacher.crash
    return {
        "raised": None if crash is None else type(crash).__name__,
        "too_long": teacher.too_long,
        "output": len(teacher.watch.out.getvalue()),
        "transitions": [
            [list(t.prompt), list(t.answer), t.kind, t.asked, [bits.hex() for bits in t.allowed]]
            for t in found
        ],
    }


def _serve(request: dict[str, Any], held: dict[str, bool], folder: Path, out: int) -> None:
    """In a process of its own, which ends here."""
    os.chdir(folder)
    os.environ |= {"HOME": str(folder), "TMPDIR": str(folder)}
    isolation.give_up_rights(held, folder)
    programs = request["programs"]
    seconds = request["seconds"] * len(programs)
    isolation.limit(held, memory=request["memory"], seconds=seconds)
    for source, stdin in programs:
        data = _told(source, stdin)
        while data:
            data = data[os.write(out, data) :]
    os._exit(0)


def _told(source: str, stdin: list[str]) -> bytes:
    """A line about a program, whatever it does."""
    try:
        said = hear(source, stdin)
    except NotImplementedError as error:
        said = {"refused": f"uses what the built-in model has no words for ({error})"}
    except (SyntaxError, RecursionError, ValueError) as error:
        said = {"refused": f"{type(error).__name__}: {error}"}
    except BaseException as error:  # noqa: BLE001 - told to the one who asked
        said = {"refused": f"ends with {type(error).__name__}"}
    return json.dumps(said).encode() + b"\n"


def _answer(request: dict[str, Any], held: dict[str, bool], place: Path | None) -> dict[str, Any]:
    """Fork the process for a request and wait for it."""
    with ExitStack() as stack:
        folder = None
        if place is None:
            made = tempfile.TemporaryDirectory(prefix="cwm-lab-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(made))
        ours, theirs = os.pipe()
        process = os.fork()
        if process == 0:
            try:
                os.setsid()
                os.close(ours)
                nothing = os.open(os.devnull, os.O_RDWR)
                for number in (0, 1, 2):
                    os.dup2(nothing, number)
                _serve(request, held, folder or _folder_in_memory(place), theirs)
            finally:
                os._exit(1)
        os.close(theirs)
        said, why = _read(ours, request["seconds"])
        os.close(ours)
        for end in (os.killpg, os.kill):  # it leads no group before its first line
            with suppress(ProcessLookupError, PermissionError):
                end(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
    return {"status": status, "why": why, "said": said.decode("utf-8", "replace")}


def _folder_in_memory(place: Path | None) -> Path:
    from cwm_lab.recorder import isolation_mounts

    assert place is not None
    return isolation_mounts.new_folder(place)


def _read(file: int, seconds: float) -> tuple[bytes, str | None]:
    """Until the other end closes; (what came, what it was ended for). seconds: for each line."""
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    size = 0
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([file], [], [], left)[0]:
            continue
        data = os.read(file, 2**16)
        if not data:
            return b"".join(parts), None
        parts.append(data)
        size += len(data)
        if b"\n" in data:
            deadline = time.monotonic() + seconds
        if size > _LONGEST:
            return b"".join(parts), "size"
    return b"".join(parts), "time"


def main() -> None:
    """Serve until standard input closes."""
    if not hasattr(os, "fork"):
        request = json.loads(sys.stdin.readline())
        said = "".join(_told(source, stdin).decode() for source, stdin in request["programs"])
        sys.stdout.write(json.dumps({"status": 0, "why": None, "said": said}) + "\n")
        return
    held = isolation.protections()
    place: Path | None = None
    if held["private_files"]:
        from cwm_lab.recorder import isolation_mounts

        place = isolation_mounts.place_for_folder(isolation.readable())
        isolation_mounts.make_private()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line), held, place)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
