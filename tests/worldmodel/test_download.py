"""Checkpoints from a hub on loopback: with progress, interrupted, gone on with, refused."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel import download
from cwm_lab.worldmodel.loading import find_folder
from cwm_lab.worldmodel.specs import parse_spec
from tests.fixtures.hub_server import HubServer

TINY = Path(__file__).parents[1] / "fixtures" / "cwm_tiny"
SIZE = (TINY / "model.safetensors").stat().st_size
SPEC = parse_spec("local:lab/tiny")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    from huggingface_hub import constants

    server = HubServer(TINY)
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr(download, "FIRST_WAIT", 0.001)
    yield server
    server.shutdown()
    server.server_close()


def same(folder: Path) -> bool:
    return all((folder / path.name).read_bytes() == path.read_bytes() for path in TINY.iterdir())


def test_a_checkpoint_comes_once(hub: HubServer) -> None:
    folder = find_folder(SPEC)
    assert same(folder)
    asked = len(hub.asked)
    assert asked == len(list(TINY.iterdir()))
    assert find_folder(SPEC) == folder
    hub.server_close()
    assert find_folder(SPEC) == folder
    assert len(hub.asked) == asked


def test_a_broken_connection_is_gone_on_with(hub: HubServer) -> None:
    hub.cuts = [1000, 100_000]
    assert same(find_folder(SPEC))
    asked = [given for name, given in hub.asked if name == "model.safetensors"]
    assert asked == ["", "bytes=1000-", "bytes=101000-"]


def test_an_interrupted_download_is_gone_on_with_another_day(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def impatient(self: object, size: int) -> None:
        seen.append(size)
        if sum(seen) > SIZE // 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(download.Advance, "__call__", impatient)
        with pytest.raises(KeyboardInterrupt):
            find_folder(SPEC)
    hub.asked.clear()
    assert same(find_folder(SPEC))
    (given,) = [given for name, given in hub.asked if name == "model.safetensors"]
    assert int(given.removeprefix("bytes=").rstrip("-")) > SIZE // 3


def test_a_hub_without_ranges_sends_it_again(hub: HubServer) -> None:
    hub.cuts, hub.ranges = [1000], False
    assert same(find_folder(SPEC))


def test_what_never_gets_further_is_given_up_and_kept(hub: HubServer, tmp_path: Path) -> None:
    hub.cuts = [5000] + [0] * 10
    with pytest.raises(ModelError, match=r"broke off 5 times; try again: what has come is kept"):
        find_folder(SPEC)
    (part,) = tmp_path.rglob("*.part")
    assert part.stat().st_size == 5000


def test_damaged_bytes_are_thrown_away(hub: HubServer, tmp_path: Path) -> None:
    hub.broken = {"model.safetensors"}
    with pytest.raises(ModelError, match="came damaged and was thrown away"):
        find_folder(SPEC)
    assert not list(tmp_path.rglob("*.part"))
    hub.broken = set()
    assert same(find_folder(SPEC))


def test_a_gated_model_asks_for_its_licence(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret_of_the_hub"
    with pytest.raises(ModelError, match="is gated: accept its licence"):
        find_folder(SPEC)
    monkeypatch.setenv("HF_TOKEN", hub.token)
    assert same(find_folder(SPEC))


def test_what_is_not_there_is_told(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="the hub knows no model lab/other"):
        find_folder(parse_spec("local:lab/other"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="is not on this machine, and the hub cannot be reached"):
        find_folder(SPEC)


def test_a_full_disk_is_told_before_and_while(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
        with pytest.raises(ModelError, match=r"has 0.0 GB free; free some, or point HF_HOME"):
            find_folder(SPEC)

    def full(self: object, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.Advance, "__call__", full)
    with pytest.raises(ModelError, match="there is no room left on the disk for lab/tiny"):
        find_folder(SPEC)


def test_two_do_not_download_at_once(hub: HubServer, tmp_path: Path) -> None:
    from filelock import FileLock

    folder = tmp_path / "cwm-lab" / "lab--tiny"
    folder.mkdir(parents=True)
    with FileLock(folder / ".lock"), pytest.raises(ModelError, match="by another process"):
        find_folder(SPEC)


def test_progress_is_shown_where_someone_watches(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_folder(SPEC)
    assert capsys.readouterr().err == ""
    shutil.rmtree(find_folder(SPEC))
    monkeypatch.setattr(download, "someone_watches", lambda: True)
    find_folder(SPEC)
    assert "downloading lab/tiny: 100%" in capsys.readouterr().err
