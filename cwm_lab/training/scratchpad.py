"""The scratchpad of an answer: the values of sub-expressions, in the order of evaluation.

Only notation: what an expression gave, with the values that went into it, and working steps for
arithmetic that a small network cannot do at one stroke.
"""

from __future__ import annotations

import ast
import types
from collections.abc import KeysView, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from typing import Any, TypeVar

from cwm_lab.training.filling import of_percent, steps_told, told_truly
from cwm_lab.training.placing import SILENT, Sorts, part_of
from cwm_lab.training.snapshot import Snapshotter
from cwm_lab.training.texts import (
    Search,
    compared_ends,
    compares_texts,
    searched_text,
    text_within,
    value_of,
)
from cwm_lab.worldmodel.course.arithmetic import worked
from cwm_lab.worldmodel.course.bits import inverted
from cwm_lab.worldmodel.course.formats import field_worked, rounded
from cwm_lab.worldmodel.course.memberships import IN_PLACE
from cwm_lab.worldmodel.course.operations import MOST_ADDED, SYMBOLS, lettered, written
from cwm_lab.worldmodel.course.ordering import (
    MOST_NESTED,
    can_be_ordered,
    can_be_weighed,
    in_order,
    related,
    texts_related,
    weighed,
)
from cwm_lab.worldmodel.course.searching import can_be_walked, most_compared, walk
from cwm_lab.worldmodel.course.working import Working, truly
from cwm_lab.worldmodel.desugar import is_literal
from cwm_lab.worldmodel.values import Cell, OutsideEnvelopeError, Writer
from cwm_lab.worldmodel.vocabulary import INDICES, spell

_LONG_TEXT = 8
T = TypeVar("T")


@dataclass(frozen=True)
class Operand:
    """A value in a note, with the name it was read from, if any. new: it was empty when it was
    made, whatever it has become since."""

    value: Any
    name: str | None = None
    new: bool = False


class Name(str):
    """A variable's name in a note."""


class Attribute(str):
    """An attribute's name in a note."""


class Callee(str):
    """The name of a called function in a note: the program's own, or a builtin."""


FAILED = "<raise>"
"""What a note has in place of a value if the operation raises."""
Part = str | Operand
"""A piece of a note: a token as it stands, a name, or a value."""


