"""What if and re-sync, by the real recorder and model; and how the widget passes them on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cwm_lab.notebook.branches import MAX_BRANCHES
from cwm_lab.notebook.consequences import consequences
from cwm_lab.notebook.live import Live
from cwm_lab.notebook.player import Player
from cwm_lab.notebook.what_if import Limits, WhatIfError, branch_off, given_values
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace, compare
from cwm_lab.worldmodel import load_model

LOOP = "total = 0\nfor n in [1, 2, 3]:\n    total += n\nprint(total)\n"
DICE = "import random\nx = random.random()\ny = x\nz = y\n"


@pytest.fixture(scope="module")
def actual() -> Trace:
    return record(Program(LOOP))


@pytest.fixture
def player(actual: Trace, monkeypatch: pytest.MonkeyPatch) -> Player:
    player = Player(actual.program, model="builtin")
    comparison = compare(load_model("builtin").predict(actual.program), actual)
    player.set_prediction(comparison.predicted)
    player.set_comparison(comparison)
    player.live = Live(
        player, actual, model="builtin", limits=Limits(), predicted=True, begin=lambda mode: None
    )
    return player


def sent_by(player: Player, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    def send(content: dict[str, Any], buffers: object = None) -> None:
        sent.append(json.loads(json.dumps(content)))

    monkeypatch.setattr(player, "send", send)
    return sent


def ask(player: Player, **request: Any) -> None:
    player._handle_custom_msg({"kind": "ask", "id": 7, "view": 3, **request}, [])


def test_python_and_model_go_on_from_the_same_changed_state(actual: Trace) -> None:
    values = given_values(actual, 4, {"total": "total * 100"})
    assert values == {"total": "100"}
    branch = branch_off(actual, 4, values, model="builtin", limits=Limits())
    assert branch.notes == ()
    assert branch.actual is not None
    assert branch.predicted is not None
    assert branch.actual.output == "105\n"
    for trace in (branch.actual, branch.predicted):
        assert trace.state_at(4)["total"] == "100"
        assert [s.line for s in trace.steps[:4]] == [s.line for s in actual.steps[:4]]
    assert branch.predicted.origin == "model"
    assert branch.comparison is not None
    assert all(pair.verdict == "match" for pair in branch.comparison.steps[:5])


@pytest.mark.parametrize(
    ("index", "typed", "says"),
    [
        (99, {"total": "1"}, "no such step"),
        (7, {"total": "1"}, "before a line runs"),
        (4, {"nope": "1"}, "no nope in this frame"),
        (4, {"total": "1 +"}, "is no value"),
        (4, {"total": "open('x')"}, "cannot be worked out"),
        (4, {"total": "1 // 0"}, "ZeroDivisionError"),
        (4, {"total": "'ab' * 2000"}, "this one has 4,002"),
        (4, {}, "Say which name"),
    ],
)
def test_what_cannot_be_asked_is_told(
    actual: Trace, index: int, typed: dict[str, str], says: str
) -> None:
    index = len(actual) - 1 if index == 7 else index
    with pytest.raises(WhatIfError, match=says):
        given_values(actual, index, typed)


def test_a_program_of_chance_is_told() -> None:
    trace = record(Program(DICE))
    branch = branch_off(trace, 3, {"x": "1"}, model="builtin", limits=Limits())
    assert branch.actual is None
    assert "depends on chance" in branch.notes[0]


def test_from_the_true_state_each_step_is_judged_alone() -> None:
    program = Program(LOOP)
    trace = record(program)
    # A recorded trace that lies once: the model cannot get that step right, and all others can be.
    steps = list(trace.steps)
    lie = next(i for i, s in enumerate(steps) if s.locals == {"total": "3"})
    steps[lie] = type(steps[lie])(
        **{
            **steps[lie].__dict__,
            "locals": {"total": "4"},
            "removed": (),
            "value": None,
            "detail": None,
        }
    )
    told = consequences(trace.with_steps(steps), "builtin")
    assert told.marks[lie] == "w"
    assert told.says[lie] == "total is 4, the model said 3."
    assert told.marks[: lie - 1] == "r" * (lie - 1)


def test_a_branch_comes_by_request_and_goes_again(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_by(player, monkeypatch)
    assert "whatif" in player.can
    for value in range(MAX_BRANCHES + 2):
        ask(player, what="whatif", at=3, values={"total": str(value)})
    assert [branch["values"]["total"] for branch in player.branches] == ["2", "3", "4"]
    one = player.branches[-1]
    assert (one["status"], one["before"], one["index"]) == ("done", {"total": "1"}, 3)
    assert one["counts"]["actual"] == len(one["pack"]["tracks"]["actual"][0]["steps"])
    ask(player, what="history", branch=one["id"], side="actual", name="total", at=5)
    assert [3, "4"] in sent[-1]["entries"]
    ask(player, what="drop", number=one["id"])
    assert len(player.branches) == MAX_BRANCHES - 1
    ask(player, what="chunk", branch=one["id"], side="actual", number=0)
    assert "not there any more" in sent[-1]["error"]


@pytest.mark.parametrize(
    "request_",
    [
        {"what": "whatif"},
        {"what": "whatif", "at": "3", "values": {"total": "1"}},
        {"what": "whatif", "at": 3, "values": {"total": 1}},
        {"what": "whatif", "at": 3, "values": {"total": "9" * 5000}},
        {"what": "whatif", "at": -1, "values": {"total": "1"}},
        {"what": "quiz", "mode": "rude"},
        {"what": None},
    ],
)
def test_nonsense_is_answered_with_a_sentence(
    player: Player, monkeypatch: pytest.MonkeyPatch, request_: dict[str, Any]
) -> None:
    sent = sent_by(player, monkeypatch)
    ask(player, **request_)
    assert sent[-1]["error"]
    assert player.branches == []


def test_an_interrupt_ends_the_model_s_part_alone(
    actual: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(made: int) -> None:
        if made == 2:
            raise KeyboardInterrupt

    told: Callable[[int], None] = interrupt
    branch = branch_off(actual, 1, {"total": "5"}, model="builtin", limits=Limits(), on_step=told)
    assert branch.notes == ("The model was stopped by you.",)
    assert branch.predicted is not None
    assert len(branch.predicted) == 4
    assert branch.actual is not None
    assert branch.actual.outcome.kind == "finished"
