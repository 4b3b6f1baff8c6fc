"""A class on loopback: many students ask a real server at once. `make load`

    python -m tests.benchmarks.class_load --students 1 30 200 --seconds 60

For each number of students the server is started anew with the built-in model. Every student asks
one program after the other: with the cache, programs that others have asked too; without it, each
a program of its own. Each stream must have all its steps in order and be the same, byte for byte,
for all who ask the same program (the model is deterministic). Memory is the sum over the server and
its workers.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

COMMAND = Path(sys.executable).with_name("cwm-lab")
SHARED = 40
"""Programs of a lesson, which the students share."""
PAUSE = 0.5
"""Seconds that a student looks at a trace before the next program."""


@dataclass
class Tally:
    """first: seconds to the first step; whole: to the end. told: how often what happened. seen: for
    each program the hash of its stream, which must be the same whoever asks."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    seen: dict[int, str] = field(default_factory=dict)


def program(number: int) -> str:
    """A short program that no other number has; its first line tells which."""
    return f"mark = {number}\ntotal = mark\nfor n in [2, 3]:\n    total += n\nprint(total)\n"


async def student(
    client: httpx.AsyncClient, url: str, who: int, until: float, tally: Tally, *, shared: bool
) -> None:
    """Asks until the time is over."""
    rng = random.Random(who)
    asked = 0
    await asyncio.sleep(rng.random() * 2)
    while time.monotonic() < until:
        number = rng.randrange(SHARED) if shared else 1000 * (who + 1) + asked
        asked += 1
        await _ask(client, url, number, tally)
        await asyncio.sleep(PAUSE * (0.5 + rng.random()))


async def _ask(client: httpx.AsyncClient, url: str, number: int, tally: Tally) -> None:
    began = time.monotonic()
    body = {"program": {"source": program(number)}}
    steps, ended, text = 0, "", hashlib.sha256()
    try:
        async with client.stream("POST", f"{url}/v1/traces", json=body) as response:
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


async def load(students: int, seconds: float, workers: int, *, cached: bool) -> dict[str, object]:
    """One case, against a fresh server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--open", "--port", str(port), "--workers", str(workers), "--connections", "1000"]
    options += ["--cache-mb", "128" if cached else "0", "--each", "1000"]
    server = subprocess.Popen(
        [COMMAND, "serve", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    tally = Tally()
    held: list[int] = []
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    try:
        async with httpx.AsyncClient(timeout=120, limits=limits) as client:
            await _ready(client, url)
            began = time.monotonic()
            until = began + seconds
            asking = [
                asyncio.create_task(student(client, url, k, until, tally, shared=cached))
                for k in range(students)
            ]
            while any(not task.done() for task in asking):
                held.append(memory(server.pid))
                await asyncio.sleep(1)
            await asyncio.gather(*asking)
            spent = time.monotonic() - began
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(90)
    return {
        "students": students,
        "cached": cached,
        "told": dict(tally.told),
        "per second": round(len(tally.whole) / spent, 1),
        "first p50": _part(tally.first, 50),
        "first p95": _part(tally.first, 95),
        "whole p50": _part(tally.whole, 50),
        "whole p95": _part(tally.whole, 95),
        "memory MB": [round(held[k] / 1e6) for k in (min(3, len(held) - 1), len(held) // 2, -1)],
    }


async def _ready(client: httpx.AsyncClient, url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if (await client.get(f"{url}/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.2)
    raise TimeoutError("the server did not come up")


def _part(numbers: list[float], percent: int) -> float | None:
    if len(numbers) < 2:
        return round(numbers[0], 3) if numbers else None
    return round(statistics.quantiles(numbers, n=100)[percent - 1], 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=[1, 30, 200])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("cached", "uncached"))
    options = parser.parse_args()
    ways = {"cached": (True,), "uncached": (False,)}.get(options.only or "", (True, False))
    for students in options.students:
        for cached in ways:
            case = load(students, options.seconds, options.workers, cached=cached)
            print(json.dumps(asyncio.run(case)), flush=True)


if __name__ == "__main__":
    main()
