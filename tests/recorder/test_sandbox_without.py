"""Where a protection cannot be had: the program is recorded all the same, and it is said."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cwm_lab.errors import BadProgramError
from cwm_lab.recorder import record, sandbox

linux = pytest.mark.skipif(sys.platform != "linux", reason="refuses system calls of Linux's")


class TestFreshProcess:
    """The way of systems without a fork server, here on this one."""

    @pytest.fixture(autouse=True)
    def _no_fork_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sandbox, "has_fork_server", lambda: False)

    def test_a_program(self) -> None:
        trace = record("x = int(input())\nprint(x + 1)\n", stdin=["3"])
        assert (trace.outcome.kind, trace.output) == ("finished", "3\n4\n")
        assert [step.line for step in trace.steps] == [1, 2, 2]

    def test_each_has_its_own_process(self) -> None:
        source = "import os\nprint(os.getpid())\n"
        assert record(source).output != record(source).output

    def test_environment_and_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", "hunter2")
        trace = record("import os\nprint(os.getcwd(), os.environ)\nopen('f', 'w').close()\n")
        assert trace.outcome.kind == "finished"
        assert "hunter2" not in trace.output
        assert not Path(trace.output.split()[0]).exists()

    def test_time(self) -> None:
        trace = record("a = 1\nsum(iter(int, 1))\n", max_seconds=2)
        assert (trace.outcome.kind, trace.outcome.line, len(trace)) == ("time-limit", 2, 2)

    def test_output(self) -> None:
        trace = record("while True: print('x' * 10**4)\n", max_output=10**5)
        assert trace.outcome.kind == "output-limit"

    def test_steps(self) -> None:
        trace = record("while True: pass\n", max_steps=5)
        assert (trace.outcome.kind, len(trace)) == ("step-limit", 5)

    def test_leaving(self) -> None:
        trace = record("import os\nos._exit(3)\n")
        assert (trace.outcome.type, len(trace)) == ("SystemExit", 2)

    def test_no_program(self) -> None:
        assert record("if\n").outcome.kind == "syntax-error"
        with pytest.raises(BadProgramError):
            record("x = '\0'")
        with pytest.raises(BadProgramError, match="nested too deeply"):
            record("[a " + "for a in b " * 80_000 + "]", max_seconds=60)

    def test_meddling(self) -> None:
        source = "import os\nfor n in range(3, 20):\n    try:\n        os.write(n, b'no\\n')\n"
        trace = record(source + "    except OSError:\n        pass\n")
        assert "through which it is recorded" in (trace.outcome.message or "")

    @pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
    def test_its_own_death(self) -> None:
        assert record("import os\nos.kill(os.getpid(), 9)\n").outcome.type == "SIGKILL"


PROGRAMS = """
import os, sys
from pathlib import Path
from cwm_lab.recorder import record, sandbox_protections
from cwm_lab.recorder import isolation_seccomp as bpf
from cwm_lab.recorder.isolation_syscalls import PR_SET_NO_NEW_PRIVS, libc, prctl
import ctypes, struct

def refuse(*numbers):
    "This process and its children live on a kernel without these system calls."
    code = [bpf._load(bpf._NUMBER)]
    for number in numbers:
        code += [bpf._jump(bpf._JUMP_EQUAL, number, 0, 1), bpf._return(bpf._ERRNO | 1)]
    code = b"".join([*code, bpf._return(bpf._ALLOW)])
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    assert libc().prctl(22, 2, head, 0, 0) == 0

def outcome(source):
    trace = record(source, max_memory=200 * 2**20)
    return trace.outcome.type or trace.outcome.kind, trace.output.strip()
"""


def session(source: str, *arguments: str, folder: Path | None = None) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAMS + textwrap.dedent(source), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def number(name: str) -> int:
    """Of a system call on this machine."""
    column = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
    return {"unshare": (272, 97), "landlock": (444, 444)}[name][column]


@linux
def test_without_namespaces(tmp_path: Path) -> None:
    """As in most containers: no read-only file system, so what Landlock does not see is refused."""
    (tmp_path / "victim").write_text("precious")
    said = session(
        """
        victim, unshare = sys.argv[1], int(sys.argv[2])
        refuse(unshare)
        held = sandbox_protections()
        print(held["private_files"], held["files"], held["processes_and_network"])
        print(outcome(f"open({victim!r}, 'w')"))
        print(outcome(f"print(open({victim!r}).read())"))
        print(outcome(f"import os\\nos.remove({victim!r})"))
        print(outcome(f"import os\\nos.chown({victim!r}, 1, 1)"))
        print(outcome(f"import os\\nos.chmod({victim!r}, 0)"))
        copy = "import shutil\\nopen('a', 'w').close()\\nprint(shutil.copy('a', 'b'))"
        print(outcome(copy))
        here = outcome("import os\\nprint(os.getcwd())")[1]
        print(here.rpartition("/")[2].startswith("cwm-lab-"), Path(here).exists())
        """,
        str(tmp_path / "victim"),
        str(number("unshare")),
    )
    assert said[0].split()[0] == "False"
    if said[0] != "False True True":
        pytest.skip(f"this machine has not even the others: {said[0]}")
    assert said[1:] == [
        "('PermissionError', '')",
        "('PermissionError', '')",
        "('PermissionError', '')",
        "('PermissionError', '')",
        "('finished', '')",
        "('finished', 'b')",
        "True False",
    ]
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "victim").stat().st_mode & 0o600 == 0o600


@linux
def test_without_landlock() -> None:
    said = session(
        """
        refuse(int(sys.argv[1]))
        print(sandbox_protections()["files"])
        print(outcome("print(1)"), outcome("import os\\nos.fork()")[0])
        """,
        str(number("landlock")),
    )
    assert said[0] == "False"
    assert said[1].startswith("('finished', '1')")


@linux
def test_without_anything(tmp_path: Path) -> None:
    """Limits and the clean environment still hold, and nothing that was started stays."""
    said = session(
        """
        import time
        from cwm_lab.recorder import isolation_seccomp
        refuse(int(sys.argv[1]), int(sys.argv[2]))
        # The same machine, under a name that has no table of system calls.
        Path("sitecustomize.py").write_text(
            "import os\\nreal = os.uname()\\n"
            "os.uname = lambda: os.uname_result((*real[:4], 'unheard-of'))\\n"
        )
        from cwm_lab.recorder import sandbox
        before = sandbox._environment
        sandbox._environment = lambda: before() | {
            "PYTHONPATH": os.getcwd() + os.pathsep + before()["PYTHONPATH"]
        }
        print(sorted(name for name, holds in sandbox_protections().items() if holds))
        print(outcome("print(1)"), outcome("x = [0]\\nwhile True: x = x * 10")[0])
        forking = "import os, time\\nif os.fork() == 0: time.sleep(1000)\\nprint(os.getpid())"
        said, leader = outcome(forking)
        print(said)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                os.killpg(int(leader), 0)
            except ProcessLookupError:
                print("gone")
                break
        """,
        str(number("unshare")),
        str(number("landlock")),
        folder=tmp_path,
    )
    assert said == ["['memory', 'resources']", "('finished', '1') memory-limit", "finished", "gone"]
