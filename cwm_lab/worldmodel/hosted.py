"""A model behind a class server (`cwm-lab serve`): a program goes there, steps come back.

A stream that breaks is gone on with after its last whole step. Whoever waits in the server's queue
is told his place. Nothing falls back to another model by itself: an error says what there is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.trace import Outcome, Program, Step, Trace
from cwm_lab.worldmodel.following import CannotFollowError
from cwm_lab.worldmodel.hosted_events import Reading, error_of, kind_of, resynced_of
from cwm_lab.worldmodel.http import POLL_SECONDS, Server, ServerError
from cwm_lab.worldmodel.keys import find_key
from cwm_lab.worldmodel.literals import value_of
from cwm_lab.worldmodel.moves import Moves
from cwm_lab.worldmodel.resyncing import Resynced
from cwm_lab.worldmodel.specs import ModelSpec

ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
INSTEAD = "Meanwhile the built-in model is there: model builtin."
Cancel = Callable[[], bool]
_LAST = ("trace", "resynced")


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

        def over() -> bool:
            late = deadline is not None and time.monotonic() > deadline
            return late or (cancel is not None and cancel())

        reading = Reading(program, self.name)
        body = {"program": _told(program), "max_steps": max_steps}
        for event in self._follow("traces", body, 0, over):
            step = reading.take(event)
            if step is not None and on_step is not None:
                on_step(step)
        if reading.trace is not None:
            return reading.trace
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
    ) -> HostedSession:
        """Step by step; the server goes on from there, with its model."""
        session = HostedSession(self, start, index, max_steps)
        if index is None and isinstance(start, Trace):
            index = len(start) - 1
        if index is None:
            session.step()
        else:
            session.go_to(index)
        return session

    def resync(self, trace: Trace) -> list[Resynced]:
        """Each step from the true state before it, as the server's model says."""
        for event in self._follow("resyncs", {"trace": trace.to_json()}, 0, lambda: False):
            if event["event"] == "resynced":
                return resynced_of(event, len(trace))
        raise AssertionError("a stream ends with its result or an error")

    def resync_many(self, traces: Sequence[Trace]) -> list[list[Resynced]]:
        """Several traces, one after the other."""
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

    def _follow(
        self, what: str, body: dict[str, Any], after: int, over: Cancel
    ) -> Generator[dict[str, Any], None, None]:
        """The events of a stream up to its result, gone on with where it breaks; ends early once
        `over` says so. after: how many steps are there already.

        Raises ModelError, CannotFollowError where a trace cannot be followed.
        """
        failed = 0
        chosen = {"model": self._model, "adapter": self._adapter}
        body = {**body, **{name: one for name, one in chosen.items() if one is not None}}
        while not over():
            before = after
            resumed = {} if what == "resyncs" else {"after": after}
            try:
                url = f"{self.base}/{what}"
                with closing(self.server.events(url, {**body, **resumed}, over)) as events:
                    for event in events:
                        kind = kind_of(event)
                        if kind == "step" and event.get("index") != after:
                            break
                        after += kind == "step"
                        if kind == "error":
                            raise error_of(event)
                        if kind == "queued":
                            self._tell_place(event)
                            continue
                        yield event
                        if kind in _LAST:
                            return
                problem = ServerError(f"the stream from {self.base} broke off.", passing=True)
            except ServerError as error:
                problem = error
            failed = 0 if after > before else failed + 1
            if not over():
                self._wait_or_give_up(problem, failed, over)

    def _tell_place(self, event: dict[str, Any]) -> None:
        if self.on_wait is not None:
            with suppress(KeyError, TypeError, ValueError):
                self.on_wait(int(event["place"]), int(event["length"]))

    def _wait_or_give_up(self, problem: ServerError, failed: int, over: Cancel) -> None:
        if not problem.passing or (problem.wait or 0) > LONGEST_WAIT * 4:  # such as until tomorrow
            raise ModelError(f"{problem} {INSTEAD}" if problem.passing else str(problem))
        if failed >= self._attempts:
            raise ModelError(f"{problem} It was tried {failed} times. {INSTEAD}")
        seconds = problem.wait
        if seconds is None:
            seconds = self._first_wait * 2 ** max(0, failed - 1)
        until = time.monotonic() + min(seconds, LONGEST_WAIT)
        while not over() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, POLL_SECONDS))


class HostedSession(Moves):
    """A place in a trace that the server's model predicts; the server is asked anew after a change,
    and predicts ahead of the moves."""

    def __init__(
        self, model: HostedModel, start: Program | Trace, index: int | None, max_steps: int
    ) -> None:
        self.model, self.max_steps = model.name, max_steps
        self._hosted = model
        known = start if isinstance(start, Trace) else None
        self.program = start.program if isinstance(start, Trace) else start
        self._body: dict[str, Any] = {"max_steps": max_steps}
        if known is None:
            self._body["start"] = {"program": _told(self.program)}
        else:
            place = len(known) - 1 if index is None else index
            if not 0 <= place < len(known):
                raise CannotFollowError(f"the trace has no step {place}")
            begun = known.with_steps(known.steps[: place + 1])
            self._body["start"] = {"trace": begun.to_json(), "index": place}
            self._body["max_steps"] = max(max_steps, place + 1)
        self._changes: list[dict[str, Any]] = []
        self._ask(())

    @property
    def trace(self) -> Trace:
        """See `Moves`."""
        if self._reading.trace is not None and self._place + 1 >= len(self._steps):
            return self._reading.trace
        return Trace(self.program, self.steps, Outcome("truncated"), "model", self.model)

    def change(self, values: Mapping[str, str]) -> Step | None:
        """See `Moves`. Raises ModelError where the server cannot go on."""
        for text in values.values():
            value_of(text)
        if self._place < 0:
            raise ValueError("there is no step whose names could be changed")
        place = self._place
        before = [change for change in self._changes if change["at"] <= place]
        self._changes = [*before, {"at": place, "values": dict(values)}]
        self._ask(self._steps[:place])
        self._predict(place)
        return self.current

    def _ask(self, known: Sequence[Step]) -> None:
        """Go on after some steps."""
        self._reading = Reading(self.program, self.model, known)
        body = {**self._body, "changes": self._changes}
        self._events = self._hosted._follow("continuations", body, len(known), lambda: False)
        self._steps = self._reading.steps

    def _predict(self, index: int) -> None:
        while len(self._steps) <= index and self._reading.trace is None:
            self._reading.take(next(self._events))
            self._steps = self._reading.steps


def _told(program: Program) -> dict[str, Any]:
    return {**program.to_json(), "filename": "<cell>"}
