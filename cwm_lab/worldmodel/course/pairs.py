"""Dicts that are put together of others, of pairs and of keywords: what only goes from one to the
other is carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cwm_lab.worldmodel.course.collection import Collection, all_plain, key_alike
from cwm_lab.worldmodel.course.operands import Display, Known, Operand, plain
from cwm_lab.worldmodel.course.sets import Sets
from cwm_lab.worldmodel.values import MAX_ITEMS

Pair = tuple[Operand, Operand]


class Pairs(Sets):
    """What dicts are made of."""

    def _pairs_of(self, value: Operand, *, is_new: bool = False) -> list[Pair] | None:
        """The keys and values of a dict, or of pairs side by side; None if they are not known.
        is_new: an iterator has not been used yet."""
        found = self._collection(value)
        if found is not None and found.kind == "dict" and found.items is not None:
            return [*zip(found.items, found.values, strict=True)]
        lazy = (plain(value) or ("",))[0]
        if found is None and (lazy == "<items>" or (is_new and lazy in ("zip", "enumerate"))):
            found = self._source(value, nested=True)
        if found is None or found.items is None or found.kind == "text":
            return None
        pairs = [pair for item in found.items if (pair := self._pair(item)) is not None]
        return pairs if len(pairs) == len(found.items) else None

    def _pair(self, value: Operand) -> Pair | None:
        tokens = plain(value)
        if tokens is not None and tokens[0] != "(":
            return None
        found = self._collection(value)
        if found is None or found.kind == "dict" or found.items is None or len(found.items) != 2:
            return None
        return found.items[0], found.items[1]

    def _dict_grown(self, found: Collection, pairs: Sequence[Pair]) -> Collection | None:
        """What a dict becomes that takes these besides; None if that is not known."""
        mine = [*zip(found.items or (), found.values, strict=True)]
        grown = each_once([*mine, *pairs])
        if found.items is None or grown is None:
            return None
        return replace(found, items=tuple(grown), values=tuple(grown.values()))

    def _dicts_joined(self, left: Operand, right: Operand) -> Known | None:
        """What `|` makes of two dicts."""
        sides = [self._collection(side) for side in (left, right)]
        if not all(side is not None and side.kind == "dict" for side in sides):
            return None
        pairs = [self._pairs_of(side) for side in (left, right)]
        known = [pair for side in pairs for pair in side or ()]
        return None if None in pairs else dict_of_pairs(known)

    def _kept_at(self, found: Collection | None, key: Operand) -> int | None:
        """The place of a dict's key that is an object, where it follows from which object it is:
        the same is found; None if that is not known."""
        tokens = self._hashed_as if isinstance(key, Display) else key
        cell, tokens = self._cell(tokens), plain(tokens)
        if found is None or found.kind != "dict" or found.items is None or tokens is None:
            return None
        if cell is None or cell.kind not in ("obj", "fn", "cls"):
            return None
        for same in (tokens, self._found_key):
            if same is not None and same in found.items:
                return found.items.index(same)
        cls = cell.cls if cell.kind == "obj" else None
        own = cls is not None and {"__eq__", "__hash__"} & {*cls.methods}
        inherits = cls is not None and cls.bases
        if found.items and (own or inherits or None in found.items):
            return None
        return len(found.items) if len(found.items) < MAX_ITEMS else None


def each_once(pairs: Sequence[Pair]) -> dict[Operand, Operand] | None:
    """A dict of known keys, of which those that are alike count as one; None if one is no number,
    text or the like, or they are too many."""
    if not all_plain([key for key, _ in pairs]):
        return None
    kept: dict[object, tuple[Operand, Operand]] = {}
    for key, value in pairs:
        alike = key_alike(key)
        kept[alike] = (kept[alike][0] if alike in kept else key, value)
    return dict(kept.values()) if len(kept) <= MAX_ITEMS else None


def dict_of_pairs(pairs: Sequence[Pair]) -> Display | None:
    """A dict of these, if they are known."""
    made = each_once(pairs)
    if made is None:
        return None
    keys = [key for key in made if isinstance(key, tuple)]
    values = [value for value in made.values() if isinstance(value, tuple | Display)]
    return Display(values, keys=keys) if len(keys) == len(values) == len(made) else None


def dict_of(keys: Sequence[Operand], values: Sequence[Operand]) -> Display | None:
    """A dict of these keys and values, if they are known."""
    return dict_of_pairs([*zip(keys, values, strict=True)])
