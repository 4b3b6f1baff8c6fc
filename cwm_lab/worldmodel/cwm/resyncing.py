"""Re-sync in the `cwm` dialect: each step of a recorded trace, written after the true steps before.

A step may need several parts: those of the stand-ins for `print` and `input` come before it. They
are kept for the questions after it, with the true output in place of what the model made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from cwm_lab.errors import ModelError
from cwm_lab.trace import Step, Trace
from cwm_lab.trace.cwm_text import Control
from cwm_lab.worldmodel.cwm.asked import Asked
from cwm_lab.worldmodel.cwm.reading import Reading
from cwm_lab.worldmodel.cwm.truth import TruthWriter, with_true_output
from cwm_lab.worldmodel.cwm.writing import Cancel, Written
from cwm_lab.worldmodel.resyncing import Resynced

MAX_PARTS = 200
"""Parts of an answer in which the next step must come: calls of `print` inside one line."""
Write = Callable[[Asked, Sequence[Written], Cancel], Generator[Written, None, None]]


def resync(trace: Trace, asked: Asked, name: str, write: Write) -> list[Resynced]:
    """All steps of a trace. Where it cannot be followed further, the rest is None."""
    truth = TruthWriter(asked)
    told = [truth.entry()]
    found: list[Resynced] = []
    for index, true in enumerate(trace.steps):
        step, inner = _next_step(asked, name, write, told, index)
        why = None if step is not None else "the model ends its text here, or wrote no step"
        found.append(Resynced(index, step, why))
        try:
            told += [*with_true_output(inner, true.stdout), truth.part(true)]
        except ModelError as error:
            rest = range(index + 1, len(trace))
            return [*found, *(Resynced(at, None, str(error)) for at in rest)]
    return found


def _next_step(
    asked: Asked, name: str, write: Write, told: Sequence[Written], index: int
) -> tuple[Step | None, list[Written]]:
    """(the step that the model writes next, the parts of stand-ins before it)."""
    reading = Reading(asked, name, told)
    inner: list[Written] = []
    with closing(write(asked, told, lambda: False)) as parts:
        for _, part in zip(range(MAX_PARTS), parts, strict=False):
            reading.feed(part)
            reading.rest()
            if len(reading.steps) > index:
                return reading.steps[index], inner
            if part.cut or reading.done or Control("frame_sep") not in part.pieces:
                break
            inner.append(part)
    return None, []
