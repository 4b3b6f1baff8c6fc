"""Operands of notes: what is known of a value while a statement is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from cwm_lab.worldmodel.vocabulary import CLOSE, INDICES, NEW_LABELS, OPEN, unspell

Tokens = tuple[str, ...]
_LONG_TEXT = 8
_NEW_LABELS = frozenset(NEW_LABELS)
_CONTENT = frozenset(["[", "{", "<set>", "<obj>"])


@dataclass
class Display:
    """A list, dict or set that is put together, a generator expression (items is None then), or a
    new object without attributes (cls is its class's label). keys: of a dict, its items are the
    values. args: of a new exception. It gets its label where it is first mentioned."""

    items: list[Tokens | Display] | None
    label: str = ""
    cls: str = ""
    keys: list[Tokens] | None = None
    args: Tokens | None = None
    is_set: bool = False

    @property
    def content(self) -> Iterator[str | Tokens | Display]:
        """What stands behind its label: tokens, and values."""
        if self.items is None:
            yield "<gen>"
        elif self.cls and self.args is not None:
            yield from ("<obj>", self.cls, "{", "args", "=", self.args, "}")
        elif self.cls:
            yield from ("<obj>", self.cls, "{", "}")
        elif self.keys is not None:
            yield "{"
            for index, key, value in zip(INDICES, self.keys, self.items, strict=False):
                yield from (index, key, ":", value)
            yield "}"
        elif self.is_set:
            yield from ("<set>", "{")
            for index, item in zip(INDICES, self.items, strict=False):
                yield from (index, item)
            yield "}"
        else:
            yield "["
            for index, item in zip(INDICES, self.items, strict=False):
                yield from (index, item)
            yield "]"

    @property
    def is_new(self) -> bool:
        """Whether it can be spelled out again in the outcome, which names anew what is new."""
        told = self.items is not None and all(map(can_be_told, self.items))
        return told and (self.args is None or can_be_told(self.args))


@dataclass
class Spelled(Display):
    """A tuple, or an iterator, that holds new collections: its tokens, and these in between. It has
    no label."""

    parts: tuple[str | Display, ...] = ()

    @property
    def content(self) -> Iterator[str | Tokens | Display]:
        """All of it."""
        yield from self.parts

    @property
    def runs(self) -> Iterator[Known]:
        """The same, tokens that stand together as one."""
        for alone, some in groupby(self.parts, key=lambda part: isinstance(part, str)):
            if alone:
                yield tuple(map(str, some))
            else:
                yield from (part for part in some if isinstance(part, Display))

    @property
    def mentioned(self) -> Known:
        """It itself, or its tokens once all that it holds has labels."""
        labelled = [part if isinstance(part, str) else part.label for part in self.parts]
        return tuple(labelled) if all(labelled) else self

    @property
    def is_new(self) -> bool:
        """See `Display`."""
        return all(can_be_told(part) for part in self.parts if isinstance(part, Display))


class Unwritable:
    """A value that notes cannot mention: `super()`, bytes."""


Known = Tokens | Display
Operand = Known | Unwritable | None
"""A value as notes mention it, None if it is not known."""
UNWRITABLE, UNTOLD = Unwritable(), Unwritable()
"""A value that cannot be written; one that was not noted, being None or such a value."""
Piece = str | tuple[Operand, str | None]
"""A token of a note, or a value in it and the name that it was read from."""


def can_be_told(value: Operand) -> bool:
    """Whether the outcome can tell a value in the same words as the scratchpad."""
    if isinstance(value, Display):
        return value.is_new
    return isinstance(value, tuple) and _NEW_LABELS.isdisjoint(value)


def plain(value: Operand) -> Tokens | None:
    return value if isinstance(value, tuple) else None


def tuple_of(parts: Iterable[Tokens]) -> Tokens:
    items = (token for index, part in zip(INDICES, parts, strict=False) for token in (index, *part))
    return ("(", *items, ")")


def spelled_tuple(parts: Sequence[Known], name: str = "") -> Known:
    """A tuple of values, some of which may be new collections; or what a builtin of that name makes
    of them."""
    head = [name] if name else []
    labelled = [part if isinstance(part, tuple) else (part.label,) for part in parts]
    if ("",) not in labelled:
        return (*head, *tuple_of(labelled))
    out: list[str | Display] = [*head, "("]
    for index, part in zip(INDICES, parts, strict=False):
        out += [index, *(part if isinstance(part, tuple) else [part])]
    return Spelled(None, parts=(*out, ")"))


def is_long_text(value: Operand) -> bool:
    if not isinstance(value, tuple) or value[0] != OPEN or len(value) - 2 <= _LONG_TEXT:
        return False
    return len(unspell(value[1:-1])) > _LONG_TEXT


def is_untold(piece: Piece) -> bool:
    return isinstance(piece, tuple) and piece[0] is UNTOLD


def is_display(piece: Piece) -> bool:
    """Whether a piece of a note is a display that has not been mentioned yet, and is not empty."""
    value = piece[0] if isinstance(piece, tuple) else None
    return isinstance(value, Display) and not value.label and value.items != []


def mention(tokens: Sequence[str]) -> Tokens:
    """A value that was just told, as it is mentioned from then on: new cells by their labels."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        out.append(token)
        at += 1
        if token == OPEN:
            end = tokens.index(CLOSE, at) + 1
            out += tokens[at:end]
            at = end
        elif token in NEW_LABELS and at < len(tokens) and tokens[at] in _CONTENT:
            at = _after_content(tokens, at)
    return tuple(out)


def _after_content(tokens: Sequence[str], at: int) -> int:
    """The index behind a cell's content that begins at `at`."""
    depth = 0
    while True:
        token = tokens[at]
        at += 1
        if token == OPEN:
            at = tokens.index(CLOSE, at) + 1
        elif token in ("[", "{", "("):
            depth += 1
        elif token in ("]", "}", ")"):
            depth -= 1
            if not depth:
                return at
