"""A Code World Model: whole traces written as text, whoever writes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from cwm_lab.trace import Outcome, Program, Step, Trace
from cwm_lab.trace.cwm_reading import from_cwm_pieces
from cwm_lab.worldmodel.cwm.asked import Asked, ask_about
from cwm_lab.worldmodel.cwm.reading import Reading
from cwm_lab.worldmodel.cwm.resyncing import resync
from cwm_lab.worldmodel.cwm.stepping import CwmSession
from cwm_lab.worldmodel.cwm.writing import Cancel, Writer, Written
from cwm_lab.worldmodel.resyncing import Resynced

SHARE_FOR_ANSWER = 0.5
"""Of the model's context this much is kept free for the answer; a longer program is cut."""
MAX_ANSWER = 32_768
"""The most tokens of an answer."""
NO_ROOM = Outcome("truncated", None, "the model ran out of tokens")
STOPPED = Outcome("truncated", None, "the prediction was stopped")
ENDED = Outcome("truncated", None, "the model ended its text before the program does")
TOO_LATE = Outcome("time-limit", None, "the model had no more time")


class CwmModel:
    """The `cwm` dialect over a writer; see `WorldModel` for the methods."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.name = writer.name

    def __repr__(self) -> str:
        return f"<CwmModel {self.name}>"

    def predict(
        self,
        program: Program,
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Trace:
        """One program's predicted trace. Raises ModelError, BadProgramError."""
        if (broken := self._broken(program)) is not None:
            return broken
        asked = self._asked(program)
        reading = Reading(asked, self.name, max_steps=max_steps)
        deadline = None if max_seconds is None else time.monotonic() + max_seconds

        def late() -> bool:
            return deadline is not None and time.monotonic() > deadline

        def stopped() -> bool:
            return cancel is not None and cancel()

        end = ENDED
        with closing(self._write(asked, (), lambda: late() or stopped())) as parts:
            for part in parts:
                for step in reading.feed(part):
                    if on_step is not None:
                        on_step(step)
                if part.cut:
                    end = NO_ROOM
                if reading.done or late() or stopped():
                    break
        if not reading.done and (stopped() or late()):
            end = STOPPED if stopped() else TOO_LATE
        for step in reading.rest():
            if on_step is not None:
                on_step(step)
        return reading.trace(end)

    def predict_many(
        self,
        programs: Sequence[Program],
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
    ) -> list[Trace]:
        """Several programs, one after the other."""
        return [
            self.predict(program, max_steps=max_steps, max_seconds=max_seconds)
            for program in programs
        ]

    def session(
        self, start: Program | Trace, index: int | None = None, *, max_steps: int = 1000
    ) -> CwmSession:
        """Step by step; from a place in a trace by putting its steps before the model."""
        told: Sequence[Step] = ()
        if isinstance(start, Trace):
            index = len(start) - 1 if index is None else index
            told = start.steps[: index + 1]
            start = start.program
        return CwmSession(
            self._asked(start), self.name, self._write, told=told, index=index, max_steps=max_steps
        )

    def resync(self, trace: Trace) -> list[Resynced]:
        """Each step from the true steps before it, one question after the other."""
        return resync(trace, self._asked(trace.program), self.name, self._write)

    def resync_many(self, traces: Sequence[Trace]) -> list[list[Resynced]]:
        """Several traces, one after the other."""
        return [self.resync(trace) for trace in traces]

    def _asked(self, program: Program) -> Asked:
        room = int(self.writer.context * (1 - SHARE_FOR_ANSWER))
        return ask_about(program, self.writer.count, room)

    def _write(
        self, asked: Asked, told: Sequence[Written], cancel: Cancel
    ) -> Generator[Written, None, None]:
        """What comes after the prompt and the parts that are told already."""
        prompt, before = asked.prompt, [piece for part in told for piece in part.pieces]
        room = self.writer.context - self.writer.count([*prompt, *before])
        if room < 1:
            yield Written((), cut=True)
            return
        yield from self.writer.write(
            prompt,
            max_tokens=min(room, MAX_ANSWER),
            cancel=cancel,
            grammar=asked.grammar,
            told=before,
        )

    def _broken(self, program: Program) -> Trace | None:
        """The trace of a program that does not compile: there is nothing to ask."""
        try:
            program.parse()
        except SyntaxError:
            broken = from_cwm_pieces([], program)
            return Trace(program, (), broken.outcome, "model", self.name)
        return None
