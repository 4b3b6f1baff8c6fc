"""Adapters are whole or not there, and what is odd about one is told before it is used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.adapters import (
    Adapter,
    adapters_folder,
    base_of,
    check_name,
    default_model,
    list_adapters,
    load_adapter,
    read_adapter,
    remove_adapter,
    save_adapter,
    set_default,
    weights_sha256,
)
from cwm_lab.worldmodel.adapters.archive import export_adapter, import_adapter
from cwm_lab.worldmodel.adapters.store import put_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.checkpoint import read_config
from cwm_lab.worldmodel.specs import parse_spec
from tests.worldmodel.adapters.conftest import Trained, save

TINY = Path(__file__).parents[2] / "fixtures" / "cwm_tiny"
WEIGHTS = "adapter_model.safetensors"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def hidden(store: Path) -> list[str]:
    return [path.name for path in store.iterdir() if path.name.startswith(".")]


def test_what_is_saved_is_found_again(week3: Adapter, store: Path) -> None:
    assert adapters_folder() == store
    assert sorted(contents(store / "week3")) == [
        "README.md",
        "adapter.json",
        "adapter_config.json",
        WEIGHTS,
    ]
    again = load_adapter("week3")
    assert (again.sha256, again.rank, again.helps) == (week3.sha256, 4, True)
    layers = read_config(SHIPPED)["num_hidden_layers"]
    assert (len(again.modules), again.scale) == (7 * layers, 3.0)
    assert again.base == base_of(parse_spec("builtin"), SHIPPED)
    assert again.base.sha256 == weights_sha256(SHIPPED)
    card = (store / "week3" / "README.md").read_text(encoding="utf-8")
    for part in (again.base.sha256, "Apache-2.0", "| 10.0 % | 41.0 % | +31.0 | +22.0 to +40.0 |"):
        assert part in card
    config = json.loads((store / "week3" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "builtin"
    assert not hidden(store)


def test_without_the_variable_it_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CWM_LAB_ADAPTERS", raising=False)
    monkeypatch.setenv("CWM_LAB_DATA_DIR", "/data/lab")
    assert adapters_folder() == Path("/data/lab/adapters")
    monkeypatch.delenv("CWM_LAB_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/user")
    if sys.platform == "linux":
        assert adapters_folder() == Path("/data/user/cwm-lab/adapters")


@pytest.mark.parametrize(
    "name", ["", "a/b", "a\\b", "..", ".hidden", "-x", "a b", "week3\n", "naïve", "x" * 65, "a.zip"]
)
def test_odd_names_are_refused(name: str, trained: Trained, store: Path) -> None:
    with pytest.raises(ModelError, match="an adapter cannot be called"):
        save(name, trained.folder)
    assert not store.exists()
    assert check_name("Week-3_b") == "Week-3_b"


def test_a_new_one_replaces_the_old_when_it_is_whole(week3: Adapter, trained: Trained) -> None:
    again = save("week3", trained.folder, verdict="the second")
    assert again.verdict == "the second"
    assert (len(list_adapters()), hidden(week3.folder.parent)) == (1, [])


FULL = """
import resource, sys
from pathlib import Path
from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters import base_of, save_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.specs import parse_spec
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
base = base_of(parse_spec("builtin"), SHIPPED)
try:
    save_adapter(sys.argv[2], Path(sys.argv[1]), base=base, data={}, scores={}, verdict="x",
                 helps=False)
except ModelError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes there")
def test_a_full_disk_leaves_the_old_one_and_nothing_else(
    week3: Adapter, trained: Trained, store: Path
) -> None:
    before = contents(store / "week3")
    for name in ("week3", "week4"):
        said = subprocess.run(
            [sys.executable, "-c", FULL, str(trained.folder), name],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f"the adapter {name} was not saved" in said
        assert "no room left" in said
        assert ("from before is as it was" in said) == (name == "week3")
    assert contents(store / "week3") == before
    assert [path.name for path in store.iterdir()] == ["week3"]
    assert load_adapter("week3").verdict == week3.verdict


def test_a_process_that_died_between_the_two_moves_loses_nothing(
    week3: Adapter, trained: Trained, store: Path
) -> None:
    week3.folder.rename(store / ".week3.0123.old")
    assert load_adapter("week3").sha256 == week3.sha256
    assert [one.name for one in list_adapters() if isinstance(one, Adapter)] == ["week3"]
    save("week3", trained.folder, verdict="new")
    assert load_adapter("week3").verdict == "new"
    assert not hidden(store)


def test_what_a_process_that_died_was_writing_goes_in_time(
    week3: Adapter, trained: Trained, store: Path
) -> None:
    fresh, old = store / ".week3.0123.new", store / ".week3.4567.new"
    for folder in (fresh, old):
        folder.mkdir()
    os.utime(old, (1, 1))
    save("week3", trained.folder)
    assert hidden(store) == [fresh.name]
    assert week3.name == "week3"


def test_savers_and_readers_at_once(week3: Adapter, trained: Trained, store: Path) -> None:
    wrong: list[Exception] = []
    stop = threading.Event()

    def write(number: int) -> None:
        try:
            for turn in range(6):
                save("week3", trained.folder, verdict=f"{number}.{turn}")
        except Exception as error:  # noqa: BLE001 - told in the test's own thread
            wrong.append(error)

    def read() -> None:
        while not stop.is_set():
            try:
                assert load_adapter("week3").sha256 == week3.sha256
            except Exception as error:  # noqa: BLE001 - told in the test's own thread
                wrong.append(error)

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert not wrong
    assert load_adapter("week3").verdict.endswith(".5")
    assert not hidden(store)


def change(name: str, **values: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / name
        data = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**data, **values}), encoding="utf-8")

    return spoil


