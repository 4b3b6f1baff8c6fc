"""Programs are heard in the sandbox: what they do is known, and they cannot do harm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cwm_lab.recorder.sandbox import sandbox_protections
from cwm_lab.training.finetune.listening import Heard, Listener
from cwm_lab.training.teacher import transitions


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.close()


def test_it_hears_what_the_teacher_hears(listener: Listener, human_programs: list[Path]) -> None:
    sources = [path.read_text() for path in human_programs[:12]]
    heard = listener.hear([(source, ()) for source in sources])
    for source, one in zip(sources, heard, strict=True):
        assert list(one.transitions) == transitions(source)


def test_input_and_a_crash_of_the_programs_own(listener: Listener) -> None:
    found = listener.hear([("print(10 // int(input()))\n", ("0",))])
    assert found[0].raised == "ZeroDivisionError"
    assert len(found[0].transitions) == 1


def test_one_that_hangs_or_dies_costs_the_others_nothing(listener: Listener) -> None:
    programs = [
        "print(1)\n", "while True:\n    pass\n", "print(2)\n", "import os\nos._exit(0)\n",
        "x =\n", "import sys\nsys.exit()\n", "async def f():\n    pass\n", "print(3)\n",
        "import time\ntime.sleep(60)\n",
    ]  # fmt: skip
    found = listener.hear([(source, ()) for source in programs], seconds=1.0)
    fine = [not one.refused for one in found]
    assert fine == [True, False, True, False, False, False, False, True, False]
    assert "steps" in found[1].refused or "still running" in found[1].refused
    assert "ends its process" in found[3].refused
    assert found[4].refused.startswith("SyntaxError")
    assert "AsyncFunctionDef" in found[6].refused
    assert found[8].refused == "still running after 1 seconds"


@pytest.mark.parametrize(
    ("source", "raised", "needs"),
    [
        ("import socket\nsocket.socket()\n", {"PermissionError"}, "processes_and_network"),
        ("import os\nos.fork()\n", {"PermissionError"}, "processes_and_network"),
        # Where the temporary folder is covered by one in memory, the file is not even there; where
        # mounts are read-only, Python has no class of its own for that (EROFS).
        ("open({secret!r}).read()\n", {"PermissionError", "FileNotFoundError"}, "files"),
        ("open({secret!r}, 'w')\n", {"PermissionError", "FileNotFoundError", "OSError"}, "files"),
        ("x = [0] * 10 ** 9\n", {"MemoryError"}, "memory"),
    ],
)
def test_the_sandbox_holds(
    listener: Listener, tmp_path: Path, source: str, raised: set[str], needs: str
) -> None:
    if not sandbox_protections()[needs]:
        pytest.skip(f"this machine has no {needs}")
    secret = tmp_path / "secret"
    secret.write_text("kept")
    found = listener.hear([(source.format(secret=str(secret)), ())])[0]
    assert found.raised in raised
    assert secret.read_text() == "kept"


def test_what_a_program_writes_into_its_listeners_way_is_not_believed(listener: Listener) -> None:
    scribble = (
        "import os\nfor number in range(3, 40):\n    try:\n"
        "        os.write(number, b'{\"transitions\": 1}\\n')\n    except OSError:\n        pass\n"
    )
    found = listener.hear([(scribble, ()), ("print(1)\n", ())])
    assert all(isinstance(one, Heard) for one in found)
    assert listener.hear([("print(1)\n", ())])[0].refused == ""


def test_it_starts_again_when_it_was_killed(listener: Listener) -> None:
    listener.hear([("print(1)\n", ())])
    assert listener._process is not None
    os.kill(listener._process.pid, 9)
    listener._process.wait()
    assert len(listener.hear([("print(1)\n", ())])[0].transitions) == 1
