"""What a worker does with its model: predict, go on from a step, re-sync, complete a text.

A task is a dictionary whose `do` names it. Nothing of a student's program is run.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from cwm_lab.errors import BadProgramError, BadTraceError, CWMLabError, ModelError
from cwm_lab.server.texts import BadTaskError, Text, complete, token_ids
from cwm_lab.trace import Outcome, Program, Trace
from cwm_lab.worldmodel import CannotFollowError, load_model
from cwm_lab.worldmodel.adapters import find_adapter
from cwm_lab.worldmodel.builtin import BuiltinModel
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.specs import parse_spec

logger = logging.getLogger("cwm_lab.server")
TOO_LATE = Outcome("time-limit", None, "the model had no more time")


@dataclass
class Job:
    """One task under way. tell: takes ("step", ...), ("piece", ...), ("end", {...}) or ("error",
    (text, status)). cancelled: whether nobody waits any more. seconds: how long it may take."""

    task: dict[str, Any]
    seconds: float
    tell: Callable[[str, Any], None]
    cancelled: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)

    @property
    def late(self) -> bool:
        return time.monotonic() - self.began > self.seconds

    def over(self) -> bool:
        """Whether to stop."""
        return self.cancelled() or self.late

    @property
    def trace(self) -> Trace:
        """The trace that the task is about. Raises BadTraceError."""
        return Trace.from_json(self.task["trace"])


class StoppedError(Exception):
    """Nobody waits for this task any more, or its time is over."""


class Tasks:
    """A model and what can be asked of it. about: what the server is told: the model's name, the
    most tokens of a text, how many tasks it does at once, its adapter's digest, whether it
    completes texts.

    places: how many tasks it may do at once, if its model can. Raises CWMLabError if the model
    cannot be had.
    """

    def __init__(self, spec: str, places: int) -> None:
        parsed = parse_spec(spec)
        kind, adapter = parsed.kind, parsed.options.get("adapter")
        self.model: Any = _local(spec, places) if kind == "local" else load_model(spec)
        self._writer = getattr(self.model, "writer", None)
        self._engine: _StoppableEngine | None = None
        if isinstance(self.model, BuiltinModel):
            self._engine = _StoppableEngine(self.model.decoder.engine)
            self.model.decoder.engine = self._engine
        self.about = {
            "name": self.model.name,
            "context": getattr(self._writer, "context", None),
            "places": places if kind == "openai" else getattr(self._writer, "places", 1),
            "adapter": find_adapter(adapter).sha256 if adapter and kind != "openai" else "",
            "completes": hasattr(self._writer, "tokens"),
        }

    @property
    def broken(self) -> bool:
        """Whether nothing can be asked any more, so that the process had better end."""
        return bool(getattr(self._writer, "broken", False))

    def perform(self, job: Job) -> None:
        """Do one task; the last thing told is its end or an error."""
        if self._engine is not None:  # whose model does one task at a time
            trace = job.task["do"] == "trace"  # which has an outcome for what is too late
            self._engine.over = job.cancelled if trace else job.over
        try:
            job.tell("end", _DO[job.task["do"]](self, job))
        except (StoppedError, TimeoutError):
            job.tell("error", ("the model had no more time for this.", 504))
        except CannotFollowError as error:
            job.tell("error", (str(error), 409))
        except (BadTaskError, BadProgramError, BadTraceError) as error:
            job.tell("error", (str(error), 422))
        except CWMLabError as error:
            job.tell("error", (str(error), 502))
        except Exception:  # a fault of ours on one program must not cost the others their worker
            logger.exception("a task failed")
            job.tell("error", ("the model failed on this; the server's log says more.", 500))

    # --- the tasks: each returns the event that ends it -----------------------------------------

    def predict(self, job: Job) -> dict[str, Any]:
        """A program's whole trace."""
        steps: list[Any] = []

        def on_step(step: Any) -> None:
            steps.append(step)
            job.tell("step", step.to_json())

        trace = self.model.predict(
            Program.from_json(job.task["program"]),
            max_steps=job.task["max_steps"],
            max_seconds=job.seconds,
            on_step=on_step,
            cancel=job.cancelled,
        )
        return _ended(trace, steps)

    def go_on(self, job: Job) -> dict[str, Any]:
        """From a step of a trace, or from a program's start, with other values at some steps."""
        task = job.task
        known = task["trace"] is not None
        start = job.trace if known else Program.from_json(task["program"])
        session = self._stoppable(job).session(
            start, task["index"] if known else None, max_steps=task["max_steps"]
        )
        for change in task["changes"]:
            _change(session, change["at"], change["values"])
        steps = list(session.steps)
        for step in steps:
            job.tell("step", step.to_json())
        with suppress(StoppedError):
            while not job.over() and (step := session.step()) is not None:
                steps.append(step)
                job.tell("step", step.to_json())
        trace = session.trace
        if job.late:
            trace = Trace(trace.program, trace.steps, TOO_LATE, "model", trace.model)
        return _ended(trace, steps)

    def resync(self, job: Job) -> dict[str, Any]:
        """Each step of a recorded trace from the true state before it."""
        found = [
            {"index": one.index, "step": one.step and one.step.to_json(), "why": one.why}
            for one in self._stoppable(job).resync(job.trace)
        ]
        return {"event": "resynced", "model": self.model.name, "found": found}

    def complete(self, job: Job) -> dict[str, Any]:
        """A text, or ids, written on."""
        return complete(self._text(), job.task, lambda piece: job.tell("piece", piece), job.over)

    def tokenize(self, job: Job) -> dict[str, Any]:
        """A text's ids."""
        return {"event": "tokens", "tokens": token_ids(self._text(), job.task)}

    def health(self, _: Job) -> dict[str, Any]:
        """Whether what is behind the model answers."""
        says = self._writer.health() if self._writer is not None else "ready"
        return {"event": "tokens", "says": says}

    def _text(self) -> Text:
        if not self.about["completes"]:
            raise ModelError(f"{self.model.name} completes no texts; ask it for traces.")
        writer: Any = self._writer
        return cast(Text, writer)

    def _stoppable(self, job: Job) -> Any:
        """The model for one task, which StoppedError ends when its time is over."""
        if self._writer is None:
            return self.model
        return CwmModel(_StoppableWriter(self._writer, job.over))


