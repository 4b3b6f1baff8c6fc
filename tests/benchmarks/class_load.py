"""A class on loopback: many students ask a real server at once. `make load`

    python -m tests.benchmarks.class_load --seconds 60 --write docs/hosting.md
    python -m tests.benchmarks.class_load --minutes 10 --write docs/hosting.md

For each number of students the server is started anew with the built-in model. Every student has a
token, and asks one program after the other: with the cache, programs that others have asked too;
without it, each a program of its own. Each stream must have all its steps in order, be the same,
byte for byte, for all who ask the same program (the model is deterministic), and be about nobody
else's. Memory is the sum over the server and its workers. Busy cores: processor time over time.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cwm_lab.server.tokens import TokenStore

COMMAND = Path(sys.executable).with_name("cwm-lab")
SHARED = 40
"""Programs of a lesson, which the students share."""
PAUSE = 0.5
"""Seconds that a student looks at a trace before the next program."""
SLOW_PAUSE = 15.0
"""The same where only memory is looked at."""


@dataclass
class Tally:
    """first: seconds to the first step; whole: to the end. told: how often what happened. seen: for
    each program the hash of its stream, which must be the same whoever asks."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    seen: dict[int, str] = field(default_factory=dict)


def program(number: int) -> str:
    """A short program that no other number has. It begins after `_blank(number)` lines, which tells
    whose it is: lines are known, and not predicted."""
    text = f"mark = {number}\ntotal = mark\nfor n in [2, 3]:\n    total += n\nprint(total)\n"
    return "\n" * _blank(number) + text


def _blank(number: int) -> int:
    return number if number < SHARED else number // 1000 * 5


async def student(
    client: httpx.AsyncClient, token: str, who: int, until: float, tally: Tally, case: Load
) -> None:
    """Asks until the time is over."""
    rng = random.Random(who)
    asked = 0
    await asyncio.sleep(rng.random() * 4 * case.pause)
    while time.monotonic() < until:
        shared = case.cached and (case.pause == PAUSE or rng.random() < 0.5)
        number = rng.randrange(SHARED) if shared else 1000 * (who + 1) + asked
        asked += 1
        await _ask(client, token, number, tally)
        await asyncio.sleep(case.pause * (0.5 + rng.random()))


async def _ask(client: httpx.AsyncClient, token: str, number: int, tally: Tally) -> None:
    began = time.monotonic()
    body = {"program": {"source": program(number)}}
    signed = {"Authorization": f"Bearer {token}"}
    steps, ended, text = 0, "", hashlib.sha256()
    try:
        async with client.stream("POST", "/v1/traces", json=body, headers=signed) as response:
            if response.status_code != 200:
                tally.told[str(response.status_code)] += 1
                await response.aread()
                await asyncio.sleep(float(response.headers.get("retry-after", 1)))
                return
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line[6:])
                if event["event"] != "queued":
                    text.update(line.encode())
                if event["event"] == "step":
                    if not steps:
                        tally.first.append(time.monotonic() - began)
                    if event["index"] != steps:
                        tally.told["step out of order"] += 1
                    steps += 1
                    if not 1 <= event["step"]["line"] - _blank(number) <= 5:
                        tally.told["mixed up"] += 1
                elif event["event"] != "queued":
                    ended = event["event"]
                    if ended == "trace" and event["count"] != steps:
                        tally.told["lost steps"] += 1
    except httpx.HTTPError as error:
        tally.told[type(error).__name__] += 1
        return
    tally.told[ended or "cut off"] += 1
    if ended == "trace" and tally.seen.setdefault(number, text.hexdigest()) != text.hexdigest():
        tally.told["mixed up"] += 1
    tally.whole.append(time.monotonic() - began)


def memory(pid: int) -> int:
    """Bytes that a process and its children hold."""
    total = 0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096
            tasks = Path(f"/proc/{one}/task").glob("*/children")
            waiting += [int(child) for task in tasks for child in task.read_text().split()]
        except OSError:
            continue
    return total


@dataclass
class Load:
    """One case. pause: seconds between a student's questions, on average."""

    students: int
    seconds: float
    workers: int
    cached: bool
    pause: float = PAUSE
    cache_mb: float = 128


def processor(pid: int) -> list[float]:
    """Seconds of processor time of a process, and of its children together."""
    tick = os.sysconf("SC_CLK_TCK")

    def spent(one: int) -> float:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [spent(pid), sum(map(spent, children))]


