"""Steps out of a text while it is being written.

The trace room's reader takes a whole text. Here it is given what there is, again and again: at each
step as long as there are few, later at each 1/32 more, so that the work stays about proportional
to the text. What was told early is told again, better, by the final trace: of equal lines only what
follows may show which one was meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cwm_lab.trace import Outcome, Step, Trace
from cwm_lab.trace.cwm_reading import from_cwm_pieces
from cwm_lab.trace.cwm_text import Control, Piece
from cwm_lab.worldmodel.cwm.asked import Asked
from cwm_lab.worldmodel.cwm.folding import fold, fold_outcome
from cwm_lab.worldmodel.cwm.writing import Written

SHARE = 32
_FINAL = ("finished", "unparsable")
_OPEN = Outcome("truncated")
_LEFT = ("finished", "raised", "input-exhausted", "unparsable")


@dataclass(frozen=True)
class _Read:
    """raw: steps of the shown program. steps: of the program itself."""

    raw: Sequence[Step] = ()
    steps: tuple[Step, ...] = ()
    outcome: Outcome = _OPEN


class Reading:
    """One answer, read as it comes.

    told: pieces of the answer that are known already (true steps, when a trace is followed).
    done: nothing that may still come can change the trace's end.
    """

    def __init__(
        self, asked: Asked, name: str, told: Sequence[Written] = (), max_steps: int = 1000
    ) -> None:
        self.asked, self.name, self.max_steps = asked, name, max_steps
        self.parts: list[Written] = list(told)
        self.done = False
        self._read = _Read()
        self._unread = 0
        self._given = 0
        if told:
            self._read_all()
            self._given = len(self._read.steps)

    def feed(self, part: Written) -> tuple[Step, ...]:
        """Take one more part; the steps that can be told now and have not been."""
        self.parts.append(part)
        self._unread += 1
        ended = any(piece == Control("end_of_text") for piece in part.pieces)
        if not ended and self._unread < max(1, len(self.parts) // SHARE):
            return ()
        return self._fresh()

    def rest(self) -> tuple[Step, ...]:
        """The steps that are still to be told, now that no more parts come."""
        return self._fresh() if self._unread else ()

    def trace(self, otherwise: Outcome) -> Trace:
        """All of it. otherwise: the outcome, if the text does not tell how the program ends."""
        if self._unread:
            self._read_all()
        steps, outcome = self._read.steps, self._read.outcome
        if len(steps) > self.max_steps:
            steps = steps[: self.max_steps]
            outcome = Outcome("step-limit", None, None, steps[-1].line if steps else None)
        elif outcome.kind == "truncated":
            outcome = replace(otherwise, line=steps[-1].line if steps else None)
        return Trace(self.asked.program, steps, outcome, "model", self.name)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps read so far."""
        return self._read.steps

    def parts_until(self, index: int) -> int | None:
        """How many parts there are up to and with step `index`; None where parts are no steps, as
        with servers that drop control tokens."""
        parts = [at for at, part in enumerate(self.parts) if part.pieces]
        entry = bool(parts) and self._is_entry(self.parts[parts[0]])
        seen = -1
        for step, at in zip(self._read.raw, parts[entry:], strict=False):
            if Control("frame_sep") not in self.parts[at].pieces:
                return None
            seen += self.asked.stand_in(step.line) is None
            if seen == index:
                return at + 1
        return None

    def _fresh(self) -> tuple[Step, ...]:
        before = self._read
        self._read_all()
        after = self._read
        self.done = (
            after.outcome.kind in _FINAL
            or len(after.steps) > self.max_steps
            # An exception may still be caught by the line that follows it.
            or (after.outcome.kind in _LEFT and before.outcome == after.outcome)
        )
        fresh = after.steps[self._given : self.max_steps]
        self._given = max(self._given, min(len(after.steps), self.max_steps))
        return fresh

    def _read_all(self) -> None:
        pieces: list[Piece] = [piece for part in self.parts for piece in part.pieces]
        trace = from_cwm_pieces(pieces, self.asked.shown)
        raw = self._confident(trace.steps)
        outcome = fold_outcome(self.asked, trace.outcome, raw)
        self._read = _Read(raw, tuple(fold(self.asked, raw)), outcome)
        self._unread = 0

    def _confident(self, steps: Sequence[Step]) -> list[Step]:
        """The probability of each step's text. Parts are steps, where each ends with its mark; the
        first part may be the entry's own call."""
        parts = [part for part in self.parts if part.pieces]
        skipped = 1 if parts and self._is_entry(parts[0]) else 0
        known = len(parts) - skipped >= len(steps) and all(
            Control("frame_sep") in part.pieces for part in parts[: len(steps) + skipped]
        )
        if not known:
            return list(steps)
        made = []
        for step, part in zip(steps, parts[skipped:], strict=False):
            sure = None if part.logprob is None else min(1.0, math.exp(part.logprob))
            made.append(replace(step, confidence=sure))
        return made

    def _is_entry(self, part: Written) -> bool:
        if Control("action_sep") not in part.pieces:
            return False
        after = part.pieces[part.pieces.index(Control("action_sep")) + 1 :]
        return bool(after) and isinstance(after[0], str) and self._entry_line(after[0])

    def _entry_line(self, text: str) -> bool:
        return self.asked.layout.is_entry(text.removesuffix("\n"))
