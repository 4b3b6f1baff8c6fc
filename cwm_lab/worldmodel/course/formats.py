"""Formats, of f-strings, `format` and `%`, where they only lay out what is there."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cwm_lab.worldmodel.course.bits import PREFIXES, digits_of
from cwm_lab.worldmodel.course.operands import Tokens
from cwm_lab.worldmodel.course.operations import integer_of, is_text, number_of
from cwm_lab.worldmodel.course.paper import following
from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, unspell

_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<plus>\+)?(?P<zero>0)?(?P<width>\d{1,3})?(?P<comma>,)?"
    r"(?:\.(?P<precision>\d))?(?P<kind>[dfs%])?"
)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_PERCENT = re.compile(
    r"%(?:(?P<percent>%)|(?:\((?P<name>[^()%]*)\))?(?P<flags>[-+0]*)(?P<width>\d{1,3})?"
    r"(?P<precision>\.\d)?(?P<kind>[dfirsxXo]))"
)
_BASED = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<plus>\+)?(?P<mark>#)?(?P<zero>0)?(?P<width>\d{1,3})?"
    r"(?P<kind>[bxXo])"
)
_BASES = {"b": 2, "o": 8, "x": 16, "X": 16}
_EMPTY = (OPEN, CLOSE)
_MOST_DIGITS = 15
"""Of a number with more digits not all can be told from how it is written."""


def laid_out(tokens: Tokens | None, spec: str) -> str | None:
    """A text, or a number as it is written, as a format lays it out: filled up, its thousands set
    apart, zeros added to its decimals. None where it takes more, such as rounding."""
    if spec.endswith("%"):
        number = _in_percent(number_of(tokens))
        return None if number is None else shown(number, spec)
    return _laid_out(tokens, spec)


def shown(number: str, spec: str) -> str | None:
    """A number as a format lays it out that is in percent, or in another base, already if the
    format is."""
    if based := _BASED.fullmatch(spec):
        return _laid_in_base(number, based)
    if not spec.endswith("%"):
        return _laid_out(tuple(number), spec)
    plain = re.fullmatch(r"(\.\d)?%", spec) and _laid_out(tuple(number), spec[:-1] + "f")
    return f"{plain}%" if plain else None


def _in_percent(number: str | None) -> str | None:
    """A number times a hundred, as Python does it: its point is two places further on."""
    return None if number is None or not _DECIMAL.fullmatch(number) else repr(float(number) * 100)


def _laid_out(tokens: Tokens | None, spec: str) -> str | None:
    found = _SPEC.fullmatch(spec)
    if tokens is None or found is None or found["kind"] == "%":
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
        if len(decimals) > places or len(whole) + places > _MOST_DIGITS:
            return None
        point, decimals = "." if places else "", decimals.ljust(places, "0")
    elif precision or (point and kind):
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
    up to the last one that stays. after: the digits behind it. rounded: what comes of it."""

    sign: str
    lower: str
    after: str
    rounded: str


def rounding(text: str | None, spec: str) -> Rounding | None:
    """How a number, as it is written, is rounded; None if it is not."""
    if spec.endswith("%"):
        if not re.fullmatch(r"(\.\d)?%", spec):
            return None
        text, spec = _in_percent(text), spec[:-1] + "f"
    found = _SPEC.fullmatch(spec)
    if text is None or found is None or found["kind"] != "f" or not _DECIMAL.fullmatch(text):
        return None
    places = int(found["precision"] or 6)
    sign, magnitude = ("-", text[1:]) if text[0] == "-" else ("", text)
    whole, _, decimals = magnitude.partition(".")
    if len(decimals) <= places:
        return None
    lower = f"{whole}.{decimals[:places]}" if places else whole
    return Rounding(sign, lower, decimals[places:], f"{float(magnitude):.{places}f}")


class Based(NamedTuple):
    """An integer that a format shows in another base. sign: `-` or nothing."""

    sign: str
    number: int
    base: int


def field_worked(text: str | None, spec: str) -> Rounding | Based | None:
    """How a format shows a number, as it is written, if it carries working steps."""
    based = _BASED.fullmatch(spec)
    if based is None or text is None or not re.fullmatch(r"-?\d{1,4}", text):
        return rounding(text, spec)
    return Based("-" if text[0] == "-" else "", abs(int(text)), _BASES[based["kind"]])


def _laid_in_base(digits: str, based: re.Match[str]) -> str | None:
    """The digits of a number in some base, with a sign, as a format lays them out."""
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else (based["plus"] or "", digits)
    sign += PREFIXES[_BASES[based["kind"]]] if based["mark"] else ""
    if based["kind"] == "X":
        sign, digits = sign.upper(), digits.upper()
    width = int(based["width"] or 0)
    if based["zero"]:
        return None if based["align"] else sign + digits.rjust(width - len(sign), "0")
    return _filled(sign + digits, based["fill"] or " ", based["align"] or ">", width)


def rounded(how: Rounding | Based) -> Working[str]:
    """The working steps by which a number is rounded: whether up, and if so, what it becomes. Half
    way it goes where its binary form is nearer, or to the even digit, which is told. Those of one
    in another base find its digits."""
    if isinstance(how, Based):
        return how.sign + (yield from digits_of(how.number, how.base))
    up = how.rounded != how.lower
    if how.after != "5":
        up = (yield Step((how.after[0], ">=", "5", "="), TRUTHS, str(up))) == "True"
    if not up:
        return how.sign + how.lower
    point = len(how.lower.partition(".")[2])
    digits = str((yield from following(int(how.lower.replace(".", ""))))).rjust(point + 1, "0")
    return how.sign + (f"{digits[:-point]}.{digits[-point:]}" if point else digits)


