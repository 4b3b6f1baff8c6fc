"""``cwm-lab corpus build``: examples made beforehand, on all cores or on a cluster through Ray.

The engines only differ in where `write_shard` runs; what a shard holds follows from its plan. A
build that was stopped goes on with the same command, and finished shards are kept.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cwm_lab.training.shards import Shard, plan, write_manifest, write_shard

Facts = dict[str, Any]
Engine = Callable[[Sequence[Shard], Path, int], Iterator[Facts]]


def local(shards: Sequence[Shard], folder: Path, workers: int) -> Iterator[Facts]:
    """Facts of the shards as they are finished by processes on this machine."""
    if workers == 1:
        yield from (write_shard(shard, folder) for shard in shards)
        return
    with mp.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(partial(write_shard, folder=folder), shards)


def through_ray(shards: Sequence[Shard], folder: Path, workers: int) -> Iterator[Facts]:
    """Facts of the shards as they are finished by Ray Data: on the cluster that Ray is connected
    to, whose machines must all reach `folder`, or else on a local one."""
    import ray

    started = not ray.is_initialized()
    if started:
        address = os.environ.get("RAY_ADDRESS")
        here: dict[str, Any] = {} if address else {"num_cpus": workers, "include_dashboard": False}
        ray.init(address=address, log_to_driver=False, **here)
    try:
        rows = [{"place": k} for k in range(len(shards))]
        todo = list(shards)

        def make(row: dict[str, Any]) -> Facts:
            return write_shard(todo[int(row["place"])], folder)

        data = ray.data.from_items(rows, override_num_blocks=len(rows))
        yield from data.map(make, concurrency=workers).iter_rows()
    finally:
        if started:
            ray.shutdown()


ENGINES: dict[str, Engine] = {"local": local, "ray": through_ray}


def build(
    folder: Path,
    count: int,
    *,
    seed: int = 1,
    size: int = 50_000,
    engine: str = "local",
    workers: int = 1,
    on_shard: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Make a corpus of `count` examples in shards of `size`. on_shard hears (finished, of all).

    Raises CorpusError if the folder holds another corpus.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shards = plan(seed, count, size)
    facts: list[Facts] = []
    for fact in ENGINES[engine](shards, folder.resolve(), workers):
        facts.append(fact)
        write_manifest(folder, shards, facts)
        on_shard(len(facts), len(shards))


def main(argv: list[str] | None = None) -> int:
    """The command `cwm-lab corpus`."""
    parser = argparse.ArgumentParser(prog="cwm-lab corpus", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="make a corpus of training examples")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--count", type=_positive, required=True, help="examples in all")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--size", type=_positive, default=50_000, help="examples in a shard")
    command.add_argument("--engine", choices=sorted(ENGINES), default="local")
    command.add_argument("--workers", type=_positive, default=os.cpu_count() or 1)
    options = parser.parse_args(argv)
    build(
        options.out,
        options.count,
        seed=options.seed,
        size=options.size,
        engine=options.engine,
        workers=options.workers,
        on_shard=_say,
    )
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def _say(done: int, of: int) -> None:
    sys.stderr.write(f"shard {done} of {of}\n")
    sys.stderr.flush()
