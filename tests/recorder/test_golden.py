"""Sample programs and what was once read and found true of them.

CWM_LAB_UPDATE_GOLDEN=1 rewrites the expected traces (then read the difference). CWM_LAB_PYTHONS, a
list of interpreters like PATH, has each of them record the samples too: all must agree.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, Step, Trace, header_comments

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = sorted(GOLDEN.glob("*.py"))
PYTHONS = [path for path in os.environ.get("CWM_LAB_PYTHONS", "").split(os.pathsep) if path]
DEFAULTS = Step("line", 0).to_json()
# Messages of these are worded by each version of Python.
WORDED = {"syntax_error", "del_and_scope"}
RECORD_ALL = """
import json, sys
from cwm_lab.recorder import record
from cwm_lab.trace import Program
for line in sys.stdin:
    print(json.dumps(record(Program.from_json(json.loads(line))).to_json()))
"""


def program_of(path: Path) -> Program:
    source = path.read_text(encoding="utf-8")
    return Program(source, path.name, stdin=header_comments(source)[1])


def brief(trace: Trace) -> dict[str, Any]:
    """The trace's document without what is the same everywhere, and without the object graph, which
    test_objects compares with the truth."""
    steps = [
        {k: v for k, v in step.to_json().items() if k == "line" or v != DEFAULTS.get(k)}
        for step in (replace(step, objects={}) for step in trace.steps)
    ]
    return {"steps": steps, "outcome": trace.outcome.to_json()}


def write(path: Path, document: dict[str, Any]) -> None:
    """One step a line, so that a difference can be read."""
    steps = ",\n".join("    " + json.dumps(step) for step in document["steps"])
    outcome = json.dumps(document["outcome"])
    path.write_text(f'{{\n  "steps": [\n{steps}\n  ],\n  "outcome": {outcome}\n}}\n', "utf-8")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_recorded_as_expected(path: Path) -> None:
    actual = brief(record(program_of(path)))
    expected = path.with_suffix(".json")
    if os.environ.get("CWM_LAB_UPDATE_GOLDEN"):
        write(expected, actual)
    assert actual == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.skipif(not PYTHONS, reason="CWM_LAB_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", PYTHONS)
def test_other_pythons_agree(python: str) -> None:
    samples = [path for path in SAMPLES if path.stem not in WORDED]
    requests = "".join(json.dumps(program_of(path).to_json()) + "\n" for path in samples)
    done = subprocess.run(
        [python, "-c", RECORD_ALL],
        input=requests,
        capture_output=True,
        text=True,
        check=True,
        cwd=GOLDEN.parents[1],
    )
    answers = [Trace.from_json(line) for line in done.stdout.splitlines()]
    for path, trace in zip(samples, answers, strict=True):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert brief(trace) == expected, path.stem
