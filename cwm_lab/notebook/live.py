"""What a player can do while its kernel is there: what if, re-sync, and asking the learner.

A request is answered at once; the work follows in the same turn of the kernel, so that an interrupt
ends it as it ends a cell. The messages are written down in docs/player.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.branches import Branches
from cwm_lab.notebook.consequences import consequences
from cwm_lab.notebook.requests import BadRequestError
from cwm_lab.notebook.what_if import Limits, WhatIfError, branch_off, given_values
from cwm_lab.trace import Trace

AUTOMATIC_STEPS = 150
"""Longest trace whose mistakes are told from their consequences without being asked."""
MAX_TYPED = 1_000
_TOLD_EVERY = 0.2
"""Seconds between two messages on how far the model has come."""

Work = Callable[[], None]
Begin = Callable[[str], None]
"""Begins questions: "questions" or "table"."""
First = Callable[[bool | None], bool]
"""Whether the learner is asked first in each cell from now on: sets it, unless None; returns it."""


class Live:
    """Ties a player that shows a recorded trace to the model and to Python.

    player: its traits `branches`, `resynced` and `can` are set here. begin: begins the questions.
    predicted: whether there is a prediction, whose mistakes can be told from their consequences.
    missing: names of the notebook that the trace's program lacks.
    """

    def __init__(
        self,
        player: Any,
        actual: Trace,
        *,
        model: str,
        limits: Limits,
        predicted: bool,
        begin: Begin | None = None,
        missing: Sequence[str] = (),
        first: First | None = None,
    ) -> None:
        self._player, self._actual = player, actual
        self._model, self._limits = model, limits
        self._begin = begin
        self._missing, self._first = missing, first
        self.branches = Branches()
        player.branches = []
        player.resynced = None
        can = ["whatif"] if len(actual) else []
        if predicted and player.divergences:
            can.append("resync")
        if begin is not None and len(actual):
            can.append("quiz")
        if first is not None:
            can.append("first")
        player.can = can

    def answer(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], Work | None]:
        """The answer to one request, and the work that is to follow. Raises BadRequestError."""
        what = request.get("what")
        if what == "first" and self._first is not None:
            on = request.get("on")
            return {"on": self._first(on if isinstance(on, bool) else None)}, None
        if what not in ("whatif", "drop", "resync", "quiz"):
            raise BadRequestError(f"unknown request {str(what)[:40]!r}")
        if what == "whatif":
            return self._what_if(request)
        if what == "drop":
            self.branches.drop(request.get("number"))
            return {}, self._publish
        if what == "resync":
            return {}, self.resync
        mode, begin = request.get("mode"), self._begin
        if begin is None or mode not in ("questions", "table"):
            raise BadRequestError("there are no such questions")
        return {}, lambda: begin(str(mode))

    def resync(self) -> None:
        """Tell mistakes from consequences, and publish it. An interrupt leaves it untold."""
        if self._player.resynced is not None:
            return
        try:
            found = consequences(self._actual, self._model)
        except KeyboardInterrupt:
            return
        except CWMLabError as error:
            self._player.resynced = {"marks": "", "says": {}, "why": str(error)}
            return
        says = {str(index): text for index, text in found.says.items()}
        self._player.resynced = {"marks": found.marks, "says": says, "why": found.why}

    def resync_if_short(self) -> None:
        """The same, where it takes no noticeable time."""
        if "resync" in self._player.can and len(self._actual) <= AUTOMATIC_STEPS:
            self.resync()

    def _what_if(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], Work]:
        index, typed = request.get("at"), request.get("values")
        if not isinstance(index, int) or not isinstance(typed, Mapping):
            raise BadRequestError("a what-if needs a step and values")
        if not all(isinstance(t, str) and len(t) <= MAX_TYPED for t in typed.values()):
            raise BadRequestError(f"a value is a text of at most {MAX_TYPED:,} characters")
        try:
            values = given_values(self._actual, index, typed)
        except WhatIfError as error:
            raise BadRequestError(str(error)) from None
        number = self.branches.open(index, values, self._actual.state_at(index))
        return {"branch": number}, lambda: self._go_on(number, index, values)

    def _go_on(self, number: int, index: int, values: Mapping[str, str]) -> None:
        self._publish()
        told = time.monotonic()

        def tell(made: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _TOLD_EVERY:
                told = time.monotonic()
                self._player.send({"kind": "branch", "branch": number, "steps": made})

        try:
            branch = branch_off(
                self._actual,
                index,
                values,
                model=self._model,
                limits=self._limits,
                missing=self._missing,
                on_step=tell,
            )
            self.branches.close(number, branch)
        except KeyboardInterrupt:
            self.branches.fail(number, "Stopped by you.")
        self._publish()

    def _publish(self) -> None:
        self._player.branches = self.branches.data()
