"""The player: a widget that shows a predicted and a real trace of one cell side by side.

Python owns the data; all of it lives in traits, so that a view opened later rebuilds itself. While
the model writes, steps go out in small messages, and the whole list only when it has doubled.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import anywidget
import traitlets as t

from cwm_lab.notebook.fallback import plain_text, static_html
from cwm_lab.notebook.highlight import highlight
from cwm_lab.trace import Comparison, Program, Step, Trace

_STATIC = Path(__file__).parent / "static"
_WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
_SEND_EVERY = 0.05
"""Seconds between two messages while steps stream."""

Status = Literal["predicting", "running", "done", "failed"]


class Player(anywidget.AnyWidget):
    """Shows one run of `%%predict`: feed it steps, then traces, then a comparison.

    interactive: whether a browser may be looking; without one only the static forms are shown.
    """

    _esm = _STATIC / "player.js"
    _css = _STATIC / "player.css"

    program = t.Dict().tag(sync=True)
    predicted: t.List[Any] = t.List().tag(sync=True)
    actual: Any = t.List(allow_none=True, default_value=None).tag(sync=True)
    pairs: Any = t.List(allow_none=True, default_value=None).tag(sync=True)
    scores = t.Dict().tag(sync=True)
    summary = t.Unicode().tag(sync=True)
    model = t.Unicode().tag(sync=True)
    outcomes = t.Dict().tag(sync=True)
    status = t.Unicode("predicting").tag(sync=True)
    message = t.Unicode().tag(sync=True)
    notes = t.List(t.Unicode()).tag(sync=True)
    position = t.Int(0).tag(sync=True)

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
        self._all: list[Mapping[str, Any]] = []
        self._sent = 0
        self._synced = 0
        self._last_sent = 0.0
        self.prediction: Trace | None = None
        self.reality: Trace | None = None
        self.comparison: Comparison | None = None
        super().__init__(
            program={
                "lines": program.lines,
                "spans": highlight(program.text),
                "context": program.context.splitlines(),
                "contextSpans": highlight(program.context),
            },
            model=model,
            notes=list(notes),
        )

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
        self._all.append(step_row(step))
        now = time.monotonic()
        if now - self._last_sent >= _SEND_EVERY:
            self._last_sent = now
            self._flush()

    def _flush(self) -> None:
        """Send the newest steps; or all of them, which repairs a browser that missed a message.

        Sending all when the number has doubled keeps the total within twice the trace's size.
        """
        if len(self._all) >= 2 * self._synced:
            self._synced = self._sent = len(self._all)
            self.predicted = list(self._all)
        elif len(self._all) > self._sent:
            news = self._all[self._sent :]
            self.send({"kind": "steps", "from": self._sent, "steps": news})
            self._sent = len(self._all)

    def set_prediction(self, trace: Trace) -> None:
        """The prediction is complete (or as far as it came)."""
        self.prediction = trace
        self._all = [step_row(step) for step in trace.steps]
        self._synced = self._sent = len(self._all)
        self.predicted = list(self._all)
        self.outcomes = {**self.outcomes, "predicted": str(trace.outcome)}

    def set_reality(self, trace: Trace) -> None:
        """What Python did."""
        self.reality = trace
        self.actual = [step_row(step) for step in trace.steps]
        self.outcomes = {**self.outcomes, "actual": str(trace.outcome)}

    def set_comparison(self, comparison: Comparison) -> None:
        """Both traces, aligned and judged."""
        self.comparison = comparison
        with self.hold_sync():
            self.set_reality(comparison.actual)
            self.pairs = [
                [pair.predicted, pair.actual, pair.verdict, list(pair.names)]
                for pair in comparison.steps
            ]
            self.scores = dict(comparison.scores)
            self.summary = comparison.summary()


def step_row(step: Step) -> Mapping[str, Any]:
    """A step for the browser: its JSON form without what is empty."""
    keep_always = {"event", "line", "function", "depth"}
    return {
        key: value
        for key, value in step.to_json().items()
        if key in keep_always or value not in (None, "", {}, [])
    }
