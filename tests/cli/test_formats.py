"""`--format` and `cwm-lab show`, by running the installed command."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cwm_lab import record
from cwm_lab.trace import Program, from_cwm_text, from_pythontutor, to_cwm_text

COMMAND = str(Path(sys.executable).with_name("cwm-lab"))
SOURCE = "a = [1]\nb = a\nb.append(2)\nprint(a)\n"


def run(*arguments: str, text: bytes = b"", status: int = 0) -> str:
    done = subprocess.run([COMMAND, *arguments], input=text, capture_output=True, timeout=300)
    assert done.returncode == status, done.stderr.decode()
    if status:
        assert done.stdout == b""
        assert done.stderr.decode().count("\n") == 1
        return done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "a.py"
    path.write_text(SOURCE)
    return str(path)


def test_a_trace_leaves_in_each_format_and_is_shown_again(file: str) -> None:
    trace = record(Program(SOURCE, "a.py"))
    document = run("trace", file, "--format", "json")
    assert json.loads(document) == json.loads(run("trace", file, "--json"))
    tutor = run("trace", file, "--format", "pythontutor")
    assert from_pythontutor(tutor).output == "[1, 2]\n"
    assert run("trace", file, "--format", "cwm") == to_cwm_text(trace) + "\n"
    assert from_cwm_text(run("trace", file, "--format", "cwm"), trace.program).outcome.kind == (
        "finished"
    )
    rows = list(csv.DictReader(io.StringIO(run("trace", file, "--format", "csv"))))
    assert [int(row["line"]) for row in rows] == [step.line for step in trace.steps]
    assert json.loads(rows[2]["locals"]) == {"b": "[1]"}
    assert run("show", "-", "--format", "pythontutor", text=document.encode()) == tutor
    assert "b.append(2)" in run("show", "-", text=tutor.encode())
    assert json.loads(run("show", "-", "--json", text=document.encode())) == json.loads(document)


def test_what_cannot_be_done_is_one_line(file: str, tmp_path: Path) -> None:
    assert "yaml" in run("trace", file, "--format", "yaml", status=2)
    assert "choose one" in run("trace", file, "--json", "--format", "csv", status=2)
    assert "not JSON" in run("show", file, status=2)
    assert "cannot read" in run("show", str(tmp_path / "none.json"), status=2)
    assert "no object" in run("show", "-", text=b"[]", status=2)
    assert "not JSON" in run("show", "-", text=b"\xff", status=2)
    assert "trace document" in run("show", "-", text=b"{}", status=2)
