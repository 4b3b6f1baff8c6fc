"""A model behind a class server (`cwm-lab serve`): a program goes there, steps come back.

A stream that breaks is gone on with after its last whole step. Whoever waits in the server's queue
is told his place. Nothing falls back to another model by itself: an error says what there is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.trace import Outcome, Program, Step, Trace
from cwm_lab.worldmodel.cwm.stepping import CwmSession
from cwm_lab.worldmodel.http import POLL_SECONDS, Server, ServerError
from cwm_lab.worldmodel.keys import find_key
from cwm_lab.worldmodel.resyncing import Resynced
from cwm_lab.worldmodel.specs import ModelSpec

ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
INSTEAD = "Meanwhile the built-in model is there: model builtin."
Cancel = Callable[[], bool]


class HostedModel:
    """A class server's model; see `WorldModel` for the methods.

    on_wait: called with (place, length) of the queue whenever they change, while there is no step.
    Raises ModelError if the server cannot be reached or refuses.
    """

    def __init__(
        self, spec: ModelSpec, *, attempts: int = ATTEMPTS, first_wait: float = FIRST_WAIT
    ) -> None:
        self.name, self._model = str(spec), spec.model or None
        self._adapter = spec.options.get("adapter")
        file = spec.options.get("key_file")
        seconds = float(spec.options.get("timeout", 60))
        self.base = spec.place.removesuffix("/v1") + "/v1"
        self.server = Server(self.base, find_key(Path(file) if file else None), seconds)
        self._attempts, self._first_wait = attempts, first_wait
        self.on_wait: Callable[[int, int], None] | None = None
        self.context: int | None = None
        self._find()

    def __repr__(self) -> str:
        return f"<HostedModel {self.name}>"

    def health(self) -> str:
        """Asks the server once more."""
        there = self._find()
        ready = [str(one["id"]) for one in there if one.get("ready")]
        if not ready:
            raise ModelError(f"{self.base} answers, but no model there is ready. {INSTEAD}")
        return f"{self.base} answers; ready: {', '.join(ready)}"

    def predict(
        self,
        program: Program,
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Trace:
        """One program's predicted trace, as the server's model makes it."""
        deadline = None if max_seconds is None else time.monotonic() + max_seconds
        reading = _Reading(program, self.name, on_step, self.on_wait)
        failed = 0

        def over() -> bool:
            late = deadline is not None and time.monotonic() > deadline
            return late or (cancel is not None and cancel())

        while not over():
            before = len(reading.steps)
            try:
                with closing(self._events(program, max_steps, before, over)) as events:
                    for event in events:
                        if (trace := reading.take(event)) is not None:
                            return trace
                problem = ServerError(f"the stream from {self.base} broke off.", passing=True)
            except ServerError as error:
                problem = error
            failed = 0 if len(reading.steps) > before else failed + 1
            if not over():
                self._wait_or_give_up(problem, failed, over)
        stopped = cancel is not None and cancel()
        return reading.cut(
            Outcome("truncated", None, "the prediction was stopped")
            if stopped
            else Outcome("time-limit", None, "the server had no more time")
        )

    def predict_many(
        self,
        programs: Sequence[Program],
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
    ) -> list[Trace]:
        """Several programs, one after the other."""
        return [self.predict(p, max_steps=max_steps, max_seconds=max_seconds) for p in programs]

    def session(
        self, start: Program | Trace, index: int | None = None, *, max_steps: int = 1000
    ) -> CwmSession:
        """Raises ModelError: a class server predicts whole traces."""
        raise ModelError(f"{self.name} predicts whole traces only; step with another model.")

    def resync(self, trace: Trace) -> list[Resynced]:
        """Raises ModelError: a class server predicts whole traces."""
        raise ModelError(f"{self.name} predicts whole traces only; use another model for that.")

    def resync_many(self, traces: Sequence[Trace]) -> list[list[Resynced]]:
        """Raises ModelError, as `resync`."""
        return [self.resync(trace) for trace in traces]

    # --- the server ---------------------------------------------------------------------------

    def _find(self) -> list[dict[str, Any]]:
        try:
            data = self.server.get(f"{self.base}/models")
            there = [dict(one) for one in data["data"]]
            names = [str(one["id"]) for one in there]
        except ServerError as error:
            raise ModelError(f"{error} {INSTEAD}" if error.passing else str(error)) from None
        except (KeyError, TypeError, ValueError):
            raise ModelError(f"{self.base} is no class server; check the address.") from None
        if self._model is not None and self._model not in names:
            raise ModelError(
                f"{self.base} has no model {self._model!r}; it has: {', '.join(names)}."
            )
        lengths = [one.get("max_model_len") for one in there]
        known = [length for length in lengths if isinstance(length, int)]
        self.context = max(known) if len(known) == len(there) and known else None
        return there

    def _events(self, program: Program, max_steps: int, after: int, over: Cancel) -> Any:
        told = {**program.to_json(), "filename": "<cell>"}
        body: dict[str, Any] = {"program": told, "max_steps": max_steps, "after": after}
        if self._model is not None:
            body["model"] = self._model
        if self._adapter is not None:
            body["adapter"] = self._adapter
        return self.server.events(f"{self.base}/traces", body, over)

    def _wait_or_give_up(self, problem: ServerError, failed: int, over: Cancel) -> None:
        if not problem.passing:
            raise ModelError(str(problem))
        if failed >= self._attempts:
            raise ModelError(f"{problem} It was tried {failed} times. {INSTEAD}")
        seconds = problem.wait
        if seconds is None:
            seconds = self._first_wait * 2 ** max(0, failed - 1)
        until = time.monotonic() + min(seconds, LONGEST_WAIT)
        while not over() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, POLL_SECONDS))


class _Reading:
    """Steps out of events. The server's events are judged, not trusted."""

    def __init__(
        self,
        program: Program,
        name: str,
        on_step: Callable[[Step], None] | None,
        on_wait: Callable[[int, int], None] | None,
    ) -> None:
        self.program, self.name, self.on_step, self.on_wait = program, name, on_step, on_wait
        self.steps: list[Step] = []

    def take(self, event: Any) -> Trace | None:
        """The whole trace, once it is there. Raises ServerError for an error, ModelError for what
        is no event."""
        try:
            kind = event["event"]
            if kind == "step" and event["index"] == len(self.steps):
                self.steps.append(Step.from_json(event["step"]))
                if self.on_step is not None:
                    self.on_step(self.steps[-1])
            elif kind == "queued" and self.on_wait is not None:
                self.on_wait(int(event["place"]), int(event["length"]))
            elif kind == "error":
                status = int(event.get("status", 500))
                raise ServerError(str(event["message"]), passing=status == 503, status=status)
            elif kind == "trace":
                return self._whole(event)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ModelError("the server's events are not those of a class server.") from None
        return None

    def _whole(self, event: Any) -> Trace | None:
        told = event["steps"]
        steps = self.steps if told is None else [Step.from_json(step) for step in told]
        if len(steps) != event["count"]:
            raise ServerError("the stream lacks steps.", passing=True)
        found = event["outcome"]
        outcome = Outcome(found["kind"], found["type"], found["message"], found["line"])
        answered = f"{self.name} ({event['model']})"
        return Trace(self.program, tuple(steps), outcome, "model", answered)

    def cut(self, outcome: Outcome) -> Trace:
        """What there is, where no more is waited for."""
        return Trace(self.program, tuple(self.steps), outcome, "model", self.name)
