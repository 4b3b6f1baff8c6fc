"""What the targets of an assignment take, one after the other or side by side."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.calls import Calls
from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.expressions import values_in
from cwm_lab.worldmodel.course.loops import unstarred
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Operand, Piece
from cwm_lab.worldmodel.course.operators import SINGLE


class Targets(Calls):
    """A course for each kind of target."""

    def _assigned(
        self, node: ast.Assign | ast.AnnAssign, target: ast.expr, value: Operand
    ) -> Generator[Signal, Sent, None]:
        """What a statement's one target takes."""
        if isinstance(target, ast.Subscript) and isinstance(node, ast.Assign):
            owner, key = yield from self._place(target)
            yield from self._item_set(owner, key, value, alone=True)
            self.effect = ["<ok>"]
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(node, ast.Assign):
            parts = self._side_by_side if isinstance(node.value, ast.Tuple) else None
            found = self._collection((yield from self._strung(value)))
            if found is not None and found.kind == "dict":
                found = Collection("tuple", found.items)
            if parts is not None:
                found = Collection("tuple", tuple(parts))
            self.effect = yield from self._unpacked(target, found, value)
        else:
            of = yield from self._target(target)
            if isinstance(target, ast.Attribute):
                self.effect = self._stored(of, target.attr, value)

    def _chained(
        self, targets: Sequence[ast.expr], value: Operand
    ) -> Generator[Signal, Sent, None]:
        """What several targets take, one after the other."""
        names: dict[str, Operand] = {}
        attributes: list[tuple[Operand, str, Operand]] = []
        places: list[tuple[tuple[Operand, str | None], list[Piece]]] = []
        whole = True
        for target in targets:
            if isinstance(target, ast.Name):
                names[target.id] = self._names[target.id] = value
            elif isinstance(target, ast.Subscript):
                places.append((yield from self._place(target)))
            else:
                of = yield from self._target(target)
                if not isinstance(target, ast.Attribute):
                    whole = False
                elif self._property(of, target.attr):
                    self._stored(of, target.attr, value)
                else:
                    attributes.append((of, target.attr, value))
        if not all(self._is_sure(owner[0], key) for owner, key in places):
            yield "may fail"
        told = [(owner, key, value) for owner, key in places]
        yield from self._items_set(told, after=bool(attributes))
        if whole and (attributes or places):
            self.effect = self._all_taken(names, attributes)

    def _all_taken(
        self, names: dict[str, Operand], attributes: Sequence[tuple[Operand, str, Operand]]
    ) -> list[Piece] | None:
        """The effect of names and attributes that take values that are known."""
        stored = self._all_stored(attributes) if attributes else ["<ok>"]
        told = [names.get(name) for name in self.prompt.statement.binds]
        if stored is None or not all(isinstance(item, tuple | Display) for item in told):
            return None
        bound = zip(self.prompt.statement.binds, told, strict=True)
        pieces = [(self.prompt.token_of[name], "=", (item, None), ";") for name, item in bound]
        return [*(piece for part in pieces for piece in part), *stored]

    def _unpacked(
        self, target: ast.Tuple | ast.List, found: Collection | None, value: Operand
    ) -> Generator[Signal, Sent, list[Piece] | None]:
        """Store items side by side; gives the effect, if all that names take is known. value: what
        has the items."""
        if found is not None and found.items is not None:
            found = self._gathered(target, found)
        known = found is not None and found.items is not None and found.size == len(target.elts)
        names: dict[str, Operand] = {}
        places = []
        attributes: list[tuple[Operand, str, Operand]] = []
        if not known:
            self._must_fit(target, found, value)
            yield "may fail"
        for place, part in enumerate(map(unstarred, target.elts)):
            item = found.at(place) if found is not None and known else None
            if isinstance(part, ast.Subscript):
                places.append((*(yield from self._place(part)), item))
            elif isinstance(part, ast.Name):
                names[part.id] = self._names[part.id] = item
            elif isinstance(part, ast.Attribute):
                attributes.append(((yield from self._target(part)), part.attr, item))
            elif (inner := self._bound(part, item)) is not None:
                names |= inner
                self._names.update(inner)
            else:
                if known:
                    yield "may fail"
                yield from self._target(part)
                known = False
        if not all(self._is_sure(owner[0], key) for owner, key, _ in places):
            yield "may fail"
        yield from self._items_set(places, after=bool(attributes))
        return self._all_taken(names, attributes) if known else None

    def _place(
        self, node: ast.Subscript
    ) -> Generator[Signal, Sent, tuple[tuple[Operand, str | None], list[Piece]]]:
        """What a subscript that is a target is of, and its key."""
        owner = yield from self._named(node.value)
        return owner, (yield from self._slice(node.slice))

    def _target(self, node: ast.expr) -> Course:
        """Evaluate what a target is part of; gives the object whose attribute it is."""
        if isinstance(node, ast.Attribute):
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Subscript):
            yield from self._expr(node.value)
            yield from self._slice(node.slice)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                yield from self._target(part)
        elif isinstance(node, ast.Starred):
            yield from self._target(node.value)
        return None

    def _set_item(self, owner: Operand, key: Sequence[Piece], value: Operand) -> None:
        """Have an object take an item by its own `__setitem__`."""
        self._through(owner, "__setitem__", [*values_in(key), value])

    def _items_set(
        self,
        places: Sequence[tuple[tuple[Operand, str | None], list[Piece], Operand]],
        *,
        after: bool,
    ) -> Generator[Signal, Sent, None]:
        """Put values at several places. after: attributes may have been stored before, which an
        error at one of the places would be told with."""
        stale, pure = self._stale, self._pure
        self._pure = pure and not after
        for owner, key, value in places:
            yield from self._item_set(owner, key, value)
        self._pure = pure and (self._pure or (after and self._stale == stale))

    def _item_set(
        self,
        owner: tuple[Operand, str | None],
        key: Sequence[Piece],
        value: Operand,
        *,
        alone: bool = False,
    ) -> Generator[Signal, Sent, None]:
        """Put a value at a place, or have an object do so. alone: it is the only target."""
        if self._special(owner[0], ("__setitem__",)) and ":" not in key:
            self._set_item(owner[0], key, value)
        else:
            self._must_take_items(owner[0], "__setitem__", "does not support item assignment")
            self._must_be_index(owner[0], key)
            if ":" not in key:
                self._hashed(owner[0], values_in(key)[0])
                if self._object_set(owner[0], values_in(key)[0], value):
                    return
            yield from (self._put_in if alone else self._store)(owner, key, value)

    def _object_set(self, owner: Operand, key: Operand, value: Operand) -> bool:
        """Put a value in a dict behind a key that is an object, if it is known where."""
        found = self._collection(owner)
        place = self._kept_at(found, key)
        if found is None or place is None:
            return False
        self._must_write()
        key = self._hashed_as if isinstance(key, Display) else key
        new = place == found.size
        self._change(found.inserted(place, key, value) if new else found.replaced(place, value))
        return True

    def _must_take_items(self, owner: Operand, method: str, message: str) -> None:
        """Raise Fails if something has no items that change, or not this method of them."""
        cls, kind = self._class_of(owner), self._type_name(owner)
        if cls is None and kind not in ("", "list", "dict"):
            raise self._raised_with("TypeError", f"'{kind}' object {message}")
        if cls is None or method in cls.methods:
            return
        if {"__setitem__", "__delitem__"} & {*cls.methods}:
            raise self._raised_with("AttributeError", method)
        raise self._raised_with("TypeError", f"'{cls.name}' object {message}")

    def _undeleted(self, owner: Operand, key: Sequence[Piece]) -> str:
        """What the message says of something whose items cannot be deleted: it has two wordings."""
        indexed = ":" not in key and self._type_name(values_in(key)[0]) in ("int", "bool")
        short = indexed and self._type_name(owner) not in SINGLE
        return ("doesn't" if short else "does not") + " support item deletion"
