"""Answers to what a player's browser asks for: chunks, the timeline, a name's history, watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.notebook.columns import pack_columns
from cwm_lab.notebook.explain import EXPRESSION_ERRORS
from cwm_lab.notebook.expressions import evaluate
from cwm_lab.notebook.slices import Track
from cwm_lab.notebook.value_texts import NotKnownError
from cwm_lab.trace import Comparison

ANSWERS = frozenset(("columns", "chunk", "history", "watch"))
"""What `answer` answers."""
MAX_WATCHED = 20
MAX_TEXT = 2_000

Answer = tuple[dict[str, Any], list[bytes]]
"""The JSON part and the binary buffers of an answer."""


class BadRequestError(ValueError):
    """A browser asked for something that is not there."""


def answer(
    tracks: Mapping[str, Track], comparison: Comparison | None, request: Mapping[str, Any]
) -> Answer:
    """The answer to one request. Raises BadRequestError for one that makes no sense; requests come
    from a web page, so nothing in them is trusted."""
    what = request.get("what")
    if what == "columns":
        pairs = None if comparison is None else comparison.steps
        return {}, [pack_columns(tracks["predicted"].steps, tracks["actual"].steps, pairs)]
    if what == "chunk":
        track = _track(tracks, request)
        return {"chunk": track.chunk(_index(request, "number", track.chunks))}, []
    if what == "history":
        track = _track(tracks, request)
        at = _index(request, "at", len(track))
        return {"entries": track.history(str(request.get("name")), at)}, []
    if what == "watch":
        return {"values": _watched(tracks, request)}, []
    raise BadRequestError(f"unknown request {str(what)[:40]!r}")


def _track(tracks: Mapping[str, Track], request: Mapping[str, Any]) -> Track:
    side = request.get("side")
    if not isinstance(side, str) or side not in tracks:
        raise BadRequestError(f"there is no trace {str(side)[:40]!r}")
    return tracks[side]


def _index(request: Mapping[str, Any], key: str, size: int) -> int:
    value = request.get(key)
    if not isinstance(value, int) or not 0 <= value < size:
        raise BadRequestError(f"{key} must be an integer from 0 to {size - 1}")
    return value


def _watched(
    tracks: Mapping[str, Track], request: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    expressions, places = request.get("expressions"), request.get("at")
    if not isinstance(expressions, list) or not isinstance(places, Mapping):
        raise BadRequestError("a watch needs a list of expressions, and where to look")
    frame = request.get("frame")
    values: dict[str, list[dict[str, Any]]] = {}
    for side, index in places.items():
        track = tracks.get(side)
        if track is None or not isinstance(index, int) or not 0 <= index < len(track):
            continue
        frames = track.state_at(index).frames
        number = frame if isinstance(frame, int) and 0 <= frame < len(frames) else -1
        names = {name: at.value for name, at in frames[number].names.items()}
        module = {name: at.value for name, at in frames[0].names.items()}
        values[side] = _values(expressions[:MAX_WATCHED], {**module, **names})
    return values


def _values(expressions: Sequence[Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [_value(str(expression), names) for expression in expressions]


def _value(expression: str, names: Mapping[str, str]) -> dict[str, Any]:
    try:
        text = repr(evaluate(expression, names))
    except NotKnownError as error:
        return {"text": str(error), "known": False}
    except SyntaxError:
        return {"text": "not an expression", "known": False}
    except EXPRESSION_ERRORS as error:
        return {"text": f"{type(error).__name__}: {error}"[:MAX_TEXT], "known": True}
    return {"text": text[:MAX_TEXT], "known": True}
