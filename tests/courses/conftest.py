"""Recorded programs, and a data folder of its own for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cwm_lab import Program, Trace, record
from cwm_lab.courses.attempts import FOLDER_VARIABLE
from cwm_lab.trace import header_comments


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Trace]:
    """Runs a trusted program in this process."""

    def run(source: str) -> Trace:
        _, stdin = header_comments(source)
        return record(Program(source, stdin=stdin), sandbox=False)

    return run


@pytest.fixture(scope="session")
def human_traces(human_programs: list[Path], recorded: Callable[[str], Trace]) -> dict[str, Trace]:
    return {path.stem: recorded(path.read_text("utf-8")) for path in human_programs}
