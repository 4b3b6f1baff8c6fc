"""The report says what happened, in a terminal and as a page, for people and for programs."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cwm_lab.cli import main
from cwm_lab.training.finetune import FinetuneReport, Judged, LeftOut, Point, Progress, Settings
from cwm_lab.training.finetune.page import html_page
from cwm_lab.training.finetune.scoring import Score
from cwm_lab.training.finetune.show import shown, spark
from cwm_lab.training.finetune.words import text_report

WRONG = Score(False, False, (True, False, False, True))
RIGHT = Score(True, True, (True,) * 4)


def _report(after: Score = RIGHT) -> FinetuneReport:
    course = [Judged(f"week3/{k}.py", (WRONG, WRONG), (after, WRONG)) for k in range(8)]
    general = [Judged(f"generated program {k}", (RIGHT,), (RIGHT,)) for k in range(20)]
    return FinetuneReport(
        name="week3",
        model="builtin",
        spec="builtin?adapter=week3",
        saved=Path("adapters/week3"),
        default=after.exact,
        course=tuple(course),
        general=tuple(general),
        counts={
            "programs_to_learn_from": 20,
            "variations_to_learn_from": 900,
            "different_examples": 6000,
        },
        left_out=(LeftOut("week3/<b>.py", "still running after 5 seconds"),),
        crashing=(LeftOut("week3/crash.py", "ends with ZeroDivisionError"),),
        curve=(Point(0, 1.0, None, 0.6, 0.77), Point(90, 60.0, 0.1, 0.8, 0.76)),
        settings=Settings().suited(2_000_000),
        steps=90,
        strength=1.0,
        stopped=False,
        seconds={"train": 600.0},
    )


def test_steps_gained_and_lost_are_counted() -> None:
    one = Judged("a", (WRONG, RIGHT), (RIGHT, WRONG))
    assert (one.gained, one.lost) == (2, 2)
    assert (one.exact(after=False), one.exact(after=True)) == (0.5, 0.5)


def test_the_text_of_a_run_that_helps() -> None:
    text = text_report(_report())
    assert text.startswith("week3: better at your course (+50 points of exact traces, 95 %")
    assert "steps of the course: 16 gained, 0 lost" in text
    assert "week3/<b>.py: still running after 5 seconds" in text
    assert "--model 'builtin?adapter=week3'" in text
    assert "default model now" in text


def test_the_text_of_a_run_that_does_not() -> None:
    text = text_report(_report(WRONG))
    assert text.startswith("week3: this run does not help: no clear change at your course")
    assert "is not the default" in text


def test_the_page_is_whole_and_safe() -> None:
    page = html_page(_report())
    assert "<b>.py" not in page
    assert "&lt;b&gt;.py" in page
    assert "<script" not in page
    assert page.count("<svg") == 2
    assert "Better at your course" in page
    assert "ends with ZeroDivisionError" in page
    assert re.search(r"week3/0\.py</td><td>2</td><td>0%</td><td>50%</td><td>2</td><td>0<", page)
    assert "Too short for a curve" in html_page(replace(_report(), curve=()))


def test_the_json_holds_intervals_and_programs() -> None:
    data = json.loads(json.dumps(_report().to_json()))
    assert data["schema"] == "cwm-lab/finetune@1"
    assert data["scores"]["course"]["trace_exact"]["change"] == 0.5
    assert data["scores"]["course"]["trace_exact_without_variations"]["change"] == 1.0
    assert data["scores"]["course"]["steps_gained"] == 16
    assert len(data["programs"]) == 8


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO(), _Terminal()])
def test_progress_is_shown_with_curves_and_time_left(stream: io.StringIO) -> None:
    with shown(stream) as tell:
        tell(Progress("run", 3, 12, 800.0))
        tell(Progress("train", 10, 600, 590.0, 0.25, 0.6, 0.77))
        tell(Progress("train", 90, 600, 510.0, 0.11, 0.8, 0.76))
    text = stream.getvalue()
    assert "running them" in text
    assert re.search("loss 0.110, right:? course 80%, general 76%", text)
    if stream.isatty():
        assert "8.5 min left" in text
        assert "▁█" in text


def test_a_curve_of_characters() -> None:
    assert spark([0.1, 0.2, 0.9]) == "▁▂█"
    assert spark([0.5]) == ""


COURSE = "".join(
    f"## {k}\n```python\nx = {k}\n" + "x += 1\n" * k + "print(x)\n```\n" for k in range(6)
)


def test_the_command_prints_one_document_and_draws_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "adapters"))
    lesson, page = tmp_path / "lesson.md", tmp_path / "out.html"
    lesson.write_text(COURSE)
    short = "--steps 2 --general 2 --variations 2 --workers 1 --rank 4 --batch 256".split()
    assert (
        main(["finetune", str(lesson), "--name", "w1", "--json", "--report", str(page), *short])
        == 0
    )
    said = capsys.readouterr()
    data = json.loads(said.out)
    assert data["name"] == "w1"
    assert data["report"] == str(page)
    assert "<svg" in page.read_text()
    assert "judging before" in said.err
    assert main(["finetune", str(lesson), "--name", "w1"]) == 2
    assert "there is an adapter w1 already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x.py"], "--name"),
        (["nowhere.py", "--name", "a"], "there is no nowhere.py"),
        (["x.py", "--name", "a/b"], "cannot be called"),
        (["x.py", "--name", "a", "--mix", "2"], "mix must be a share"),
        (["x.py", "--name", "a", "--targets", "head"], "targets must be some of q_proj"),
        (["x.py", "--name", "a", "--report", "no/where.html"], "no such folder"),
        (["x.py", "--name", "a", "--rank", "many"], "invalid int value"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path))
    assert main(["finetune", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
