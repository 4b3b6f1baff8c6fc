"""Ranges: how long they are, what is in them and which part a slice is, in working steps."""

from __future__ import annotations

import re

from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.operands import Operand, Tokens, plain, tuple_of
from cwm_lab.worldmodel.course.operations import integer_of
from cwm_lab.worldmodel.course.ordering import holds
from cwm_lab.worldmodel.course.slicing import Edges, sliced
from cwm_lab.worldmodel.course.working import Step, Working
from cwm_lab.worldmodel.vocabulary import spell

_MOST = 100
"""Numbers below it are added, compared and divided at one stroke."""


def range_of(value: Operand) -> range | None:
    """A range that is known, of numbers that are small enough for working steps."""
    tokens = plain(value)
    if tokens is None or tokens[0] != "range":
        return None
    edges = [integer_of(part) for part in items_in(tokens[1:])]
    known = [edge for edge in edges if edge is not None]
    if len(known) < len(edges) or not 2 <= len(known) <= 3 or known[2:] == [0]:
        return None
    return range(*known) if is_small(range(*known)) else None


def is_small(numbers: range) -> bool:
    """Whether there are working steps of it."""
    return all(-_MOST < edge < _MOST for edge in (numbers.start, numbers.stop, numbers.step))


def length(numbers: range) -> Working[Tokens]:
    """How many numbers there are: what lies between the edges, divided by the step, one more where
    something is left."""
    size = yield from _length(numbers)
    return tuple(spell(str(size)))


def _length(numbers: range) -> Working[int]:
    start, stop, step = numbers.start, numbers.stop, numbers.step
    if not (yield from holds("<" if step > 0 else ">", start, stop)):
        return 0
    larger, smaller = (stop, start) if step > 0 else (start, stop)
    between = (yield from _reckoned(larger, "-", smaller)) if smaller else larger
    if abs(step) == 1:
        return between
    whole = yield from _reckoned(between - 1, "//", abs(step))
    return (yield from _reckoned(whole, "+", 1))


def contains(numbers: range, wanted: int, *, positive: bool = True) -> Working[Tokens]:
    """Whether a number lies between the edges, and so many steps away from the first. positive:
    whether it is asked if it is in there, or if it is not."""
    return (str((yield from _contains(numbers, wanted)) is positive),)


def _contains(numbers: range, wanted: int) -> Working[bool]:
    start, stop, step = numbers.start, numbers.stop, numbers.step
    before, short_of = ("<", ">")[:: 1 if step > 0 else -1]
    if (yield from holds(before, wanted, start)):
        return False
    if not (yield from holds(before, wanted, stop)):
        return False
    if abs(step) == 1:
        return True
    larger, smaller = (wanted, start) if short_of == ">" else (start, wanted)
    between = (yield from _reckoned(larger, "-", smaller)) if smaller else larger
    return (yield from _reckoned(between, "%", abs(step))) == 0


def part(numbers: range, edges: Edges) -> Working[Tokens]:
    """The part of it that a slice is."""
    places = yield from sliced(len(numbers), edges)
    taken = range(
        numbers.start + places.start * numbers.step,
        numbers.start + places.stop * numbers.step,
        places.step * numbers.step,
    )
    if not (taken or numbers[slice(*edges)]):
        taken = numbers[slice(*edges)]  # an empty range has its own edges
    told = [taken.start, taken.stop, *([taken.step] if taken.step != 1 else [])]
    return ("range", *tuple_of([tuple(spell(str(edge))) for edge in told]))


def _reckoned(left: int, symbol: str, right: int) -> Working[int]:
    truth = {"-": left - right, "+": left + right, "//": left // right, "%": left % right}[symbol]
    told = (*spell(str(left)), symbol, *spell(str(right)), "=")
    answer = yield Step(told, (), str(truth))
    return int(answer) if re.fullmatch(r"-?\d{1,4}", answer) else 0
