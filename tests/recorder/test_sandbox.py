"""What docs/sandbox.md promises, promise by promise. Each program really tries."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from cwm_lab.recorder import record, sandbox_protections
from cwm_lab.trace import Trace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's protections")
PROTECTIONS = {"resources", "memory", "files", "private_files", "processes_and_network"}


STUBBORN = """\
x = []
while True:
    try:
        x.append(bytearray(10**6))
    except MemoryError:
        pass
"""
FORGED_STEP = json.dumps(["step", "line", 1, "f", 0, {}, [], 5, "", None, {}, {}, {}])
FORGED_OBJECT = json.dumps(
    ["step", "line", 1, "f", 0, {}, [], "", "", None, {}, {}, {"1": ["dict", "dict", 1, [5]]}]
)
HONEST = {
    "asyncio": """\
import asyncio
async def f():
    await asyncio.sleep(0)
    print('ok')
asyncio.run(f())
""",
    "threading": """\
import threading
t = threading.Thread(target=print, args=('ok',))
t.start()
t.join()
""",
    "tempfile": """\
import tempfile
with tempfile.TemporaryFile('w+') as f:
    f.write('ok')
    f.seek(0)
    print(f.read())
""",
    "shutil": """\
import shutil
with open('a', 'w') as f:
    f.write('ok')
shutil.copy('a', 'b')
print(open('b').read())
""",
    "sqlite3": """\
