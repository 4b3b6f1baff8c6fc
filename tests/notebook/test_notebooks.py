"""Every notebook of the repository runs in a real kernel, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
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
