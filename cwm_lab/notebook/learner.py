"""The learner's turn in a notebook: a quiz asked in plain text, or linked to the player widget.

Neither knows how a trace is recorded or shown: `ask_in_text` is given a way to ask and to tell,
`QuizLink` a widget with a synced trait ``quiz``. The messages are written down in
docs/predicting.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import Any

import traitlets as t

from cwm_lab.courses.quiz import PRINTED, Judgement, Quiz, Result, TableJudgement, TableQuiz
from cwm_lab.errors import CWMLabError
from cwm_lab.trace import Trace

Ask = Callable[[str], str]
Tell = Callable[[str], None]

_SKIP, _STOP = ":skip", ":stop"
_HOW = (
    "Type Python values. `:skip` shows the answer, `:stop` shows everything. "
    "Where output is asked for, an empty line ends your answer (for an empty line that is "
    "printed, type one blank)."
)
_SURE = "How sure are you, 0 to 100 %? (Enter: no answer) "
_MAX_LINES = 200
_MAX_SHOWN = 60


class _Stopped(Exception):
    """The learner wants to see everything now."""


def ask_in_text(quiz: Quiz | TableQuiz, ask: Ask, tell: Tell) -> None:
    """Ask all questions, one after another, where there is no widget.

    ask: shows a prompt and returns the line typed; tell: shows a text. The quiz is stopped where
    the learner stops it, also by the end of the input.
    """
    if quiz.reason:
        tell(quiz.reason)
        return
    tell(_HOW)
    try:
        if isinstance(quiz, Quiz):
            _ask_questions(quiz, ask, tell)
        else:
            _ask_table(quiz, ask, tell)
    except (_Stopped, EOFError):
        stop(quiz)


def stop(quiz: Quiz | TableQuiz) -> None:
    """End a quiz before its end: what is open counts as not answered."""
    if isinstance(quiz, Quiz):
        quiz.skip_rest()
    else:
        quiz.stop()


def _ask_questions(quiz: Quiz, ask: Ask, tell: Tell) -> None:
    asked, sure = None, None
    while (question := quiz.next()) is not None:
        state = quiz.state()
        first = question is not asked
        asked = question
        if first:
            tell(f"Question {state['number']} of {state['of']}: {question.text}")
        text = _lines(ask) if question.form == "output" else _line(ask, "Your answer: ")
        if text == _SKIP:
            tell(judgement_text(quiz.skip()))
            continue
        if first:
            sure = _confidence(ask)
        judgement = quiz.answer(text, sure)
        if judgement.verdict != "unreadable":
            sure = None
        tell(judgement_text(judgement))


def _ask_table(quiz: TableQuiz, ask: Ask, tell: Tell) -> None:
    asked = None
    while (prompt := quiz.next()) is not None:
        if prompt.id != asked:
            tell(f"Step {prompt.number}: {prompt.text}")
        asked = prompt.id
        if prompt.phase == "line":
            text = _line(ask, "Next line: ")
            tell(table_text(quiz.skip() if text == _SKIP else quiz.answer_line(text)))
            continue
        values = {}
        for row in prompt.rows:
            if row.given is None:
                old = "no value yet" if row.before is None else f"was {row.before}"
                typed = _line(ask, f"{row.name} ({old}; Enter: no change) = ")
                if typed:
                    values[row.name] = typed
        for key in prompt.special:
            values[key] = _lines(ask) if key == PRINTED else _line(ask, f"{key} ")
        skipped = _SKIP in values.values()
        tell(table_text(quiz.skip() if skipped else quiz.answer_state(values)))


def _line(ask: Ask, prompt: str) -> str:
    text = ask(prompt)
    if text.strip() == _STOP:
        raise _Stopped
    return _SKIP if text.strip() == _SKIP else text


def _lines(ask: Ask) -> str:
    """Lines up to an empty one."""
    lines: list[str] = []
    while len(lines) < _MAX_LINES:
        text = _line(ask, f"Printed line {len(lines) + 1}: ")
        if text == _SKIP and not lines:
            return _SKIP
        if text == "":
            break
        lines.append(text)
    return "\n".join(lines)


def _confidence(ask: Ask) -> float | None:
    """The learner's confidence; None for anything that is no percentage."""
    text = _line(ask, _SURE).strip().rstrip("%").strip()
    try:
        value = float(text) / 100
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _words(judgement: Judgement | TableJudgement) -> str:
    return {
        "right": "Right.",
        "partly": "Partly right.",
        "wrong": "Not yet." if judgement.tries_left else "No.",
        "unreadable": "(not counted)",
        "skipped": "",
    }[judgement.verdict]