def write(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None  # type: ignore[func-returns-value]


def tensors(spoil: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]) -> Any:
    return lambda folder: save_file(spoil(load_file(folder / WEIGHTS)), folder / WEIGHTS)


def one_less(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(list(found.items())[1:])


def link(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (write("adapter_model.bin", b"\x80\x04."), "may carry code"),
        (write("optimizer.pt", b"x"), "may carry code"),
        (write("modeling.py", b"import os"), "no part of one"),
        (write("notes.txt", b"x"), "no part of one"),
        (write(WEIGHTS, b"\x80\x04 pickled"), "is damaged"),
        (write("adapter_config.json", b"{"), "cannot be read"),
        (write("adapter_config.json", b"[" * 100_000), "cannot be read"),
        (write("adapter.json", b"[]"), "no JSON object"),
        (lambda folder: (folder / "adapter.json").unlink(), "it lacks adapter.json"),
        (lambda folder: (folder / WEIGHTS).unlink(), "it lacks adapter_model"),
        (link, "no plain file"),
        (change("adapter.json", schema="cwm-lab/adapter@2"), "this version reads"),
        (change("adapter.json", base={"model": "builtin"}), "does not say its base"),
        (change("adapter.json", scores=[]), "does not say its scores"),
        (change("adapter.json", verdict="good\x1b[2J"), "holds control characters"),
        (change("adapter.json", base={"model": "m", "sha256": "x", "licence": "l"}), "its base"),
        (change("adapter_config.json", peft_type="LOHA"), "only LORA is known"),
        (change("adapter_config.json", r=0), "rank r of 0"),
        (change("adapter_config.json", r=8), "not of rank 8"),
        (change("adapter_config.json", lora_alpha="2"), "lora_alpha of '2'"),
        (change("adapter_config.json", use_dora=True), "asks for use_dora"),
        (change("adapter_config.json", modules_to_save=["lm_head"]), "asks for modules_to_save"),
        (change("adapter_config.json", bias="all"), "also changes biases"),
        (change("adapter_config.json", rank_pattern={"q_proj": 2}), "asks for rank_pattern"),
        (change("adapter_config.json", target_modules=["k_proj"]), "which its targets lack"),
        (tensors(one_less), "not of rank 4"),
        (tensors(lambda t: {k: v + 1 for k, v in t.items()}), "not what was saved"),
        (tensors(lambda t: {**t, "model.norm.weight": np.ones(3)}), "which is not LoRA"),
    ],
)
def test_what_is_odd_about_one_is_told(
    week3: Adapter, spoil: Callable[[Path], None], says: str
) -> None:
    spoil(week3.folder)
    with pytest.raises(ModelError, match=says) as caught:
        load_model("builtin?adapter=week3")
    assert str(caught.value).count("\n") == 0
    assert list_adapters() == [("week3", str(caught.value))]
    with pytest.raises(ModelError, match=says):
        put_adapter(
            "other",
            lambda folder: (
                shutil.copytree(week3.folder, folder, symlinks=True, dirs_exist_ok=True) and None
            ),
        )  # type: ignore[func-returns-value]
    assert not (week3.folder.parent / "other").exists()


