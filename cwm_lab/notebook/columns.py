"""The whole comparison at a glance: seven numbers a pair, packed, for the player's timeline.

Layout, little-endian, for n pairs: predicted index, actual index (-1 for none) and line as int32
each n times; depth as uint16; verdict, event and doubt as uint8. Doubt is 255 minus the confidence
of the predicted step in 1/255, or 0 where none is known. `js/src/columns.js` reads it.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence

from cwm_lab.trace import Step, StepPair

VERDICTS = ("pending", "match", "value", "path", "missing", "extra")
EVENTS = ("line", "call", "return", "exception")


def pack_columns(
    predicted: Sequence[Step], actual: Sequence[Step], pairs: Sequence[StepPair] | None
) -> bytes:
    """The columns of a comparison; of one trace alone, each step pending, where `pairs` is None
    (the predicted one, if it has steps)."""
    if pairs is None:
        return _pending(predicted, actual)
    left = array("i", [-1 if pair.predicted is None else pair.predicted for pair in pairs])
    right = array("i", [-1 if pair.actual is None else pair.actual for pair in pairs])
    verdicts = array("B", [VERDICTS.index(pair.verdict) for pair in pairs])
    return _bytes(predicted, actual, left, right, verdicts)


def _pending(predicted: Sequence[Step], actual: Sequence[Step]) -> bytes:
    count = len(predicted) or len(actual)
    ascending, none = array("i", range(count)), array("i", [-1]) * count
    left, right = (ascending, none) if predicted else (none, ascending)
    return _bytes(predicted, actual, left, right, array("B", bytes(count)))


def _bytes(
    predicted: Sequence[Step],
    actual: Sequence[Step],
    left: array[int],
    right: array[int],
    verdicts: array[int],
) -> bytes:
    lines, depths = array("i"), array("H")
    events, doubts = array("B"), array("B")
    for p, a in zip(left, right, strict=True):
        step = actual[a] if a >= 0 else predicted[p]
        lines.append(step.line)
        depths.append(min(step.depth, 65535))
        events.append(EVENTS.index(step.event))
        sure = predicted[p].confidence if p >= 0 else None
        doubts.append(0 if sure is None else 255 - round(255 * min(max(sure, 0.0), 1.0)))
    columns = (left, right, lines, depths, verdicts, events, doubts)
    if sys.byteorder == "big":
        for column in columns:
            column.byteswap()
    return b"".join(column.tobytes() for column in columns)
