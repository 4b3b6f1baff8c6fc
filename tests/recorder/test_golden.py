"""Sample programs and what was once read and found true of them (see tests/golden/READ.md).

`name.json` is the expected trace; where the language itself differs, `name.since-3.13.json` holds
from that version on. A sample whose first line is ``# python: 3.12`` needs that version.

CWM_LAB_UPDATE_GOLDEN=1 rewrites the expected traces (then read the difference). CWM_LAB_PYTHONS, a
list of interpreters like PATH, has each of them record the samples too, and generated programs.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, Step, Trace, header_comments

GOLDEN = Path(__file__).parents[1] / "golden"
PYTHONS = [path for path in os.environ.get("CWM_LAB_PYTHONS", "").split(os.pathsep) if path]
GENERATED = int(os.environ.get("CWM_LAB_GENERATED_PROGRAMS", "300"))
DEFAULTS = Step("line", 0).to_json()
NEEDS = re.compile(r"# python: (\d+)\.(\d+)\n")
SINCE = re.compile(r"\.since-(\d+)\.(\d+)\.json$")
HERE = (sys.version_info.major, sys.version_info.minor)
RECORD_ALL = """
import json, sys
from cwm_lab.recorder import record
from cwm_lab.trace import Program
print(json.dumps(sys.version_info[:2]))
for line in sys.stdin:
    print(json.dumps(record(Program.from_json(json.loads(line)), sandbox=False).to_json()))
"""
Version = tuple[int, int]


def needed(path: Path) -> Version:
    """The oldest Python that can run this sample."""
    found = NEEDS.match(path.read_text(encoding="utf-8"))
    return (int(found[1]), int(found[2])) if found else (3, 11)


def samples(version: Version = HERE) -> list[Path]:
    return [path for path in sorted(GOLDEN.glob("*.py")) if needed(path) <= version]


def program_of(path: Path) -> Program:
    source = path.read_text(encoding="utf-8")
    return Program(source, path.name, stdin=header_comments(source)[1])


def brief(trace: Trace) -> dict[str, Any]:
    """The trace's document without what is the same everywhere, and without the graph of objects,
    which has tests of its own."""
    steps = []
    for step in trace.steps:
        document = step.to_json()
        document.pop("objects", None)
        for key in ("types", "ids"):
            if named := document.get(key):
                order = [name for name in step.locals if name in named]
                document[key] = {name: named[name] for name in [*order, *named]}
        steps.append({k: v for k, v in document.items() if k == "line" or v != DEFAULTS.get(k)})
    return {"steps": steps, "outcome": trace.outcome.to_json()}


def expected_files(path: Path) -> list[tuple[Version, Path]]:
    """(first version, file) of all expectations for a sample, oldest first."""
    files = [(needed(path), path.with_suffix(".json"))]
    for other in GOLDEN.glob(f"{path.stem}.since-*.json"):
        found = SINCE.search(other.name)
        assert found, other
        files.append(((int(found[1]), int(found[2])), other))
    return sorted(files)


def expected(path: Path, version: Version) -> dict[str, Any] | None:
    """What this version of Python should do; None if that was never written down."""
    files = [file for since, file in expected_files(path) if since <= version and file.exists()]
    return json.loads(files[-1].read_text(encoding="utf-8")) if files else None


def write(path: Path, version: Version, document: dict[str, Any]) -> None:
    """One step a line, so that a difference can be read. Versions that agree share a file."""
    files = expected_files(path)
    own = next((file for since, file in files if since == version), None)
    if own is None:
        if expected(path, version) == document:
            return
        own = path.with_name(f"{path.stem}.since-{version[0]}.{version[1]}.json")
    steps = ",\n".join("    " + json.dumps(step) for step in document["steps"])
    outcome = json.dumps(document["outcome"])
    own.write_text(f'{{\n  "steps": [\n{steps}\n  ],\n  "outcome": {outcome}\n}}\n', "utf-8")


def check(path: Path, version: Version, actual: dict[str, Any]) -> None:
    if os.environ.get("CWM_LAB_UPDATE_GOLDEN"):
        write(path, version, actual)
    assert actual == expected(path, version), f"{path.stem} on Python {version}"


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_sample_is_recorded_as_expected(path: Path) -> None:
    check(path, HERE, brief(record(program_of(path))))


def test_each_sample_was_read() -> None:
    """READ.md says of each what it shows and what it was read against."""
    lines = (GOLDEN / "READ.md").read_text(encoding="utf-8").splitlines()
    told = [line.split("`")[1] for line in lines if line.startswith("- `")]
    assert told == sorted(path.stem for path in GOLDEN.glob("*.py"))


def recorded_by(python: str, programs: Sequence[Program]) -> tuple[Version, list[Trace]]:
    """The traces that another interpreter makes of them; it needs nothing but the package."""
    done = subprocess.run(
        [python, "-c", RECORD_ALL],
        input="".join(json.dumps(program.to_json()) + "\n" for program in programs),
        capture_output=True,
        text=True,
        check=True,
        cwd=GOLDEN.parents[1],
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )
    version, *answers = done.stdout.splitlines()
    major, minor = json.loads(version)
    return (major, minor), [Trace.from_json(line) for line in answers]


def unworded(trace: Trace) -> str:
    """The trace's document without the messages of exceptions, which each version words itself."""
    text = json.dumps(trace.to_json())
    for step in trace.steps:
        if step.event == "exception" and step.value:
            for message in re.findall(r"^\w+\([\"'](.+)[\"']\)$", step.value):
                text = text.replace(json.dumps(message)[1:-1], "...")
    return text


def version_of(python: str) -> Version:
    return recorded_by(python, [])[0]


@pytest.mark.skipif(not PYTHONS, reason="CWM_LAB_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", PYTHONS)
def test_other_pythons_agree(python: str) -> None:
    paths = samples(version_of(python))
    version, traces = recorded_by(python, [program_of(path) for path in paths])
    for path, trace in zip(paths, traces, strict=True):
        check(path, version, brief(trace))


@pytest.mark.skipif(not PYTHONS, reason="CWM_LAB_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", PYTHONS)
def test_other_pythons_agree_on_generated_programs(python: str) -> None:
    generator = pytest.importorskip("cwm_lab.training.generator")
    programs = []
    for number in range(GENERATED):
        made = generator.generate_program(random.Random(9_000_000 + number))
        programs.append(Program(made.source, stdin=made.stdin))
    _, theirs = recorded_by(python, programs)
    _, ours = recorded_by(sys.executable, programs)
    for program, their, our in zip(programs, theirs, ours, strict=True):
        assert unworded(their) == unworded(our), program.source


@pytest.mark.parametrize("source", ["while True: pass\n", "while 1: continue\n"])
def test_an_empty_endless_loop_on_one_line_is_a_step_each_round(source: str) -> None:
    trace = record(source, max_steps=5, sandbox=False)
    assert [step.line for step in trace.steps] == [1] * 5
    assert trace.outcome.kind == "step-limit"
