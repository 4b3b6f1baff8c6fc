"""A whole fine-tuning of the built-in model, shortened: saved, resumed, stopped, refused."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from cwm_lab.errors import CWMLabError, FinetuneError, ModelError
from cwm_lab.trace import Program
from cwm_lab.training.finetune import FinetuneReport, Progress, Settings, finetune
from cwm_lab.training.finetune.fitting import newest_checkpoint
from cwm_lab.training.finetune.work import opened, work_folder
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.adapters import default_model, list_adapters, load_adapter
from cwm_lab.worldmodel.builtin import SHIPPED

COURSE = {
    "a": 'for n in [3, 14]:\n    print(f"{n:>4}")\n',
    "b": 'name = "tea"\nprint(f"{name:<6}|")\n',
    "c": 'x = 5\nprint(f"{x:>3}{x * 2:>4}")\n',
    "d": 'def line(t):\n    return f"{t:<5}|"\n\n\nprint(line("ab"))\n',
    "e": 'n = 0\nwhile n < 2:\n    n += 1\nprint(f"{n:>6}")\n',
    "f": 'd = {"a": 1}\nprint(f"{d[\'a\']:>3}")\n',
}
QUICK = Settings(steps=3, general=2, variations=3, batch=256, rank=4, workers=1)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    for name, source in COURSE.items():
        (folder / f"{name}.py").write_text(source)
    return folder


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "adapters"
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(folder))
    return folder


def _run(
    course: Path, name: str = "week1", *, settings: Settings = QUICK, **more: Any
) -> FinetuneReport:
    return finetune([course], name=name, settings=settings, **more)


def test_a_run_from_programs_to_an_adapter_that_predicts(course: Path, store: Path) -> None:
    (course / "hang.py").write_text("import time\ntime.sleep(99)\n")
    (course / "net.py").write_text("import socket\nsocket.socket()\n")
    heard: list[Progress] = []
    report = _run(course, on_progress=heard.append, settings=replace_seconds(1.0))
    stages = list(dict.fromkeys(one.stage for one in heard))
    assert stages == "collect run split vary general before train after save".split()
    assert any(one.loss is not None and one.held_out is not None for one in heard)
    assert all(one.seconds_left is not None for one in heard)
    assert {Path(one.place).name: one.reason.split(",")[0] for one in report.left_out} == {
        "hang.py": "still running after 1 seconds",
        "net.py": "needs files",
    }
    assert report.counts["programs"] == 6
    assert report.counts["variations_to_learn_from"] > 3
    assert len(report.general) == 2
    assert report.steps == 3
    assert report.curve[0].step == 0
    assert report.curve[-1].step == 3
    adapter = load_adapter("week1")
    assert adapter.base is not None
    assert adapter.base.model == "builtin"
    assert adapter.verdict == report.verdict.text
    assert adapter.about["scores"]["course"]["programs"] == report.course_change.programs
    assert {path.name for path in adapter.folder.iterdir()} == {
        "README.md", "adapter.json", "adapter_config.json", "adapter_model.safetensors",
    }  # fmt: skip
    assert not work_folder("week1").exists()
    # Two held-out programs show nothing, so it is not the default.
    assert "too few held-out programs" in report.verdict.text
    assert not report.default
    assert default_model() == "builtin"
    trace = load_model(report.spec).predict(Program("x = 1\n"))
    assert trace.outcome.kind == "finished"


def replace_seconds(seconds: float) -> Settings:
    from dataclasses import replace

    return replace(QUICK, max_seconds=seconds)


def _once(stage: str, do: Callable[[], None], when: Callable[[Progress], bool]) -> Any:
    done: list[bool] = []

    def tell(progress: Progress) -> None:
        if progress.stage == stage and not done and when(progress):
            done.append(True)
            do()

    return tell


def test_a_killed_run_goes_on_where_it_was(course: Path) -> None:
    from dataclasses import replace

    steps = 12
    settings = replace(QUICK, steps=steps)
    told = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    short = [
        f"--{name}={told[name]}" for name in "steps general variations batch rank workers".split()
    ]
    command = [sys.executable, "-c", "from cwm_lab.cli import main; main()", "finetune"]
    checkpoints = work_folder("week1") / "checkpoints"

    def trained() -> int:
        found = newest_checkpoint(checkpoints)
        return 0 if found is None else int(found.name.rpartition("-")[2])

    with subprocess.Popen(
        [*command, str(course), "--name", "week1", *short], stderr=subprocess.DEVNULL
    ) as process:
        while not trained() and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    kept = trained()
    assert 0 < kept < steps
    assert not list_adapters()
    heard: list[Progress] = []
    report = _run(course, settings=settings, on_progress=heard.append)
    assert any("going on" in one.note for one in heard)
    assert "before" not in {one.stage for one in heard}, "its scores are known"
    assert report.steps == steps
    curve = [point.step for point in report.curve]
    assert curve == sorted(set(curve))
    assert {0, kept, steps} <= set(curve), "what was known of the training, and the rest"
    assert load_adapter("week1").about["training"]["steps"] == steps
    assert not work_folder("week1").exists()


def test_other_programs_are_another_run(course: Path) -> None:
    with opened("week1", {"programs": "others"}) as (work, resumed):
        assert not resumed
        (work / "before.json").write_text("[]")
    with opened("week1", {"programs": "others"}) as (work, resumed):
        assert resumed
        assert (work / "before.json").exists()
    with opened("week1", {"programs": "these"}) as (work, resumed):
        assert not resumed
        assert not (work / "before.json").exists()


def test_cancel_keeps_the_best_so_far(course: Path) -> None:
    from dataclasses import replace

    cancel = Event()
    report = _run(
        course,
        settings=replace(QUICK, steps=10_000),
        cancel=cancel,
        on_progress=_once("train", cancel.set, lambda p: p.loss is not None),
    )
    assert report.stopped
    assert 0 < report.steps < 1000
    assert load_adapter("week1").verdict == report.verdict.text


def test_cancel_before_training_leaves_nothing(course: Path) -> None:
    cancel = Event()
    with pytest.raises(InterruptedError):
        _run(course, cancel=cancel, on_progress=_once("run", cancel.set, lambda _: True))
    assert not list_adapters()


def test_an_older_adapter_is_only_replaced_by_one_that_helps(course: Path) -> None:
    first = _run(course)
    with pytest.raises(FinetuneError, match="there is an adapter week1 already"):
        _run(course)
    before = load_adapter("week1").sha256
    again = _run(course, replace=True)
    assert not again.helps
    assert (first.name, again.name) == ("week1", "week1-2")
    assert again.spec == "builtin?adapter=week1-2"
    assert load_adapter("week1").sha256 == before


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ({}, "no program here to learn from"),
        ({"notes.txt": "x"}, "no program here to learn from"),
        ({"a.py": COURSE["a"]}, "1 usable program: some must be kept apart"),
        ({"a.py": "x =\n", "b.py": "print(y)\n"}, "b.py: fails: uses a name that nothing binds"),
        ({"a.py": "print(open('f').read())\n"}, "needs files, other processes or the network"),
    ],
)
def test_programs_that_nothing_can_be_learned_from(
    tmp_path: Path, sources: dict[str, str], says: str
) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    for name, source in sources.items():
        (folder / name).write_text(source)
    with pytest.raises(FinetuneError, match=says):
        _run(folder)
    assert not list_adapters()


def test_names_and_models_that_cannot_be(course: Path) -> None:
    with pytest.raises(ModelError, match="cannot be called"):
        _run(course, "week/1")
    with pytest.raises(FinetuneError, match="runs on another machine"):
        _run(course, model="openai:http://localhost:1/v1#m")
    with pytest.raises(FinetuneError, match="leave adapter= out"):
        _run(course, model="builtin?adapter=week0")
    with pytest.raises(ModelError, match="no checkpoint"):
        _run(course, model="local:./nowhere")
    with pytest.raises(FinetuneError, match="more than 0 minutes"):
        _run(course, minutes=0)
    with pytest.raises(FinetuneError, match="minutes are too few"):
        finetune([course], name="week1", minutes=0.01, settings=Settings(general=1, workers=1))


def test_two_runs_at_once(course: Path) -> None:
    with (
        opened("week1", {}),
        pytest.raises(FinetuneError, match="another run is making the adapter week1 already"),
    ):
        _run(course)


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """As a full disk: larger files cannot be written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_one_error_and_the_run_goes_on_later(course: Path) -> None:
    with _files_of_at_most(50_000), pytest.raises(FinetuneError, match="no room left on the disk"):
        _run(course)
    assert not list_adapters()
    heard: list[Progress] = []
    _run(course, on_progress=heard.append)
    assert any("going on" in one.note for one in heard)
    assert load_adapter("week1")


def test_a_base_that_changes_meanwhile(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(SHIPPED, weights)
    monkeypatch.setenv("CWM_LAB_BUILTIN", str(weights))

    def change() -> None:
        with (weights / "model.safetensors").open("r+b") as file:
            file.seek(-1, 2)
            last = file.read(1)
            file.seek(-1, 2)
            file.write(bytes([last[0] ^ 1]))

    with pytest.raises(FinetuneError, match="was changed while its adapter was trained"):
        _run(course, on_progress=_once("train", change, lambda p: p.loss is not None))
    assert not list_adapters()


def test_settings_are_checked() -> None:
    for wrong in (
        {"rank": -1}, {"mix": 1.0}, {"targets": ("lm_head",)}, {"held_out": 0.0}, {"workers": -1},
        {"seed": -1}, {"general": -1}, {"steps": 0}, {"context": 1},
    ):  # fmt: skip
        with pytest.raises(CWMLabError):
            Settings(**wrong)  # type: ignore[arg-type]
