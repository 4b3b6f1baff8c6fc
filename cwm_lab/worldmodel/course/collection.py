"""What is in lists, texts, tuples, dicts and sets, place by place, as far as it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    Spelled,
    Tokens,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    APPLIED_METHODS,
    is_literal_value,
    is_text,
    number_of,
    text_in,
)
from cwm_lab.worldmodel.course.ordering import Key
from cwm_lab.worldmodel.vocabulary import CLOSE, INDICES, NEW_LABELS, OPEN, unspell

_INDICES, _NEW = frozenset(INDICES), frozenset(NEW_LABELS)


@dataclass(frozen=True)
class Collection:
    """Something with places. kind: list, text, tuple, dict, view or set. items: what is there, the
    keys of a dict; an item that cannot be mentioned is None, as are all if they may have changed.
    values: a dict's. label: its own, if it has one. display: it, if it is new."""

    kind: str
    items: tuple[Operand, ...] | None
    values: tuple[Operand, ...] = ()
    label: str = ""
    display: Display | None = None

    @property
    def size(self) -> int | None:
        return None if self.items is None else len(self.items)

    def at(self, place: int) -> Operand:
        """What a subscript gives there."""
        items = self.values if self.kind == "dict" else self.items
        return None if items is None or place >= len(items) else items[place]

    def room(self, key: Operand) -> int:
        """One more place, for a new key or item of a set; none if it is there already: nothing is
        in a dict or set twice."""
        alike = key_alike(key)
        known = isinstance(key, tuple) and any(
            key_alike(item) == alike for item in self.items or ()
        )
        return int(not known)

    def picked(self, places: Sequence[int]) -> Operand:
        """A new collection of the items at some places."""
        parts = [self.items[p] if self.items and p < len(self.items) else None for p in places]
        if self.kind in ("list", "set"):
            known = [part for part in parts if isinstance(part, tuple | Display)]
            as_set = self.kind == "set"
            return Display(known, is_set=as_set) if len(known) == len(parts) else None
        told = [part for part in parts if isinstance(part, tuple)]
        if len(told) < len(parts):
            return None
        if self.kind == "tuple":
            return tuple_of(told)
        return (OPEN, *(token for part in told for token in part[1:-1]), CLOSE)

    def inserted(self, place: int, item: Operand, value: Operand = None) -> Collection:
        items, values = list(self.items or ()), list(self.values)
        items.insert(place, item)
        if self.kind == "dict":
            values.insert(place, value)
        return replace(self, items=tuple(items), values=tuple(values))

    def replaced(self, place: int, value: Operand) -> Collection:
        found = list((self.values if self.kind == "dict" else self.items) or ())
        found[place] = value
        if self.kind == "dict":
            return replace(self, values=tuple(found))
        return replace(self, items=tuple(found))

    def without(self, place: int) -> Collection:
        items, values = list(self.items or ()), list(self.values)
        del items[place : place + 1], values[place : place + 1]
        return replace(self, items=tuple(items), values=tuple(values))

    def cut(self, places: range, new: Sequence[Operand] = ()) -> Collection:
        """A list without the items at these places; in their place, new ones."""
        items = [*(self.items or ())]
        if places.step == 1:
            items[places.start : max(places.start, places.stop)] = new
        elif new:
            for place, item in zip(places, new, strict=True):
                items[place] = item
        else:
            items = [item for place, item in enumerate(items) if place not in places]
        return replace(self, items=tuple(items))

    def displayed(self) -> bool:
        """Have the display that it is of show what it has become. False if there is none, or not
        all is known."""
        keys = [item for item in self.items or () if isinstance(item, tuple)]
        of = self.values if self.kind == "dict" else self.items or ()
        told = [item for item in of if isinstance(item, tuple | Display)]
        if self.display is None or self.items is None or len(told) < len(of):
            return False
        if self.kind == "dict":
            if len(keys) < len(self.items):
                return False
            self.display.keys = keys
        self.display.items = told
        return True

    def told(self) -> list[Piece]:
        """Its content, as the outcome tells it."""
        if self.kind == "list":
            pairs = zip(INDICES, self.items or (), strict=False)
            return ["[", *(piece for i, item in pairs for piece in (i, (item, None))), "]"]
        if self.kind == "set":
            pairs = zip(INDICES, self.items or (), strict=False)
            return ["<set>", "{", *(p for i, item in pairs for p in (i, (item, None))), "}"]
        out: list[Piece] = ["{"]
        for index, key, value in zip(INDICES, self.items or (), self.values, strict=False):
            out += [index, (key, None), ":", (value, None)]
        return [*out, "}"]


