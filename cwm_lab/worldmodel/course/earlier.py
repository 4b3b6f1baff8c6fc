"""What was noted in earlier answers about the same statement: before a call that has returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.operands import Display, Operand, Tokens, mention
from cwm_lab.worldmodel.course.operations import is_literal_value
from cwm_lab.worldmodel.vocabulary import CLOSE, NEW_LABELS, OPEN

_NEW = frozenset(NEW_LABELS)
_ENDS = ("->", "=", "<hint>")


def earlier_notes(answers: Sequence[Sequence[str]]) -> dict[Tokens, list[Operand]]:
    """The values of notes, in their order, by their left sides: numbers, texts and the like, and
    new lists and sets of them. Others are None: their labels stand for something else by now."""
    found: dict[Tokens, list[Operand]] = {}
    for tokens in answers:
        for note in _parts(tokens, ";"):
            pieces = [*_parts(note, *_ENDS)]
            if len(pieces) > 1:
                found.setdefault(tuple(pieces[0]), []).append(_value(tuple(pieces[-1])))
    return found


def _value(tokens: Tokens) -> Operand:
    if is_literal_value(tokens):
        return tokens
    opened = 2 if tokens[1:2] == ("<set>",) else 1
    if tokens[:1] and tokens[0] in _NEW and tokens[opened : opened + 1] in (("[",), ("{",)):
        items = [mention(item) for item in items_in(tokens[opened:])]
        if tokens[1] != "{" and all(map(is_literal_value, items)):
            return Display([*items], is_set=opened == 2)
    return None


def _parts(tokens: Sequence[str], *ends: str) -> Iterator[list[str]]:
    """What stands between these tokens, where they are not inside texts."""
    part: list[str] = []
    inside = False
    for token in tokens:
        inside = token == OPEN or (inside and token != CLOSE)
        if token in ends and not inside:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
