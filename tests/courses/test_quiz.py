"""The way through a quiz and a table: tries, credit, reveal, state, the learner's trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwm_lab import CWMLabError, Outcome, Trace, record
from cwm_lab.courses.attempts import Attempt
from cwm_lab.courses.quiz import PRINTED, RAISED, RETURNED, Quiz, TableQuiz

Recorder = Callable[[str], Trace]

SOURCE = """xs = [1, 2]
ys = xs
ys.append(3)
total = 0
for x in xs:
    total += x
print(total)
"""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


@pytest.fixture
def saved() -> list[Attempt]:
    return []


@pytest.fixture
def quiz(recorded: Recorder, saved: list[Attempt]) -> Quiz:
    return Quiz(recorded(SOURCE), save=saved.append, who="ada", clock=Clock())


def open_question(quiz: Quiz, kind: str) -> str:
    """Skip to the next question of a kind; its right answer."""
    while (question := quiz.next()) is not None:
        if question.kind == kind:
            return question.truth.text
        quiz.skip()
    raise AssertionError(f"no question about {kind}")


def test_all_right_at_once(quiz: Quiz, saved: list[Attempt]) -> None:
    asked = 0
    while (question := quiz.next()) is not None:
        judgement = quiz.answer(question.truth.text, 0.9)
        assert (judgement.verdict, judgement.credit, judgement.tries_left) == ("right", 1.0, 0)
        assert judgement.reveal is not None
        assert judgement.reveal.text == question.truth.text
        asked += 1
    assert quiz.done
    assert quiz.score == 1
    assert [attempt.credit for attempt in saved] == [1.0] * asked
    assert {attempt.who for attempt in saved} == {"ada"}
    assert {attempt.confidence for attempt in saved} == {0.9}
    assert all(attempt.seconds > 0 for attempt in saved)


def test_a_second_try_counts_half(quiz: Quiz, saved: list[Attempt]) -> None:
    truth = open_question(quiz, "value")
    first = quiz.answer("'wrong'")
    assert (first.verdict, first.tries_left, first.settled) == ("wrong", 1, False)
    assert quiz.next() == quiz.questions[quiz.state()["number"] - 1]
    second = quiz.answer(truth)
    assert (second.verdict, second.credit, second.settled) == ("right", 0.5, True)
    assert [a.attempt for a in saved[-2:]] == [1, 2]


def test_two_wrong_answers_reveal(quiz: Quiz) -> None:
    truth = open_question(quiz, "value")
    quiz.answer("'wrong'")
    judgement = quiz.answer("'wrong again'")
    assert (judgement.verdict, judgement.credit, judgement.tries_left) == ("wrong", 0.0, 0)
    assert judgement.reveal is not None
    assert judgement.reveal.text == truth
    assert judgement.reveal.why


def test_what_cannot_be_read_is_no_try(quiz: Quiz, saved: list[Attempt]) -> None:
    open_question(quiz, "value")
    before = len(saved)
    for text in ("", "[1, 2", "xs", "1 + 1"):
        judgement = quiz.answer(text)
        assert (judgement.verdict, judgement.tries_left) == ("unreadable", 2)
    assert len(saved) == before


def test_a_yes_or_no_has_one_try(quiz: Quiz) -> None:
    truth = open_question(quiz, "same")
    judgement = quiz.answer("no" if truth == "True" else "yes")
    assert judgement.settled
    assert judgement.hint


def test_answers_out_of_turn_are_refused(quiz: Quiz) -> None:
    question = quiz.next()
    assert question is not None
    with pytest.raises(CWMLabError, match="between 0 and 1"):
        quiz.answer(question.truth.text, 7)
    quiz.answer(question.truth.text)
    with pytest.raises(CWMLabError, match="no question is open"):
        quiz.answer(question.truth.text)
    quiz.skip_rest()
    assert quiz.next() is None
    assert quiz.done
    with pytest.raises(CWMLabError):
        quiz.skip()


def test_state_is_json_and_grows_with_what_is_settled(quiz: Quiz) -> None:
    states = [quiz.state()]
    while (question := quiz.next()) is not None:
        quiz.answer(question.truth.text)
        states.append(quiz.state())
    assert [len(state["past"]) for state in states] == list(range(len(states)))
    last = json.loads(json.dumps(states[-1]))
    assert last["done"]
    assert last["score"] == 1
    for past in last["past"]:
        reveal = past["judgement"]["reveal"]
        assert set(reveal) == {"text", "step", "line", "why"}


def test_you_model_and_python_side_by_side(quiz: Quiz, recorded: Recorder) -> None:
    while (question := quiz.next()) is not None:
        quiz.answer(question.truth.text)
    trace = recorded(SOURCE)
    same = quiz.results(trace)
    assert [result.model for result in same] == [r.question.truth.text for r in same]
    assert {result.model_credit for result in same} == {1.0}
    wrong = quiz.results(recorded(SOURCE.replace("append(3)", "append(4)")))
    assert 0 < sum(result.model_credit for result in wrong) < len(wrong)
    nothing = quiz.results(replace(trace, steps=(), outcome=Outcome("truncated")))
    assert {(r.model, r.model_credit) for r in nothing} == {(None, 0.0)}
    json.dumps([result.to_json() for result in wrong])


@given(st.lists(st.text(max_size=8) | st.sampled_from(["3", "[1, 2]", "end", "no"]), max_size=15))
def test_any_answers_lead_through(texts: list[str]) -> None:
    quiz = Quiz(TRACE)
    for text in texts:
        if quiz.next() is None:
            break
        judgement = quiz.answer(text)
        assert 0 <= judgement.credit <= 1
        assert judgement.settled == (judgement.tries_left == 0)
        json.dumps(quiz.state())


TRACE = record(SOURCE, sandbox=False)


def fill(table: TableQuiz, trace: Trace) -> None:
    """Answer everything with what Python did, taken from the recorded states."""
    states = trace.states()
    while (prompt := table.next()) is not None:
        then = trace.steps[prompt.number]
        if prompt.phase == "line":
            assert table.answer_line(str(then.line)).verdict == "right"
            continue
        values = {
            row.name: states[prompt.number].get(row.name, "")
            for row in prompt.rows
            if row.given is None
        }
        special = {
            PRINTED: then.stdout,
            RETURNED: then.value or "",
            RAISED: (then.value or "").partition("(")[0],
        }
        values |= {key: special[key] for key in prompt.special}
        judgement = table.answer_state(values)
        assert judgement.verdict == "right", (prompt, values, judgement)


def test_a_right_table_is_python_s_trace(human_traces: dict[str, Trace]) -> None:
    whole = 0
    for name, trace in human_traces.items():
        table = TableQuiz(trace)
        fill(table, trace)
        comparison = table.compare()
        assert table.trace().origin == "learner"
        assert comparison.first_divergence is None, (name, comparison.summary())
        assert table.score == 1, name
        whole += len(table.trace()) == len(trace)
    assert whole > 100


def test_saying_nothing_changes_nothing(human_traces: dict[str, Trace]) -> None:
    """A learner who never fills anything in is wrong wherever something changes."""
    for name, trace in list(human_traces.items())[::7]:
        table = TableQuiz(trace)
        while (prompt := table.next()) is not None:
            judgement = table.answer_line("end") if prompt.phase == "line" else None
            if judgement is None:
                judgement = table.answer_state({})
            if not judgement.settled:
                table.skip()
        assert table.score < 1, name
        assert table.compare().scores["step_accuracy"] < 1, name


def test_a_table_s_mistakes_are_in_the_learner_s_trace(saved: list[Attempt]) -> None:
    table = TableQuiz(TRACE, save=saved.append, who="ada")
    assert table.next() is not None
    judged = table.answer_state({"xs": "[1,2]"})
    assert judged.verdict == "right"
    assert table.answer_state({"ys": "[1, 2]"}).verdict == "right"
    # After ys.append(3) only one of the two names is said to change.
    judged = table.answer_state({"ys": "[1, 2, 3]"})
    assert judged.verdict == "partly"
    assert judged.cells["xs"].rule == "before-change"
    assert judged.cells["ys"].verdict == "right"
    assert not judged.settled
    judged = table.answer_state({"ys": "[1, 2, 3]", "xs": "[1, 2, 3]"})
    assert judged.verdict == "right"
    assert judged.credit == 0.75
    learner = table.trace()
    assert learner.outcome.kind == "truncated"
    assert dict(learner.steps[1].locals) == {"xs": "[1, 2]"}
    assert dict(learner.steps[3].locals) == {"ys": "[1, 2, 3]"}
    comparison = table.compare()
    assert [pair.verdict for pair in comparison.steps] == ["match", "match", "match", "value"]
    assert comparison.steps[3].names == ("xs",)
    assert {(a.kind, a.who) for a in saved} == {("table", "ada")}


def test_a_wrong_turn_is_in_the_learner_s_trace(recorded: Recorder) -> None:
    table = TableQuiz(recorded("x = 1\nif x > 2:\n    x = 3\nprint(x)\n"))
    table.answer_state({"x": "1"})
    prompt = table.next()
    assert prompt is not None
    assert prompt.phase == "line"
    assert table.answer_line("somewhere").verdict == "unreadable"
    wrong = table.answer_line("3")
    assert (wrong.verdict, wrong.cells["line"].rule) == ("wrong", "condition")
    assert table.answer_line("line 4").verdict == "right"
    table.answer_state({})
    assert table.trace().steps[2].line == 3
    assert table.compare().steps[2].verdict == "path"
    with pytest.raises(CWMLabError, match="not ask for the line now"):
        table.answer_line("1")


def test_a_table_of_calls_and_exceptions(recorded: Recorder) -> None:
    table = TableQuiz(recorded("def f(n):\n    return n * 2\ny = f(4)\n1 / 0\n"))
    prompt = table.next()
    assert prompt is not None
    assert [(row.name, row.given) for row in prompt.rows] == [("f", "<function f>")]
    table.answer_state({})
    shown = []
    while (prompt := table.next()) is not None:
        shown.append((prompt.text, [row.name for row in prompt.rows], prompt.special))
        table.skip()
    assert ("A call of f begins. Which values do its names get?", ["n"], ()) in shown
    assert any(special == (RETURNED,) for _, _, special in shown)
    assert any(special == (RAISED,) for _, _, special in shown)


def test_an_empty_table_says_so(recorded: Recorder) -> None:
    table = TableQuiz(recorded("x = ("))
    assert table.next() is None
    assert "no line of the program ran" in table.reason
    assert table.done
    assert len(table.trace()) == 0
    json.dumps(table.state())


@settings(max_examples=25)
@given(st.data())
def test_any_table_leads_through(data: st.DataObject) -> None:
    table = TableQuiz(TRACE)
    texts = st.text(max_size=6) | st.sampled_from(["3", "[1, 2, 3]", "6", "end", "5"])
    for _ in range(8):
        prompt = table.next()
        if prompt is None:
            break
        if prompt.phase == "line":
            table.answer_line(data.draw(texts))
        else:
            names = st.sampled_from(["xs", "ys", "total", "x", "new", PRINTED])
            table.answer_state(data.draw(st.dictionaries(names, texts, max_size=3)))
        json.dumps(table.state())
    table.stop()
    assert table.done
    assert 0 <= table.compare().scores["step_accuracy"] <= 1