KINDS = ("int", "float", "bool", "str", "list", "tuple", "dict", "set")
"""Builtin types."""
VIEWS = ("<items>", "<keys>", "<values>")


@dataclass(frozen=True)
class Rows:
    """What a loop goes through: collections, side by side for `zip`. name: what gives the items.
    start: the first number of `enumerate`."""

    name: str
    sources: tuple[Collection, ...]
    start: int = 0

    @property
    def size(self) -> int:
        return min((source.size or 0) for source in self.sources)

    def place(self, visit: int) -> int:
        """The place at which a loop is in its visit-th round, from 0."""
        return self.size - 1 - visit if self.name == "reversed" else visit

    def at(self, visit: int) -> Operand:
        """The item that a loop takes in its visit-th round."""
        place = self.place(visit)
        keys = [source.items[place] if source.items else None for source in self.sources]
        if self.name == "enumerate":
            return _tuple([tuple(str(self.start + place)), *keys])
        if self.name == "zip":
            return _tuple(keys)
        if self.name == "<items>":
            return _tuple([*keys, self.sources[0].values[place]])
        return self.sources[0].values[place] if self.name == "<values>" else keys[0]


def _tuple(parts: Sequence[Operand]) -> Operand:
    told = [part for part in parts if isinstance(part, tuple)]
    return tuple_of(told) if len(told) == len(parts) else None


def items_in(tokens: Tokens) -> Iterable[Tokens]:
    """The items of a tuple that is written out, from its `(` to its `)`."""
    item: list[str] = []
    depth, string, begun = 0, False, False
    for token in tokens[1:-1]:
        if string:
            string = token != CLOSE
        elif token == OPEN:
            string = True
        elif depth == 0 and token in _INDICES:
            if begun:
                yield tuple(item)
            item, begun = [], True
            continue
        else:
            depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        item.append(token)
    if begun:
        yield tuple(item)


def parts_of(value: Operand) -> tuple[str, list[Known]]:
    """The name of an iterator and what it was made of; no name for other values."""
    if isinstance(value, Spelled):
        new = {f"@@{k}": part for k, part in enumerate(value.parts) if isinstance(part, Display)}
        tokens = tuple(
            part if isinstance(part, str) else f"@@{k}" for k, part in enumerate(value.parts)
        )
        return tokens[0], [new.get(item[0], item) for item in items_in(tokens[1:])]
    told = plain(value)
    if told is None or told[1:2] != ("(",):
        return "", []
    return told[0], [*items_in(told[1:])]


def applied_method(function: Operand) -> str:
    """The method of texts that a function is, if its calls are noted one by one; else empty."""
    name, parts = parts_of(function)
    method = text_in(parts[1]) if name == "<bound>" and len(parts) == 2 else None
    return method if method in APPLIED_METHODS and parts[0] == ("str",) else ""


def key_of(value: object) -> Key | None:
    """A known number, text or tuple of such, as it is compared; None for other values."""
    if not isinstance(value, tuple):
        return None
    if is_text(value):
        return unspell(value[1:-1])
    if value[0] == "(":
        parts = [key_of(item) for item in items_in(value)]
        known = [part for part in parts if part is not None]
        return tuple(known) if len(known) == len(parts) else None
    text = number_of(value)
    if text is None:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def keys_of(values: Sequence[object] | None) -> list[Key] | None:
    """The same of several; None if one is not known."""
    keys = [key_of(value) for value in values or ()]
    known = [key for key in keys if key is not None]
    return known if values is not None and len(known) == len(keys) else None


def key_alike(key: Operand) -> object:
    """What is equal for keys that count as the same in dicts and sets, as 1, 1.0 and True do."""
    tokens = plain(key)
    if tokens in (("True",), ("False",)):
        return int(tokens == ("True",))
    if tokens is not None and tokens[0] == "(":
        return ("(", *map(key_alike, items_in(tokens)))
    text = number_of(tokens)
    if text is None:
        return tokens
    return int(text) if text.lstrip("-").isdigit() else float(text)


def all_plain(values: Iterable[Operand]) -> bool | None:
    """Whether none of the values is an object; None if that is not known."""
    known = True
    for value in values:
        tokens = plain(value)
        if tokens is None or not _NEW.isdisjoint(tokens):
            known = False
        elif tokens[0] == "(":
            inner = all_plain(items_in(tokens))
            if not inner:
                return inner
        elif not is_literal_value(tokens):
            return False
    return True if known else None
