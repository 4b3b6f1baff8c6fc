"""`%cwm finetune`: what is asked, what is refused, and how a run ends. Real runs, stopped early;
whole ones are in test_notebooks.py and in the browser's tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.finetuning import running
from cwm_lab.notebook.finetuning.chooser import Chooser
from cwm_lab.notebook.finetuning.form import FinetuneForm
from cwm_lab.notebook.finetuning.running import Asked, Run, begin, current, interrupted
from cwm_lab.notebook.finetuning.view import RunView
from cwm_lab.training.finetune import FinetuneReport, Judged, LeftOut, Point, Settings
from cwm_lab.training.finetune.scoring import Score
from cwm_lab.training.finetune.work import opened
from tests.notebook.conftest import Notebook


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CWM_LAB_ADAPTERS", str(tmp_path / "adapters"))
    yield tmp_path / "adapters"
    if (run := current()) is not None:
        run.cancel()
        assert run.wait(60)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    for number in range(12):
        (folder / f"p{number}.py").write_text(f"n = {number}\nprint(f'{{n:>4}}')\n")
    return folder


def nothing(_: object) -> None: ...


def ended(run: Run) -> Run:
    assert run.wait(90)
    return run


def test_what_is_missing_is_told_in_the_form(store: Path) -> None:
    form = FinetuneForm(Asked((), ""), nothing)
    for programs, name, says in (
        ("", "week3", "Say which programs"),
        ("a.py", " ", "Give the adapter a name"),
        ("a.py", "a/b", "an adapter cannot be called"),
    ):
        form.programs.value, form.name.value = programs, name
        form.start.click()
        assert says in form.message.value
        assert 'role="alert"' in form.message.value
    assert (form.view, current()) == (None, None)
    assert not store.exists()


def test_a_run_that_comes_to_nothing_leaves_the_form_filled_in(tmp_path: Path) -> None:
    form = FinetuneForm(Asked((), ""), nothing)
    form.programs.value, form.name.value = str(tmp_path / "none"), "week3"
    form.start.click()
    assert form.view is not None
    ended(form.view.run)
    assert "there is no" in form.message.value
    assert form.start in form.children
    assert form.name.value == "week3"
    assert interrupted() is None


def test_one_at_a_time_and_a_second_form_shows_it(course: Path) -> None:
    run = Run(Asked((str(course),), "week3", minutes=20))
    begin(run)
    with pytest.raises(CWMLabError, match="week3 is being fine-tuned in this notebook already"):
        begin(Run(Asked((str(course),), "week4")))
    again = FinetuneForm(Asked((), ""), nothing)
    assert again.view is not None
    assert again.view.run is run
    again.view.stop.click()
    assert "stopping: the best so far is kept" in again.view.status.value
    assert again.view.stop.disabled
    ended(run)
    assert run.problem == "Stopped before training began; nothing was saved."
    assert interrupted() is None


BEGIN = """
import sys, time
from cwm_lab.notebook.finetuning.running import Asked, Run, begin
begin(Run(Asked((sys.argv[1],), "week3", 7.0, settings={"general": 5})))
print("begun", flush=True)
time.sleep(600)
"""


def test_what_a_kernel_that_ended_was_doing_is_offered_again(course: Path, store: Path) -> None:
    asked = Asked((str(course),), "week3", 7.0, settings={"general": 5})
    command = [sys.executable, "-c", BEGIN, str(course)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
    (store / ".runs" / "damaged.asked.json").write_text("{", encoding="utf-8")
    with opened("week3", {}):
        assert interrupted() is None, "another notebook goes on with it"
    assert interrupted() == asked
    form = FinetuneForm(Asked((), ""), nothing)
    assert "week3 was begun and did not end; Start goes on where it was." in form.message.value
    assert form.asked() == asked
    asked.forget()
    assert interrupted() is None


def test_files_are_chosen(course: Path) -> None:
    (course / "notes.txt").write_text("")
    (course / "more").mkdir()
    chosen: list[Path] = []
    chooser = Chooser(course, chosen.extend)
    labels = [label for label, _ in chooser.files.options]
    assert labels[:3] == ["../", "more/", "p0.py"]
    assert "notes.txt" not in labels
    chooser.files.value = (course / "p1.py", course / "more")
    chooser.take.click()
    assert chosen == [course / "p1.py", course / "more"]
    chooser.files.value = (course / "more",)
    chooser.into.click()
    assert chooser.folder == course / "more"
    chooser.take.click()  # nothing is marked: the folder itself
    assert chosen[-1] == course / "more"
    chooser.folder = course / "gone"
    chooser._list()
    assert "Cannot look into" in chooser.where.value


def test_in_one_line_an_interrupt_stops_it(notebook: Notebook, course: Path) -> None:
    def interrupt() -> None:
        while current() is None:
            time.sleep(0.05)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    shown = notebook.run(f"%cwm finetune {course} --name week3 --minutes 20 --workers 1")
    thread.join()
    assert isinstance(shown.error, CWMLabError)
    assert "Stopped before training began" in shown.text
    assert current() is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "nobody can fill in a form here"),
        ("p.py --minutes soon --name x", "invalid float value"),
        ("p.py --general few --name x", "invalid int value"),
        ("p.py --speed 3 --name x", "unrecognized arguments: --speed"),
        ("'p.py --name x", "No closing quotation"),
        ("p.py --name a/b", "an adapter cannot be called 'a/b'"),
        ("p.py --name x", "there is no p.py"),
        ("p.py --name x --mix 3", "mix must be a share"),
    ],
)
def test_a_line_that_is_odd_is_one_sentence(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = notebook.run(f"%cwm finetune {line}")
    assert isinstance(shown.error, CWMLabError)
    assert says in shown.text
    assert shown.text.count("\n") <= 1


def score(*right: bool) -> Score:
    return Score(all(right), all(right), right)


def report(saved: Path, *, gains: bool) -> FinetuneReport:
    bad, good = (score(True, False), score(True, True))
    after = good if gains else bad
    course = tuple(Judged(f"<b>p{k}.py</b>", (bad, bad), (after, after)) for k in range(9))
    general = tuple(Judged(f"g{k}", (good,), (good,)) for k in range(9))
    return FinetuneReport(
        "week3", "builtin", "builtin?adapter=week3", saved, False, course, general,
        {"programs_to_learn_from": 12, "variations_to_learn_from": 99, "different_examples": 1234},
        (LeftOut("<i>net.py</i>", "needs the network"),), (),
        (Point(0, 0.0, None, 0.4, 0.9), Point(9, 60.0, 0.5, 0.8, 0.9)), Settings(),
        9, 1.0, False, {},
    )  # fmt: skip


@pytest.mark.parametrize("gains", [True, False])
def test_the_end_of_a_run(tmp_path: Path, gains: bool) -> None:
    chosen: list[str] = []
    run = Run(Asked((), "week3"))
    view = RunView(run, chosen.append, interactive=False)
    assert "text/html" in view._repr_mimebundle_()[0]
    run.report = report(tmp_path, gains=gains)
    run._tell()
    bundle = view._repr_mimebundle_()[0]
    assert running._time(120) == "2 min"
    for text in (view.result.value, bundle["text/html"]):
        assert "needs the network" in text
        assert "<i>" not in text
        assert ">course (9)</td>" in text
    assert "<svg" in bundle["text/html"]
    assert "right answers" in repr(view) or "course" in repr(view)
    assert (view.default.layout.display != "none") is gains
    if gains:
        assert "Better at your course (+100 points" in view.result.value
        view.default.click()
        assert chosen == ["builtin?adapter=week3"]
        assert "predicts from now on" in view.status.value
    else:
        assert "his run does not help" in view.result.value