def judgement_text(judgement: Judgement) -> str:
    """A judgement in a line or two."""
    parts = [_words(judgement), judgement.hint]
    reveal = judgement.reveal
    if reveal is not None and judgement.verdict != "right":
        answer = "\n" + reveal.text.rstrip("\n") if "\n" in reveal.text else reveal.text
        parts += [f"Python: {answer or '(nothing)'}", reveal.why]
    elif judgement.tries_left and judgement.verdict != "unreadable":
        parts.append("Try once more.")
    return " ".join(part for part in parts if part)


def table_text(judgement: TableJudgement) -> str:
    """A judgement of a table's step in a few lines."""
    lines = [_words(judgement)]
    lines += [f"  {name}: {mark.hint}" for name, mark in judgement.cells.items() if mark.hint]
    if judgement.reveal is not None and judgement.verdict != "right":
        shown = ", ".join(f"{name} = {value}" for name, value in judgement.reveal.items())
        lines.append(f"Python: {shown}")
    return "\n".join(line for line in lines if line)


class Score:
    """You, model and Python side by side, as text and as HTML."""

    def __init__(self, results: Sequence[Result], table: TableQuiz | None = None) -> None:
        self._results = results
        self._table = table

    def __repr__(self) -> str:
        return "\n".join([self._summary(), *("  ".join(row) for row in self._rows())])

    def _repr_html_(self) -> str:
        rows = self._rows()
        if not rows:
            return f"<p>{escape(self._summary())}</p>"
        heads = "".join(f"<th>{head}</th>" for head in ("Question", "You", "Model", "Python"))
        body = "".join(
            "<tr>" + "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in row) + "</tr>"
            for row in rows
        )
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p><b>{escape(self._summary())}</b></p>{table}"

    def _summary(self) -> str:
        if self._table is not None:
            # The first step is the start, before anything was asked.
            pairs = [pair for pair in self._table.compare().steps if pair.actual != 0]
            filled = sum(pair.actual is not None for pair in pairs)
            right = sum(pair.verdict == "match" for pair in pairs)
            return (
                f"Your table: {right} of {filled} steps right at the first try; with second "
                f"tries you have {self._table.score:.0%} of the points."
            )
        if not self._results:
            return "No question was answered."
        you = sum(result.credit for result in self._results) / len(self._results)
        model = sum(result.model_credit for result in self._results) / len(self._results)
        return f"You: {you:.0%} of the points. The model: {model:.0%}."

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                result.question.text,
                f"{_short(' / '.join(result.answers)) or 'no answer'} ({result.credit:.0%})",
                f"{_short(result.model or '') or 'no answer'} ({result.model_credit:.0%})",
                _short(result.question.truth.text),
            )
            for result in self._results
        ]


def _short(text: str) -> str:
    text = text.rstrip("\n").replace("\n", " ⏎ ")
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def score(quiz: Quiz | TableQuiz, prediction: Trace | None) -> Score:
    """The score of a quiz that is over."""
    if isinstance(quiz, Quiz):
        return Score(quiz.results(prediction))
    return Score((), quiz)


def marks(quiz: Quiz | TableQuiz) -> dict[str, Any]:
    """Where in Python's trace the learner said something: the player's trait ``you``.

    Each mark: `step` (index), `credit` (0..1), `said` (the first answer, or what is wrong with it),
    `name` (of the variable that was asked for, or ""), `asked` (the question, or "").
    """
    if isinstance(quiz, TableQuiz):
        mode, found = "table", _table_marks(quiz)
    else:
        mode, found = "questions", _question_marks(quiz)
    found.sort(key=lambda mark: int(mark["step"]))
    return {"mode": mode, "score": quiz.score, "marks": found}


