"""The events of a class server, read: steps, traces, re-synced steps, errors. They are judged, not
trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cwm_lab.errors import BadTraceError, ModelError
from cwm_lab.trace import Outcome, Program, Step, Trace
from cwm_lab.worldmodel.following import CannotFollowError
from cwm_lab.worldmodel.http import ServerError
from cwm_lab.worldmodel.resyncing import Resynced

NO_EVENTS = "the server's events are not those of a class server of this version."


class Reading:
    """Steps out of events. steps: those there are, the first ones known before. trace: the whole,
    once it is there."""

    def __init__(self, program: Program, name: str, known: Sequence[Step] = ()) -> None:
        self.program, self.name = program, name
        self.steps: list[Step] = list(known)
        self.trace: Trace | None = None

    def take(self, event: dict[str, Any]) -> Step | None:
        """The step that the event tells. Raises ServerError where steps are missing, ModelError for
        what is no event."""
        try:
            if event["event"] == "step":
                self.steps.append(Step.from_json(event["step"]))
                return self.steps[-1]
            if event["event"] == "trace":
                self._end(event)
        except (KeyError, TypeError, ValueError, AttributeError, BadTraceError):
            raise ModelError(NO_EVENTS) from None
        return None

    def _end(self, event: dict[str, Any]) -> None:
        if event["steps"] is not None:
            self.steps = [Step.from_json(step) for step in event["steps"]]
        if len(self.steps) != event["count"]:
            raise ModelError(NO_EVENTS)
        found = event["outcome"]
        outcome = Outcome(found["kind"], found["type"], found["message"], found["line"])
        answered = f"{self.name} ({event['model']})"
        self.trace = Trace(self.program, tuple(self.steps), outcome, "model", answered)

    def cut(self, outcome: Outcome) -> Trace:
        """What there is, where no more is waited for."""
        return Trace(self.program, tuple(self.steps), outcome, "model", self.name)


def kind_of(event: Any) -> str:
    """Which event it is. Raises ModelError for what is none."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise ModelError(NO_EVENTS)
    kind: str = event["event"]
    return kind


def error_of(event: dict[str, Any]) -> Exception:
    """What an error event says. A process that ended there may be asked again."""
    message, status = str(event.get("message")), event.get("status")
    if status == 409:
        return CannotFollowError(message)
    return ServerError(message, passing=status == 503)


def resynced_of(event: dict[str, Any], count: int) -> list[Resynced]:
    """The re-synced steps, one for each of `count`. Raises ModelError."""
    try:
        found = [
            Resynced(
                int(one["index"]),
                None if one["step"] is None else Step.from_json(one["step"]),
                None if one["why"] is None else str(one["why"]),
            )
            for one in event["found"]
        ]
        if [one.index for one in found] != list(range(count)):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError, BadTraceError):
        raise ModelError(NO_EVENTS) from None
    return found
