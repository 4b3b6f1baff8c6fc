"""A corpus on disk: Parquet shards of examples, each made from a seed alone, and a manifest.

A shard is a plan (`Shard`) carried out: the first `examples` of `stream(seed, index, shards)`. It
is written under another name and moved when it is whole, and says in its own metadata what it is,
so that a build that was killed goes on from what is there. Columns: `ids` (list of uint16, the
whole example), `answer` (uint16, where the answer starts), `kind` (string), `asked` (list of bool,
which of the answer's tokens must be predicted; empty: all), `allowed` (list of binary, for each of
those a bit for each token that it may be; empty: all).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cwm_lab.errors import CWMLabError
from cwm_lab.training.corpus import Example, program_number, stream
from cwm_lab.worldmodel.vocabulary import TOKENS, VOCABULARY_VERSION

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "cwm-lab/corpus@3"
MANIFEST: Final = "manifest.json"
_METADATA: Final = b"cwm-lab"
_BATCH: Final = 2000
_READ: Final = 4000


class CorpusError(CWMLabError):
    """A corpus folder that cannot be built on or read."""


@dataclass(frozen=True)
class Shard:
    """What one shard holds. source: `source_hash()` of the code that makes it."""

    seed: int
    index: int
    shards: int
    examples: int
    source: str
    dialect: str = f"transition@{VOCABULARY_VERSION}"

    @property
    def file(self) -> str:
        return f"shard-{self.index:05d}.parquet"


_SOURCES: Final = (
    *(f"training/{name}.py" for name in "corpus teacher watch questions scratchpad".split()),
    *(f"training/{name}.py" for name in "callsites snapshot set_order instrument".split()),
    *(f"worldmodel/{name}.py" for name in "dialect statement values scopes desugar".split()),
    *(f"worldmodel/{name}.py" for name in "grammar outcomes choices places".split()),
    "worldmodel/course",
    "training/generator",
)


@cache
def source_hash() -> str:
    """A hash of everything that examples depend on: generator, teacher, dialect, vocabulary."""
    digest = hashlib.sha256("\n".join(TOKENS).encode())
    for name in _SOURCES:
        entry = resources.files("cwm_lab").joinpath(*name.split("/"))
        for path, data in sorted(_files(entry, name)):
            digest.update(f"{path}\n".encode())
            digest.update(data)
    return digest.hexdigest()[:16]


def _files(entry: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    """(path, content) of a source file, or of all source files in a folder."""
    if entry.is_dir():
        for inner in entry.iterdir():
            yield from _files(inner, f"{path}/{inner.name}")
    elif path.endswith((".py", ".txt")):
        yield path, entry.read_bytes()


def plan(seed: int, count: int, size: int) -> list[Shard]:
    """The shards of a corpus of `count` examples, `size` in each but the last."""
    number = -(-count // size)
    return [
        Shard(seed, k, number, min(size, count - k * size), source_hash()) for k in range(number)
    ]


def write_shard(shard: Shard, folder: Path) -> dict[str, Any]:
    """Make a shard, unless it is there, and return its facts for the manifest."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / shard.file
    if _facts(path, shard) is None:
        plan_text = json.dumps(asdict(shard)).encode()
        schema = _schema().with_metadata({_METADATA: plan_text})
        partial = path.with_suffix(".partial")
        examples = islice(stream(shard.seed, shard.index, shard.shards), shard.examples)
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            while batch := list(islice(examples, _BATCH)):
                columns = [
                    [e.ids for e in batch],
                    [e.answer for e in batch],
                    [e.kind for e in batch],
                    [e.asked for e in batch],
                    [e.allowed for e in batch],
                ]
                arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
                writer.write_batch(pa.record_batch(arrays, schema=schema))
        partial.replace(path)
    facts = _facts(path, shard)
    assert facts is not None
    return facts


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            ("ids", pa.list_(pa.uint16())),
            ("answer", pa.uint16()),
            ("kind", pa.string()),
            ("asked", pa.list_(pa.bool_())),
            ("allowed", pa.list_(pa.binary())),
        ]
    )


def _facts(path: Path, shard: Shard) -> dict[str, Any] | None:
    """What the manifest says of a shard; None if it is not there. Raises CorpusError if the file
    is of another plan."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"{path} is damaged ({error}); delete it and build again.") from error
    found = json.loads((metadata.metadata or {}).get(_METADATA, b"{}"))
    if found != asdict(shard):
        differs = ", ".join(k for k, v in asdict(shard).items() if found.get(k) != v)
        raise CorpusError(
            f"{path} belongs to another corpus ({differs} differs); build into an empty folder."
        )
    first = program_number(shard.seed, 1, shard.index, shard.shards)
    return {
        "file": path.name,
        "index": shard.index,
        "examples": metadata.num_rows,
        "first_program": first,
        "program_step": shard.shards,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def write_manifest(folder: Path, shards: Sequence[Shard], facts: Sequence[dict[str, Any]]) -> None:
    """Say what is in the folder now; `complete` tells whether every shard is there."""
    first = shards[0]
    manifest = {
        "schema": SCHEMA,
        "dialect": first.dialect,
        "source": first.source,
        "seed": first.seed,
        "count": sum(shard.examples for shard in shards),
        "complete": len(facts) == len(shards),
        "shards": sorted(facts, key=lambda fact: int(fact["index"])),
    }
    partial = folder / "manifest.partial"
    partial.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    partial.replace(folder / MANIFEST)


def shard_files(folder: Path) -> list[Path]:
    """The shards that a corpus' manifest names. Raises CorpusError if they cannot be used here."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        schema, dialect = manifest["schema"], manifest["dialect"]
        files = [folder / str(s["file"]) for s in manifest["shards"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{folder} holds no corpus ({error}); make one with `cwm-lab corpus build`."
        ) from error
    if (schema, dialect) != (SCHEMA, f"transition@{VOCABULARY_VERSION}"):
        raise CorpusError(
            f"the corpus in {folder} is of the dialect {dialect} ({schema}); build it again."
        )
    missing = [file.name for file in files if not file.exists()]
    if missing or not files:
        raise CorpusError(f"{folder} lacks {', '.join(missing) or 'shards'}; build it again.")
    return files


def read_shards(
    folder: Path, seed: int = 0, worker: int = 0, workers: int = 1
) -> Iterator[Example]:
    """Endless examples: this worker's shards in random order, each shuffled in blocks, again and
    again in another order. With fewer shards than workers, workers share all of them."""
    import pyarrow.parquet as pq

    rng = random.Random(seed * 1009 + worker)
    files = shard_files(folder)
    mine = files[worker::workers] if len(files) >= workers else files
    while True:
        rng.shuffle(mine)
        for file in mine:
            for batch in pq.ParquetFile(file).iter_batches(_READ):
                rows = batch.to_pylist()
                rng.shuffle(rows)
                for row in rows:
                    asked, allowed = tuple(row["asked"]), tuple(row["allowed"])
                    yield Example(tuple(row["ids"]), row["answer"], row["kind"], asked, allowed)
