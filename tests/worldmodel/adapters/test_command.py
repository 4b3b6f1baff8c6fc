"""`cwm-lab adapters`, and what predicts where no model is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cwm_lab.cli import main
from cwm_lab.notebook.config import CWMLab
from cwm_lab.worldmodel.adapters import Adapter, default_model, load_adapter
from cwm_lab.worldmodel.builtin import SHIPPED
from tests.worldmodel.adapters.conftest import Trained, save


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["adapters", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["adapters", *arguments]) == 2
    caught = capsys.readouterr()
    assert (caught.out, caught.err.count("\n")) == ("", 1)
    return caught.err


def test_an_empty_store(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "There are no adapters" in said(capsys, "list")
    assert json.loads(said(capsys, "list", "--json"))["adapters"] == []
    assert "there are: none." in refused(capsys, "show", "week3")
    assert "there are: none." in refused(capsys, "remove", "week3", "--yes")
    assert "invalid choice" in refused(capsys, "lst")
    assert not store.exists()


def test_listed_shown_chosen_and_removed(
    week3: Adapter, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    save("bad", trained.folder)
    (week3.folder.parent / "bad" / "evil.py").write_text("")
    assert "week3: better [builtin]" in said(capsys, "list")
    assert "bad: cannot be used: " in said(capsys, "list")
    rows: list[dict[str, Any]] = json.loads(said(capsys, "list", "--json"))["adapters"]
    assert [row["name"] for row in rows] == ["bad", "week3"]
    assert rows[1]["base"]["licence"] == "Apache-2.0"
    shown = said(capsys, "show", "week3")
    for part in ("Apache-2.0", str(week3.folder), "10.0 %  41.0 %  +31.0   +22.0 to +40.0"):
        assert part in shown
    assert json.loads(said(capsys, "show", "week3", "--json"))["about"]["data"]["programs"] == 12
    assert "builtin?adapter=week3" in said(capsys, "default", "week3")
    assert "week3 (default): better" in said(capsys, "list")
    assert "no adapter 'no'" in refused(capsys, "default", "no")
    assert "cannot be undone; say --yes" in refused(capsys, "remove", "week3")
    assert load_adapter("week3").helps
    assert "No model is named: builtin".lower() in said(capsys, "remove", "week3", "--yes").lower()
    said(capsys, "remove", "bad", "--yes")
    assert list(week3.folder.parent.iterdir()) == []


def test_the_default_predicts_where_no_model_is_named(
    week3: Adapter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "p.py"
    program.write_text("x = 1\n")

    def model(*more: str) -> str:
        assert main(["predict", str(program), "--json", *more]) == 0
        return str(json.loads(capsys.readouterr().out)["model"])

    assert (model(), CWMLab().model) == ("builtin", "builtin")
    said(capsys, "default", week3.name)
    assert (model(), CWMLab().model) == ("builtin?adapter=week3",) * 2
    assert model("--model", "builtin") == "builtin"
    said(capsys, "default", "--none")
    assert (model(), default_model()) == ("builtin", "builtin")


def test_a_default_whose_base_changed_or_that_is_gone_makes_way_and_says_so(
    week3: Adapter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "p.py"
    program.write_text("x = 1\n")

    def model() -> tuple[str, str]:
        assert main(["predict", str(program), "--json"]) == 0
        found = capsys.readouterr()
        return str(json.loads(found.out)["model"]), found.err

    said(capsys, "default", week3.name)
    other = tmp_path / "weights"
    shutil.copytree(SHIPPED, other)
    with (other / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    monkeypatch.setenv("CWM_LAB_BUILTIN", str(other))
    name, complaint = model()
    assert name == "builtin"
    assert complaint.count("\n") == 1
    for words in ("made for other weights", "cwm-lab finetune", "cwm-lab adapters default --none"):
        assert words in complaint
    assert CWMLab().model == "builtin"
    assert "made for other weights" in capsys.readouterr().out
    listed = said(capsys, "list")
    assert "week3 (default): made for other weights" in listed
    assert "Where no model is named: builtin (builtin?adapter=week3 was chosen" in listed
    monkeypatch.delenv("CWM_LAB_BUILTIN")
    assert model() == ("builtin?adapter=week3", "")
    shutil.rmtree(week3.folder)
    assert "no adapter 'week3'; there are: none. Until then" in model()[1]
    said(capsys, "default", "--none")
    assert model() == ("builtin", "")


def test_handed_on(
    week3: Adapter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "w.zip"
    assert str(file) in said(capsys, "export", "week3", str(file))
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "other"))
    assert "week3 is here: better" in said(capsys, "import", str(file))
    assert "--replace" in refused(capsys, "import", str(file))
    assert "loops is here" in said(capsys, "import", str(file), "--name", "loops")
    assert "cannot be called" in refused(capsys, "import", str(file), "--name", "a/b")
    assert "week3 is here" in said(capsys, "import", str(week3.folder), "--replace")
