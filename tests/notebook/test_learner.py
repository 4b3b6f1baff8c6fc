"""`%%predict --me`: in plain text, and through a widget's messages."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import pytest
import traitlets as t

import cwm_lab
from cwm_lab import Trace, record
from cwm_lab.courses.attempts import FOLDER_VARIABLE
from cwm_lab.courses.quiz import Quiz, TableQuiz
from cwm_lab.notebook.learner import QuizLink, Score, ask_in_text, score

if TYPE_CHECKING:
    from tests.notebook.conftest import Notebook

SOURCE = "xs = [1, 2]\nys = xs\nys.append(3)\nfor x in xs:\n    if x == 2:\n        print(x)\n"


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "data"))


class Learner:
    """Answers prompts from a list, and remembers all that it is told."""

    def __init__(self, *answers: str) -> None:
        self.answers = iter(answers)
        self.told: list[str] = []

    def ask(self, prompt: str) -> str:
        self.told.append(prompt)
        return next(self.answers, ":stop")

    def tell(self, text: str) -> None:
        self.told.append(text)

    @property
    def heard(self) -> str:
        return "\n".join(self.told)


@pytest.fixture
def trace() -> Trace:
    return record(SOURCE, sandbox=False)


def right_lines(quiz: Quiz) -> Iterator[str]:
    """What a learner types who knows everything, with a confidence after each answer."""
    for question in quiz.questions:
        if question.form == "output":
            yield from question.truth.text.splitlines()
            yield ""
        else:
            yield question.truth.text
        yield "80"


def test_all_questions_in_text(trace: Trace) -> None:
    saved: list[Any] = []
    quiz = Quiz(trace, save=saved.append)
    learner = Learner(*right_lines(quiz))
    ask_in_text(quiz, learner.ask, learner.tell)
    assert quiz.done
    assert quiz.score == 1
    assert {attempt.confidence for attempt in saved} == {0.8}
    assert f"Question 1 of {len(quiz.questions)}: " in learner.heard
    assert learner.heard.count("Right.") == len(quiz.questions)


def test_hints_skipping_and_stopping_in_text(trace: Trace) -> None:
    quiz = Quiz(trace)
    truths = [question.truth.text for question in quiz.questions]
    learner = Learner("what?", "", "'no'", ":skip", ":stop")
    ask_in_text(quiz, learner.ask, learner.tell)
    assert quiz.done
    assert quiz.score == 0
    assert f"Python: {truths[0]}" in learner.heard
    assert repr(score(quiz, None)).startswith("You: 0% of the points.")


def test_a_table_in_text(trace: Trace) -> None:
    table = TableQuiz(trace)
    learner = Learner("[1,2]", "", "[1, 2]", "", "[1, 2, 3]", "[1,2,3]", "[1, 2, 3]", ":skip")
    ask_in_text(table, learner.ask, learner.tell)
    assert table.done
    assert "It changes here." in learner.heard
    assert "2 of 4 steps right at the first try" in repr(score(table, None))


def test_the_end_of_the_input_stops(trace: Trace) -> None:
    def ask(prompt: str) -> str:
        raise EOFError

    quiz = Quiz(trace)
    ask_in_text(quiz, ask, lambda text: None)
    assert quiz.done


def test_scores_never_write_html(trace: Trace) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    quiz = Quiz(record(f"s = {hostile!r}\nfor c in 'ab':\n    s += c\nprint(s)", sandbox=False))
    while (question := quiz.next()) is not None:
        quiz.answer(repr(hostile))
        if not quiz.state()["judgement"]["settled"]:
            quiz.skip()
        assert question
    shown = Score(quiz.results())
    assert "<img" not in shown._repr_html_()
    assert "&lt;img" in shown._repr_html_()


class Panel(anywidget.AnyWidget):
    """A widget with a place for questions, and without a browser."""

    _esm = "export default {}"
    quiz: Any = t.Dict(default_value=None, allow_none=True).tag(sync=True)

    def hear(self, **content: object) -> None:
        """What arrives when the browser sends a message."""
        self._handle_custom_msg(json.loads(json.dumps(content)), [])


def linked(quiz: Quiz | TableQuiz, prediction: Trace | None = None) -> tuple[Panel, list[str]]:
    panel, done = Panel(), []
    QuizLink(panel, quiz, on_done=lambda: done.append("done"), prediction=prediction)
    return panel, done


def test_a_quiz_through_messages(trace: Trace) -> None:
    quiz = Quiz(trace)
    panel, done = linked(quiz, trace)
    truths = {question.id: question.truth.text for question in quiz.questions}
    for number in range(1, len(truths) + 1):
        assert panel.quiz["number"] == number
        assert not done
        asked = panel.quiz["question"]
        panel.hear(kind="quiz.answer", id=asked["id"], text=truths[asked["id"]], confidence=0.5)
        assert panel.quiz["judgement"]["verdict"] == "right"
        if number < len(truths):
            panel.hear(kind="quiz.next")
    assert done == ["done"]
    assert panel.quiz["done"]
    assert [result["modelCredit"] for result in panel.quiz["results"]] == [1] * len(truths)
    panel.hear(kind="quiz.next")
    panel.hear(kind="quiz.stop")
    assert done == ["done"]


def test_stale_and_broken_messages_change_nothing(trace: Trace) -> None:
    quiz = Quiz(trace)
    panel, done = linked(quiz)
    before = panel.quiz
    identity = before["question"]["id"]
    for content in (
        {"kind": "quiz.answer", "id": "q-of-another-time", "text": "1"},
        {"kind": "quiz.answer", "id": identity},
        {"kind": "quiz.answer", "id": identity, "text": 7},
        {"kind": "quiz.values", "id": identity, "values": {"x": "1"}},
        {"kind": "quiz.nonsense", "id": identity},
        {"kind": "steps"},
        {"kind": None},
        {},
    ):
        panel.hear(**content)
        assert panel.quiz == before
    panel._handle_custom_msg("not even a dict", [])
    panel.hear(kind="quiz.skip", id=identity)
    panel.hear(kind="quiz.skip", id=identity)
    assert len(panel.quiz["past"]) == 1
    panel.hear(kind="quiz.stop")
    assert done == ["done"]
    assert len(panel.quiz["results"]) == len(quiz.questions)


@pytest.mark.parametrize("confidence", [None, "much", -1, 7, True, 10**400])
def test_a_confidence_that_is_none_is_left_out(trace: Trace, confidence: object) -> None:
    saved: list[Any] = []
    quiz = Quiz(trace, save=saved.append)
    panel, _ = linked(quiz)
    identity = panel.quiz["question"]["id"]
    truth = quiz.questions[0].truth.text
    panel.hear(kind="quiz.answer", id=identity, text=truth, confidence=confidence)
    assert [attempt.confidence for attempt in saved] == [None]


def test_a_table_through_messages(trace: Trace) -> None:
    panel, done = linked(TableQuiz(trace))
    identity = panel.quiz["question"]["id"]
    panel.hear(kind="quiz.values", id=identity, values={"xs": "[1, 2]"}, confidence=1)
    assert panel.quiz["judgement"]["verdict"] == "right"
    assert panel.quiz["number"] == 2
    panel.hear(kind="quiz.stop")
    assert done == ["done"]
    assert panel.quiz["comparison"]["schema"] == "cwm-lab/comparison@1"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the reader will type at the terminal."""

    def type_lines(*lines: str) -> None:
        monkeypatch.setattr("sys.__stdin__", io.StringIO("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr("sys.__stdout__", io.StringIO())

    return type_lines


def test_predict_me_asks_before_it_shows(notebook: Notebook, keys: Any, trace: Trace) -> None:
    keys(*right_lines(Quiz(trace)))
    shown = notebook.run(f"%%predict --me\n{SOURCE}")
    assert shown.ok
    assert notebook.names["ys"] == [1, 2, 3]
    texts = [bundle["text/plain"] for bundle in shown.bundles]
    first_steps = next(i for i, text in enumerate(texts) if "Python: 1" in text)
    assert all("Python: 1" not in text for text in texts[:first_steps])
    asked = [i for i, text in enumerate(texts) if text.startswith("Question ")]
    assert max(asked) < first_steps
    assert any(text.startswith("You: 100% of the points.") for text in texts)
    frame = cwm_lab.attempts()
    assert len(frame) == len(asked)
    assert frame["right"].all()


def test_predict_me_keeps_the_cell_s_crash_and_value(notebook: Notebook, keys: Any) -> None:
    keys(":stop")
    shown = notebook.run("%%predict --me\nx = 1\nfor i in range(3):\n    x += i\n1 / 0")
    assert isinstance(shown.error, ZeroDivisionError)
    keys(":stop")
    assert notebook.run("%%predict --me\nx = 1\nfor i in range(3):\n    x += i\nx").value == 4


def test_predict_me_in_the_sandbox_as_a_table(notebook: Notebook, keys: Any) -> None:
    keys("1", "2", ":stop")
    shown = notebook.run("%%predict --me table --sandbox --seed 3\nmade = 1\nmade = made + 1")
    assert shown.ok
    assert "made" not in notebook.names
    assert "2 of 2 steps right" in shown.plain
    assert set(cwm_lab.attempts()["kind"]) == {"table"}


def test_predict_me_with_nothing_to_ask(notebook: Notebook, keys: Any) -> None:
    keys()
    shown = notebook.run("%%predict --me\npass")
    assert shown.ok
    assert "nothing worth asking" in shown.plain
    assert "finished" in shown.plain


def test_under_whose_name(notebook: Notebook, keys: Any) -> None:
    notebook.run("%config CWMLab.learner = 'ada'")
    keys(":skip", ":stop")
    notebook.run(f"%%predict --me\n{SOURCE}")
    assert set(cwm_lab.attempts()["who"]) == {"ada"}


def test_a_wrong_option_says_so(notebook: Notebook) -> None:
    assert "invalid choice: 'you'" in notebook.run("%%predict --me you\nx = 1").plain
