"""What is shown, as plain data: for the widget's traits, for saved notebooks and for saved pages.

`docs/player.md` describes each key. A pack holds a bounded number of steps; what it leaves out the
browser asks for while Python is there (`requests`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from cwm_lab.notebook.columns import pack_columns
from cwm_lab.notebook.highlight import highlight
from cwm_lab.notebook.slices import CHUNK, Track
from cwm_lab.notebook.statements import loops
from cwm_lab.trace import Comparison, Program, cause_of
from cwm_lab.trace.program import source_lines

VERSION = 1
MAX_SAVED_STEPS = 1_000
"""Most steps of each trace that a pack holds; so many are saved with a notebook."""
MAX_SAVED_CHARS = 800_000
"""About the most characters of steps in a pack; their chunks are left out beyond that."""
MAX_SAVED_PAIRS = 20_000
"""Longest timeline that a pack holds."""
MAX_DIVERGENCES = 100


def program_data(program: Program) -> dict[str, Any]:
    """The program's text with colours, and where its loops are."""
    return {
        "lines": program.lines,
        "spans": highlight(program.text),
        "context": source_lines(program.context),
        "contextSpans": highlight(program.context),
        "loops": loops(program),
    }


def pack_data(
    tracks: Mapping[str, Track],
    comparison: Comparison | None,
    *,
    max_steps: int = MAX_SAVED_STEPS,
    max_pairs: int = MAX_SAVED_PAIRS,
    max_chars: int = MAX_SAVED_CHARS,
) -> dict[str, Any]:
    """The pack: the timeline, unless it is too long, and each trace's first chunks."""
    chunks: dict[str, list[dict[str, Any]]] = {side: [] for side in tracks}
    room = max_chars
    for number in range(-(-max_steps // CHUNK)):
        for side, track in tracks.items():
            if number < track.chunks and room > 0:
                chunk = track.chunk(number)
                chunks[side].append(chunk)
                room -= _size(chunk)
    pairs = None if comparison is None else comparison.steps
    columns = None
    if pair_count(tracks, comparison) <= max_pairs:
        packed = pack_columns(tracks["predicted"].steps, tracks["actual"].steps, pairs)
        columns = b64encode(packed).decode("ascii")
    return {"version": VERSION, "columns": columns, "tracks": chunks}


def _size(value: object) -> int:
    """About how many characters a value takes as JSON."""
    if isinstance(value, str):
        return len(value) + 3
    if isinstance(value, Mapping):
        return sum(len(key) + 4 + _size(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return sum(_size(part) + 1 for part in value) + 2
    return 5


def pair_count(tracks: Mapping[str, Track], comparison: Comparison | None) -> int:
    """How many columns the timeline has."""
    if comparison is not None:
        return len(comparison.steps)
    return len(tracks["predicted"]) or len(tracks["actual"])


def counts_data(tracks: Mapping[str, Track], comparison: Comparison | None) -> dict[str, Any]:
    """How long everything is, and whether it has been compared."""
    wrong = 0 if comparison is None else sum(p.verdict != "match" for p in comparison.steps)
    return {
        **{side: len(track) for side, track in tracks.items()},
        "pairs": pair_count(tracks, comparison),
        "judged": comparison is not None,
        "divergences": wrong,
    }


def divergences_data(comparison: Comparison) -> list[dict[str, Any]]:
    """The first pairs that are no match: where, what kind of mistake, and a sentence."""
    found: list[dict[str, Any]] = []
    for index, pair in enumerate(comparison.steps):
        if pair.verdict == "match":
            continue
        text = comparison.describe(index).partition(": ")[2]
        cause = cause_of(comparison, index)
        found.append({"pair": index, "cause": cause, "text": text, "first": not found})
        if len(found) == MAX_DIVERGENCES:
            break
    return found
