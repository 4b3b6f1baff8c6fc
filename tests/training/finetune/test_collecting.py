"""Programs are found where instructors have them, and what is not used is named with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cwm_lab.errors import FinetuneError
from cwm_lab.trace import Program
from cwm_lab.training.finetune import collecting
from cwm_lab.training.finetune.cells import Cell, cell_programs
from cwm_lab.training.finetune.collecting import collect


def _notebook(path: Path, *cells: str) -> Path:
    rows = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    rows.insert(1, {"cell_type": "markdown", "source": ["# Loops\n"]})
    path.write_text(json.dumps({"cells": rows, "nbformat": 4}), encoding="utf-8")
    return path


def test_a_folder_with_files_of_each_kind(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text('# stdin: ["3"]\nprint(input())\n')
    (tmp_path / "b.py").write_text("print(1)\n")
    (tmp_path / "same.py").write_text("print(1)\n\n")
    (tmp_path / "notes.txt").write_text("print(2)\n")
    (tmp_path / "latin.py").write_bytes(b"print('\xe9')\n")
    _notebook(tmp_path / "n.ipynb", "x = 2\n", "print(x)\n")
    (tmp_path / "broken.ipynb").write_text("{")
    found = collect([tmp_path])
    assert {one.program.text for one in found.programs} == {
        "print(1)\n", '# stdin: ["3"]\nprint(input())\n', "x = 2\n", "x = 2\n\nprint(x)\n",
    }  # fmt: skip
    assert [one.program.stdin for one in found.programs if "stdin" in one.program.text] == [("3",)]
    reasons = {Path(one.place).name: one.reason for one in found.left_out}
    assert reasons == {"latin.py": "is not UTF-8 text", "broken.ipynb": "is not a notebook"}


def test_cells_stand_below_the_earlier_cells_that_they_need() -> None:
    cells = [
        Cell("def double(n):\n    return 2 * n\n", 1),
        Cell("unused = 1\n", 2),
        Cell("xs = [1]\n", 3),
        Cell("xs.append(double(4))\n", 4),
        Cell("%matplotlib inline\nprint(xs)\n!ls\n", 5),
        Cell("%%bash\nls\n", 6),
        Cell("%%predict -i 7 --input=8\nprint(input())\n", 7),
        Cell("x =\n", 8),
    ]
    made = {one.number: one for one in cell_programs(cells)}
    assert made[5].source == (
        "def double(n):\n    return 2 * n\n\nxs = [1]\n\nxs.append(double(4))\n\nprint(xs)\n"
    )
    assert made[7].source == "print(input())\n"
    assert made[7].stdin == ("7", "8")
    assert made[8].source is None
    assert "is not Python" in made[8].reason
    assert 1 not in made, "a cell of definitions does nothing by itself"
    assert 6 not in made
    assert made[3].tie == made[4].tie == made[5].tie, "they share text"
    assert made[2].tie != made[3].tie


def test_lessons_in_markdown_and_in_percent_scripts(tmp_path: Path) -> None:
    lesson = tmp_path / "lesson.md"
    lesson.write_text("# Sum\n\n```python\nprint(1 + 1)\n```\n\n```text\nno\n```\n")
    script = tmp_path / "script.py"
    script.write_text("# %% [markdown]\n# words\n# %%\nprint(3)\n# %%\nprint(4)\n")
    assert [one.program.text for one in collect([lesson, script]).programs] == [
        "print(1 + 1)\n", "print(3)\n", "print(4)\n",
    ]  # fmt: skip


def test_predict_cells_of_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core.history import HistoryAccessor

    file = str(tmp_path / "history.sqlite")
    history = HistoryAccessor(hist_file=file)
    for line, source in enumerate(["%%predict\nprint(5)\n", "print('%%predict')\n", "x = 1\n"]):
        with history.db:
            history.db.execute("INSERT INTO history VALUES (1, ?, ?, ?)", (line, source, source))
    real = collecting.history_cells
    monkeypatch.setattr(collecting, "history_cells", lambda: real(file))
    assert [one.program.text for one in collect([collecting.HISTORY]).programs] == ["print(5)\n"]


def test_no_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with pytest.raises(FinetuneError, match="no history"):
        collect([collecting.HISTORY])


def test_programs_as_they_are() -> None:
    found = collect([Program("print(1)\n"), Program("print(1)\n", stdin=("x",))])
    assert len(found.programs) == 2


@pytest.mark.parametrize("name", ["nothing", "file.txt"])
def test_what_is_no_source(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(FinetuneError, match=name):
        collect([tmp_path / name])


def test_a_cell_that_binds_what_it_reads_needs_no_other() -> None:
    cells = [
        Cell("x = 1\nprint(x)\n", 1),
        Cell("x = 2\nfor i in range(x):\n    x += i\nprint([i for i in range(x)])\n", 2),
        Cell("while x > 3:\n    x = x // 2\nprint(x)\n", 3),
    ]
    made = {one.number: one for one in cell_programs(cells)}
    assert made[2].source == cells[1].text
    assert made[3].source is not None
    assert made[3].source.startswith("x = 1")


def test_a_function_may_call_one_that_its_cell_defines_below() -> None:
    cells = [
        Cell("total = 3\nprint(total)\n", 1),
        Cell("def f():\n    return total()\n\ndef total():\n    return 1\n\nprint(f())\n", 2),
        Cell("def g(n=total):\n    return n\n\ndef total():\n    return 1\n\nprint(g())\n", 3),
    ]
    made = {one.number: one.source for one in cell_programs(cells)}
    assert made[2] == cells[1].text
    assert made[3] is not None
    assert made[3].startswith("total = 3")