def test_an_adapter_of_another_base_is_refused(
    week3: Adapter, store: Path, tmp_path: Path, trained: Trained
) -> None:
    with pytest.raises(ModelError, match="was made for other weights than these: for builtin"):
        load_model(f"local:{TINY}?device=cpu&adapter=week3")
    changed = tmp_path / "changed"
    shutil.copytree(SHIPPED, changed)
    weights = bytearray((changed / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (changed / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelError, match=r"train it again with `cwm-lab finetune`"):
        week3.check_fits(changed)
    # Of a folder of peft's own nothing is known but its shapes.
    with pytest.raises(ModelError, match="does not fit"):
        load_model(f"local:{TINY}?device=cpu&adapter={trained.folder}")
    assert store.is_dir()


def test_numbers_that_are_none_are_refused(week3: Adapter, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(week3.folder, spoilt)
    (spoilt / "adapter.json").unlink()
    found = load_file(spoilt / WEIGHTS)
    next(iter(found.values()))[0, 0] = np.nan
    save_file(found, spoilt / WEIGHTS)
    with pytest.raises(ModelError, match="no numbers"):
        load_model(f"builtin?adapter={spoilt}")


def test_a_default_is_chosen_and_goes_with_its_adapter(week3: Adapter, store: Path) -> None:
    assert default_model() == "builtin"
    set_default("builtin?adapter=week3")
    assert default_model() == "builtin?adapter=week3"
    with pytest.raises(ModelError, match="no adapter 'week4'"):
        set_default("builtin?adapter=week4")
    assert default_model() == "builtin?adapter=week3"
    remove_adapter("week3")
    assert default_model() == "builtin"
    assert list(store.iterdir()) == []
    (store / "default.json").write_text("{", encoding="utf-8")
    assert default_model() == "builtin"
    assert week3.helps


def test_exported_and_imported_it_is_the_same(
    week3: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "week3.zip"
    export_adapter("week3", file)
    with pytest.raises(ModelError, match="there is an adapter 'week3' already"):
        import_adapter(file)
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "elsewhere"))
    assert contents(import_adapter(file).folder) == contents(week3.folder)
    other = import_adapter(file, "loops")
    assert (other.name, other.about["name"], other.sha256) == ("loops", "loops", week3.sha256)
    assert "adapter=loops" in (other.folder / "README.md").read_text(encoding="utf-8")
    assert import_adapter(week3.folder, replace=True).sha256 == week3.sha256
    export_adapter("week3", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()


def archive(path: Path, members: dict[str, bytes], mode: int = 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            out.writestr(info, content)
    return path


def test_archives_that_are_no_adapters_are_refused(
    week3: Adapter, store: Path, tmp_path: Path
) -> None:
    good = {f"week3/{name}": content for name, content in contents(week3.folder).items()}
    remove_adapter("week3")
    for number, (members, says) in enumerate(
        (
            ({**good, "../evil.json": b"x"}, "no part of an adapter"),
            ({**good, "week3/../../evil": b"x"}, "no part of an adapter"),
            ({**good, "/etc/evil": b"x"}, "no part of an adapter"),
            ({**good, "week3/setup.py": b"x"}, "no part of an adapter"),
            ({**good, "week3/adapter_model.bin": b"x"}, "no part of an adapter"),
            ({**good, "week3/README.md": b" " * 2_000_000}, "larger than"),
            ({**good, "other/README.md": b"x"}, "twice"),
            ({"week3/README.md": b"x"}, "it lacks adapter_model"),
            ({**good, "week3/adapter.json": b'{"name": "a/b"}'}, "cannot be called"),
            ({**good, "week3/adapter.json": b"{}"}, "what it is called"),
        )
    ):
        with pytest.raises(ModelError, match=says):
            import_adapter(archive(tmp_path / f"{number}.zip", members))
    with pytest.raises(ModelError, match="no part of an adapter"):
        import_adapter(archive(tmp_path / "link.zip", good, 0o120777))
    whole = archive(tmp_path / "whole.zip", good).read_bytes()
    for number, part in enumerate((b"", b"PK", whole[:-30], whole[: len(whole) // 2])):
        (tmp_path / f"cut{number}.zip").write_bytes(part)
        with pytest.raises(ModelError, match="no whole zip file"):
            import_adapter(tmp_path / f"cut{number}.zip")
    with pytest.raises(ModelError, match="cannot read"):
        import_adapter(tmp_path / "none.zip")
    assert list(store.iterdir()) == []
    assert not list(tmp_path.rglob("evil*"))


def test_an_archive_with_wrong_bytes_is_refused_or_the_same(
    week3: Adapter, store: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    file = tmp_path / "w.zip"
    for packed in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(file, "w", packed) as out:
            for name, content in contents(week3.folder).items():
                out.writestr(f"week3/{name}", content)
        whole = file.read_bytes()
        places = [*rng.integers(0, len(whole), 20), *rng.integers(len(whole) - 600, len(whole), 40)]
        for place in places:
            wrong = bytearray(whole)
            wrong[place] ^= int(rng.integers(1, 256))
            file.write_bytes(wrong)
            with suppress(ModelError):
                found = import_adapter(file, "copy", replace=True)
                assert found.sha256 == week3.sha256
                remove_adapter("copy")
            assert [path.name for path in store.iterdir()] == ["week3"]


def test_an_adapter_from_another_base_is_not_imported(
    week3: Adapter, store: Path, tmp_path: Path, trained: Trained
) -> None:
    other = base_of(parse_spec(f"local:{TINY}"), TINY)
    assert (other.model, other.licence) == (
        "local:cwm_tiny",
        "not known; see the base model's card",
    )
    foreign = type(other)("builtin", other.sha256, other.licence)
    save_adapter("f", trained.folder, base=foreign, data={}, scores={}, verdict="", helps=False)
    export_adapter("f", tmp_path / "f.zip")
    remove_adapter("f")
    with pytest.raises(ModelError, match="other weights than these"):
        import_adapter(tmp_path / "f.zip")
    assert [path.name for path in store.iterdir()] == [week3.name]


def test_a_folder_of_pefts_alone_is_no_adapter_of_the_store(trained: Trained) -> None:
    with pytest.raises(ModelError, match=r"it lacks adapter\.json"):
        read_adapter(trained.folder)
    assert read_adapter(trained.folder, bare=True).base is None