def item_of(
    node: ast.AST,
    value: Any,
    vals: Mapping[int, Any],
    places: Sequence[int] | None = None,
    heard: list[Any] | None = None,
    working: Sequence[Part] = (),
) -> list[Part] | None:
    """How an expression's value is noted, or None if it needs no note. vals: the values of the
    expressions inside it, by the ids of their nodes. places: where it was found or what it changed,
    if that is noted. heard: what an iterator has given to a call. working: the working steps that
    find the places."""

    def part(child: ast.expr) -> list[Part]:
        if isinstance(child, ast.Constant):
            return [Operand(child.value)]
        if isinstance(child, ast.UnaryOp) and is_literal(child):
            number = child.operand.value if isinstance(child.operand, ast.Constant) else None
            assert isinstance(number, int | float)
            return [Operand(-number)]
        if isinstance(child, ast.Slice):
            out: list[Part] = []
            for k, edge in enumerate((child.lower, child.upper, child.step)):
                if k == 1 or (k == 2 and edge is not None):
                    out.append(":")
                if edge is not None:
                    out += part(edge)
            return out
        if isinstance(child, ast.Starred):
            return ["*", *part(child.value)]
        name = child.id if isinstance(child, ast.Name) else None
        if id(child) not in vals:
            return ["..."]
        return [Operand(vals[id(child)], name, _is_empty(child))]

    result: list[Part] = [*at(places), "=", Operand(value, new=_is_empty(node))]
    if value is FAILED:
        result = ["=" if places is None else "->", FAILED]
    if isinstance(node, ast.BinOp):
        symbol = SYMBOLS[type(node.op)]
        left, right = part(node.left), part(node.right)
        terms = [p.value for p in (left[0], right[0]) if isinstance(p, Operand)]
        hint = hint_of(symbol, *terms)
        if symbol == "%" and len(terms) == 2 and type(terms[0]) is str and value is not FAILED:
            hint = [*of_percent(*terms)]
        return [*left, symbol, *right, *hint, *working, *result]
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return None
        hint = []
        if isinstance(node.op, ast.Invert) and type(operand := value_of(node.operand, vals)) is int:
            steps = inverted(str(operand))
            hint = [] if steps is None else worked_out(steps)
        return [SYMBOLS[type(node.op)], *part(node.operand), *hint, *result]
    if isinstance(node, ast.Compare) and compares_texts(node, vals):
        sides = (value_of(side, vals) for side in (node.left, node.comparators[0]))
        return [*_texts_compared(SYMBOLS[type(node.ops[0])], *sides), *result]
    if isinstance(node, ast.Compare) and text_within(node, vals) is not None:
        symbol, within = SYMBOLS[type(node.ops[0])], value_of(node.comparators[0], vals)
        return [
            Operand(value_of(node.left, vals)),
            *symbol.split(),
            *lettered(within),
            *working,
            *result,
        ]
    if isinstance(node, ast.Compare):
        out = part(node.left)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            out += [*SYMBOLS[type(op)].split(), *part(right_node)]
        if len(node.ops) == 1 and value is not FAILED:
            sides = (value_of(side, vals) for side in (node.left, node.comparators[0]))
            out += _weighing(SYMBOLS[type(node.ops[0])], *sides)
        return [*out, *working, *result]
    if isinstance(node, ast.BoolOp):
        return [SYMBOLS[type(node.op)], *result]
    if isinstance(node, ast.Subscript):
        return [*part(node.value), "[", *part(node.slice), "]", *working, *result]
    if isinstance(node, ast.Attribute):
        return [*part(node.value), ".", Attribute(node.attr), *result]
    if isinstance(node, ast.Call) and (ends := compared_ends(node, vals)) is not None:
        return [*_texts_compared("==", *ends), *result]
    if isinstance(node, ast.Call):
        name = _method_of(node, vals)
        silent = value is None and (
            name in SILENT if places is not None else name in IN_PLACE and bool(working)
        )
        unseen = value is None or isinstance(value, types.GeneratorType | super)
        if places is None and unseen and not silent:
            return None
        out = []
        if isinstance(node.func, ast.Attribute):
            text = searched_text(node, vals)
            owner = part(node.func.value) if text is None else lettered(text)
            out += [*owner, ".", Attribute(node.func.attr)]
        elif isinstance(node.func, ast.Name):
            out.append(Callee(node.func.id))
        else:
            out += part(node.func)
        out.append("(")
        for k, arg in enumerate(node.args):
            out += [*([","] if k else []), *part(arg)]
        for k, keyword in enumerate(node.keywords):
            out += [*([","] if k or node.args else [])]
            out += [Attribute(keyword.arg or "**"), "=", *part(keyword.value)]
        hint = [*working]
        is_sum = isinstance(node.func, ast.Name) and node.func.id == "sum"
        if is_sum and node.args and not node.keywords:
            items = vals.get(id(node.args[0])) if heard is None else heard
            hint = _added_up(items, [value_of(arg, vals) for arg in node.args[1:]])
        if isinstance(node.func, ast.Name) and node.func.id == "divmod" and len(node.args) == 2:
            hint = hint_of("divmod", *(value_of(arg, vals) for arg in node.args))
        if silent:
            return [*out, ")", *hint, *at(places)]
        return [*out, ")", *hint, *result]
    return None


