"""The branches of a player: other ways a program could have gone, each with traces of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cwm_lab.notebook.pack import counts_data, divergences_data, pack_data
from cwm_lab.notebook.slices import Track
from cwm_lab.notebook.what_if import Branch
from cwm_lab.trace import Comparison

MAX_BRANCHES = 3
"""Most branches that are kept; a new one takes the oldest one's place."""
MAX_SAVED_STEPS = 500
MAX_SAVED_CHARS = 400_000
"""Of each branch, how much is saved with a notebook."""


class Branches:
    """Tracks and data of each branch, by number; the data are what the browser gets."""

    def __init__(self) -> None:
        self._next = 1
        self._data: dict[int, dict[str, Any]] = {}
        self._tracks: dict[int, dict[str, Track]] = {}
        self._comparisons: dict[int, Comparison | None] = {}

    def open(self, index: int, values: Mapping[str, str], before: Mapping[str, str]) -> int:
        """A branch that is still to be worked out. Returns its number."""
        number, self._next = self._next, self._next + 1
        while len(self._data) >= MAX_BRANCHES:
            self.drop(next(iter(self._data)))
        self._data[number] = {
            "id": number,
            "index": index,
            "values": dict(values),
            "before": {name: before[name] for name in values},
            "status": "working",
            "message": "",
        }
        return number

    def close(self, number: int, branch: Branch) -> None:
        """What came of it."""
        if number not in self._data:
            return  # the reader has taken it away meanwhile
        one = branch.actual or branch.predicted
        message = " ".join(branch.notes)
        if one is None:
            self.fail(number, message)
            return
        tracks = {
            side: Track(one.program, () if trace is None else trace.steps, done=True)
            for side, trace in (("predicted", branch.predicted), ("actual", branch.actual))
        }
        comparison = branch.comparison
        self._tracks[number], self._comparisons[number] = tracks, comparison
        traces = {"predicted": branch.predicted, "actual": branch.actual}
        self._data[number] |= {
            "status": "done",
            "message": message,
            "counts": counts_data(tracks, comparison),
            "pack": pack_data(
                tracks, comparison, max_steps=MAX_SAVED_STEPS, max_chars=MAX_SAVED_CHARS
            ),
            "scores": {} if comparison is None else dict(comparison.scores),
            "summary": "" if comparison is None else comparison.summary(),
            "divergences": [] if comparison is None else divergences_data(comparison),
            "outcomes": {s: str(trace.outcome) for s, trace in traces.items() if trace is not None},
        }

    def fail(self, number: int, message: str) -> None:
        """Nothing came of it; `message` says why."""
        if number in self._data:
            self._data[number] |= {"status": "failed", "message": message}

    def drop(self, number: object) -> None:
        """Take a branch away; a number that is none changes nothing."""
        if isinstance(number, int):
            self._data.pop(number, None)
            self._tracks.pop(number, None)
            self._comparisons.pop(number, None)

    def data(self) -> list[dict[str, Any]]:
        """All branches, oldest first, as the trait `branches`."""
        return [dict(branch) for branch in self._data.values()]

    def find(self, number: object) -> tuple[dict[str, Track], Comparison | None] | None:
        """Tracks and comparison of a branch, None where there is none."""
        if not isinstance(number, int) or number not in self._tracks:
            return None
        return self._tracks[number], self._comparisons[number]
