"""What-if and re-sync over the wire: the same as the built-in model's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cwm_lab import record
from cwm_lab.errors import ModelError
from cwm_lab.notebook.consequences import consequences
from cwm_lab.notebook.what_if import Limits, branch_off
from cwm_lab.trace import Outcome, Program, Step, Trace
from cwm_lab.worldmodel import CannotFollowError, load_model
from cwm_lab.worldmodel.hosted import HostedModel
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from tests.server.conftest import Running

SOURCE = """\
def half(n):
    return n // 2

total = 8
while total > 1:
    total = half(total)
print(total)
"""


@pytest.fixture
def hosted(server: Running, token: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostedModel]:
    monkeypatch.setenv("CWM_LAB_API_KEY", token)
    yield HostedModel(parse_spec(f"hosted:{server.url}"))
    _LARGER.clear()


def test_a_session_moves_as_the_built_in_ones_do(hosted: HostedModel) -> None:
    theirs, ours = hosted.session(Program(SOURCE)), load_model().session(Program(SOURCE))
    for move in ("step", "step", "over", "step", "back", "out", "step"):
        assert getattr(theirs, move)() == getattr(ours, move)(), move
        assert theirs.index == ours.index
    for place, value in ((4, "5"), (2, "3")):
        theirs.go_to(place)
        ours.go_to(place)
        assert theirs.change({"total": value}) == ours.change({"total": value})
        assert list(theirs.run()) == list(ours.run())
        assert theirs.finished
        assert theirs.trace.outcome == ours.trace.outcome
        assert theirs.trace.steps == ours.trace.steps
    with pytest.raises(ValueError, match="value"):
        theirs.change({"total": "no value ("})


def test_what_if_from_a_recorded_step(hosted: HostedModel, server: Running) -> None:
    actual = record(SOURCE)
    index = next(i for i, step in enumerate(actual.steps) if step.line == 5)
    limits = Limits()
    values = {"total": "4"}
    theirs = branch_off(actual, index, values, model=f"hosted:{server.url}", limits=limits)
    ours = branch_off(actual, index, values, model="builtin", limits=limits)
    assert theirs.notes == ours.notes == ()
    assert theirs.predicted is not None
    assert ours.predicted is not None
    assert theirs.predicted.steps == ours.predicted.steps
    assert theirs.predicted.model == f"hosted:{server.url} (builtin)"
    assert theirs.actual == ours.actual


def test_resync_is_the_same(hosted: HostedModel, server: Running) -> None:
    actual = record(SOURCE)
    assert hosted.resync(actual) == load_model().resync(actual)
    model = f"hosted:{server.url}"
    assert consequences(actual, model) == consequences(actual, "builtin")


def test_what_cannot_be_gone_on_with_is_told(hosted: HostedModel) -> None:
    odd = Trace(Program("x = 1\ny = 2\n"), (Step("line", 2), Step("line", 1)), Outcome())
    with pytest.raises(CannotFollowError, match="line"):
        hosted.session(odd, 1)
    with pytest.raises(CannotFollowError, match="no step 7"):
        hosted.session(odd, 7)
    session = hosted.session(Program("x = 1\n"))
    session._changes = [{"at": 900, "values": {"x": "2"}}]
    session._ask(())
    with pytest.raises(ModelError, match="has no step 900"):
        session.step()
