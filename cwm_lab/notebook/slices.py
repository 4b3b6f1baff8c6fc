"""A trace cut into chunks, so that a browser holds only the part it shows.

A chunk is self-contained: the full state before its first step, then that many steps with their
differences. The whole of a trace is walked once, for the states at the chunks' starts and for what
links steps to each other; everything else is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.notebook.explain import Explainer, Moment
from cwm_lab.trace import Program, Step
from cwm_lab.trace.objects import Object, reachable

CHUNK = 250
"""Steps in one chunk."""
MAX_TEXT = 10_000
"""Most characters of one value or of one step's output that go to a browser."""
MAX_TAIL = 20_000
"""Most characters of earlier output that a chunk brings along."""
MAX_MADE = 8
"""Most chunks of a complete trace that are kept once they are made: all that a pack holds."""
MAX_HISTORY = 2_000
"""Most entries of one name's history."""

Row = Mapping[str, Any]


@dataclass
class Name:
    """One variable as it stands: `since` is the index of the step that showed its value first,
    `sure` how probable the model thinks it (0..1)."""

    value: str
    since: int
    id: int | None = None
    type: str | None = None
    sure: float | None = None


@dataclass
class Frame:
    """A Python frame that is alive: where it stands, and its names."""

    function: str
    opened: int
    line: int
    names: dict[str, Name] = field(default_factory=dict)