def _method_of(node: ast.Call, vals: Mapping[int, Any]) -> str:
    """The name of the method that is called, also of a list's or set's that has got a name; empty
    for what is no method."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    function = vals.get(id(node.func))
    of = type(part_of(function, "__self__"))
    return str(part_of(function, "__name__")) if of in (list, set) else ""


def _texts_compared(symbol: str, left: str, right: str) -> list[Part]:
    """The note of a comparison of two short texts, up to its result."""
    steps = worked_out(texts_related(symbol, left, right))
    return [*written(left), *symbol.split(), *written(right), *steps]


def _is_empty(node: ast.AST) -> bool:
    """Whether an expression makes an empty list, dict or set."""
    if isinstance(node, ast.Call):
        made = isinstance(node.func, ast.Name) and node.func.id in ("list", "dict", "set")
        return made and not (node.args or node.keywords)
    return (isinstance(node, ast.List) and not node.elts) or (
        isinstance(node, ast.Dict) and not node.keys
    )


def at(places: Sequence[int] | None) -> list[Part]:
    """How places are noted."""
    return [] if places is None else ["->", *(INDICES[place] for place in places)]


def augmented(node: ast.AugAssign, left: Any, right: Any, value: Any) -> list[Part]:
    """The note of what an augmented assignment computes."""
    symbol = SYMBOLS[type(node.op)]
    return [
        Operand(left),
        symbol,
        Operand(right),
        *hint_of(symbol, left, right),
        "=",
        FAILED if value is FAILED else Operand(value),
    ]


def formatted(value: Any, conversion: int, spec: str, text: str) -> list[Part]:
    """The note of a replacement field of an f-string."""
    mark = ["!", chr(conversion)] if conversion != -1 else []
    how = field_worked(repr(value), spec) if type(value) in (int, float) and not mark else None
    hint: list[Part] = [] if how is None else [*told_truly(rounded(how))]
    return [Operand(value), *mark, ":", *spell(spec), *hint, "=", Operand(text)]


def is_long(value: Any) -> bool:
    """Whether a value is told once, in the outcome, and not in a note as well."""
    return not isinstance(value, int | float | bool | None) and not (
        isinstance(value, str) and len(value) <= _LONG_TEXT
    )


def write_scratchpad(
    items: Sequence[Sequence[Part]], snapshot: Snapshotter, writer: Writer
) -> list[str]:
    """The tokens of all notes, each closed by ``;``."""
    out: list[str] = []
    for item in items:
        try:
            shown = [token for part in item for token in _part(part, snapshot, writer)]
        except OutsideEnvelopeError:
            continue  # a value that has no notation; the outcome does not need it
        out += [*shown, ";"]
    return out


def _part(part: Part, snapshot: Snapshotter, writer: Writer) -> list[str]:
    if isinstance(part, Operand):
        return _operand(part, snapshot, writer)
    if isinstance(part, Name):
        return [writer.names.variable(part)]
    if isinstance(part, Attribute):
        return [writer.names.attribute(part)]
    if isinstance(part, Callee):
        return [writer.names.token_of.get(part, str(part))]
    return [str(part)]


def _operand(part: Operand, snapshot: Snapshotter, writer: Writer) -> list[str]:
    if part.name is not None and isinstance(part.value, str) and len(part.value) > _LONG_TEXT:
        return [writer.names.variable(part.name)]
    value = snapshot.value(part.value)
    if not (part.new and isinstance(value, Cell)):
        return writer.value(value)
    now = value.items, value.pairs
    value.items, value.pairs = [], []
    out = writer.value(value)
    value.items, value.pairs = now
    return out


def ordering(sorts: Sorts | None) -> list[Part]:
    """The working steps of a call that orders; none if it carries none."""
    keys = [] if sorts is None else [*map(_as_key, sorts.keys)]
    if sorts is None or not can_be_ordered(sorts.name, keys):
        return []
    taken, places = truly(in_order(sorts.name, keys, reverse=sorts.reverse))
    return [*steps_told(taken)] if sorts.places in (None, places) else []


def _as_key(value: Any, depth: int = MOST_NESTED) -> Any:
    """What is compared of a value: lists are ordered as tuples are, truth values as numbers."""
    if type(value) in (list, tuple):
        return tuple(_as_key(item, depth - 1) for item in value) if depth else None
    return int(value) if type(value) is bool else value


def searching(search: Search | None, before: int) -> tuple[list[Part], int]:
    """The working steps of a search, none if it carries none, and how many comparisons it may take.
    before: how many others of the same answer may have taken."""
    if search is None or not can_be_walked(*search, before):
        return [], 0
    return worked_out(walk(*search)), most_compared(*search)


def _weighing(symbol: str, left: Any, right: Any) -> list[Part]:
    """The working steps by which two numbers, lists or tuples are compared; none for others."""
    if type(left) in (int, float) and type(right) in (int, float) and not symbol.strip("<=>!"):
        steps = related(symbol, repr(left), repr(right))
        return [] if steps is None else worked_out(steps)
    if symbol.strip("<=>!") or type(left) is not type(right) or type(left) not in (list, tuple):
        return []
    return worked_out(weighed(symbol, left, right)) if can_be_weighed(left, right) else []


def worked_out(steps: Working[T]) -> list[Part]:
    """Working steps, each with its truth."""
    return [*told_truly(steps)]


def hint_of(symbol: str, left: Any = None, right: Any = None) -> list[Part]:
    """Working steps of arithmetic that a small network cannot do at one stroke."""
    numbers = [repr(side) if type(side) in (int, float) else None for side in (left, right)]
    steps = worked(symbol, *numbers)
    return [] if steps is None else worked_out(steps)


def _added_up(values: Any, start: Sequence[Any]) -> list[Part]:
    """The working steps of a sum: one addition after the other."""
    if not isinstance(values, list | tuple | set | ValuesView | KeysView):
        return []
    numbers = [*start, *values]
    if not all(type(number) in (int, float, bool) for number in numbers):
        return []
    numbers = [int(n) if type(n) is bool else n for n in numbers if n or type(n) is float]
    if not 2 <= len(numbers) <= MOST_ADDED:
        return []
    out: list[Part] = ["<hint>"]
    total = numbers[0]
    for number in numbers[1:]:
        out += [Operand(total), "+", Operand(number), *hint_of("+", total, number), "="]
        total += number
        out += [Operand(total), ","]
    return out
