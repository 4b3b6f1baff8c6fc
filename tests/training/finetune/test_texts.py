"""Larger models: whole traces as text, trained through a quantised network, used by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program
from cwm_lab.trace.cwm_text import pieces_to_text
from cwm_lab.training.finetune import Settings, finetune
from cwm_lab.training.finetune.collecting import Found
from cwm_lab.training.finetune.tasks import Material
from cwm_lab.training.finetune.texts import Texts
from cwm_lab.training.finetune.truth import Known, run
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.adapters import load_adapter
from cwm_lab.worldmodel.cwm.asked import as_cwm_writes, ask_about

SOURCES = [
    "a = 2\nb = a + 3\nprint(b)\n",
    "x = 4\nif x > 3:\n    x = 1\n",
    "def f(n):\n    return n * 2\n\n\ny = f(3)\n",
    "n = 0\nfor i in range(2):\n    n += 3\n",
    "b = [1, 2]\nprint(b)\n",
]


@pytest.fixture
def tiny(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "cwm_tiny"


def test_an_example_is_what_the_model_is_shown_and_should_write(tiny: Path) -> None:
    program = Program(SOURCES[0])
    known = run(Found(program, "a", "a"), max_steps=100, max_seconds=5)
    assert isinstance(known, Known)
    task = Texts(tiny, 2048)
    made = task.material(known, Settings(variations=5))
    assert isinstance(made, Material)
    assert len(made.versions) == len(made.examples) > 3
    example = made.examples[0][0]
    text = task._tokenizer.decode(example.ids)
    shown = record(ask_about(program).shown)
    assert text == pieces_to_text(as_cwm_writes(shown))
    assert text.index("<|frame_sep|>") + len("<|frame_sep|>") == len(
        task._tokenizer.decode(example.ids[: example.answer])
    )


def test_what_does_not_fit_is_named(tiny: Path) -> None:
    known = run(Found(Program(SOURCES[0]), "a", "a"), max_steps=100, max_seconds=5)
    assert isinstance(known, Known)
    assert "more than 20" in str(Texts(tiny, 20).material(known, Settings()))


@pytest.mark.parametrize("quantize", ["none", "4bit"])
def test_a_run_of_a_local_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Path, quantize: str
) -> None:
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path))
    spec = f"local:{tiny}?quantize={quantize}&device=cpu&context=1024"
    settings = Settings(
        steps=3, general=0, mix=0, variations=0, rank=4, batch=1024, workers=1, max_steps=60
    )
    programs = [Program(source) for source in SOURCES[:4]]
    report = finetune(programs, name="week1", model=spec, settings=settings)
    assert report.steps == 3
    assert report.curve[-1].loss is not None
    adapter = load_adapter("week1")
    assert adapter.base is not None
    assert adapter.base.model == "local:cwm_tiny", "no path of this machine"
    assert str(tiny) not in (adapter.folder / "adapter_config.json").read_text()
    assert report.spec == f"{spec}&adapter=week1"
    trace = load_model(report.spec).predict(Program("a = 1\nb = a + 1\n"), max_steps=5)
    assert trace.steps


def test_general_texts_are_generated_programs(tiny: Path) -> None:
    task = Texts(tiny, 1500)
    first = next(task.general(3))
    assert 50 < len(first.ids) <= 1500
    held = task.general_held_out(8)
    assert held == task.general_held_out(8)
    assert [len(asked) for asked in held] == [1, 1, 1], "a program is one text"
    assert replace(held[0][0]) != first
