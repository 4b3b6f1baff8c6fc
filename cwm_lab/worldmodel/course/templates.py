"""Texts that are put together of values: f-strings, `%`, `str.format` and `format`."""

from __future__ import annotations

import ast
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from cwm_lab.worldmodel.course.formats import (
    Based,
    Field,
    Key,
    Rounding,
    Template,
    brace_template,
    fits,
    format_is_safe,
    has_names,
    laid_out,
    percent_template,
    rounded,
    roundings,
    shown,
)
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.loops import Loops
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Operand, Piece, Tokens, Unwritable, plain
from cwm_lab.worldmodel.course.operations import is_text, printed, text_in, text_of
from cwm_lab.worldmodel.course.texts import Text
from cwm_lab.worldmodel.course.working import Working, truly
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell, unspell

Given = tuple[Operand, ast.expr | None]
"""A value that a template shows, and the expression that gives it."""


@dataclass(frozen=True)
class Rounded:
    """A part of a text: a number that a format rounds, or shows in another base."""

    how: Rounding | Based
    spec: str


Parts = Sequence[Tokens | Rounded | None]
"""The characters of a text, part by part; None where they are not known."""


class Templates(Loops):
    """What they make of the values that they show."""

    def _JoinedStr(self, node: ast.JoinedStr) -> Course:
        parts: list[Tokens | None] = []
        for part in node.values:
            if not isinstance(part, ast.FormattedValue):
                assert isinstance(part, ast.Constant)
                parts.append(tuple(spell(str(part.value))))
                continue
            value = yield from self._expr(part.value)
            spec = yield from self._spec(part.format_spec)
            conversion = chr(part.conversion) if part.conversion != -1 else ""
            if part.format_spec is None and not conversion:
                shown = yield from self._shown(value, "", part.value)
                if shown is None and self._writes():
                    yield "may fail"
                parts.append(shown)
                continue
            parts.append((yield from self._replaced(value, Field(0, conversion, spec))))
        return text_of(parts)

    def _spec(self, node: ast.expr | None) -> Generator[Signal, Sent, str]:
        """A field's format, of which parts may be fields in turn."""
        spec = ""
        for part in node.values if isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.Constant):
                spec += str(part.value)
                continue
            assert isinstance(part, ast.FormattedValue)
            value = yield from self._expr(part.value)
            text = printed(plain(value))
            if text is None or part.format_spec is not None or part.conversion != -1:
                raise Unclear
            spec += unspell(text)
        return spec

    def _replaced(self, value: Operand, field: Field) -> Generator[Signal, Sent, Tokens | None]:
        """The note of a field that has a format or a conversion; gives its characters."""
        mark = ["!", field.conversion] if field.conversion else []
        laid: list[Piece] = [(tuple(spell(field.spec)), None)] if field.spec else []
        pieces: list[Piece] = [(value, None), *mark, ":", *laid]
        if not mark and self._special(value, ("__format__",)):
            own = self._through(value, "__format__", [(OPEN, *spell(field.spec), CLOSE)])
            yield from self._noted_return(pieces, own, top=False)
            return printed(plain(own)) if is_text(plain(own)) else None
        cls = None if mark else self._class_of(value)
        if cls is not None and field.spec:
            message = f"unsupported format string passed to {cls.name}.__format__"
            raise self._raised_with("TypeError", message)
        if field.conversion != "a":
            (part,) = (yield from self._filled([field], {0: (value, None)})) or (None,)
            if part is not None:
                result = yield from self._composed(pieces, [part], top=False)
                return printed(plain(result))
        safe = format_is_safe(plain(value), field.spec) and not mark
        result = yield from self._noted(pieces, safe=safe, skippable=False)
        return printed(plain(result))

    def _shown(self, value: Operand, conversion: str, node: ast.expr | None) -> Text:
        """The characters that a field without a format shows of a value."""
        if not conversion and self._special(value, ("__format__",)):
            result = plain(self._through(value, "__format__", [(OPEN, CLOSE)]))
            return printed(result) if is_text(result) else None
        quoted = conversion == "r"
        return (yield from self._texted(value, None if quoted else node, quoted=quoted))

    def _filled(
        self, template: Template | None, values: Mapping[Key, Given], *, exactly: bool = False
    ) -> Generator[Signal, Sent, Parts | None]:
        """What a template makes of values, part by part; None where it cannot show them, or that
        is not known. exactly: as `fits` takes it."""
        if template is None or not fits(template, [*values], exactly=exactly):
            return None
        rounds = roundings(template, {key: plain(value) for key, (value, _) in values.items()})
        if rounds is None:
            return None
        out: list[Tokens | Rounded | None] = []
        for place, part in enumerate(template):
            if isinstance(part, str):
                out.append(tuple(spell(part)))
                continue
            value, node = values[part.of]
            text: str | None
            if place in rounds:
                out.append(Rounded(rounds[place], part.spec))
                continue
            if part.conversion or not part.spec:
                shown = yield from self._shown(value, part.conversion, node)
                quoted = None if shown is None else (OPEN, *shown, CLOSE)
                text = laid_out(quoted, part.spec)
            else:
                text = laid_out(plain(value), part.spec)
            out.append(None if text is None else tuple(spell(text)))
        known = [part for part in out if isinstance(part, tuple)]
        whole = len(known) == len(out) and text_of(known) is not None
        return out if rounds or whole else None

    def _composed(self, pieces: Sequence[Piece], parts: Parts, *, top: bool) -> Course:
        """The note of a text that is put together. Where a number is rounded, it says first whether
        up, and if so, what it becomes."""
        steps, text = truly(_joined(parts))
        if not steps and text is not None:
            return (yield from self._known_result(pieces, text, top=top))
        if not self._writes():
            return self._noted_before(pieces)
        return (yield from self._answered((yield from self._worked(_joined(parts), pieces))))

    def _percent(
        self, node: ast.BinOp, left: Operand, right: Operand
    ) -> Generator[Signal, Sent, Parts | None]:
        """What a text makes of the values behind `%`; None where that is not known."""
        text = text_in(left)
        template = None if text is None else percent_template(text)
        if template is None or isinstance(right, Unwritable):
            return None
        values: dict[Key, Given] = {0: (right, node.right)}
        found = self._collection(right)
        if found is not None and found.kind == "tuple":
            values = {k: (item, None) for k, item in enumerate(found.items or ())}
        elif isinstance(node.right, ast.Tuple):
            if self._side_by_side is None:
                return None
            nodes: Sequence[ast.expr | None] = node.right.elts
            if any(isinstance(part, ast.Starred) for part in nodes):
                nodes = [None] * len(self._side_by_side)
            values = dict(enumerate(zip(self._side_by_side, nodes, strict=True)))
        elif found is not None and found.kind == "dict" and has_names(template):
            pairs = zip(found.items or (), found.values, strict=True)
            values = {name: (value, None) for key, value in pairs if (name := text_in(key))}
        elif right is None and self._message(node.right) is None:
            return None
        return (yield from self._filled(template, values, exactly=True))

    def _braces(
        self, text: str | None, nodes: Sequence[ast.expr | None], args: Mapping[Key, Operand]
    ) -> Generator[Signal, Sent, Parts | None]:
        """What `str.format` makes of its arguments, by their numbers and names; None where that is
        not known. nodes: those that give the first of them."""
        template = None if text is None else brace_template(text)
        more = [None] * (len(args) - len(nodes))
        values = dict(zip(args, zip(args.values(), [*nodes, *more], strict=True), strict=True))
        return (yield from self._filled(template, values))


def _joined(parts: Parts) -> Working[Tokens | None]:
    """The working steps of the numbers that are rounded, and the whole text."""
    out: list[Tokens | None] = []
    for part in parts:
        if isinstance(part, Rounded):
            laid = shown((yield from rounded(part.how)), part.spec)
            out.append(None if laid is None else tuple(spell(laid)))
        else:
            out.append(part)
    return text_of(out)