class State:
    """All frames, objects and output of a trace up to some step, kept by feeding it the steps."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.objects: dict[int, Object] = {}
        self.tail = ""
        self.printed = 0

    @classmethod
    def of(cls, snapshot: Mapping[str, Any]) -> State:
        """The state that a snapshot was taken of."""
        state = cls()
        state.frames = [
            Frame(
                frame["function"],
                frame["opened"],
                frame["line"],
                {name: Name(*rest) for name, *rest in frame["names"]},
            )
            for frame in snapshot["frames"]
        ]
        state.objects = {
            int(number): Object.from_json(thing) for number, thing in snapshot["objects"].items()
        }
        state.tail, state.printed = snapshot["tail"], snapshot["printed"]
        return state

    def feed(self, step: Step, index: int) -> None:
        """Take in the differences that step `index` tells; after it the state is the one that
        the step shows."""
        frames = self.frames
        del frames[step.depth + 1 :]
        if step.event == "call" and len(frames) > step.depth:
            frames.pop()
        while len(frames) <= step.depth:
            name = step.function if len(frames) == step.depth else "?"
            frames.append(Frame(name, index, step.line))
        top = frames[-1]
        top.line = step.line
        for name in step.removed:
            top.names.pop(name, None)
        for name, value in step.locals.items():
            top.names[name] = Name(_bounded(value), index, step.ids.get(name), step.types.get(name))
        for name, identity in step.ids.items():
            if name not in step.locals and name in top.names:
                old = top.names[name]
                top.names[name] = Name(old.value, index, identity, old.type, old.sure)
        self.objects.update(step.objects)
        if step.stdout:
            self.printed += len(step.stdout)
            self.tail = (self.tail + step.stdout)[-MAX_TAIL:]

    def snapshot(self) -> dict[str, Any]:
        """This state as JSON; only objects that a name still reaches."""
        named = [at.id for frame in self.frames for at in frame.names.values()]
        self.objects = reachable(self.objects, [number for number in named if number is not None])
        return {
            "frames": [
                {
                    "function": frame.function,
                    "opened": frame.opened,
                    "line": frame.line,
                    "names": [
                        [name, at.value, at.since, at.id, at.type, at.sure]
                        for name, at in frame.names.items()
                    ],
                }
                for frame in self.frames
            ],
            "objects": {str(number): thing.to_json() for number, thing in self.objects.items()},
            "tail": self.tail,
            "printed": self.printed,
        }


def sureness(step: Step, name: str) -> float | None:
    """The confidence of one value, or of its whole step where that is all that is known."""
    confidences: Mapping[str, float] = getattr(step, "confidences", None) or {}
    return confidences.get(name, step.confidence)


class Track:
    """One trace on its way to a browser. Steps may still be added until `finish`."""

    def __init__(self, program: Program, steps: Sequence[Step] = (), *, done: bool = False) -> None:
        self.program = program
        self.steps: list[Step] = []
        self.done = False
        self._state = State()
        self._starts: list[dict[str, Any]] = []
        self._explainer: Explainer | None = None
        self._made: dict[int, dict[str, Any]] = {}
        for step in steps:
            self.append(step)
        self.done = done

    def __len__(self) -> int:
        return len(self.steps)

    def append(self, step: Step) -> None:
        """One more step."""
        index = len(self.steps)
        if index % CHUNK == 0:
            self._starts.append(self._state.snapshot())
        self._state.feed(step, index)
        self.steps.append(step)

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return len(self._starts)

    def chunk(self, number: int) -> dict[str, Any]:
        """One chunk as JSON: `from`, `state` before its first step, `steps`, and, once the trace is
        complete, what each step does, in words. Raises IndexError where there is none."""
        if not 0 <= number < len(self._starts):
            raise IndexError(f"there is no chunk {number}: the trace has {len(self._starts)}")
        if number in self._made:
            return self._made[number]
        start = number * CHUNK
        steps = self.steps[start : start + CHUNK]
        chunk: dict[str, Any] = {
            "from": start,
            "state": self._starts[number],
            "steps": [step_row(step) for step in steps],
        }
        if self.done:
            chunk["said"] = self._said(number)
            if len(self._made) == MAX_MADE:
                del self._made[min(self._made)]
            self._made[number] = chunk
        return chunk

    def _said(self, number: int) -> list[list[Any]]:
        if self._explainer is None:
            self._explainer = Explainer(self.program, self.steps)
        state = State.of(self._starts[number])
        said = []
        start = number * CHUNK
        for index, step in enumerate(self.steps[start : start + CHUNK], start):
            state.feed(step, index)
            said.append(self._explainer.say(moment(index, state)))
        return said

    def state_at(self, index: int) -> State:
        """The state that step `index` shows; the chunk's start and some steps from there."""
        number = index // CHUNK
        state = State.of(self._starts[number])
        for at in range(number * CHUNK, index + 1):
            state.feed(self.steps[at], at)
        return state

    def history(self, name: str, at: int) -> list[tuple[int, str]]:
        """Each value that `name` takes in the frame of step `at`, with the step that shows it.

        The frame's last MAX_HISTORY entries up to its end (or the trace's).
        """
        frame = self.state_at(at).frames[-1]
        depth = self.steps[at].depth
        entries: list[tuple[int, str]] = []
        for index in range(frame.opened, len(self.steps)):
            step = self.steps[index]
            if step.depth < depth or (
                index > frame.opened and step.depth == depth and step.event == "call"
            ):
                break
            if step.depth == depth and name in step.locals:
                entries.append((index, _bounded(step.locals[name], 200)))
        return entries[-MAX_HISTORY:]


def moment(index: int, state: State) -> Moment:
    """What the explainer needs of a state."""
    names = state.frames[-1].names
    return Moment(
        index,
        {name: at.value for name, at in names.items()},
        {name: at.id for name, at in names.items() if at.id is not None},
        [(frame.function, frame.line) for frame in state.frames],
    )


def step_row(step: Step) -> dict[str, Any]:
    """A step for the browser: its JSON form without what is empty, long texts cut."""
    keep_always = {"event", "line", "function", "depth"}
    row = {
        key: value
        for key, value in step.to_json().items()
        if key in keep_always or value not in (None, "", {}, [])
    }
    for key in ("value", "stdout"):
        if key in row:
            row[key] = _bounded(row[key])
    if "locals" in row:
        row["locals"] = {name: _bounded(value) for name, value in row["locals"].items()}
    return row


def _bounded(text: str, limit: int = MAX_TEXT) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}…({len(text):,} characters)"
