"""Stepping like a debugger, what if, following recorded traces, re-sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace, header_comments
from cwm_lab.worldmodel import CannotFollowError, Session, WorldModel, load_model, predict
from cwm_lab.worldmodel.dialect import read_answer
from cwm_lab.worldmodel.following import Recorded, same_steps
from cwm_lab.worldmodel.scheduler import Scheduler

HUMAN = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
CALLS = """def add(a, b):
    c = a + b
    return c

x = 2
for k in [1, 2, 3]:
    x = add(x, k)
print(x)
"""


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_model("builtin")


def human(path: Path) -> Program:
    source = path.read_text()
    return Program(source, stdin=header_comments(source)[1])


def test_stepping_to_the_end_is_the_prediction(model: WorldModel) -> None:
    session = model.session(Program(CALLS))
    steps = [session.current, *session.run()]
    whole = model.predict(Program(CALLS))
    assert steps == list(whole.steps)
    assert session.trace == whole
    assert session.finished
    assert session.step() is None


def test_over_and_out(model: WorldModel) -> None:
    session = model.session(Program(CALLS))
    while session.current is not None and session.current.line != 7:
        session.step()
    over = session.over()
    assert over is not None
    assert (over.line, over.depth) == (6, 0)
    while session.current is not None and session.current.event != "call":
        session.step()
    assert session.step() is not None
    out = session.out()
    assert out is not None
    assert (out.line, out.depth) == (6, 0)


def test_back_and_there_again_gives_the_same(model: WorldModel) -> None:
    session = model.session(Program(CALLS))
    steps = [session.current, *session.run()]
    for index in (7, 3, len(steps) - 1, 0):
        assert session.go_to(index) == steps[index]
        assert session.steps == tuple(steps[: index + 1])
    assert session.back() == steps[0]
    assert session.step() == steps[1]


def test_what_if(model: WorldModel) -> None:
    program = Program("x = 1\ny = x\nprint(y)\n")
    session = model.session(program)
    session.go_to(1)
    changed = session.change({"x": "'a'"})
    assert changed is not None
    assert changed.locals == {"x": "'a'"}
    assert next(dict(step.locals) for step in session.run()) == {"y": "'a'"}
    session.go_to(1)
    session.change({"x": "[7]"})
    last = list(session.run())[-1]
    assert last.stdout == "[7]\n"
    with pytest.raises(ValueError, match="not a value"):
        session.change({"x": "open('file')"})


def test_an_earlier_what_if_stays(model: WorldModel) -> None:
    session = model.session(Program("a = 1\nb = 2\nc = a\nd = b\n"))
    session.go_to(1)
    session.change({"a": "5"})
    session.go_to(2)
    session.change({"b": "6"})
    list(session.run())
    assert session.trace.state_at(4) == {"a": "5", "b": "6", "c": "5", "d": "6"}


def test_cancelling_ends_the_trace(model: WorldModel) -> None:
    seen: list[object] = []
    trace = model.predict(Program(CALLS), on_step=seen.append, cancel=lambda: len(seen) >= 5)
    assert 5 <= len(trace) < 12
    assert trace.outcome.kind == "truncated"
    assert predict(CALLS, cancel=lambda: len(seen) >= 5).outcome.kind == "truncated"
    session = model.session(Program(CALLS))
    assert len(list(session.run(lambda: session.index >= 3))) == 3


def led(program: Program, actual: Trace) -> Trace:
    """The steps of a scheduler that a recorded trace leads, the network asked where it must be."""
    model = load_model("builtin")
    lead = Recorded(actual, len(actual) - 1).lead
    run = Scheduler(program, max_steps=len(actual), lead=lead).run()
    try:
        prompt = next(run)
        while True:
            completion = model.decoder.complete([prompt])[0]
            prompt = run.send(read_answer(completion.tokens, prompt, completion.logs))
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


SELDOM = "match_commands"  # `match` is outside of the dialect


@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
def test_recorded_traces_can_be_followed(path: Path) -> None:
    program = human(path)
    actual = record(program, max_steps=400, sandbox=False)
    followed = led(program, actual)
    if path.stem == SELDOM:
        assert len(followed) < len(actual)
    else:
        assert same_steps(followed.steps, actual.steps)


def test_going_on_from_a_recorded_step(model: WorldModel) -> None:
    program = Program("xs = [1]\nys = xs\nxs = [8]\nprint(ys)\nprint(xs)\n")
    actual = record(program, sandbox=False)
    session = model.session(actual, 3)
    assert same_steps(session.steps, actual.steps[:4])
    session.change({"xs": "['z']"})
    assert list(session.run())[-1].stdout == "['z']\n"


def test_a_predicted_trace_can_be_gone_on_from(model: WorldModel) -> None:
    trace = model.predict(Program(CALLS))
    session = model.session(trace, 4)
    assert session.steps == tuple(trace.steps[:5])
    session.change({"a": "20"})
    with pytest.raises(CannotFollowError, match="session"):
        model.session(session.trace, 4)


def test_resync_judges_each_step_alone(model: WorldModel) -> None:
    program = Program(CALLS)
    actual = record(program, sandbox=False)
    found = model.resync(actual)
    assert [item.index for item in found] == list(range(len(actual)))
    steps = [item.step for item in found if item.step is not None]
    assert len(steps) == len(actual)
    right = [same_steps([a], [b]) for a, b in zip(steps, actual.steps, strict=True)]
    assert sum(right) / len(right) > 0.8


def test_a_step_that_is_resynced_wrong_is_what_the_model_says_from_there(model: WorldModel) -> None:
    """The batch and a session from the true step before say the same of every step."""
    for name in ("fizzbuzz_classic", "stack_class", "divide_try"):
        actual = record(human(HUMAN[0].parent / f"{name}.py"), max_steps=40, sandbox=False)
        for item in model.resync(actual)[1:]:
            alone = model.session(actual, item.index - 1).step()
            assert item.step is not None
            assert alone is not None
            assert same_steps([item.step], [alone]), (name, item.index)


def test_resync_says_where_it_cannot(model: WorldModel) -> None:
    source = "match 3:\n    case 3:\n        x = 1\n"
    found = model.resync(record(source, sandbox=False))
    assert found[0].step is not None
    assert found[-1].step is None
    assert "Match" in (found[-1].why or "")


def test_a_session_shows_itself_briefly(model: WorldModel) -> None:
    session = model.session(Program(""))
    assert isinstance(session, Session)
    assert len(repr(session)) < 60
