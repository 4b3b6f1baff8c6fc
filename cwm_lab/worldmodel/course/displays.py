"""Tuples, lists, sets, dicts, texts and comprehensions that the source spells out."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.choices import choice
from cwm_lab.worldmodel.course.collection import in_set_order
from cwm_lab.worldmodel.course.formats import Rounding, format_is_safe, laid_out, rounding
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.loops import Loops
from cwm_lab.worldmodel.course.notes import COMMA, EQUALS, HINT, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Display,
    Operand,
    Piece,
    Tokens,
    plain,
    spelled_tuple,
)
from cwm_lab.worldmodel.course.operations import (
    integer_of,
    is_text,
    number_of,
    printed,
    text_of,
)
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell


class Displays(Loops):
    """A course for each of them."""

    def _Tuple(self, node: ast.Tuple) -> Course:
        parts = yield from self._parts(node.elts)
        self._side_by_side = parts
        known = [part for part in parts or () if isinstance(part, tuple | Display)]
        return None if parts is None or len(known) < len(parts) else spelled_tuple(known)

    def _List(self, node: ast.List) -> Course:
        parts = yield from self._parts(node.elts)
        if parts is None:
            return None
        known = [part for part in parts if isinstance(part, tuple | Display)]
        return Display(known) if len(known) == len(parts) else None

    def _Set(self, node: ast.Set) -> Course:
        parts = yield from self._parts(node.elts)
        made = set_of(parts or (None,))
        if made is None and self._writes():
            yield "may fail"  # an item that is a list
        return made

    def _Dict(self, node: ast.Dict) -> Course:
        keys: list[Operand] = []
        values: list[Operand] = []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(None if key is None else (yield from self._expr(key)))
            values.append((yield from self._expr(value)))
        found = dict_of(keys, values)
        if found is None and self._writes():
            yield "may fail"  # a key that is a list
        return found

    def _parts(self, nodes: Sequence[ast.expr]) -> Generator[Signal, Sent, list[Operand] | None]:
        """The values of expressions side by side, starred ones spread out; None if these are not
        known."""
        out: list[Operand] | None = []
        for node in nodes:
            value = yield from self._expr(unstarred(node))
            items = self._spread(node, value)
            out = None if out is None or items is None else [*out, *items]
        return out

    def _JoinedStr(self, node: ast.JoinedStr) -> Course:
        parts: list[Tokens | None] = []
        for part in node.values:
            if not isinstance(part, ast.FormattedValue):
                assert isinstance(part, ast.Constant)
                parts.append(tuple(spell(str(part.value))))
                continue
            value = yield from self._expr(part.value)
            spec = ""
            if isinstance(part.format_spec, ast.JoinedStr):
                fixed = [p.value for p in part.format_spec.values if isinstance(p, ast.Constant)]
                if len(fixed) < len(part.format_spec.values):
                    raise Unclear
                spec = "".join(map(str, fixed))
            if part.format_spec is None and part.conversion == -1:
                shown = yield from self._texted(value, part.value)
                if shown is None and self._writes():
                    yield "may fail"
                parts.append(shown)
                continue
            mark = ["!", chr(part.conversion)] if part.conversion != -1 else []
            laid: list[Piece] = [(tuple(spell(spec)), None)] if spec else []
            pieces: list[Piece] = [(value, None), *mark, ":", *laid]
            method = self._special(value, ("__repr__",)) if mark[1:] == ["r"] else ""
            if method:
                result: Operand = self._through(value, method)
                yield from self._noted_return(pieces, result, top=False)
            elif (
                mark[1:] == ["r"]
                and not spec
                and (quoted := (yield from self._texted(value, quoted=True))) is not None
            ):
                result = (OPEN, *quoted, CLOSE)
                yield from self._noted_as(pieces, result)
            elif (text := laid_out(plain(value), spec)) is not None and not mark:
                result = (OPEN, *spell(text), CLOSE)
                yield from self._noted_as(pieces, result)
            elif not mark and (how := rounding(number_of(plain(value)), spec)) is not None:
                result = yield from self._rounded(pieces, spec, how)
            else:
                safe = format_is_safe(plain(value), spec) and not mark
                result = yield from self._noted(pieces, safe=safe, skippable=False)
            parts.append(printed(plain(result)))
        return text_of(parts)

    def _rounded(self, pieces: Sequence[Piece], spec: str, how: Rounding) -> Course:
        """The note of a number that a format rounds: whether up, and if so, what it becomes."""
        if not self._writes():
            return self._noted_before(pieces)
        yield from self._left(pieces, HINT)
        yield from self._write((how.after, ">=", "5", "="))
        up = yield choice("True", "False")
        yield COMMA
        number = (yield from self._number()) if up == "True" else tuple(how.lower)
        yield EQUALS
        text = laid_out((*how.sign, *number), spec)
        return (yield from self._answered(None if text is None else (OPEN, *spell(text), CLOSE)))

    def _ListComp(self, node: ast.ListComp) -> Course:
        found = yield from self._comprehension(node.generators, [node.elt])
        items = [item for (item,) in found]
        known = [item for item in items if isinstance(item, tuple | Display)]
        return Display(known) if len(known) == len(items) else None

    def _SetComp(self, node: ast.SetComp) -> Course:
        found = yield from self._comprehension(node.generators, [node.elt])
        return set_of([item for (item,) in found])

    def _DictComp(self, node: ast.DictComp) -> Course:
        pairs = yield from self._comprehension(node.generators, [node.key, node.value])
        found: dict[Operand, Operand] = {}
        for key, value in pairs:
            if not isinstance(key, tuple):
                return None
            found[key] = value
        return dict_of([*found], [*found.values()])


def dict_of(keys: Sequence[Operand], values: Sequence[Operand]) -> Display | None:
    """A dict of these, if they are known and the keys are all texts or all integers, each once."""
    told = [key for key in keys if isinstance(key, tuple)]
    known = [value for value in values if isinstance(value, tuple | Display)]
    alike = all(map(is_text, told)) or all(integer_of(key) is not None for key in told)
    if len(told) < len(keys) or len(known) < len(values) or len(set(told)) < len(told):
        return None
    return Display(known, keys=told) if alike else None


def set_of(items: Sequence[Operand]) -> Display | None:
    """A set of integers that are known."""
    order = in_set_order(items)
    return None if order is None else Display(order, is_set=True)


def unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node
