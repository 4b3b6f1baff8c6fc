"""The command that calibrates: it writes what the model then reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cwm_lab.cli import main
from cwm_lab.recorder import record
from cwm_lab.training.alone import judge_alone
from cwm_lab.worldmodel import BuiltinModel
from cwm_lab.worldmodel.builtin import SHIPPED


def test_a_checkpoint_is_calibrated_by_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "checkpoint"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("calibration.json"))
    assert main(["calibrate", str(folder), "--programs", "10"]) == 0
    assert "expected calibration error" in capsys.readouterr().err
    data = json.loads((folder / "calibration.json").read_text())
    assert data["step"][0][0] == 0
    assert data["step"][-1][0] == 1
    raw, told = BuiltinModel(folder, calibrated=False), BuiltinModel(folder)
    trace = record("a = 3\nb = a * 2\nprint(b)\n")
    for before, after in zip(raw.resync(trace), told.resync(trace), strict=True):
        assert before.step is not None
        assert after.step is not None
        if before.step.confidence is None:
            assert after.step.confidence is None
        else:
            assert after.step.confidence == told.calibration.step(before.step.confidence)


def test_too_few_programs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(SHIPPED), "--programs", "3"]) == 2
    assert "fewer than 10" in capsys.readouterr().err


def test_judging_alone_counts_each_followed_step() -> None:
    model = BuiltinModel()
    actual = record("n = 0\nfor i in range(3):\n    n += i\nprint(n)\n")
    alone = judge_alone([actual], model)[0]
    assert alone.followed == 1
    steps = [found.step for found in model.resync(actual)]
    assert len(alone.judged) == sum(s is not None and s.confidence is not None for s in steps)
    assert 0 <= alone.scores["resynced_step_accuracy"] <= 1
