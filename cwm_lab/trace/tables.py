"""A trace as pandas tables: one row a step, and every name's value at every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cwm_lab.trace.model import Step, Trace

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "event",
    "line",
    "function",
    "depth",
    "locals",
    "removed",
    "value",
    "stdout",
    "detail",
    "confidence",
)


def steps_frame(trace: Trace) -> pd.DataFrame:
    """One row a step, in the columns `COLUMNS`, as the step says them: `locals` is a dict of the
    names that are new or changed, `removed` a list."""
    import pandas as pd

    rows = [
        (
            step.event,
            step.line,
            step.function,
            step.depth,
            dict(step.locals),
            list(step.removed),
            step.value,
            step.stdout,
            step.detail,
            step.confidence,
        )
        for step in trace.steps
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).rename_axis("step")
    return frame.astype({"line": "int64", "depth": "int64", "confidence": "float64"})


def variables_frame(trace: Trace) -> pd.DataFrame:
    """One row a step, one column for each name of each function: the value's text, before the step.

    Columns are a MultiIndex (function, name), in order of first appearance. A cell is NA while no
    frame of that function is alive, or while the name is not bound. Of a function that is alive
    several times (recursion) the innermost frame is shown. A sleeping generator is not alive.
    """
    import pandas as pd

    columns = _columns(trace.steps)
    index = pd.MultiIndex.from_tuples(list(columns), names=["function", "name"])
    # Filled column by column: pandas is slow at single cells, and most of them repeat the last.
    data = {
        number: pd.Series(column, dtype="string") for number, column in enumerate(columns.values())
    }
    frame = pd.DataFrame(data, index=pd.RangeIndex(len(trace.steps)))
    frame.columns = index
    return frame.rename_axis("step")


def _columns(steps: Sequence[Step]) -> dict[tuple[str, str], list[str | None]]:
    size = len(steps)
    columns: dict[tuple[str, str], list[str | None]] = {}
    since: dict[tuple[str, str], tuple[int, str]] = {}
    for at, key, value in _changes(steps):
        column = columns.get(key)
        if column is None:
            column = columns[key] = [None] * size
        begun = since.pop(key, None)
        if begun is not None:
            column[begun[0] : at] = [begun[1]] * (at - begun[0])
        if value is not None:
            since[key] = (at, value)
    for key, (begin, text) in since.items():
        columns[key][begin:] = [text] * (size - begin)
    return columns


def _changes(steps: Sequence[Step]) -> Iterator[tuple[int, tuple[str, str], str | None]]:
    """(step, (function, name), its text from there on; None: not visible)."""
    stack: list[tuple[str, dict[str, str]]] = []
    frames: dict[str, list[dict[str, str]]] = {}

    def leave(at: int) -> Iterator[tuple[int, tuple[str, str], str | None]]:
        function, names = stack.pop()
        alive = frames[function]
        alive.pop()
        outer = alive[-1] if alive else {}
        for name in {**names, **outer}:
            yield at, (function, name), outer.get(name)

    for at, step in enumerate(steps):
        while len(stack) > step.depth + (step.event != "call"):
            yield from leave(at)
        while len(stack) <= step.depth:
            function = step.function if len(stack) == step.depth else "?"
            outer = frames.setdefault(function, [])
            for name in outer[-1] if outer else ():
                yield at, (function, name), None
            names: dict[str, str] = {}
            stack.append((function, names))
            outer.append(names)
        function, names = stack[-1]
        for name in step.removed:
            if names.pop(name, None) is not None:
                yield at, (function, name), None
        for name, text in step.locals.items():
            names[name] = text
            yield at, (function, name), text