import sqlite3
print(*sqlite3.connect('a.db').execute('select "ok"').fetchone())
""",
    "zoneinfo": "import zoneinfo\nzoneinfo.ZoneInfo('Europe/Berlin')\nprint('ok')\n",
    "numpy": "import numpy as np\nprint('ok' if (np.eye(3) @ np.eye(3)).sum() == 3 else 'no')\n",
    "imports": "import ssl, urllib.request, decimal, fractions, statistics, secrets\nprint('ok')\n",
    "os": "import os\nos.kill(os.getpid(), 0)\nos.chmod('.', 0o700)\nprint('ok')\n",
}


def needs(name: str) -> None:
    if not sandbox_protections()[name]:
        pytest.skip(f"this machine has no protection {name!r}")


def test_protections_are_named() -> None:
    held = sandbox_protections()
    assert set(held) == PROTECTIONS
    assert held["resources"]
    assert held["memory"]


@pytest.mark.parametrize(
    "endless",
    ["sum(iter(int, 1))", "x = 10**10**9", "import time; time.sleep(1e9)", "while True: pass"],
)
def test_time(endless: str) -> None:
    trace = record(f"a = 1\n{endless}\n", max_seconds=2, max_steps=10**9)
    assert trace.outcome.kind == "time-limit"
    assert trace.outcome.line == 2
    assert trace.steps[1].locals == {"a": "1"}


@pytest.mark.parametrize(
    "bomb",
    [
        "x = 'x' * 10**12",
        "x = [0]\nwhile True: x.extend(x)",
        "x = [object() for _ in range(10**9)]",
        "x = {i: str(i) for i in range(10**9)}",
        "x = 'a'\nwhile True: x += x",
    ],
)
def test_memory(bomb: str) -> None:
    trace = record(f"a = 1\n{bomb}\n", max_memory=60 * 2**20, max_seconds=60)
    assert trace.outcome.kind == "memory-limit"
    assert trace.steps[1].locals == {"a": "1"}


def test_memory_is_held_though_the_program_catches_each_error() -> None:
    trace = record(STUBBORN, max_memory=60 * 2**20, max_seconds=60)
    assert trace.outcome.kind in ("step-limit", "memory-limit")
    last = len(trace) - 1
    sizes = [found.size for found in trace.objects_at(last).values() if found.kind == "list"]
    assert 20 < max(sizes) < 100  # what is kept back for the recorder included


@pytest.mark.parametrize(
    "flood",
    [
        "print('x' * 10**8)",
        "while True: sys.stderr.write('x' * 10**6)",
        "for _ in range(1000): os.write(1, b'x' * 10**6)",
        "for _ in range(1000): os.write(2, b'x' * 10**6)",
        "while True: print('x' * 10**6, file=sys.__stdout__)",
    ],
)
def test_output(flood: str) -> None:
    trace = record(f"import os, sys\nprint('first')\n{flood}\n", max_steps=10**6)
    assert trace.outcome.kind == "output-limit"
    assert trace.outcome.line == 3
    assert trace.output.startswith("first\n")


def test_leaving() -> None:
    trace = record("import os\nos._exit(3)\n")
    assert (trace.outcome.kind, trace.outcome.type) == ("raised", "SystemExit")
    assert len(trace) == 2


@pytest.mark.parametrize(
    ("end", "signal"),
    [
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("os.abort()", "SIGABRT"),
        ("ctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_its_own_death(end: str, signal: str) -> None:
    trace = record(f"import os, ctypes\n{end}\n")
    assert (trace.outcome.kind, trace.outcome.type) == ("raised", signal)
    assert len(trace) == 2


def refused(source: str) -> Trace:
    """The trace of a program whose last line the system refuses."""
    trace = record(source)
    assert trace.outcome.kind == "raised"
    assert trace.outcome.type in {"PermissionError", "OSError", "FileNotFoundError"}, trace.outcome
    assert trace.outcome.line == source.rstrip().count("\n") + 1
    return trace


@pytest.mark.parametrize(
    "start",
    [
        "while True: os.fork()",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "multiprocessing.get_context('fork').Process(target=print).start()",
    ],
)
def test_no_other_process(start: str) -> None:
    needs("processes_and_network")
    refused(f"import os, subprocess, multiprocessing\n{start}\n")


def test_a_flood_of_threads() -> None:
    source = "import threading, time\nwhile True:\n"
    source += "    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    trace = record(source, max_memory=100 * 2**20, max_steps=10**6)
    assert trace.outcome.type == "RuntimeError"


@pytest.mark.parametrize(
    "signal",
    [
        "os.kill(os.getppid(), 9)",
        "os.kill(-1, 9)",
        "os.killpg(os.getpgid(os.getppid()), 9)",
        "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
        "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
        "os.sched_setaffinity(os.getppid(), {0})",
    ],
)
def test_no_hand_on_other_processes(signal: str) -> None:
    needs("processes_and_network")
    refused(f"import os, signal, resource\n{signal}\n")
    assert record("a = 1\n").outcome.kind == "finished"


def test_no_eye_on_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("files")
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    trace = record("import os\nprint(os.environ, open('/proc/self/environ').read())\n")
    assert trace.outcome.kind == "finished"
    assert "hunter2" not in trace.output
    for process in ("{os.getppid()}", str(os.getpid())):
        for file in ("environ", "cmdline", "mem", "maps"):
            refused(f"import os\nopen(f'/proc/{process}/{file}').read()\n")


def test_no_tracing_of_other_processes() -> None:
    needs("processes_and_network")
    source = "import ctypes, os\nc = ctypes.CDLL(None, use_errno=True)\n"
    source += "print(c.ptrace(16, os.getppid(), 0, 0), ctypes.get_errno())\n"
    assert record(source).output == "-1 1\n"


@pytest.mark.parametrize(
    "harm",
    [
        "open({path!r}, 'w')",
        "open({path!r}, 'a')",
        "os.truncate({path!r}, 0)",
        "os.remove({path!r})",
        "os.rename({path!r}, 'mine')",
        "os.link({path!r}, 'mine')",
        "os.chown({path!r}, 1, 1)",
        "open({path!r} + '.new', 'w')",
        "os.mkdir({path!r} + '.new')",
        "os.symlink('/', {path!r} + '.new')",
        "shutil.rmtree(os.path.dirname({path!r}))",
    ],
)
@pytest.mark.parametrize("place", ["temporary", "beside"])
def test_files_outside_stay(harm: str, place: str, tmp_path: Path) -> None:
    needs("files")
    # A folder that the sandbox shows (read-only), and one that it covers with its own.
    folder = tmp_path if place == "temporary" else Path(__file__).parent
    victim = folder / f"victim-{os.getpid()}"
    victim.write_text("precious")
    before = victim.stat()
    try:
        refused("import os, shutil\n" + harm.format(path=str(victim)))
        assert victim.read_text() == "precious"
        after = victim.stat()
        assert (after.st_mode, after.st_uid, after.st_nlink) == (
            before.st_mode,
            before.st_uid,
            before.st_nlink,
        )
        assert not list(folder.glob("victim-*.new"))
    finally:
        victim.unlink()


def test_modes_outside_stay() -> None:
    needs("files")
    before = Path(__file__).stat()
    record(f"import os\nos.chmod({__file__!r}, 0)\nos.utime({__file__!r}, (1, 1))\n")
    after = Path(__file__).stat()
    assert after.st_mode == before.st_mode


def test_private_files_are_not_read(tmp_path: Path) -> None:
    needs("files")
    (tmp_path / "key").write_text("hunter2")
    refused(f"print(open({str(tmp_path / 'key')!r}).read())\n")
    refused(f"print(open({__file__!r}).read())\n")
    refused("import os\nprint(os.listdir('/proc'))\n")


@pytest.mark.parametrize(
    "connection",
    [
        "socket.create_connection(('127.0.0.1', {port}))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
        "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "socket.socket(socket.AF_INET).bind(('127.0.0.1', 0))",
        "urllib.request.urlopen('http://127.0.0.1:{port}/')",
    ],
)
def test_no_connection(connection: str) -> None:
    needs("processes_and_network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        source = f"import socket, urllib.request\n{connection.format(port=port)}\n"
        trace = record(source)
        assert trace.outcome.kind == "raised"
        assert trace.outcome.type in {"PermissionError", "URLError"}
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_way_back() -> None:
    needs("processes_and_network")
    source = (
        "import ctypes, resource\n"
        "c = ctypes.CDLL(None, use_errno=True)\n"
        "print(c.unshare(0x10000000), c.umount2(b'/tmp', 2), c.mount(b'/', b'/', 0, 4096, 0))\n"
        "print(c.prctl(1, 0, 0, 0, 0))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n"
    )
    trace = record(source)
    assert trace.output == "-1 -1 -1\n-1\n"
    assert trace.outcome.type == "ValueError"


def test_files_of_its_own_are_bounded() -> None:
    trace = record("open('f', 'wb').write(bytes(10**8))\n")
    assert trace.outcome.type == "OSError"
    assert "large" in (trace.outcome.message or "")
    needs("private_files")
    source = "for i in range(10**6):\n    open(str(i), 'wb').write(bytes(10**7))\n"
    assert "No space left" in (record(source).outcome.message or "")
    source = "i = 0\nwhile True: open(str(i), 'w').close(); i += 1\n"
    assert "No space left" in (record(source, max_steps=10**6).outcome.message or "")


@pytest.mark.parametrize(
    "scribble",
    [
        "os.write(255, b'no message\\n')",
        "os.write(255, b'[\"step\"]\\n[1]\\n')",
        "os.write(255, b'[\"value\", 99, 1]\\n')",
        "os.write(255, b'[' * 10**5 + b'\\n')",
        "os.write(255, b'{}\\n')",
        f"os.write(255, b'{FORGED_STEP}\\n')",
        f"os.write(255, b'{FORGED_OBJECT}\\n')",
        "os.closerange(3, 256)",
    ],
)
def test_meddling_with_the_recorder_is_noticed(scribble: str) -> None:
    trace = record(f"import os\n{scribble}\na = 1\nb = 2\n")
    assert (trace.outcome.kind, trace.outcome.type) == ("raised", "OSError")
    assert "through which it is recorded" in (trace.outcome.message or "")
    assert [step.line for step in trace.steps] == [1, 2]


@pytest.mark.parametrize("name", HONEST)
def test_honest_programs_are_not_disturbed(name: str) -> None:
    trace = record(HONEST[name], max_seconds=60)
    assert (trace.outcome.kind, trace.output) == ("finished", "ok\n"), trace.outcome


def test_each_promise_of_the_page_has_its_test() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    file, promised = Path(__file__), 0
    for name, test in re.findall(r"`(test_\w+\.py)?(?:::(test_\w+))?`", page):
        file = Path(__file__).with_name(name or "test_sandbox.py")
        promised += 1
        assert f"def {test}" in file.read_text(encoding="utf-8"), (name, test)
    assert promised > 15
    for protection in PROTECTIONS:
        assert f"`{protection}`" in page
