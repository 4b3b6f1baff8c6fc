"""The server that forks the sandbox's processes: shared by all programs, and leaves no trace."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cwm_lab.recorder import record, sandbox_protections

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is Linux's")
PARENT = "import os\nprint(os.getppid())\n"


def server() -> int:
    return int(record(PARENT).output)


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def state(process: int) -> str:
    """The letter of a process's state, or nothing if it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(process: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def run(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(source)],
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_programs_share_a_server_and_nothing_else() -> None:
    assert server() == server()
    assert server() != os.getpid()
    first = record(
        "import os, json\nprint(os.getpid())\njson.dumps = None\nopen('f', 'w').close()\n"
    )
    source = "import os, json\nprint(os.getpid())\nprint(json.dumps is None, os.listdir('.'))\n"
    second = record(source)
    assert second.outcome.kind == "finished"
    mine, _, seen = second.output.partition("\n")
    assert mine != first.output.strip()
    assert seen == "False []\n"


def test_what_a_process_does_before_its_turn_is_out_of_sight() -> None:
    record("x = 1\n")
    time.sleep(0.3)  # the next one is ready
    source = "print([c for c in object.__subclasses__() if c.__name__ == 'Stack'])\n"
    assert record(source).output == "[]\n"


def test_random_numbers_are_not_shared() -> None:
    source = "import random, uuid\nprint(random.random(), uuid.uuid4())\n"
    assert record(source).output != record(source).output


def test_sets_have_the_same_order_each_time() -> None:
    source = "print({'a', 'b', 'c', 'd', 'e'})\n"
    assert record(source).output == record(source).output


def test_threads_may_record_at_the_same_time() -> None:
    def one(number: int) -> tuple[str, str]:
        trace = record(f"import time\ntime.sleep(0.01)\nprint({number} * 2)\n", max_seconds=60)
        return trace.outcome.kind, trace.output

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(one, range(80))) == [("finished", f"{2 * n}\n") for n in range(80)]


def test_a_short_lived_thread_may_start_the_server() -> None:
    done = run("""
        import threading
        from cwm_lab import record
        outputs = []
        for _ in range(2):
            thread = threading.Thread(
                target=lambda: outputs.append(record("import os\\nprint(os.getppid())\\n").output)
            )
            thread.start()
            thread.join()
        print(outputs[0] == outputs[1])
    """)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_inside_a_running_event_loop() -> None:
    async def main() -> list[str]:
        here = record("print(1)\n").output
        there = await asyncio.gather(*(asyncio.to_thread(record, "print(2)\n") for _ in range(3)))
        return [here, *(trace.output for trace in there)]

    # In a thread of its own: Playwright's tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, main()).result() == ["1\n", "2\n", "2\n", "2\n"]


def test_import_starts_nothing_and_the_end_is_quiet() -> None:
    done = run("""
        import os
        from pathlib import Path
        from cwm_lab import record
        def children():
            return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        print(len(children()))
        record("x = 1")
        print(len(children()))
        print(*children())
    """)
    assert done.stderr == ""
    none, one, number = done.stdout.split()
    assert (none, one) == ("0", "1")
    assert eventually(lambda: not state(int(number)))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # others record meanwhile
    process = server()
    gc.collect()
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - also counts what is gone by then
    threads = threading.active_count()
    for number in range(20):
        record(f"x = {number}\n")
    record("while True: pass", max_seconds=0.2, max_steps=10**9)
    record("import os\nos.kill(os.getpid(), 9)\n")
    assert len(os.listdir("/proc/self/fd")) == files  # noqa: PTH208
    assert threading.active_count() == threads
    assert not list(tmp_path.iterdir())
    # The one that is left is ready for the next program.
    assert eventually(lambda: len(children(process)) == 1)
    assert eventually(lambda: len(os.listdir(f"/proc/{process}/fd")) <= 7)  # noqa: PTH208


def test_a_program_is_gone_when_its_time_is_up() -> None:
    trace = record("import os\nprint(os.getpid())\nwhile True: pass", max_seconds=2, max_steps=9**9)
    assert trace.outcome.kind == "time-limit"
    assert state(int(trace.output)) in ("", "Z")


def test_an_interrupt_ends_the_program() -> None:
    done = run("""
        import os, signal, threading, time
        from pathlib import Path
        from cwm_lab import record
        pid = int(record("import os\\nprint(os.getppid())\\n").output)
        def running():
            "Processes of programs that have been at it for a while."
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                seen = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                if seen[0] not in "ZX" and int(seen[11]) > 20:
                    return True
            return False
        def interrupt():
            while not running():
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=interrupt).start()
        try:
            record("while True: pass", max_steps=10**9, max_seconds=9999)
        except KeyboardInterrupt:
            print("interrupted")
        while running():
            time.sleep(0.05)
        print(record("x = 1").outcome.kind)
    """)
    assert (done.stdout, done.stderr) == ("interrupted\nfinished\n", "")


def test_a_killed_server_is_replaced() -> None:
    before = server()
    os.kill(before, signal.SIGKILL)
    assert server() != before


def test_a_killed_spare_is_replaced() -> None:
    process = server()
    assert eventually(lambda: len(children(process)) == 1)
    os.kill(children(process)[0], signal.SIGKILL)
    assert server() == process


def test_a_fork_of_the_session_has_a_server_of_its_own() -> None:
    before = server()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, str(server()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        theirs = int(said.read())
    os.waitpid(child, 0)
    assert theirs != before
    assert eventually(lambda: state(theirs) in ("", "Z"))
    assert server() == before


def test_everything_ends_with_a_killed_session() -> None:
    source = """
        import os, sys, threading
        from cwm_lab import record
        print(record("import os\\nprint(os.getppid())\\n").output, end="", flush=True)
        record("while True: pass", max_steps=10**9, max_seconds=300)
    """
    session = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)], stdout=subprocess.PIPE, text=True
    )
    assert session.stdout is not None
    with session.stdout as said:
        process = int(said.readline())
        assert eventually(lambda: "R" in map(state, children(process)))
        programs = children(process)
        session.kill()
        session.wait()
    assert eventually(lambda: state(process) in ("", "Z"))
    assert eventually(lambda: {state(program) for program in programs} <= {"", "Z"})


def test_what_a_session_has_open_stays_its_own(tmp_path: Path) -> None:
    secret = os.open(tmp_path / "secret", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(secret, True)
    try:
        source = "import os\nfor n in range(3, 255):\n    try:\n        os.fstat(n)\n"
        source += "        print('open', n)\n    except OSError:\n        pass\n"
        trace = record(source, max_steps=10**4)
        assert trace.outcome.kind == "finished"
        assert trace.output == ""
    finally:
        os.close(secret)


def test_protections_start_the_server_once() -> None:
    before = server()
    assert sandbox_protections() == sandbox_protections()
    assert server() == before