def to_places(number: str, places: int | None) -> Working[str] | None:
    """What `round` makes of a number: its working steps, and the result. places: None if that is to
    be an integer. None where it takes more."""
    if not re.fullmatch(r"-?\d{1,12}(\.\d+)?", number) or not -6 <= (places or 0) <= 9:
        return None
    return _to_places(number, places)


def _to_places(number: str, places: int | None) -> Working[str]:
    if places is not None and places < 0:
        return (yield from _to_tens(number, -places))
    if "." not in number:
        return number
    how = rounding(number, f".{places or 0}f")
    found = number if how is None else (yield from rounded(how))
    return repr(float(found)) if places is not None else str(int(float(found)))


def _to_tens(number: str, zeros: int) -> Working[str]:
    """A number without so many digits before its point."""
    sign, magnitude = ("-", number[1:]) if number[0] == "-" else ("", number)
    whole, _, decimals = magnitude.partition(".")
    whole = whole.rjust(zeros + 1, "0")
    after = (whole[-zeros:] + decimals).rstrip("0") or "0"
    nearest = round(float(number) if decimals else int(number), -zeros)
    how = Rounding(sign, str(int(whole[:-zeros])), after, str(int(abs(nearest)) // 10**zeros))
    found = f"{yield from rounded(how)}{'0' * zeros}"
    return repr(float(found)) if decimals else str(int(found))


def format_is_safe(tokens: Tokens | None, spec: str) -> bool:
    """Whether a number may be formatted so."""
    if _BASED.fullmatch(spec):
        return integer_of(tokens) is not None
    found = _SPEC.fullmatch(spec)
    if number_of(tokens) is None or found is None:
        return False
    return found["kind"] == "f" or (found["kind"] == "d" and integer_of(tokens) is not None)


class Field(NamedTuple):
    """A replacement field of a template. of: the number or the name of the value that it shows.
    conversion: `s` or `r` if it lays out the value's text; else empty. spec: how."""

    of: int | str
    conversion: str
    spec: str


Template = Sequence[str | Field]
"""Texts, and the fields between them."""
Key = int | str


def percent_template(text: str) -> Template | None:
    """What `%` fills in; None where it takes more than a field shows."""
    if "%" in _PERCENT.sub("", text):
        return None
    out: list[str | Field] = []
    at = count = 0
    for found in _PERCENT.finditer(text):
        out.append(text[at : found.start()])
        at = found.end()
        if found["percent"]:
            out.append("%")
            continue
        flags, kind, precision = set(found["flags"]), found["kind"], found["precision"] or ""
        texts = kind in ("s", "r")
        if (texts and (precision or flags - {"-"})) or (precision and kind != "f"):
            return None
        width = found["width"] or ""
        align = "<" if "-" in flags else ">" if texts else ""
        zero = "0" if "0" in flags and not align and width else ""
        spec = (align if width else "") + ("+" if "+" in flags else "") + zero + width
        if not texts:
            spec += precision + ("d" if kind == "i" else kind)
        out.append(Field(found["name"] or count, kind if texts else "", spec))
        count += 1
    return [*out, text[at:]]


def brace_template(text: str) -> Template | None:
    """What `str.format` fills in; None where it takes more than a field shows."""
    out: list[str | Field] = []
    count, numbered = 0, False
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    for before, name, spec, conversion in parts:
        out.append(before)
        if name is None or spec is None:
            continue
        if conversion not in (None, "s", "r") or "{" in spec or not re.fullmatch(r"\w*", name):
            return None
        numbered = numbered or name.isdigit()
        of = int(name) if name.isdigit() else name or count
        count += not name
        out.append(Field(of, conversion or "", spec))
    return None if count and numbered else out


def has_names(template: Template) -> bool:
    """Whether its fields have names."""
    return any(isinstance(part, Field) and isinstance(part.of, str) for part in template)


def fits(template: Template, given: Sequence[Key], *, exactly: bool) -> bool:
    """Whether there is a value for each field. given: the numbers and names of the values. exactly:
    whether all that have numbers must be shown, as `%` has it."""
    fields = [part.of for part in template if isinstance(part, Field)]
    if exactly and any(isinstance(key, int) for key in (*given, *fields)):
        return [*given] == fields
    return {*fields} <= {*given}


def roundings(
    template: Template, values: Mapping[Key, Tokens | None]
) -> dict[int, Rounding | Based] | None:
    """How the fields of a template round numbers, or show them in another base, by their places in
    it; None if one cannot show its value, or does more than that and lay it out. values: what is
    known of them."""
    out: dict[int, Rounding | Based] = {}
    for place, part in enumerate(template):
        if isinstance(part, str):
            continue
        if part.conversion or not part.spec:
            if laid_out(_EMPTY, part.spec) is None:
                return None
            continue
        tokens = values[part.of]
        how = field_worked(number_of(tokens), part.spec)
        if how is not None:
            out[place] = how
        elif laid_out(tokens, part.spec) is None:
            return None
    return out


def _filled(text: str, fill: str, align: str, width: int) -> str:
    if align == "^":
        left = max(width - len(text), 0) // 2
        return (fill * left + text).ljust(width, fill)
    return text.ljust(width, fill) if align == "<" else text.rjust(width, fill)
