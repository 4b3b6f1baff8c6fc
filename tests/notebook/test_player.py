"""The widget's Python half: what it publishes, streams and answers. No browser."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import replace
from typing import Any

import pytest

from cwm_lab.notebook.columns import EVENTS, VERDICTS
from cwm_lab.notebook.pack import MAX_SAVED_STEPS
from cwm_lab.notebook.player import Player
from cwm_lab.notebook.slices import CHUNK
from cwm_lab.recorder import record
from cwm_lab.trace import Comparison, Program, Step, Trace, compare

LOOP = "total = 0\nfor i in range(40):\n    total += i\nprint(total)"
LONG = "total = 0\nfor i in range(900):\n    total += i\nprint(total)"


def recorded(source: str) -> Trace:
    return record(Program(source), sandbox=False, max_steps=5000)


def compared(trace: Trace) -> Comparison:
    model = replace(trace, origin="model", steps=trace.steps[:-1])
    return compare(model, trace)


class Sent(list[tuple[dict[str, Any], list[bytes]]]):
    """What a player sent to its browsers."""

    @property
    def last(self) -> tuple[dict[str, Any], list[bytes]]:
        return self[-1]


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> tuple[Player, Sent]:
    monkeypatch.setattr("cwm_lab.notebook.player._SEND_EVERY", 0)
    return watched(recorded(LOOP).program, monkeypatch)


def watched(program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Player, Sent]:
    player, sent = Player(program, model="m"), Sent()

    def send(content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        json.dumps(content)  # it must be JSON
        sent.append((content, buffers or []))

    monkeypatch.setattr(player, "send", send)
    return player, sent


def ask(player: Player, **request: Any) -> None:
    player._handle_custom_msg({"kind": "ask", "id": 7, "view": 3, **request}, [])


def test_steps_stream_once_each_and_in_order(player: tuple[Player, Sent]) -> None:
    widget, sent = player
    trace = recorded(LOOP)
    for step in trace.steps:
        widget.add_step(step)
    widget.set_prediction(replace(trace, origin="model"))
    streamed = [message for message, _ in sent if message["kind"] == "steps"]
    assert [m["from"] for m in streamed] == [
        sum(len(n["steps"]) for n in streamed[:i]) for i in range(len(streamed))
    ]
    lines = [row["line"] for m in streamed for row in m["steps"]]
    assert lines == [step.line for step in trace.steps]


def test_a_short_trace_is_wholly_in_the_pack(player: tuple[Player, Sent]) -> None:
    widget, _ = player
    trace = recorded(LOOP)
    comparison = compared(trace)
    widget.set_prediction(comparison.predicted)
    widget.set_comparison(comparison)
    widget.set_status("done")
    rows = [row for chunk in widget.pack["tracks"]["actual"] for row in chunk["steps"]]
    assert len(rows) == len(trace)
    assert widget.counts == {
        "predicted": len(trace) - 1,
        "actual": len(trace),
        "pairs": len(trace),
        "judged": True,
        "divergences": 1,
    }
    assert widget.divergences == [
        {
            "pair": len(trace) - 1,
            "cause": "end",
            "text": widget.divergences[0]["text"],
            "first": True,
        }
    ]
    columns = unpack(base64.b64decode(widget.pack["columns"]))
    assert columns["line"] == [step.line for step in trace.steps]
    assert columns["predicted"] == [*range(len(trace) - 1), -1]
    assert [VERDICTS[v] for v in columns["verdict"]] == ["match"] * (len(trace) - 1) + ["missing"]
    assert [EVENTS[e] for e in columns["event"]] == [step.event for step in trace.steps]


def unpack(data: bytes) -> dict[str, list[int]]:
    count, rest = divmod(len(data), 17)
    assert rest == 0
    names = "predicted actual line depth verdict event doubt".split()
    values = struct.unpack(f"<{3 * count}i{count}H{3 * count}B", data)
    return {name: list(values[i * count : (i + 1) * count]) for i, name in enumerate(names)}


def test_a_long_trace_is_asked_for_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recorded(LONG)
    comparison = compared(trace)
    assert len(trace) > MAX_SAVED_STEPS + CHUNK
    widget, sent = watched(trace.program, monkeypatch)
    widget.set_prediction(comparison.predicted)
    widget.set_comparison(comparison)
    saved = [row for chunk in widget.pack["tracks"]["actual"] for row in chunk["steps"]]
    assert len(saved) == MAX_SAVED_STEPS
    number = len(trace) // CHUNK
    ask(widget, what="chunk", side="actual", number=number)
    reply, _ = sent.last
    assert (reply["kind"], reply["id"], reply["view"]) == ("answer", 7, 3)
    chunk = reply["chunk"]
    assert chunk["from"] == number * CHUNK
    assert [row["line"] for row in chunk["steps"]] == [
        s.line for s in trace.steps[number * CHUNK :]
    ]
    names = {name: value for name, value, *_ in chunk["state"]["frames"][0]["names"]}
    assert names == trace.state_at(number * CHUNK - 1)
    assert len(chunk["said"]) == len(chunk["steps"])
    ask(widget, what="columns")
    assert unpack(sent.last[1][0])["actual"] == list(range(len(trace)))
    ask(widget, what="history", side="actual", name="i", at=len(trace) - 1)
    entries = sent.last[0]["entries"]
    assert [value for _, value in entries] == [str(i) for i in range(900)]
    assert all(trace.steps[at].locals["i"] == value for at, value in entries)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"what": "everything"},
        {"what": "chunk", "side": "actual", "number": 99},
        {"what": "chunk", "side": "actual", "number": "0"},
        {"what": "chunk", "side": ["actual"], "number": 0},
        {"what": "chunk", "side": "nobody", "number": 0},
        {"what": "history", "side": "actual", "name": "x", "at": -1},
        {"what": "watch", "expressions": "x", "at": {}},
        {"what": "watch", "expressions": [], "at": None},
    ],
)
def test_nonsense_is_answered_with_an_error(
    player: tuple[Player, Sent], request_: dict[str, Any]
) -> None:
    widget, sent = player
    widget.set_reality(recorded("x = 1"))
    ask(widget, **request_)
    assert set(sent.last[0]) == {"kind", "id", "view", "error"}


def test_watches_are_worked_out_on_the_recorded_state(player: tuple[Player, Sent]) -> None:
    widget, sent = player
    widget.set_reality(recorded("word = 'abc'\nn = 2\nprint(word)"))
    expressions = ["len(word) * n", "word[n:]", "1 / 0", "open('x')", "n +", "later"]
    ask(widget, what="watch", expressions=expressions, at={"actual": 2, "predicted": -1, "x": 1})
    values = sent.last[0]["values"]
    assert set(values) == {"actual"}
    texts = [value["text"] if value["known"] else None for value in values["actual"]]
    assert texts == ["6", "'c'", "ZeroDivisionError: division by zero", None, None, None]


def test_a_huge_value_does_not_reach_the_browser_whole(player: tuple[Player, Sent]) -> None:
    widget, _ = player
    step = Step("line", 1, locals={"s": "x" * 1_000_000}, stdout="y" * 1_000_000)
    widget.set_reality(Trace(Program("s = 1"), (step,)))
    assert len(json.dumps(widget.get_state()["pack"])) < 100_000
    assert "1,000,000 characters" in widget.pack["tracks"]["actual"][0]["steps"][0]["locals"]["s"]


@pytest.mark.parametrize("count", [0, 1])
def test_traces_of_no_step_and_of_one(player: tuple[Player, Sent], count: int) -> None:
    widget, _ = player
    steps = (Step("line", 1),)[:count]
    trace = Trace(Program("pass"), steps)
    widget.set_prediction(replace(trace, origin="model"))
    widget.set_comparison(compare(replace(trace, origin="model"), trace))
    assert widget.counts["pairs"] == count
    bundle, _ = widget._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    quiet, _ = Player(trace.program, model="m", interactive=False)._repr_mimebundle_()
    assert set(quiet) == {"text/plain", "text/html"}
