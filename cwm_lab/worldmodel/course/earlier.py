"""What was noted in earlier answers about the same statement: before a call that has returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.operands import Display, Operand, Tokens, mention
from cwm_lab.worldmodel.course.operations import is_literal_value
from cwm_lab.worldmodel.vocabulary import CLOSE, INDICES, NEW_LABELS, OPEN

_NEW, _INDICES = frozenset(NEW_LABELS), frozenset(INDICES)
_ENDS = ("->", "=", "<hint>")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


@dataclass(frozen=True)
class EarlierNote:
    """What a note told. value: a number, a text or the like, or a new list or set of them. Others
    are None: their labels stand for something else by now. places: where it was found."""

    value: Operand
    places: tuple[int, ...] = ()


def earlier_notes(answers: Sequence[Sequence[str]]) -> dict[Tokens, list[EarlierNote]]:
    """What notes told, in their order, by their left sides. There, a generator expression is
    written without its label."""
    found: dict[Tokens, list[EarlierNote]] = {}
    for tokens in answers:
        for note in _parts(tokens, ";"):
            pieces = [*_parts(note, *_ENDS)]
            if len(pieces) > 1:
                told = EarlierNote(_value(tuple(pieces[-1])), _places(note))
                found.setdefault(_unlabelled(pieces[0]), []).append(told)
    return found


def _unlabelled(left: Sequence[str]) -> Tokens:
    pairs = zip(left, (*left[1:], ""), strict=True)
    return tuple(token for token, after in pairs if not (token in _NEW and after == "<gen>"))


def _places(note: Sequence[str]) -> tuple[int, ...]:
    """The places that a note names behind its arrow."""
    if "->" not in note:
        return ()
    behind = note[len(note) - note[::-1].index("->") :]
    return tuple(INDICES.index(token) for token in takewhile(_INDICES.__contains__, behind))


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
    """What stands between these tokens, where they are not inside texts or brackets."""
    part: list[str] = []
    inside, depth = False, 0
    for token in tokens:
        inside = token == OPEN or (inside and token != CLOSE)
        if not inside:
            depth += (token in _OPENING) - (token in _CLOSING)
        if token in ends and not (inside or depth):
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
