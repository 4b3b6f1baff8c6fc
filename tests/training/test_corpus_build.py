"""Corpora on disk: the same whoever builds them, kept over a kill, refused if they do not fit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

from cwm_lab.cli import main
from cwm_lab.training.build import build
from cwm_lab.training.corpus import stream
from cwm_lab.training.shards import CorpusError, read_shards, shard_files, source_hash

COUNT, SIZE = 250, 100
START = "import sys; from cwm_lab.cli import main; sys.exit(main())"


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def hashes(folder: Path) -> list[str]:
    return [shard["sha256"] for shard in manifest(folder)["shards"]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    build(folder, COUNT, seed=9, size=SIZE)
    return folder


def test_the_manifest_tells_what_the_shards_hold(corpus: Path) -> None:
    told = manifest(corpus)
    assert told["complete"] is True
    assert (told["seed"], told["count"], told["source"]) == (9, COUNT, source_hash())
    assert [shard["examples"] for shard in told["shards"]] == [100, 100, 50]
    assert [shard["first_program"] for shard in told["shards"]] == [
        450_000_003,
        450_000_004,
        450_000_005,
    ]
    assert sorted(p.name for p in corpus.iterdir()) == [
        "manifest.json",
        *(f"shard-0000{k}.parquet" for k in range(3)),
    ]


def test_what_is_read_is_what_the_stream_makes(corpus: Path) -> None:
    made = Counter(e for k, n in enumerate((100, 100, 50)) for e in islice(stream(9, k, 3), n))
    first = list(islice(read_shards(corpus, seed=1), COUNT))
    assert Counter(first) == made
    again = list(islice(read_shards(corpus, seed=2), 2 * COUNT))
    assert Counter(again) == made + made
    assert again[:COUNT] != first
    shares = [
        Counter(islice(read_shards(corpus, 1, k, 3), n)) for k, n in enumerate((100, 100, 50))
    ]
    assert shares[0] + shares[1] + shares[2] == made


def test_a_build_that_was_stopped_goes_on_and_keeps_finished_shards(
    corpus: Path, tmp_path: Path
) -> None:
    build(tmp_path, COUNT, seed=9, size=SIZE)
    (tmp_path / "shard-00001.parquet").unlink()
    (tmp_path / "shard-00001.partial").write_bytes(b"half a shard")
    (tmp_path / "manifest.json").unlink()
    kept = tmp_path / "shard-00000.parquet"
    os.utime(kept, (1, 1))
    build(tmp_path, COUNT, seed=9, size=SIZE)
    assert kept.stat().st_mtime == 1
    assert hashes(tmp_path) == hashes(corpus)
    assert not list(tmp_path.glob("*.partial"))


def test_processes_and_hash_seeds_change_nothing(corpus: Path, tmp_path: Path) -> None:
    command = ["corpus", "build", "--out", str(tmp_path), "--count", str(COUNT), "--seed", "9"]
    done = subprocess.run(
        [sys.executable, "-c", START, *command, "--size", str(SIZE), "--workers", "2"],
        env={**os.environ, "PYTHONHASHSEED": "3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path) == hashes(corpus)
    assert "shard 3 of 3" in done.stderr


@pytest.mark.slow
def test_ray_makes_the_same_shards(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else Ray writes a token into the home folder
    for tries_left in (2, 1, 0):
        try:
            build(tmp_path, COUNT, seed=9, size=SIZE, engine="ray", workers=1)
            break
        except Exception as error:
            # Ray gives its own processes 30 seconds to start, however busy the machine is.
            if "timed out during startup" not in str(error):
                raise
            if not tries_left:
                pytest.skip("this machine is too busy for Ray, which did not start in three tries")
    assert hashes(tmp_path) == hashes(corpus)
    assert manifest(tmp_path)["complete"] is True


def test_another_plan_in_the_same_folder_is_refused(corpus: Path) -> None:
    with pytest.raises(CorpusError, match="seed differs"):
        build(corpus, COUNT, seed=8, size=SIZE)
    with pytest.raises(CorpusError, match=r"shards.* differ"):
        build(corpus, 2 * COUNT, seed=9, size=SIZE)


def test_damage_is_told(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, 20, seed=9, size=20)
    shard = tmp_path / "shard-00000.parquet"
    shard.write_bytes(shard.read_bytes()[:-9])
    with pytest.raises(CorpusError, match="damaged"):
        build(tmp_path, 20, seed=9, size=20)
    shard.unlink()
    with pytest.raises(CorpusError, match="lacks shard-00000"):
        shard_files(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(CorpusError, match="holds no corpus"):
        shard_files(tmp_path)
    assert main(["train", "--corpus", str(tmp_path), "--out", str(tmp_path / "run")]) == 2
    assert "holds no corpus" in capsys.readouterr().err
    assert main(["corpus", "build", "--out", str(corpus), "--count", "7"]) == 2
    assert "belongs to another corpus" in capsys.readouterr().err
