"""What goes wrong around a class server costs one clear error, and the others notice nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.server.tokens import DatabaseError, Holder, TokenStore
from cwm_lab.trace import Program, Step
from cwm_lab.worldmodel.hosted import HostedModel
from cwm_lab.worldmodel.specs import parse_spec
from tests.server.conftest import Running, Serve, add_token, nearly
from tests.server.test_server import SLOW, ask

CONNECTIONS = 300


@pytest.fixture(scope="module")
def strict(serving: Serve) -> Iterator[Running]:
    """A server that is soon out of patience."""
    options = ["--grace", "0.2", "--write-seconds", "1", "--connections", CONNECTIONS]
    running = serving("--workers", "1", "--open", *options).wait()
    yield running
    assert running.end() == 0


def until(there: Callable[[], bool], seconds: float = 30.0) -> None:
    late = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < late
        time.sleep(0.05)


def closed(one: socket.socket) -> bool:
    """Whether the other side has closed it; reads what there is."""
    one.setblocking(False)
    try:
        while one.recv(1 << 20):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_a_thousand_connections_of_one_address(strict: Running) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    place = ("127.0.0.1", strict.port)
    try:
        many = [
            socket.create_connection(place, timeout=10, source_address=("127.0.0.2", 0))
            for _ in range(1000)
        ]
        until(lambda: sum(map(closed, many)) >= 1000 - CONNECTIONS)
        refused = _asked_from(strict, "127.0.0.2")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert "too many connections" in refused.json()["error"]["message"]
        assert ask(strict, "")[-1]["event"] == "trace"  # from another address
        assert 0 < 1000 - sum(map(closed, many)) <= CONNECTIONS
        for one in many:
            one.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    until(lambda: _asked_from(strict, "127.0.0.2").status_code == 200)


def _asked_from(server: Running, address: str) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
        return client.get(f"{server.url}/healthz")


def test_a_client_that_never_reads_is_given_up(strict: Running) -> None:
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.connect(("127.0.0.1", strict.port))
    lazy.settimeout(0.5)
    one = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with suppress(OSError):  # the server takes no more, then closes
        for _ in range(2000):
            lazy.sendall(one * 100)
        pytest.fail("the server went on answering")
    assert ask(strict, "")[-1]["event"] == "trace"
    until(lambda: strict.connections() == 0)
    lazy.close()


def test_endless_bodies_and_odd_requests(strict: Running) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 1_000_000

    try:
        answer = httpx.post(f"{strict.url}/v1/traces", content=endless(), timeout=30)
        assert (answer.status_code, "4,000,000" in answer.text) == (413, True)
    except httpx.WriteError:
        pass  # the server closed before all was sent
    secret = "cwm-very-secret"
    answer = httpx.post(f"{strict.url}/v1/traces?access_token={secret}", json={})
    assert answer.status_code == 400
    assert secret not in answer.text
    for line in (b"\x16\x03\x01\x02\x00\x01", b"GET", b"A" * 100_000):
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as odd:
            odd.sendall(line + b"\r\n\r\n")
            assert odd.recv(1000).startswith(b"HTTP/1.1 400")
    assert secret not in strict.log.read_text()
    for source in ("x = (", "\x00", "\ud800", "if", "\u202e = 1", ""):
        body = json.dumps({"program": {"source": source}})
        told = httpx.post(
            f"{strict.url}/v1/traces",
            content=body,
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        if told.status_code == 200:
            *_, last = [line for line in told.text.splitlines() if line.startswith("data: {")]
            event = json.loads(last[6:])
            outcome = event["outcome"]["kind"] if event["event"] == "trace" else event["status"]
            assert outcome in ("syntax-error", "finished", 422), event
        else:
            assert told.status_code in (400, 422), told.text
            assert told.json()["error"]["message"]


def test_a_prediction_stops_when_its_client_has_gone(strict: Running) -> None:
    def steps() -> float:
        text = httpx.get(f"{strict.url}/metrics").text
        found = re.search(r"^cwm_lab_steps_total (\S+)", text, re.MULTILINE)
        assert found is not None
        return float(found[1])

    before = steps()
    body = {"program": {"source": SLOW.format(470)}}
    with httpx.stream("POST", f"{strict.url}/v1/traces", json=body, timeout=60) as answer:
        for line in answer.iter_lines():
            if '"event":"step"' in line:
                break
    time.sleep(0.5)
    assert ask(strict, "", {"source": "z = 3\n"})[-1]["event"] == "trace"  # the worker is free
    made = steps()
    assert made - before < 500  # of 943
    time.sleep(0.5)
    assert steps() == made


def test_a_killed_server_that_comes_back_is_gone_on_with(serving: Serve) -> None:
    first = serving("--workers", "1", "--open").wait()
    workers = first.children()
    assert workers
    model = HostedModel(parse_spec(f"hosted:{first.url}"), attempts=60, first_wait=0.2)
    seen: list[Step] = []
    second: list[Running] = []

    def on_step(step: Step) -> None:
        seen.append(step)
        if len(seen) == 5:
            first.end(signal.SIGKILL)
            second.append(serving("--workers", "1", "--open", port=first.port))

    program = Program(SLOW.format(40))
    trace = model.predict(program, on_step=on_step)
    assert trace.steps == tuple(seen)
    assert seen == nearly(predict(program).steps)
    until(lambda: not any(Path(f"/proc/{number}/exe").exists() for number in workers))
    assert second[0].end() == 0
    short = HostedModel.__new__(HostedModel)
    short.__dict__.update(model.__dict__, _attempts=2)
    with pytest.raises(ModelError, match=r"cannot be reached.*tried 2 times.*model builtin"):
        short.predict(program)


def test_sigterm_for_all_processes_lets_streams_end(serving: Serve) -> None:
    server = serving("--workers", "1", "--open").wait()
    found: list[dict[str, Any]] = []

    def told(event: dict[str, Any]) -> None:
        found.append(event)
        if event["event"] == "step" and event["index"] == 2:
            for number in (*server.children(), server.process.pid):  # as systemd does
                os.kill(number, signal.SIGTERM)

    ask(server, "", {"source": SLOW.format(60)}, told=told)
    assert found[-1]["event"] == "trace"
    assert server.end() == 0


def test_a_full_disk_stops_the_counting_and_nothing_else(serving: Serve, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'tokens.sqlite'}"
    token = add_token(database, "ann", "--daily", "3")
    server = serving("--workers", "1", "--database", database, no_more_files=True).wait()
    for number in range(4):
        assert ask(server, token, {"source": f"x = {number}\n"})[-1]["event"] == "trace"
    assert server.end() == 0
    log = server.log.read_text()
    assert log.count("predictions cannot be counted, and are let through") == 1
    assert token not in log
    again = TokenStore(database)
    assert again.holder(token) == Holder("ann", 3)
    assert again.use(Holder("ann", 3))
    again.close()


def test_quotas_and_a_clock_that_jumps(tmp_path: Path) -> None:
    day = "2026-11-25"
    store = TokenStore(f"sqlite:///{tmp_path / 'tokens.sqlite'}", lambda: day)
    ann = store.holder(store.add("ann", 2))
    assert ann is not None
    assert [store.use(ann) for _ in range(3)] == [True, True, False]
    for jumped in ("2026-11-26", "1970-01-01", "2099-12-31", "2026-11-25"):
        day = jumped
        assert [store.use(ann) for _ in range(3)] == [True, True, False]
    day = "2027-01-01"
    with_threads: list[bool] = []
    ben = store.holder(store.add("ben", 20))
    assert ben is not None
    threads = [
        threading.Thread(target=lambda: with_threads.extend(store.use(ben) for _ in range(8)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert with_threads.count(True) == 20
    store.close()


def test_a_database_of_the_first_version_is_read(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE tokens (name VARCHAR(200) NOT NULL PRIMARY KEY, hash VARCHAR(64) NOT "
            "NULL UNIQUE, created FLOAT NOT NULL, revoked FLOAT, daily INTEGER, day VARCHAR(10) "
            "NOT NULL, used INTEGER NOT NULL)"
        )
    store = TokenStore(f"sqlite:///{path}")
    token = store.add("ann", models=["builtin"])
    store.close()
    again = TokenStore(f"sqlite:///{path}")
    assert again.holder(token) == Holder("ann", None, ("builtin",))
    again.close()
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatabaseError, match=r"cannot be used: .*not a database"):
        TokenStore(f"sqlite:///{path}")


def test_a_port_that_is_taken(serving: Serve) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = serving("--workers", "1", "--open", port=taken.getsockname()[1])
        assert server.process.wait(60) == 1
    assert "address already in use" in server.log.read_text()
    assert sys.executable


def test_two_models_of_one_name_are_refused() -> None:
    command = ["serve", "--model", "a=builtin", "--model", "a=builtin", "--open"]
    run = subprocess.run(
        [Path(sys.executable).with_name("cwm-lab"), *command], capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "two models are called a" in run.stderr
