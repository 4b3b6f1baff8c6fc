"""Formats of f-strings, where they only lay out what is there."""

from __future__ import annotations

import re
from typing import NamedTuple

from cwm_lab.worldmodel.course.operands import Tokens
from cwm_lab.worldmodel.course.operations import integer_of, is_text, number_of
from cwm_lab.worldmodel.vocabulary import unspell

_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<plus>\+)?(?P<zero>0)?(?P<width>\d{1,3})?(?P<comma>,)?"
    r"(?:\.(?P<precision>\d))?(?P<kind>[dfs])?"
)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def laid_out(tokens: Tokens | None, spec: str) -> str | None:
    """A text, or a number as it is written, as a format lays it out: filled up, its thousands set
    apart, zeros added to its decimals. None where it takes more, such as rounding."""
    found = _SPEC.fullmatch(spec)
    if tokens is None or found is None:
        return None
    kind, precision, width = found["kind"], found["precision"], int(found["width"] or 0)
    fill, align = found["fill"] or " ", found["align"]
    if is_text(tokens):
        if kind in ("d", "f") or precision or found["comma"] or found["zero"] or found["plus"]:
            return None
        return _filled(unspell(tokens[1:-1]), fill, align or "<", width)
    text = number_of(tokens)
    if text is None or not _DECIMAL.fullmatch(text) or kind == "s":
        return None
    sign, text = ("-", text[1:]) if text[0] == "-" else (found["plus"] or "", text)
    whole, point, decimals = text.partition(".")
    if kind == "f":
        places = int(precision or 6)
        if len(decimals) > places:
            return None
        point, decimals = "." if places else "", decimals.ljust(places, "0")
    elif point or precision:
        return None
    if found["comma"]:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
    if found["zero"]:
        if align or found["comma"]:
            return None
        return sign + (whole + point + decimals).rjust(width - len(sign), "0")
    return _filled(sign + whole + point + decimals, fill, align or ">", width)


class Rounding(NamedTuple):
    """How a number is rounded by a format. sign: of the number, `-` or nothing. lower: its digits
    up to the last one that stays. after: the digit behind it. rounded: what comes of it."""

    sign: str
    lower: str
    after: str
    rounded: str


def rounding(text: str | None, spec: str) -> Rounding | None:
    """How a number, as it is written, is rounded; None if it is not."""
    found = _SPEC.fullmatch(spec)
    if text is None or found is None or found["kind"] != "f" or not _DECIMAL.fullmatch(text):
        return None
    places = int(found["precision"] or 6)
    sign, magnitude = ("-", text[1:]) if text[0] == "-" else ("", text)
    whole, _, decimals = magnitude.partition(".")
    if len(decimals) <= places:
        return None
    lower = f"{whole}.{decimals[:places]}" if places else whole
    return Rounding(sign, lower, decimals[places], f"{float(magnitude):.{places}f}")


def format_is_safe(tokens: Tokens | None, spec: str) -> bool:
    """Whether a number may be formatted so."""
    found = _SPEC.fullmatch(spec)
    if number_of(tokens) is None or found is None:
        return False
    return found["kind"] == "f" or (found["kind"] == "d" and integer_of(tokens) is not None)


def _filled(text: str, fill: str, align: str, width: int) -> str:
    if align == "^":
        left = max(width - len(text), 0) // 2
        return (fill * left + text).ljust(width, fill)
    return text.ljust(width, fill) if align == "<" else text.rjust(width, fill)
