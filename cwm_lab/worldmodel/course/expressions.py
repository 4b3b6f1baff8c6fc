"""The order in which expressions are evaluated."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.choices import choice
from cwm_lab.worldmodel.course.arithmetic import HINTED, worked
from cwm_lab.worldmodel.course.bits import inverted
from cwm_lab.worldmodel.course.collection import KINDS, key_of, keys_of
from cwm_lab.worldmodel.course.displays import Displays
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.memberships import can_be_matched, matched
from cwm_lab.worldmodel.course.notes import END, EQUALS, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Known,
    Operand,
    Piece,
    Tokens,
    Unwritable,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    SYMBOLS,
    binary_is_safe,
    comparison_is_safe,
    is_added,
    is_lettered,
    is_literal_value,
    number_of,
    text_in,
    written,
)
from cwm_lab.worldmodel.course.ordering import Key, can_be_weighed, related, texts_related, weighed
from cwm_lab.worldmodel.course.protocols import TRUTH
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.desugar import is_literal, literal
from cwm_lab.worldmodel.vocabulary import LABELS


class Expressions(Displays):
    """A course for each kind of expression but calls: the method of its syntax node's name."""

    def _expr(self, node: ast.expr) -> Course:
        if is_literal(node):
            return self._known(literal(node))
        if isinstance(node, ast.Name):
            return self._read(node.id)
        if isinstance(node, ast.Lambda):
            lambdas = self.prompt.statement.lambdas
            return (LABELS[next(k for k, known in enumerate(lambdas) if known is node)],)
        handler = getattr(self, f"_{type(node).__name__}", None)
        if handler is None:
            raise Unclear
        value: Operand = yield from handler(node)
        return value

    def _named(self, node: ast.expr) -> Generator[Signal, Sent, tuple[Operand, str | None]]:
        value = yield from self._expr(node)
        return value, node.id if isinstance(node, ast.Name) else None

    def _NamedExpr(self, node: ast.NamedExpr) -> Course:
        value = self._names[node.target.id] = yield from self._expr(node.value)
        return value

    def _IfExp(self, node: ast.IfExp) -> Course:
        test = yield from self._expr(node.test)
        goes = yield from self._truth(test, node.test)
        return (yield from self._expr(node.body if goes else node.orelse))

    def _BinOp(self, node: ast.BinOp) -> Course:
        left = yield from self._named(node.left)
        right = yield from self._named(node.right)
        if isinstance(node.op, ast.Mod):
            parts = yield from self._percent(node, left[0], right[0])
            if parts is not None:
                return (yield from self._composed([left, "%", right], parts, top=node is self._top))
        return (yield from self._binary(node.op, left, right, skippable=node is self._top))

    def _binary(
        self,
        op: ast.operator,
        left: tuple[Operand, str | None],
        right: tuple[Operand, str | None],
        *,
        skippable: bool,
        grows: bool = False,
    ) -> Course:
        symbol = SYMBOLS[type(op)]
        result = self._combined_by(symbol, left[0], right[0], grows=grows)
        if result is not None:
            return (yield from self._noted_return([left, symbol, right], result, top=skippable))
        a, b = plain(left[0]), plain(right[0])
        safe = binary_is_safe(symbol, a, b)
        numbers = is_added(a) and is_added(b)
        arrow, ask, working = self._of_sets("" if grows else symbol, left[0], right[0])
        joined = self._joined(symbol, left[0], right[0])
        if symbol == "|" and not grows:
            joined = self._dicts_joined(left[0], right[0])
        if joined is not None:
            return (yield from self._known_result([left, symbol, right], joined, top=skippable))
        pieces: list[Piece] = [left, symbol, right]
        may_hint = arrow is None or (symbol in HINTED and (a is None or b is None))
        return (
            yield from self._noted(
                pieces,
                safe=safe or bool(arrow) or working is not None,
                skippable=skippable and not (numbers or arrow or working),
                may_hint=may_hint,
                arrow=arrow,
                ask=ask,
                late=None if a is None or b is None else self._are_literals([a, b]),
                error=self._operation_fails(symbol, [left[0], right[0]], grows=grows),
                worked=self._calculated(symbol, a, b),
                working=working,
            )
        )

    def _calculated(
        self, symbol: str, left: Tokens | None, right: Tokens | None
    ) -> Working[Tokens] | None:
        """The working steps of an operation on two numbers, and its result; None if it has none."""
        steps = worked(symbol, number_of(left), number_of(right))
        return None if steps is None else _as_tokens(steps)

    def _UnaryOp(self, node: ast.UnaryOp) -> Course:
        operand = yield from self._named(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return None
        negates = isinstance(node.op, ast.Not)
        symbol = SYMBOLS[type(node.op)]
        result = None if negates else self._negated(symbol, operand[0])
        if result is not None:
            return (yield from self._noted_return([symbol, operand], result, top=node is self._top))
        text, inverts = number_of(plain(operand[0])), isinstance(node.op, ast.Invert)
        steps = inverted(text) if inverts and text is not None else None
        number = text is not None and (steps is not None or not inverts)
        safe = is_literal_value(plain(operand[0])) if negates else number
        pieces: list[Piece] = [symbol, operand]
        truth = self._known_truth(operand[0]) if negates else None
        if negates and self._special(operand[0], TRUTH):
            truth = yield from self._truth(operand[0])
        if truth is not None:
            told: Known = (str(not truth),)
            yield from self._noted_as(pieces, told)
            return told
        skippable = node is self._top and not (negates or number)
        error = self._operation_fails(symbol, [operand[0]])
        return (
            yield from self._noted(
                pieces,
                safe=safe,
                skippable=skippable,
                error=error,
                worked=None if steps is None else _as_tokens(steps),
            )
        )

    def _Compare(self, node: ast.Compare) -> Course:
        left = left_most = yield from self._named(node.left)
        pieces: list[Piece] = [left]
        safe, goes_on = True, True
        for k, (op, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
            symbol = SYMBOLS[type(op)]
            pieces += symbol.split()
            if goes_on and k and not all(map(is_literal, node.comparators[k:])):
                self._must_write()
                goes_on = (yield "fork") == 0
            if not goes_on and not is_literal(comparator):
                pieces.append("...")
                continue
            right = yield from self._named(comparator)
            pieces.append(right)
            step = comparison_is_safe(symbol, plain(left[0]), plain(right[0])) or (
                symbol in ("==", "!=") and self._is_plain(left[0]) and self._is_plain(right[0])
            )
            if not step and k + 1 < len(node.ops) and self._writes():
                yield "may fail"
            safe, left = safe and step, right
        first, only = SYMBOLS[type(node.ops[0])], len(node.ops) == 1
        compared = self._compared_by(first, left_most[0], left[0]) if only else None
        if compared is not None:
            return (yield from self._noted_return(pieces, compared, top=False))
        if only and isinstance(node.ops[0], ast.In | ast.NotIn):
            held = self._is_held(left[0], left_most[0])
            if held is not None:
                result: Known = (str(held is (first == "in")),)
                return (yield from self._noted_return(pieces, result, top=False))
            if self._is_generator(left[0]) or self._special(left[0], ("__iter__",)):
                result = (str((yield from self._is_given(left[0])) is (first == "in")),)
                return (yield from self._noted_return(pieces, result, top=False))
            self._hashed(left[0], left_most[0])
            error = self._operation_fails(first, [left_most[0], left[0]])
            return (yield from self._membership(pieces, safe=safe, error=error))
        if only and first not in ("is", "is not"):
            texts = [text_in(left_most[0]), text_in(left[0])]
            known = [text for text in texts if text is not None and is_lettered(text)]
            if len(known) == 2:
                return (yield from self._texts_compared(first, *known))
            weighed = self._weighed(first, left_most[0], left[0])
            if weighed is None:
                numbers = [number_of(plain(side)) for side in (left_most[0], left[0])]
                if numbers[0] is not None and numbers[1] is not None:
                    weighed = related(first, numbers[0], numbers[1])
            if weighed is not None:
                return (yield from self._weighed_note(pieces, weighed))
            unknown = None in (left_most[0], left[0]) and (known or texts == [None, None])
            if not unknown:
                unknown = None in map(self._may_have_places, (left_most[0], left[0]))
            if unknown and self._writes():
                raise Unclear
        if only and first in ("is", "is not", "==", "!="):
            same = self._are_same(left_most[0], left[0], by_kind="=" in first)
            if same is not None:
                return (
                    yield from self._known_result(
                        pieces, (str(same is (first in ("is", "=="))),), top=False
                    )
                )
        if only and first in ("is", "is not") and not self._writes():
            return self._noted_before(pieces)
        error = self._operation_fails(first, [left_most[0], left[0]]) if only else None
        return (yield from self._noted(pieces, safe=safe, skippable=False, error=error))

    def _are_same(self, left: Operand, right: Operand, *, by_kind: bool) -> bool | None:
        """Whether two values are one and the same thing, where that shows in how they are written:
        None, truth values, classes, and what has a label; None if it does not. by_kind: whether
        only classes are meant, since other things may be equal without being the same."""
        sides = plain(left), plain(right)
        if sides[0] is None or sides[1] is None:
            return None
        if by_kind:
            return sides[0] == sides[1] if all(map(self._is_class, sides)) else None
        single = (len(side or ()) == 1 and number_of(side) is None for side in sides)
        return sides[0] == sides[1] if any(single) else None

    def _is_class(self, value: Tokens | None) -> bool:
        cell = self._cell(value)
        if cell is not None:
            return cell.kind == "cls"
        return value is not None and len(value) == 1 and value[0] in KINDS

    def _weighed(self, symbol: str, left: Operand, right: Operand) -> Working[bool] | None:
        """The working steps by which two lists, tuples or sets are compared; None for others."""
        sides = [self._members(side) for side in (left, right)]
        known = [side for side in sides if side is not None and side.items is not None]
        kinds = {side.kind for side in known}
        if kinds == {"set"} and sides[0] is not None and sides[1] is not None:
            return self._related(symbol, sides[0], sides[1])
        if kinds == {"dict"} and symbol in ("==", "!="):
            found = [keys_of([*(side.items or ()), *side.values]) for side in known]
            pairs = [part for part in found if part is not None]
            return matched(symbol, *pairs) if len(pairs) == 2 and can_be_matched(*pairs) else None
        if len(kinds) != 1 or not kinds <= {"list", "tuple"} or None in sides:
            return None
        keys: list[list[Key]] = []
        for side in sides:
            items = (side.items if side is not None else None) or ()
            keys.append([key for item in items if (key := key_of(item)) is not None])
            if len(keys[-1]) < len(items):
                return None
        return weighed(symbol, *keys) if can_be_weighed(*keys) else None

    def _weighed_note(self, pieces: Sequence[Piece], steps: Working[bool]) -> Course:
        """The note of such a comparison: what comes of it follows from its steps."""
        if not self._writes():
            return self._noted_before(pieces)
        result = yield from self._worked(steps, pieces)
        return (yield from self._answered((str(result),)))

    def _texts_compared(self, symbol: str, left: str, right: str) -> Course:
        """A comparison of two short texts, letter by letter."""
        pieces: list[Piece] = [*written(left), *symbol.split(), *written(right)]
        return (yield from self._weighed_note(pieces, texts_related(symbol, left, right)))

    def _BoolOp(self, node: ast.BoolOp) -> Course:
        goes_on_if = isinstance(node.op, ast.And)
        value: Operand = None
        for part in node.values:
            value = yield from self._expr(part)
            if part is not node.values[-1] and (yield from self._truth(value)) != goes_on_if:
                self._tested = value, not goes_on_if
                break
        if not self._writes() or isinstance(value, Unwritable):
            return value
        if node is self._top and (yield from self._is_told_once(value)):
            return value
        yield choice(SYMBOLS[type(node.op)])
        yield EQUALS
        if value is None:
            return (yield from self._asked(END))
        yield from self._write(value)
        yield END
        return value

    def _Subscript(self, node: ast.Subscript) -> Course:
        value = yield from self._named(node.value)
        index = yield from self._slice(node.slice)
        if self._special(value[0], ("__getitem__",)):
            key = _slice_of(node.slice, index) if ":" in index else values_in(index)[0]
            result = self._through(value[0], "__getitem__", [key])
            pieces: list[Piece] = [value, "[", *index, "]"]
            return (yield from self._noted_return(pieces, result, top=node is self._top))
        if ":" not in index:
            self._hashed(value[0], values_in(index)[0])
        self._must_give_items(value[0])
        self._must_be_index(value[0], index)
        found = self._collection(value[0])
        place = self._kept_at(found, values_in(index)[0]) if ":" not in index else None
        item = None if found is None or place is None else found.at(place)
        if isinstance(item, tuple):
            pieces = [value, "[", *index, "]"]
            return (yield from self._known_result(pieces, item, top=node is self._top))
        return (yield from self._subscript(value, index, top=node is self._top))

    def _slice(self, node: ast.expr) -> Generator[Signal, Sent, list[Piece]]:
        if not isinstance(node, ast.Slice):
            return [(yield from self._named(node))]
        pieces: list[Piece] = []
        for k, edge in enumerate((node.lower, node.upper, node.step)):
            if k == 1 or (k == 2 and edge is not None):
                pieces.append(":")
            if edge is not None:
                pieces.append((yield from self._named(edge)))
        return pieces


def _as_tokens(steps: Working[str]) -> Working[Tokens]:
    return tuple((yield from steps))


def _slice_of(node: ast.expr, pieces: Sequence[Piece]) -> Operand:
    """A slice as an object's own method is given it."""
    assert isinstance(node, ast.Slice)
    values = iter(values_in(pieces))
    edges = [
        ("None",) if edge is None else plain(next(values))
        for edge in (node.lower, node.upper, node.step)
    ]
    known = [edge for edge in edges if edge is not None]
    return ("slice", *tuple_of(known)) if len(known) == len(edges) else None


def values_in(pieces: Sequence[Piece]) -> list[Operand]:
    """The values in a part of a note."""
    return [piece[0] for piece in pieces if isinstance(piece, tuple)]