def _question_marks(quiz: Quiz) -> list[dict[str, Any]]:
    return [
        {
            "step": result.question.truth.step,
            "credit": result.credit,
            "said": _short(result.answers[0]),
            "name": result.question.place.name if result.question.kind == "value" else "",
            "asked": result.question.text,
        }
        for result in quiz.results()
        if result.answers
    ]


def _table_marks(quiz: TableQuiz) -> list[dict[str, Any]]:
    comparison = quiz.compare()
    found = []
    for number, pair in enumerate(comparison.steps):
        if pair.actual is None or pair.actual == 0:
            continue  # the first step is the start, before anything was asked
        wrong = pair.verdict != "match"
        said = comparison.describe(number).partition(": ")[2] if wrong else ""
        said = _MODEL_DOES.sub(_you_do, said)
        mark = {"step": pair.actual, "credit": float(not wrong), "said": said}
        found.append({**mark, "name": "", "asked": ""})
    return found


_MODEL_DOES = re.compile(r"the model (\w+)")
_IRREGULAR = {"is": "are", "goes": "go", "does": "do"}


def _you_do(found: re.Match[str]) -> str:
    """`the model returns` as `you return`."""
    verb = found[1]
    return f"you {_IRREGULAR.get(verb, verb.removesuffix('s'))}"


class QuizLink:
    """Ties a quiz to a widget: its messages in, the quiz's state out through the trait ``quiz``.

    widget: has a synced trait ``quiz`` (a dict or None) and `on_msg`. on_done: called once, when
    all is answered or the learner stops; what it reveals then may reach the browser. results: gives
    the last state's results, as JSON.
    """

    def __init__(
        self,
        widget: Any,
        quiz: Quiz | TableQuiz,
        *,
        on_done: Callable[[], None],
        prediction: Trace | None = None,
    ) -> None:
        self._widget = widget
        self._quiz = quiz
        self._on_done: Callable[[], None] | None = on_done
        self._prediction = prediction
        quiz.next()
        widget.on_msg(self._receive)
        self._show()

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        """One message of the browser. What is stale or malformed changes nothing: the state is
        sent again, so that the view can mend itself."""
        if not isinstance(content, Mapping) or not str(content.get("kind")).startswith("quiz."):
            return
        # An error says: pressed twice, or in two views, and settled already.
        with suppress(CWMLabError):
            self._do(str(content["kind"]).removeprefix("quiz."), content)
        self._show()

    def _do(self, what: str, content: Mapping[str, Any]) -> None:
        if what == "next":
            self._quiz.next()
        elif what == "stop":
            stop(self._quiz)
        elif content.get("id") != self._open_id():
            return
        elif what == "skip":
            self._quiz.skip()
        elif what == "answer" and isinstance(content.get("text"), str):
            if isinstance(self._quiz, TableQuiz):
                self._quiz.answer_line(content["text"])
            else:
                self._quiz.answer(content["text"], _sure(content))
        elif what == "values" and isinstance(self._quiz, TableQuiz):
            values = content.get("values")
            if isinstance(values, Mapping) and all(isinstance(v, str) for v in values.values()):
                self._quiz.answer_state({str(n): v for n, v in values.items()}, _sure(content))

    def _open_id(self) -> str | None:
        question = self._quiz.state()["question"]
        return None if question is None else str(question["id"])

    def _show(self) -> None:
        state = self._quiz.state()
        if self._quiz.done:
            if isinstance(self._quiz, Quiz):
                results = self._quiz.results(self._prediction)
                state["results"] = [result.to_json() for result in results]
            else:
                state["comparison"] = self._quiz.compare().to_json()
        if self._widget.quiz == state:
            self._widget.send_state("quiz")
        else:
            self._widget.quiz = state
        if self._quiz.done and self._on_done is not None:
            done, self._on_done = self._on_done, None
            self.close()
            done()

    def close(self) -> None:
        """Untie the quiz from its widget."""
        self._widget.on_msg(self._receive, remove=True)


def _sure(content: Mapping[str, Any]) -> float | None:
    value = content.get("confidence")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def can_ask(widget: t.HasTraits) -> bool:
    """Whether a widget has a panel for questions."""
    return widget.has_trait("quiz")
