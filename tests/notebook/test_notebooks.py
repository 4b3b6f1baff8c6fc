"""Every notebook of the repository runs in a real kernel, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

FOLDER = Path(__file__).parents[2] / "notebooks"
FINETUNE = FOLDER / "finetune.ipynb"
NOTEBOOKS = sorted({*FOLDER.glob("*.ipynb")} - {FINETUNE})
SHORT = "--minutes 30 --steps 3 --batch 256 --general 3 --variations 1 --held-out 0.2 --workers 1"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def kernel_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))


def execute(notebook: Any, folder: Path) -> None:
    client = NotebookClient(
        notebook,
        timeout=300,
        startup_timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_leaves_static_forms(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, 4)
    execute(notebook, tmp_path)
    cells = [cell for cell in notebook.cells if cell.source.startswith("%%predict")]
    assert cells
    for cell in cells:
        bundles = [output.data for output in cell.outputs if "data" in output]
        (bundle,) = [data for data in bundles if "text/html" in data]
        assert "<table>" in bundle["text/html"]
        assert "Predicted (builtin)" in bundle["text/plain"]
        assert WIDGET not in bundle


@pytest.mark.notebook
def test_input_without_a_reader_is_one_clear_message(tmp_path: Path) -> None:
    cells = ["%load_ext cwm_lab", "%%predict\nname = input('Who? ')"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    with pytest.raises(CellExecutionError, match="nobody can answer here"):
        execute(notebook, tmp_path)
    (output,) = notebook.cells[-1].outputs
    assert output.traceback == [f"%%predict: {output.evalue}"]


@pytest.mark.notebook
@pytest.mark.slow
def test_the_notebook_that_trains_runs_in_a_short_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CWM_LAB_FINETUNE", SHORT)
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "adapters"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "week3.md").write_text((FOLDER / "week3.md").read_text("utf-8"), "utf-8")
    notebook = nbformat.read(FINETUNE, 4)
    execute(notebook, tmp_path)
    found = {cell.id: cell.get("outputs", []) for cell in notebook.cells}
    (run,) = [output.data for output in found["run"] if "data" in output]
    assert run["text/html"].count("<svg") == 2
    assert ">course (" in run["text/html"]
    assert "general set" in run["text/plain"]
    assert WIDGET not in run
    adapter = load_adapter_from(tmp_path / "adapters")
    assert adapter["name"] == "demo"
    assert adapter["verdict"] in found["verdict"][0].text
    for name, model in (("pick", "builtin"), ("after", "builtin?adapter=demo")):
        (shown,) = [output.data for output in found[name] if "data" in output]
        assert f"Predicted ({model})" in shown["text/plain"]
        assert "<table>" in shown["text/html"]
    (same,) = [output.data for output in found["same"] if "data" in output]
    assert "Predicted (builtin?adapter=demo)" in same["text/plain"]


def load_adapter_from(folder: Path) -> Any:
    return json.loads((folder / "demo" / "adapter.json").read_text("utf-8"))
