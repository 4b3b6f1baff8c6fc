"""What is asked, and where in a trace of the program its answer stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cwm_lab.courses.quiz.walk import Call, Walk
from cwm_lab.trace import Program

Kind = Literal["output", "value", "line", "count", "crash", "return", "same"]
Form = Literal["value", "output", "line", "count", "crash", "yesno"]

FORMS: dict[Kind, Form] = {
    "output": "output",
    "value": "value",
    "line": "line",
    "count": "count",
    "crash": "crash",
    "return": "value",
    "same": "yesno",
}
END = "end"
"""The answer "no further line of this frame runs"."""
NO_CRASH = "no"
"""The answer "the program ends without an error"."""


@dataclass(frozen=True)
class Place:
    """Where the answer stands, in terms that hold for every trace of the program.

    kind: what is looked up. line: the line, or the loop's header.
    visit: which visit of the line, run of the loop, or call with these arguments (from 1).
    round: after which round of the loop (from 1), 0 for no loop.
    name, other: names of variables. call: a call as text, such as ``fact(n=3)``.
    last: of an output, only its last line.
    """

    kind: Kind
    line: int = 0
    visit: int = 1
    round: int = 0
    name: str = ""
    other: str = ""
    call: str = ""
    last: bool = False


@dataclass(frozen=True)
class Found:
    """An answer in one trace: its text, and the index of the step at which it shows."""

    text: str
    step: int


@dataclass(frozen=True)
class Question:
    """One question with what only Python's side may know: `place` and `truth`.

    text: the question as the learner reads it. line: the line that it is about, if one.
    """

    id: str
    text: str
    line: int | None
    place: Place
    truth: Found

    @property
    def kind(self) -> Kind:
        return self.place.kind

    @property
    def form(self) -> Form:
        return FORMS[self.place.kind]

    def to_json(self) -> dict[str, Any]:
        """What may be shown before it is answered: nothing of the trace, no step numbers."""
        return {
            "id": self.id,
            "kind": self.kind,
            "form": self.form,
            "text": self.text,
            "line": self.line,
        }


def question(program: Program, walk: Walk, place: Place, text: str) -> Question | None:
    """The question for a place, or None if this trace has no answer there."""
    truth = find(place, walk)
    if truth is None:
        return None
    place_text = json.dumps([program_hash(program), asdict(place)])
    identifier = "q-" + hashlib.sha256(place_text.encode()).hexdigest()[:12]
    return Question(identifier, text, place.line or None, place, truth)


def program_hash(program: Program) -> str:
    """32 hex digits, the same for programs that do the same: source, context, input and entry."""
    parts = [program.source, program.context, list(program.stdin), program.entry]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def find(place: Place, walk: Walk) -> Found | None:
    """The answer to a question in any trace of its program; None if the trace does not get there.

    Texts: a value's `repr`; for "output" the text itself; for "line" a number or `END`; for
    "count" a number; for "crash" `NO_CRASH` or ``ZeroDivisionError on line 3``; for "same" True or
    False.
    """
    if not walk.steps:
        return None
    match place.kind:
        case "output":
            return _output(place, walk)
        case "value":
            return _value(place, walk)
        case "line":
            return _line(place, walk)
        case "count":
            return _count(place, walk)
        case "crash":
            return _crash(walk)
        case "return":
            calls = [call for call in walk.calls if str(call) == place.call]
            return _returned(calls[place.visit - 1]) if len(calls) >= place.visit else None
        case "same":
            return _same(place, walk)


def _output(place: Place, walk: Walk) -> Found | None:
    if walk.trace.outcome.kind not in ("finished", "raised"):
        return None
    text = walk.trace.output
    if place.last:
        text = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    return Found(text, len(walk.steps) - 1)


def _value(place: Place, walk: Walk) -> Found | None:
    if place.round:
        runs = walk.loops.get(place.line, ())
        if len(runs) < place.visit or len(runs[place.visit - 1].rounds) < place.round:
            return None
        index = runs[place.visit - 1].rounds[place.round - 1]
    elif place.line:
        visits = walk.visits.get(place.line, ())
        if len(visits) < place.visit:
            return None
        after = walk.after(visits[place.visit - 1])
        if after is None:
            return None
        index = after.index
    else:
        if not walk.complete:
            return None
        index = walk.frames[0][-1].index
    text = walk.moments[index].names.get(place.name)
    return None if text is None else Found(text, index)


def _line(place: Place, walk: Walk) -> Found | None:
    visits = walk.visits.get(place.line, ())
    if len(visits) < place.visit:
        return None
    after = walk.after(visits[place.visit - 1])
    if after is None or after.step.event == "exception" or after.step.detail == "yield":
        return None
    return Found(END if after.step.event == "return" else str(after.step.line), after.index)


def _count(place: Place, walk: Walk) -> Found | None:
    runs = walk.loops.get(place.line, ())
    if not runs or not walk.complete or any(run.exit == "cut" for run in runs):
        return None
    return Found(str(sum(len(run.rounds) for run in runs)), runs[-1].start)


def _crash(walk: Walk) -> Found | None:
    outcome = walk.trace.outcome
    last = len(walk.steps) - 1
    if outcome.kind == "finished":
        return Found(NO_CRASH, last)
    if outcome.kind in ("raised", "input-exhausted") and outcome.type and outcome.line:
        where = next(
            (
                moment.index
                for moment in walk.moments
                if moment.step.event == "exception" and moment.step.line == outcome.line
            ),
            last,
        )
        return Found(f"{outcome.type} on line {outcome.line}", where)
    return None


def _returned(call: Call) -> Found | None:
    if call.value is None or call.end is None:
        return None
    return Found(call.value, call.end)


def _same(place: Place, walk: Walk) -> Found | None:
    visits = walk.visits.get(place.line, ())
    if len(visits) < place.visit:
        return None
    after = walk.after(visits[place.visit - 1])
    if after is None:
        return None
    left, right = after.ids.get(place.name), after.ids.get(place.other)
    if left is None or right is None:
        return None
    return Found(str(left == right), after.index)
