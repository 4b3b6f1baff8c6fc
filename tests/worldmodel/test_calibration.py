"""Confidence: probabilities of steps and values, and the table that makes them honest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.builtin import SHIPPED, BuiltinModel
from cwm_lab.worldmodel.calibration import RAW, Calibration, read_calibration

SOURCE = "a = 17 * 23\nb = [a]\nb.append('x')\nprint(b)\n"


def write(folder: Path, data: object) -> Path:
    (folder / "calibration.json").write_text(json.dumps(data))
    return folder


def test_points_make_a_line() -> None:
    line = Calibration(step_points=((0.2, 0.1), (0.6, 0.5), (1.0, 0.9)))
    raws = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert [line.step(raw) for raw in raws] == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.7, 0.9])
    assert line.value(0.4) == 0.4


def test_a_checkpoint_without_a_table_is_raw(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) is RAW


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"schema": "cwm-lab/calibration@2", "step": []},
        {"schema": "cwm-lab/calibration@1", "step": [[0.5, 0.6], [0.4, 0.7]]},
        {"schema": "cwm-lab/calibration@1", "step": [[0.1, 0.6], [0.4, 0.5]]},
        {"schema": "cwm-lab/calibration@1", "step": [[0.1, 1.6]]},
        {"schema": "cwm-lab/calibration@1", "value": [["a", "b"]]},
        {"schema": "cwm-lab/calibration@1", "value": 3},
    ],
)
def test_a_bad_table_is_one_clear_error(tmp_path: Path, data: object) -> None:
    with pytest.raises(ModelError, match="calibration"):
        read_calibration(write(tmp_path, data))


def test_steps_and_values_carry_calibrated_confidence(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(SHIPPED, folder)
    half = [[0.0, 0.0], [1.0, 0.5]]
    write(folder, {"schema": "cwm-lab/calibration@1", "step": half, "value": half})
    raw = BuiltinModel(folder, calibrated=False).predict(Program(SOURCE))
    calibrated = BuiltinModel(folder).predict(Program(SOURCE))
    for ours, theirs in zip(raw.steps, calibrated.steps, strict=True):
        if ours.confidence is None:
            assert theirs.confidence is None
        else:
            assert theirs.confidence == pytest.approx(ours.confidence / 2)
        assert set(ours.confidences) == (set(ours.locals) if ours.confidence is not None else set())
        for name, certain in ours.confidences.items():
            assert theirs.confidences[name] == pytest.approx(certain / 2)
            assert ours.confidence is not None
            assert ours.confidence - 1e-9 <= certain <= 1  # a step is no surer than its values


def test_confidences_survive_json() -> None:
    step = Step("line", 1, locals={"x": "1"}, confidence=0.5, confidences={"x": 0.75})
    trace = Trace(Program("x = 1"), (step,), origin="model")
    assert Trace.from_json(json.dumps(trace.to_json())) == trace
    assert "confidences" not in Step("line", 1).to_json()
