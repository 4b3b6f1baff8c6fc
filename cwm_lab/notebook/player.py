"""The player: a widget that shows a predicted and a real trace of one cell side by side.

Python owns the data. Small traits say what there is, one trait (`pack`) holds the first steps, so
that short traces and saved notebooks need nothing else, and the rest is sent when a browser asks
for it. While the model writes, its steps go out in messages. `docs/player.md` is the protocol.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import anywidget
import traitlets as t

from cwm_lab.notebook.fallback import plain_text, static_html
from cwm_lab.notebook.live import Live
from cwm_lab.notebook.pack import counts_data, divergences_data, pack_data, program_data
from cwm_lab.notebook.requests import ANSWERS, BadRequestError, answer
from cwm_lab.notebook.slices import Track, step_row
from cwm_lab.trace import Comparison, Program, Step, Trace

_STATIC = Path(__file__).parent / "static"
_WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
_SEND_EVERY = 0.05
"""Seconds between two messages while steps stream."""

Status = Literal["predicting", "running", "asking", "done", "failed"]


class Player(anywidget.AnyWidget):
    """Shows one run of `%%predict`: feed it steps, then traces, then a comparison.

    interactive: whether a browser may be looking; without one only the static forms are shown.
    """

    _esm = _STATIC / "player.js"
    _css = _STATIC / "player.css"

    program = t.Dict().tag(sync=True)
    counts = t.Dict().tag(sync=True)
    pack: Any = t.Dict(allow_none=True, default_value=None).tag(sync=True)
    scores = t.Dict().tag(sync=True)
    summary = t.Unicode().tag(sync=True)
    divergences: t.List[Any] = t.List().tag(sync=True)
    model = t.Unicode().tag(sync=True)
    outcomes = t.Dict().tag(sync=True)
    status = t.Unicode("predicting").tag(sync=True)
    message = t.Unicode().tag(sync=True)
    notes = t.List(t.Unicode()).tag(sync=True)
    position = t.Int(0).tag(sync=True)
    calibrated = t.Bool(False, help="confidences say how often it is right").tag(sync=True)
    quiz: Any = t.Dict(allow_none=True, default_value=None).tag(sync=True)
    you: Any = t.Dict(allow_none=True, default_value=None).tag(sync=True)
    resynced: Any = t.Dict(allow_none=True, default_value=None).tag(sync=True)
    branches: t.List[Any] = t.List().tag(sync=True)
    can = t.List(t.Unicode(), help="what Python does when it is asked: see live").tag(sync=True)

    def __init__(
        self,
        program: Program,
        *,
        model: str,
        notes: tuple[str, ...] = (),
        interactive: bool = True,
    ) -> None:
        self._interactive = interactive
        self._program = program
        self.tracks = {"predicted": Track(program), "actual": Track(program)}
        self._learner_at: list[list[int]] = []
        self.live: Live | None = None
        self._sent = 0
        self._last_sent = 0.0
        self.prediction: Trace | None = None
        self.reality: Trace | None = None
        self.comparison: Comparison | None = None
        super().__init__(
            program=program_data(program),
            counts=counts_data(self.tracks, None),
            model=model,
            notes=list(notes),
        )
        self.on_msg(self._asked)

    def __repr__(self) -> str:
        return plain_text(self.prediction, self.reality, self.comparison, self._words)

    @property
    def _words(self) -> str:
        return " ".join(filter(None, [self.message, *self.notes]))

    def _repr_mimebundle_(self, **_kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {
            "text/plain": repr(self),
            "text/html": static_html(
                self._program, self.prediction, self.reality, self.comparison, self._words
            ),
        }
        if self._interactive:
            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            data[_WIDGET_MIME] = view
        return data, {}

    def set_status(self, status: Status, message: str = "") -> None:
        """Say what is going on now; `message` is one sentence for the reader."""
        with self.hold_trait_notifications():
            self.status, self.message = status, message

    def add_step(self, step: Step) -> None:
        """Append one predicted step; what is sent to the browser is gathered for a moment."""
        self.tracks["predicted"].append(step)
        now = time.monotonic()
        if now - self._last_sent >= _SEND_EVERY:
            self._last_sent = now
            self._flush()

    def _flush(self) -> None:
        """Send the steps that are new; a browser that missed some sees so from `from`, and asks."""
        track = self.tracks["predicted"]
        rows = [step_row(step) for step in track.steps[self._sent :]]
        if rows:
            self.send({"kind": "steps", "side": "predicted", "from": self._sent, "steps": rows})
            self._sent = len(track)

    def set_prediction(self, trace: Trace) -> None:
        """The prediction is complete (or as far as it came)."""
        self.prediction = trace
        self._flush()
        self._sent = len(trace)
        self.tracks["predicted"] = Track(self._program, trace.steps, done=True)
        self.outcomes = {**self.outcomes, "predicted": str(trace.outcome)}
        self._publish()

    def set_reality(self, trace: Trace) -> None:
        """What Python did."""
        self.reality = trace
        self.tracks["actual"] = Track(trace.program, trace.steps, done=True)
        self.outcomes = {**self.outcomes, "actual": str(trace.outcome)}
        self._publish()

    def set_comparison(self, comparison: Comparison) -> None:
        """Both traces, aligned and judged."""
        self.comparison = comparison
        with self.hold_sync():
            self.scores = dict(comparison.scores)
            self.summary = comparison.summary()
            self.divergences = divergences_data(comparison)
            self.set_reality(comparison.actual)

    def set_learner(self, comparison: Comparison) -> None:
        """What the learner said of the steps, as compared with Python: a column of its own."""
        self.tracks["learner"] = Track(self._program, comparison.predicted.steps, done=True)
        self._learner_at = [
            [pair.actual, pair.predicted]
            for pair in comparison.steps
            if pair.actual is not None and pair.predicted is not None
        ]
        self._publish()

    def _publish(self) -> None:
        with self.hold_sync():
            self.pack = {
                **pack_data(self.tracks, self.comparison),
                "learner": self._learner_at,
            }
            self.counts = counts_data(self.tracks, self.comparison)

    def _asked(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """One message from a browser."""
        if content.get("kind") != "ask":
            return
        reply = {"kind": "answer", "id": content.get("id"), "view": content.get("view")}
        work, buffers = None, list[bytes]()
        try:
            if content.get("what") in ANSWERS:
                found, buffers = answer(*self._line(content.get("branch")), content)
            elif self.live is not None:
                found, work = self.live.answer(content)
            else:
                raise BadRequestError("This player is not tied to a cell that has run.")
        except BadRequestError as error:
            self.send({**reply, "error": str(error)})
            return
        self.send({**reply, **found}, buffers=buffers)
        if work is not None:
            work()

    def _line(self, branch: object) -> tuple[Mapping[str, Track], Comparison | None]:
        """The traces that a request is about: what happened, or one of the branches."""
        if branch is None:
            return self.tracks, self.comparison
        found = None if self.live is None else self.live.branches.find(branch)
        if found is None:
            raise BadRequestError("this branch is not there any more")
        return found