async def load(case: Load) -> dict[str, Any]:
    """One case, against a fresh server that knows each student by a token of his own."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'class.sqlite'}"
        store = TokenStore(database)
        tokens = [store.add(f"student {k}") for k in range(case.students)]
        store.close()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--port", str(port), "--workers", str(case.workers), "--connections", "1000"]
        options += ["--cache-mb", str(case.cache_mb if case.cached else 0), "--database", database]
        server = subprocess.Popen(
            [COMMAND, "serve", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return await _loaded(case, server.pid, f"http://127.0.0.1:{port}", tokens)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(90)


async def _loaded(case: Load, pid: int, url: str, tokens: list[str]) -> dict[str, Any]:
    tally = Tally()
    held: list[int] = []
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=120, limits=limits, base_url=url) as client:
        await _ready(client)
        began, before, ours = time.monotonic(), processor(pid), time.process_time()
        until = began + case.seconds
        asking = [
            asyncio.create_task(student(client, token, who, until, tally, case))
            for who, token in enumerate(tokens)
        ]
        while any(not task.done() for task in asking):
            held.append(memory(pid))
            await asyncio.sleep(1)
        await asyncio.gather(*asking)
        spent = time.monotonic() - began
        after, ours = processor(pid), time.process_time() - ours
        steps = await _counted(client, "cwm_lab_steps_total")
    return {
        "students": case.students,
        "cached": case.cached,
        "told": dict(tally.told),
        "per second": len(tally.whole) / spent,
        "steps per second": steps / spent,
        "first": [_part(tally.first, 50), _part(tally.first, 95)],
        "whole": [_part(tally.whole, 50), _part(tally.whole, 95)],
        "memory": held,
        "busy": [(b - a) / spent for a, b in zip(before, after, strict=True)] + [ours / spent],
    }


async def _ready(client: httpx.AsyncClient) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if (await client.get("/healthz")).status_code == 200:
                return
        await asyncio.sleep(0.2)
    raise TimeoutError("the server did not come up")


async def _counted(client: httpx.AsyncClient, name: str) -> float:
    text = (await client.get("/metrics")).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name)))


def _part(numbers: list[float], percent: int) -> float:
    if len(numbers) < 2:
        return numbers[0] if numbers else float("nan")
    return statistics.quantiles(numbers, n=100)[percent - 1]


def table(
    students: list[int], seconds: float, workers: int, ways: tuple[bool, ...]
) -> Iterator[str]:
    """The load's table, line by line."""
    heads = (
        "students",
        "programs",
        "streams/s",
        "predicted steps/s",
        "first step p50 / p95, s",
        "whole p50 / p95, s",
        "memory MB: early, middle, end",
        "busy cores: server, workers, students' side",
        "told",
    )
    yield "| " + " | ".join(heads) + " |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for count in students:
        for cached in ways:
            found = asyncio.run(load(Load(count, seconds, workers, cached=cached)))
            held = found["memory"]
            marks = (min(3, len(held) - 1), len(held) // 2, -1)
            cells = (
                str(count),
                "shared, kept" if cached else "their own",
                f"{found['per second']:.1f}",
                f"{found['steps per second']:.0f}",
                " / ".join(f"{one:.3f}" for one in found["first"]),
                " / ".join(f"{one:.3f}" for one in found["whole"]),
                ", ".join(f"{held[mark] / 1e6:.0f}" for mark in marks),
                ", ".join(f"{one:.2f}" for one in found["busy"]),
                ", ".join(f"{times} {what}" for what, times in sorted(found["told"].items())),
            )
            yield "| " + " | ".join(cells) + " |"
    yield ""
    yield f"{workers} worker processes, {os.cpu_count()} cores; `--seconds {seconds:g}`."


def minutes(count: int, students: int, workers: int) -> Iterator[str]:
    """Memory, minute by minute."""
    case = Load(students, 60.0 * count, workers, cached=True, pause=SLOW_PAUSE, cache_mb=1)
    found = asyncio.run(load(case))
    held = [found["memory"][at] for at in range(3, len(found["memory"]), 60)]
    yield "| minute | " + " | ".join(map(str, range(len(held)))) + " |"
    yield "|---" * (len(held) + 1) + "|"
    yield "| MB | " + " | ".join(f"{one / 1e6:.0f}" for one in held) + " |"
    yield ""
    told = ", ".join(f"{times} {what}" for what, times in sorted(found["told"].items()))
    yield f"{students} students, half of whose programs are shared, a cache of 1 MB; told: {told}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("cached", "uncached"))
    parser.add_argument("--minutes", type=int, help="memory over so many minutes, at a low rate")
    parser.add_argument("--write", type=Path, help="the document whose made part is replaced")
    options = parser.parse_args()
    if options.minutes:
        name, (students,) = "memory", options.students or [20]
        report = minutes(options.minutes, students, options.workers)
    else:
        name, students = "load", options.students or [1, 30, 200]
        ways = {"cached": (True,), "uncached": (False,)}.get(options.only or "", (True, False))
        report = table(students, options.seconds, options.workers, ways)
    lines = []
    for line in report:
        print(line, flush=True)
        lines.append(line)
    if options.write is not None:
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = options.write.read_text("utf-8").partition(begin)
        after = rest.partition(end)[2]
        text = "\n".join(lines)
        options.write.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")


if __name__ == "__main__":
    main()
