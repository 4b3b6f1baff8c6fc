"""CWM's text taken apart: what each step says, before it is known which line and frame is meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cwm_lab.trace.cwm_text import SEPARATORS, Control, Piece
from cwm_lab.trace.model import Event

_EVENTS: dict[str, Event] = {name: event for event, name in SEPARATORS.items()}
_EXCEPTION = re.compile(
    r"[\w.]*(?:Error|Exception|ExceptionGroup|Exit|Interrupt|Iteration|Warning)\(.*\)", re.DOTALL
)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Said:
    """One step as it is written. event "begin" is a call or a line: without the separators, only
    its frame tells which. names: the locals, ".." where unchanged; None on a return or exception.
    """

    event: Event | Literal["begin"]
    line: str
    names: Mapping[str, str] | None = None
    value: str | None = None


class OddTextError(Exception):
    """The text stops being a trace here; the message says how."""


class CutTextError(Exception):
    """The text ends within a step."""


def said(pieces: Sequence[Piece]) -> Iterator[Said]:
    """The steps that a text tells, up to its end token.

    A prompt in front is skipped. Raises OddTextError or CutTextError after the last whole step.
    """
    rest = _after_prompt(pieces)
    ends = [i for i, piece in enumerate(rest) if piece == Control("end_of_text")]
    ended = bool(ends)
    rest = rest[: ends[0]] if ended else rest
    if any(isinstance(piece, Control) and piece.name in _EVENTS for piece in rest):
        yield from _separated(rest, ended=ended)
    else:
        yield from _unseparated("".join(p for p in rest if isinstance(p, str)), ended=ended)


def _after_prompt(pieces: Sequence[Piece]) -> Sequence[Piece]:
    start = Control("trace_context_start")
    if start not in pieces:
        return [piece for piece in pieces if piece != Control("begin_of_text")]
    rest = pieces[pieces.index(start) :]
    frame = Control("frame_sep")
    return rest[rest.index(frame) + 1 :] if frame in rest else ()


def _separated(pieces: Sequence[Piece], *, ended: bool) -> Iterator[Said]:
    at = 0
    while at < len(pieces):
        head = pieces[at]
        if not isinstance(head, Control) or head.name not in _EVENTS:
            if isinstance(head, str) and not head.strip():
                at += 1
                continue
            if not ended and at == len(pieces) - 1:
                raise CutTextError
            raise OddTextError(f"{_shown(head)} stands between two steps")
        end = at + 1
        while end < len(pieces) and not _begins_or_ends(pieces[end]):
            end += 1
        closed = end < len(pieces)
        try:
            yield _step(_EVENTS[head.name], pieces[at + 1 : end], closed=closed)
        except OddTextError:
            if closed or ended:
                raise
            raise CutTextError from None
        at = end + (closed and pieces[end] == Control("frame_sep"))


def _begins_or_ends(piece: Piece) -> bool:
    return isinstance(piece, Control) and (piece.name == "frame_sep" or piece.name in _EVENTS)


def _step(event: Event, parts: Sequence[Piece], *, closed: bool) -> Said:
    texts = _between(parts, ["action_sep"] if event in ("call", "line") else _VALUED)
    line = texts[1]
    if event in ("call", "line"):
        if not closed and not line.endswith("\n"):
            raise CutTextError
        return Said(event, line.removesuffix("\n"), _names(texts[0]))
    if texts[0].strip():
        raise OddTextError(f"a {event} step lists {_shown(texts[0])}")
    return Said(event, line.removesuffix("\n"), value=_value(texts[2], closed=closed))


_VALUED = ["action_sep", "arg_sep"]


def _between(parts: Sequence[Piece], names: Sequence[str]) -> list[str]:
    """The texts before, between and after these control tokens, which must come in this order."""
    texts = [""]
    left = list(names)
    for part in parts:
        if isinstance(part, str):
            texts[-1] += part
        elif left and part.name == left[0]:
            left.pop(0)
            texts.append("")
        else:
            raise OddTextError(f"{_shown(part)} is out of place")
    if left:
        raise OddTextError(f"a step has no <|{left[0]}|>")
    return texts


def _names(text: str) -> dict[str, str]:
    try:
        names = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OddTextError(f"the locals {_shown(text)} are not JSON") from error
    return _checked(names)


def _checked(names: Any) -> dict[str, str]:
    if isinstance(names, dict) and all(isinstance(value, str) for value in names.values()):
        return names
    raise OddTextError(f"the locals {_shown(str(names))} are no JSON object of texts")


def _value(text: str, *, closed: bool) -> str:
    """A JSON string; anything else is taken as it is, for how CWM writes exceptions is unknown."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if not closed:
            raise CutTextError from None
        return text.strip()
    return value if isinstance(value, str) else text.strip()


def _unseparated(text: str, *, ended: bool) -> Iterator[Said]:
    """Steps of a text from which a server has taken the special tokens."""
    at = len(text) - len(text.lstrip())
    while at < len(text.rstrip()):
        try:
            if text[at] == "{":
                names, end = _DECODER.raw_decode(text, at)
                line, at = _line(text, end)
                yield Said("begin", line, _checked(names))
                continue
            line, end = _line(text, at)
            value, at = _DECODER.raw_decode(text, end)
        except (ValueError, RecursionError) as error:
            if ended:
                raise OddTextError(f"{_shown(text[at:])} is no step") from error
            raise CutTextError from error
        if not isinstance(value, str):
            raise OddTextError(f"the value {_shown(str(value))} is no JSON string")
        event: Event = "exception" if _EXCEPTION.fullmatch(value) else "return"
        yield Said(event, line, value=value)


def _line(text: str, at: int) -> tuple[str, int]:
    end = text.index("\n", at)
    return text[at:end], end + 1


def _shown(piece: Piece) -> str:
    if isinstance(piece, Control):
        return f"<|{piece.name}|>"
    short = piece.strip()
    return repr(short if len(short) <= 40 else short[:37] + "...")
