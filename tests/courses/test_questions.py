"""Which questions are asked of a program, and what their answers are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from cwm_lab import Trace, record
from cwm_lab.courses.quiz import Quiz
from cwm_lab.courses.quiz.choose import choose
from cwm_lab.courses.quiz.judging import judge
from cwm_lab.courses.quiz.question import Place, find, question
from cwm_lab.courses.quiz.rivals import RULES, rivals
from cwm_lab.courses.quiz.walk import Walk

Recorder = Callable[[str], Trace]

LOOPS = """total = 0
for i in range(4):
    for j in range(i):
        total += j
    if i == 2:
        continue
    total += 10
while total > 12:
    total -= 9
    if total < 20:
        break
print(total)
"""


def find_text(source: str, recorded: Recorder, **place: object) -> str | None:
    found = find(Place(**place), Walk(recorded(source)))  # type: ignore[arg-type]
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ({"kind": "count", "line": 2}, "4"),
        ({"kind": "count", "line": 3}, "6"),
        ({"kind": "count", "line": 8}, "2"),
        ({"kind": "value", "line": 2, "round": 1, "name": "total"}, "10"),
        ({"kind": "value", "line": 2, "round": 3, "name": "total"}, "21"),
        ({"kind": "value", "line": 2, "round": 5, "name": "total"}, None),
        ({"kind": "value", "line": 3, "visit": 4, "round": 3, "name": "total"}, "24"),
        ({"kind": "value", "line": 8, "round": 2, "name": "total"}, "16"),
        ({"kind": "value", "name": "i"}, "3"),
        ({"kind": "value", "line": 7, "visit": 2, "name": "total"}, "20"),
        ({"kind": "line", "line": 5, "visit": 3}, "6"),
        ({"kind": "line", "line": 6}, "2"),
        ({"kind": "line", "line": 11}, "12"),
        ({"kind": "line", "line": 12}, "end"),
        ({"kind": "line", "line": 99}, None),
        ({"kind": "crash"}, "no"),
        ({"kind": "output"}, "16\n"),
        ({"kind": "return", "call": "f(x=1)"}, None),
    ],
)
def test_answers_are_found_in_the_trace(
    recorded: Recorder, place: dict[str, object], answer: str | None
) -> None:
    assert find_text(LOOPS, recorded, **place) == answer


@pytest.mark.parametrize(
    ("source", "place", "answer"),
    [
        ("a = [1]\nb = a\n", {"kind": "same", "line": 2, "name": "b", "other": "a"}, "True"),
        ("a = [1]\nb = a[:]\n", {"kind": "same", "line": 2, "name": "b", "other": "a"}, "False"),
        ("def f(n):\n    return n and f(n - 1)\nf(2)", {"kind": "return", "call": "f(n=1)"}, "0"),
        ("def f():\n    1 / 0\nf()", {"kind": "crash"}, "ZeroDivisionError on line 2"),
        ("def f():\n    1 / 0\nf()", {"kind": "return", "call": "f()"}, None),
        ("for x in [1, 2]:\n    1 / (x - 2)", {"kind": "count", "line": 1}, None),
        ("for x in []:\n    pass", {"kind": "count", "line": 1}, "0"),
        ("def f():\n    for x in 'abc':\n        return x\nf()", {"kind": "count", "line": 2}, "1"),
        ("x = 1\nwhile x: x -= 1", {"kind": "count", "line": 2}, None),
        (
            "def g():\n    for i in range(3):\n        yield i\nlist(g())",
            {"kind": "count", "line": 2},
            None,
        ),
        ("print(1", {"kind": "output"}, None),
    ],
)
def test_answers_of_calls_aliases_and_crashes(
    recorded: Recorder, source: str, place: dict[str, object], answer: str | None
) -> None:
    assert find_text(source, recorded, **place) == answer


def test_counts_agree_with_counting(recorded: Recorder) -> None:
    """The number of rounds against a counter that the program itself keeps."""
    for n in range(5):
        source = (
            f"rounds = 0\nx = {n}\nwhile x:\n    rounds += 1\n    x -= 1\n    if x == 2:\n"
            "        continue\nprint(rounds)"
        )
        assert find_text(source, recorded, kind="count", line=3) == str(n)


def test_every_program_gets_few_varied_questions(human_traces: dict[str, Trace]) -> None:
    kinds: Counter[str] = Counter()
    for name, trace in human_traces.items():
        questions = choose(Walk(trace))
        assert 2 <= len(questions) <= 6, name  # most have 3 at least: see below
        assert len({question.id for question in questions}) == len(questions)
        mine = Counter(question.kind for question in questions)
        assert max(mine.values()) <= 4, name
        assert len(mine) >= 2, name
        kinds.update(mine.keys())
    assert set(kinds) == {"output", "value", "line", "count", "crash", "return", "same"}
    assert max(kinds.values()) <= len(human_traces)
    enough = sum(len(choose(Walk(trace))) >= 3 for trace in human_traces.values())
    assert enough >= 0.95 * len(human_traces)


def test_questions_depend_on_program_and_seed_alone(human_traces: dict[str, Trace]) -> None:
    differ = 0
    for trace in list(human_traces.values())[:40]:
        again = choose(Walk(Trace.from_json(trace.to_json())))
        assert again == choose(Walk(trace))
        differ += choose(Walk(trace), seed=1) != again
    assert differ > 20


def test_the_truth_is_right_and_rivals_are_not(human_traces: dict[str, Trace]) -> None:
    rules: Counter[str] = Counter()
    for name, trace in human_traces.items():
        walk = Walk(trace)
        for seed in range(2):
            for asked in choose(walk, seed):
                assert judge(asked, asked.truth.text, walk).verdict == "right", name
                for rival in rivals(asked, walk)[:12]:
                    mark = judge(asked, rival.text, walk)
                    assert mark.verdict != "right", (name, asked, rival)
                    assert mark.hint
                    if len(asked.truth.text) > 3:
                        assert asked.truth.text.strip() not in mark.hint, (name, asked)
                    rules[rival.rule] += 1
    assert set(rules) <= set(RULES)
    assert len(rules) >= 20, sorted(set(RULES) - set(rules))


def test_nothing_is_given_away_before_a_question_is_settled(
    human_traces: dict[str, Trace],
) -> None:
    for trace in human_traces.values():
        quiz = Quiz(trace)
        while (question := quiz.next()) is not None:
            shown = quiz.state()
            assert set(shown["question"]) == {"id", "kind", "form", "text", "line"}
            assert shown["judgement"] is None
            later = quiz.questions[quiz.questions.index(question) + 1 :]
            seen = json.dumps(shown)
            assert all(other.text not in seen for other in later)
            wrong = quiz.answer("'no such answer'")
            if not wrong.settled:
                assert wrong.reveal is None
                assert quiz.state()["judgement"]["reveal"] is None
                quiz.skip()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "nothing worth asking"),
        ("print(1", "Python cannot read the program"),
        ("pass", "nothing worth asking"),
        ("x = 1", "nothing worth asking"),
    ],
)
def test_nothing_to_ask_is_said(recorded: Recorder, source: str, why: str) -> None:
    quiz = Quiz(recorded(source))
    assert quiz.next() is None
    assert why in quiz.reason
    assert quiz.done


def value(line: int, name: str, **more: object) -> dict[str, object]:
    return {"kind": "value", "line": line, "name": name, **more}


def returned(call: str) -> dict[str, object]:
    return {"kind": "return", "call": call}


CRASH, OUTPUT = {"kind": "crash"}, {"kind": "output"}
SAME = {"kind": "same", "line": 2, "name": "b", "other": "a"}
TWICE = "def f(n):\n    return n * 2\nf(4)"
DEEP = "def f():\n    1 / 0\nf()"


@pytest.mark.parametrize(
    ("source", "place", "answer", "rule"),
    [
        # the list is changed in place, and both names see it
        ("a = [1]\nb = a\nb.append(2)\n", value(3, "a"), "[1]", "alias"),
        ("x = 5\nx = x + 1\n", value(2, "x"), "5", "before-change"),
        (LOOPS, value(2, "total", round=3), "20", "one-round-few"),
        (LOOPS, value(2, "total", round=1), "20", "one-round-many"),
        (LOOPS, value(2, "total", round=1), "34", "whole-loop"),
        (LOOPS, {"kind": "value", "name": "i"}, "4", "range-end"),
        (LOOPS, {"kind": "count", "line": 2}, "5", "range-end"),
        (LOOPS, {"kind": "count", "line": 2}, "3", "one-round-few"),
        (LOOPS, {"kind": "count", "line": 3}, "10", "header-once-more"),
        (LOOPS, {"kind": "count", "line": 8}, "3", "loop-left-early"),
        ("x = 3\nwhile x:\n    x -= 1\n", {"kind": "count", "line": 2}, "4", "test-first"),
        (LOOPS, {"kind": "line", "line": 5, "visit": 1}, "6", "condition"),
        (LOOPS, {"kind": "line", "line": 6}, "7", "continue"),
        (LOOPS, {"kind": "line", "line": 7}, "8", "back-to-header"),
        (LOOPS, {"kind": "line", "line": 11}, "8", "break"),
        (LOOPS, {"kind": "line", "line": 8}, "12", "loop-goes-on"),
        (LOOPS, {"kind": "line", "line": 3, "visit": 1}, "4", "loop-is-over"),
        (
            "def f(s):\n    for c in s:\n        return c\n    return 0\nf('ab')",
            {"kind": "line", "line": 3},
            "2",
            "return-leaves",
        ),
        ("x = 7 // 2\n", value(1, "x"), "3.5", "floor-division"),
        ("x = 6 / 3\n", value(1, "x"), "2", "true-division"),
        ("x = 17 % 5\n", value(1, "x"), "3", "remainder"),
        ("x = 2 ** 3\n", value(1, "x"), "6", "power"),
        ("x = 2 + 3 * 4\n", value(1, "x"), "20", "precedence"),
        ("s = 'abc'\nx = s[1]\n", value(2, "x"), "'a'", "index-from-zero"),
        ("s = 'abcd'\nx = s[1:3]\n", value(2, "x"), "'bcd'", "slice-end"),
        ("x = int(7.9)\n", value(1, "x"), "8", "int-cuts"),
        ("a = '3'\nx = a + a\n", value(2, "x"), "6", "text-is-no-number"),
        ("x = 5\nx += 3\n", value(2, "x"), "3", "replaces"),
        (TWICE, returned("f(n=4)"), "4", "argument"),
        (TWICE, returned("f(n=4)"), "None", "returns-value"),
        ("def f(n):\n    m = n * 2\nx = f(4)", returned("f(n=4)"), "8", "no-return"),
        (
            "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nf(4)",
            returned("f(n=4)"),
            "6",
            "other-call",
        ),
        (DEEP, CRASH, "ZeroDivisionError on line 3", "crash-line"),
        (DEEP, CRASH, "ValueError on line 2", "crash-type"),
        (DEEP, CRASH, "no", "crash"),
        (
            "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass",
            CRASH,
            "ZeroDivisionError on line 2",
            "caught",
        ),
        ("a = [1]\nb = a\n", SAME, "no", "alias"),
        ("a = [1]\nb = a[:]\n", SAME, "yes", "copy"),
        ("a = [1]\nb = a\nb.append(2)\nprint(a)", OUTPUT, "[1]", "alias"),
        ("x = 1\nx = x + 1\nprint(x)", OUTPUT, "1", "one-change-early"),
        ("if 0:\n    x = 1\nelse:\n    x = 2\n", {"kind": "line", "line": 1}, "3", "no-step"),
    ],
)
def test_a_misconception_is_named(
    recorded: Recorder, source: str, place: dict[str, object], answer: str, rule: str
) -> None:
    trace = recorded(source)
    walk = Walk(trace)
    asked = question(trace.program, walk, Place(**place), "?")  # type: ignore[arg-type]
    assert asked is not None
    mark = judge(asked, answer, walk)
    assert mark.verdict != "right"
    assert mark.rule == rule, (mark, rivals(asked, walk))
    assert asked.truth.text not in mark.hint.split()


@pytest.mark.parametrize("text", ["line 6", "6", " 6. ", "continue"])
def test_ways_to_name_a_line(recorded: Recorder, text: str) -> None:
    trace = recorded(LOOPS)
    asked = question(trace.program, Walk(trace), Place("line", 5, 3), "?")
    assert asked is not None
    assert judge(asked, text, Walk(trace)).verdict == "right"


def test_long_and_cut_traces_are_asked_about(recorded: Recorder) -> None:
    endless = record("x = 0\nwhile True:\n    x += 1\n", max_steps=400)
    questions = choose(Walk(endless))
    assert questions
    assert {q.kind for q in questions}.isdisjoint({"output", "count", "crash"})
    long = record("t = 0\nfor i in range(4000):\n    t += i\nprint(t)", max_steps=20_000)
    assert {"output", "value"} <= {q.kind for q in choose(Walk(long))}


def test_nobody_is_asked_to_type_a_long_line(recorded: Recorder) -> None:
    trace = recorded("xs = list(range(60))\nt = 0\nfor x in xs:\n    t += x\nprint(xs)\nprint(t)")
    for seed in range(5):
        for asked in choose(Walk(trace), seed):
            assert max(map(len, asked.truth.text.splitlines())) <= 80