_DO: dict[str, Callable[[Tasks, Job], dict[str, Any]]] = {
    "trace": Tasks.predict,
    "go on": Tasks.go_on,
    "resync": Tasks.resync,
    "complete": Tasks.complete,
    "tokenize": Tasks.tokenize,
    "health": Tasks.health,
}


def _local(spec: str, places: int) -> Any:
    """A local checkpoint, several texts at once where transformers can."""
    from cwm_lab.worldmodel.checkpoint import read_metadata
    from cwm_lab.worldmodel.continuous import ContinuousWriter, NoBatchingError
    from cwm_lab.worldmodel.loading import find_folder

    parsed = parse_spec(spec)
    built_in = "dialect" in read_metadata(find_folder(parsed) / "model.safetensors")
    if places > 1 and not built_in:
        try:
            return CwmModel(ContinuousWriter(parsed, places))
        except NoBatchingError as error:
            logger.warning("%s Its texts are written one after the other.", error)
    return load_model(spec)


def _change(session: Any, at: int, values: dict[str, str]) -> None:
    session.go_to(at)
    if session.index != at:
        raise BadTaskError(f"the trace has no step {at} that could be changed.")
    try:
        session.change(values)
    except ValueError as error:
        raise BadTaskError(f"{error}.") from None


def _ended(trace: Trace, steps: list[Any]) -> dict[str, Any]:
    again = None
    if list(trace.steps) != steps:  # what followed showed more of the earlier ones
        again = [step.to_json() for step in trace.steps]
    return {
        "event": "trace",
        "outcome": trace.outcome.to_json(),
        "model": trace.model,
        "steps": again,
        "count": len(trace.steps),
    }


class _StoppableEngine:
    """An engine that does not go on once `over` says so."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.over: Callable[[], bool] = lambda: False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def forward(self, *given: Any, **named: Any) -> Any:
        """See `Engine.forward`."""
        if self.over():
            raise StoppedError
        return self._engine.forward(*given, **named)


class _StoppableWriter:
    """A writer that does not go on once `over` says so."""

    def __init__(self, writer: Any, over: Callable[[], bool]) -> None:
        self._writer, self._over = writer, over

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def write(self, *given: Any, **named: Any) -> Iterator[Any]:
        """See `Writer.write`."""
        cancel = named["cancel"]
        named["cancel"] = lambda: cancel() or self._over()
        yield from self._writer.write(*given, **named)
        if self._over():
            raise StoppedError
