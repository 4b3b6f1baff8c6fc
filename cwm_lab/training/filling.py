"""The working steps of texts that are put together of values: which numbers a format rounds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.worldmodel.course.formats import (
    Field,
    Key,
    Rounding,
    Template,
    brace_template,
    fits,
    has_names,
    percent_template,
    roundings,
)
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell


def whether_up(how: Rounding) -> list[str]:
    """The working steps by which a number is rounded: whether up, and what it becomes then."""
    up = how.rounded != how.lower
    return [how.after, ">=", "5", "=", str(up), ",", *([*spell(how.rounded), ","] if up else [])]


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
    """The working steps of a call of `format`, a function or a method of texts; none of others."""
    owner = getattr(function, "__self__", None)
    if function is format and not keywords:
        return _filled([Field(0, "", *args[1:] or ("",))], {0: args[0]})
    if type(owner) is str and getattr(function, "__name__", "") == "format":
        return _filled(brace_template(owner), dict([*enumerate(args), *keywords.items()]))
    return []


def _filled(
    template: Template | None, values: Mapping[Key, Any], *, exactly: bool = False
) -> list[str]:
    if template is None or not fits(template, [*values], exactly=exactly):
        return []
    found = roundings(template, {key: _tokens(value) for key, value in values.items()})
    steps = [token for how in (found or {}).values() for token in whether_up(how)]
    return ["<hint>", *steps] if steps else []


def _tokens(value: Any) -> tuple[str, ...] | None:
    """The tokens of a number or text, as notes mention it."""
    if type(value) is str:
        return (OPEN, *spell(value), CLOSE)
    return tuple(spell(repr(value))) if type(value) in (int, float) else None
