"""The working steps of texts that are put together of values: which numbers a format rounds up."""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.training import placing
from cwm_lab.worldmodel.course.formats import (
    Based,
    Field,
    Key,
    Rounding,
    Template,
    brace_template,
    fits,
    has_names,
    percent_template,
    rounded,
    roundings,
    to_places,
)
from cwm_lab.worldmodel.course.numeric import NUMERIC, OF_MATH, calculated
from cwm_lab.worldmodel.course.working import Step, Working, truly
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell


def of_percent(text: str, right: Any) -> list[str]:
    """The working steps of a text's `%`."""
    template = percent_template(text)
    values: dict[Key, Any] = {0: right}
    if type(right) is tuple:
        values = dict(enumerate(right))
    elif type(right) is dict and template is not None and has_names(template):
        values = {key: value for key, value in right.items() if isinstance(key, str)}
    return _filled(template, values, exactly=True)


def of_format(function: Any, args: Sequence[Any], keywords: Mapping[str, Any]) -> list[str]:
    """The working steps of a call of `round` or of another function of numbers, or of `format`, a
    function or a method of texts; none of others."""
    owner, name = placing.part_of(function, "__self__"), placing.part_of(function, "__name__", "")
    built_in = owner is builtins or function is int
    if not keywords and ((built_in and name in NUMERIC) or (owner is math and name in OF_MATH)):
        found = calculated(name, [_tokens(arg) for arg in args])
        return [] if found is None else told_truly(found)
    if function is format and not keywords:
        return _filled([Field(0, "", *args[1:] or ("",))], {0: args[0]})
    if function is round and not keywords and type(args[0]) in (int, float):
        places = args[1] if len(args) > 1 else None
        known = len(args) == 1 or type(places) is int
        steps = to_places(repr(args[0]), places) if known else None
        return [] if steps is None else told_truly(steps)
    if type(owner) is str and name == "format":
        return _filled(brace_template(owner), dict([*enumerate(args), *keywords.items()]))
    return []


def _filled(
    template: Template | None, values: Mapping[Key, Any], *, exactly: bool = False
) -> list[str]:
    if template is None or not fits(template, [*values], exactly=exactly):
        return []
    found = roundings(template, {key: _tokens(value) for key, value in values.items()})
    return told_truly(_all_rounded([*(found or {}).values()]))


def told_truly(steps: Working[Any]) -> list[str]:
    """Working steps, each with its truth."""
    return steps_told(truly(steps)[0])


def steps_told(steps: Sequence[Step]) -> list[str]:
    """Working steps as a note has them."""
    out: list[str] = []
    for step in steps:
        out += [*step.told, *([step.truth] if step.answers else spell(step.truth)), ","]
    return ["<hint>", *out] if out else []


def _all_rounded(found: Sequence[Rounding | Based]) -> Working[None]:
    for how in found:
        yield from rounded(how)


def _tokens(value: Any) -> tuple[str, ...] | None:
    """The tokens of a number or text, as notes mention it."""
    if type(value) is str:
        return (OPEN, *spell(value), CLOSE)
    return tuple(spell(repr(value))) if type(value) in (int, float) else None
