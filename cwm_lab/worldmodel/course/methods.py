"""Methods and builtin functions that say at which places they find or change something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from cwm_lab.worldmodel.choices import POSITIONS
from cwm_lab.worldmodel.course.collection import (
    Collection,
    all_plain,
    applied_method,
    items_in,
)
from cwm_lab.worldmodel.course.items import Arrow
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.list_methods import ListMethods
from cwm_lab.worldmodel.course.memberships import GATHERING, IN_PLACE, RELATIONS
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Note
from cwm_lab.worldmodel.course.operands import Display, Operand, Piece, Tokens, plain
from cwm_lab.worldmodel.course.operations import (
    integer_of,
    is_literal_value,
    is_text,
    number_of,
    number_read,
    printed,
    text_in,
)
from cwm_lab.worldmodel.course.ordering import Key, can_be_ordered, in_order
from cwm_lab.worldmodel.course.searching import (
    SEARCHES,
)
from cwm_lab.worldmodel.course.set_tables import in_set_order
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.values import MAX_ITEMS, Form
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN

_NONE: Final[Mapping[str | None, Operand]] = {}
_SILENT = frozenset("append insert remove sort reverse".split())
"""Methods of lists that change the list and give None."""
_SET_OPERATIONS = {
    "union": "|", "intersection": "&", "difference": "-", "symmetric_difference": "^",
}  # fmt: skip
_SET_SILENT = frozenset("add discard remove".split())
_PLACED = {
    *_SILENT, *_SET_SILENT, *RELATIONS, *GATHERING,
    "pop", "copy", "get", "setdefault", "find", "index", "count",
}  # fmt: skip
_OF_ITEMS = frozenset("len sorted min max list tuple set".split())
"""Builtin functions that note which items of what they are given they find or take."""


@dataclass(frozen=True)
class Placed:
    """How a call notes places. arrow: whether it does. ask: the course of the places and its value.
    silent: it has no value. late: whether it says behind the left side that it fails. safe: whether
    it cannot. working: the course of the whole note, given its left side, if working steps find the
    places. error: with what it fails, if that is known."""

    arrow: Arrow
    ask: Callable[[], Course]
    silent: bool = False
    late: bool = False
    safe: bool = False
    working: Note | None = None
    error: Form | None = None


class Methods(ListMethods):
    """How calls note places."""

    def _placed_call(
        self,
        callee: Operand,
        name: str,
        args: Sequence[Operand],
        keywords: Mapping[str | None, Operand] = _NONE,
    ) -> Placed | None:
        """How a call of a builtin function, or of a method of that name, notes places; None if it
        does not. keywords: of those that order."""
        working: Note | None
        if not name:
            name = (plain(callee) or ("",))[0]
            if len(args) != 1 or name not in _OF_ITEMS:
                return None
            found, arrow = self._members(args[0]), self._may_have_places(args[0])
            if found is None and name in ("sorted", "min", "max"):
                found = self._source(args[0])
                arrow = arrow if found is None else True
            if arrow is False and (found is None or name in ("list", "tuple")):
                return None
            if found is None or found.items is None or len(found.items) > MAX_ITEMS:
                return Placed(arrow and found is not None and found.items is None, self._anywhere)
            if name == "len":
                return Placed(True, partial(self._position, found, 1, ("0",)), safe=True)
            if name == "set":
                if in_set_order(found.items) is None:
                    return None if None not in found.items else Placed(None, self._anywhere)
                one_by_one = self._set_made(found)
                at_once = partial(self._set_picked, found)
                return Placed(True, at_once, safe=True, working=one_by_one)
            sorts = name in ("sorted", "min", "max")
            rows = replace(found, kind=name if name == "tuple" else "list", label="")
            safe = not sorts or _are_alike(self._sort_keys or found.items)
            working = self._ordering(name, rows, keywords) if sorts else None
            safe = safe or working is not None
            if name in ("min", "max"):
                one = partial(self._item, rows)
                return Placed(True, one, safe=safe and bool(found.items), working=working)
            if not sorts:
                return Placed(True, partial(self._copied, rows), safe=True)
            all_of_it = partial(self._picked, rows, len(rows.items or ()))
            return Placed(True, all_of_it, safe=safe, working=working)
        found = self._members(callee)
        if found is None:
            unknown = name in _PLACED and self._may_have_places(callee) is None
            silent = name in _SILENT | _SET_SILENT | IN_PLACE
            ask = self._silent if silent else self._anywhere
            return Placed(None, ask, silent) if unknown else None
        if name == "count" and found.kind in ("list", "tuple") and len(args) == 1:
            if (found.size or 0) > MAX_ITEMS:
                return None
            arrow = all_plain([*args, *_known_items(found)])
            at_once = partial(self._found, found, "count", args)
            working = self._looked_for(args[0], found, None, self._counted) if arrow else None
            return Placed(arrow, at_once, safe=bool(arrow), working=working)
        if name in SEARCHES and self._searched(callee, name, args) is not None:
            working = self._walking(found, name, args)
            late = name == "rindex" and working is None
            ask = partial(self._found, found, name, args)
            return Placed(True, ask, late=late, safe=not late, working=working)
        if name in ("find", "index") and found.kind in ("list", "text") and len(args) == 1:
            return self._sought(found, name, args[0])
        if found.kind == "list" and name in _SILENT | {"pop", "copy"}:
            if name == "copy":
                return Placed(True, partial(self._copied, found), safe=True)
            if (found.size or 0) >= MAX_ITEMS:
                return None
            arrow = True if name != "remove" else all_plain([*args, *(found.items or ())])
            late = bool(arrow) and name in ("pop", "remove") and self._are_literals(args)
            safe = name in ("append", "reverse") or (
                integer_of(plain(args[0])) is not None
                if name == "insert" and len(args) == 2
                else name == "sort" and _are_alike(self._sort_keys or _known_items(found))
            )
            ask = partial(self._list_method, found, name, args)
            working = self._ordering(name, found, keywords) if name == "sort" else None
            safe = safe or working is not None
            if name == "remove" and arrow:
                working = self._looked_for(args[0], found, 1, partial(self._removed, found))
            elif name in ("insert", "pop"):
                working = self._counted_out(found, name, args)
            return Placed(arrow, ask, name in _SILENT, late, safe, working)
        if found.kind == "set" and name in _SET_OPERATIONS and len(args) == 1:
            arrow, ask, working = self._of_sets(_SET_OPERATIONS[name], callee, args[0])
            if working is not None or arrow:
                return Placed(arrow, ask, safe=True, working=working)
        if found.kind == "set" and name in GATHERING:
            unknown = None in map(self._may_have_places, args) or found.items is None
            silent = name in IN_PLACE
            ask = self._silent if silent else self._anywhere
            return Placed(None, ask, silent) if unknown else None
        if found.kind == "set" and name in RELATIONS and len(args) == 1:
            other = self._members(args[0])
            other = self._source(args[0]) if other is None else other
            if other is None:
                return None
            steps = self._related(RELATIONS[name], found, other)
            if steps is None:
                return None
            told = partial(self._told_whether, steps)
            return Placed(True, self._anywhere, safe=True, working=told)
        if found.kind == "set" and name in (*_SET_SILENT, "pop"):
            if (found.size or 0) >= MAX_ITEMS or found.items is None:
                return None if found.items is not None else Placed(None, self._anywhere)
            arrow = True if name == "pop" else all_plain(args)
            late = bool(arrow) and name in ("pop", "remove")
            safe = name in ("add", "discard") and bool(arrow)
            ask = partial(self._set_method, found, name, args)
            then = partial(self._set_changed, found, name, args)
            looks = bool(arrow) and name != "pop" and len(args) == 1
            working = self._looked_for(args[0], found, 1, then) if looks else None
            return Placed(arrow, ask, name in _SET_SILENT, late, safe, working)
        if found.kind == "dict" and name in ("get", "pop", "setdefault") and args:
            if (found.size or 0) >= MAX_ITEMS:
                return None
            arrow = all_plain([args[0], *(found.items or ())])
            late = bool(arrow) and name == "pop" and self._are_literals(args)
            safe = bool(arrow) and (name != "pop" or len(args) > 1)
            ask = partial(self._dict_method, found, name, args)
            error = self._no_place(found, [(args[0], None)]) if late else None
            return Placed(arrow, ask, late=late, safe=safe, error=error)
        return None

    def _ordering(
        self, name: str, found: Collection, keywords: Mapping[str | None, Operand]
    ) -> Note | None:
        """The working steps by which things are ordered; None if they are in no note."""
        by: Sequence[Operand] = found.items or ()
        if "key" in keywords and keywords["key"] != ("None",):
            found_by = self._keys_by(keywords["key"], by)
            if found_by is None:
                noted = applied_method(keywords["key"]) and len(self._sort_keys) >= len(by)
                if not (noted or self._is_own(keywords["key"])):
                    return None
                found_by = self._sort_keys[-len(by) :]
            by = found_by
        keys = [key for value in by if (key := self._order_key(value)) is not None]
        if len(keys) < len(by) or not can_be_ordered(name, keys):
            return None
        reverse = self._known_truth(keywords.get("reverse", ("False",)))
        if reverse is None:
            raise Unclear
        return partial(self._ordered, name, found, keys, reverse=reverse)

    def _keys_by(self, key: Operand, items: Sequence[Operand]) -> list[Operand] | None:
        """What `len`, `abs`, `str`, `int` or a dict's `get` make of items that are ordered by it;
        None for others."""
        tokens = plain(key) or ("",)
        name = tokens[0] if len(tokens) == 1 else ""
        parts = list(items_in(tokens[1:])) if tokens[0] == "<bound>" else []
        if len(parts) == 2 and text_in(parts[1]) == "get":
            found = self._collection(parts[0])
            if found is None or found.kind != "dict" or not all_plain(found.items or (None,)):
                return None
            of = dict(zip(found.items or (), found.values, strict=True))
            return [of.get(item) if isinstance(item, tuple) else None for item in items]
        if name == "len":
            sizes = [self._size(item) for item in items]
            return [None if size is None else tuple(str(size)) for size in sizes]
        if name == "abs":
            texts = [number_of(plain(item)) for item in items]
            return [None if text is None else tuple(text.lstrip("-")) for text in texts]
        if name == "str":
            shown = [printed(plain(item)) for item in items]
            return [None if text is None else (OPEN, *text, CLOSE) for text in shown]
        return [number_read("int", item) for item in items] if name == "int" else None

    def _ordered(
        self,
        name: str,
        found: Collection,
        keys: Sequence[Key],
        pieces: Sequence[Piece],
        *,
        reverse: bool,
    ) -> Course:
        """The comparisons that find an order, and what follows from them."""
        steps = in_order(name, keys, reverse=reverse)
        if found.kind not in ("", "given"):
            places = yield from self._worked(steps, pieces, ARROW)
            for place in places:
                yield POSITIONS[place]
            yield END if name == "sort" else EQUALS
        else:  # what is given as arguments, side by side, or by an iterator
            places = yield from self._worked(steps, pieces)
        if name == "sort":
            parts = [found.at(place) for place in places]
            self._change(replace(found, items=tuple(parts)))
            return ("None",)
        if name == "sorted":
            return (yield from self._answered(replace(found, kind="list").picked(places)))
        return (yield from self._answered(found.at(places[0])))

    def _sought(self, found: Collection, name: str, wanted: Operand) -> Placed | None:
        """How `find` and `index` note where something is."""
        tokens = plain(wanted)
        if found.kind == "list":
            if name == "find" or (found.size or 0) >= MAX_ITEMS:
                return None
            arrow = all_plain([wanted, *_known_items(found)])
        else:
            arrow = None if tokens is None else is_text(tokens) and len(tokens) > 2
            if (found.size or 0) > MAX_ITEMS:
                return None
        if found.kind == "text" and arrow and (walk := self._walking(found, name, [wanted])):
            return Placed(True, self._anywhere, safe=True, working=walk)
        late = name == "index" and bool(arrow) and self._are_literals([wanted])
        missing = ("-", "1") if name == "find" else None
        ask = partial(self._position, found, 0, missing)
        working: Note | None = None
        if found.kind == "list" and arrow:
            working = self._looked_for(wanted, found, 1, self._indexed)
        return Placed(arrow, ask, late=late, safe=bool(arrow) and name == "find", working=working)

    def _counted(self, places: Sequence[int]) -> Course:
        yield EQUALS
        return (yield from self._answered(tuple(str(len(places)))))

    def _indexed(self, places: Sequence[int]) -> Course:
        if not places:
            yield from self._or_raises()
            return None
        yield EQUALS
        return (yield from self._answered(tuple(str(places[0]))))

    def _told_whether(self, steps: Working[bool], pieces: Sequence[Piece]) -> Course:
        result = yield from self._worked(steps, pieces)
        return (yield from self._answered((str(result),)))

    def _position(self, found: Collection, more: int, missing: Tokens | None) -> Course:
        """A place that is a number's value, or so much more; `missing` if there is none."""
        places = yield from self._places(found.size, EQUALS, int(missing is None), 1)
        if not places:
            return (yield from self._answered(missing))
        return (yield from self._answered(tuple(str(places[0] + more))))

    def _are_literals(self, values: Sequence[Operand]) -> bool:
        return all(is_literal_value(plain(value)) for value in values)

    def _dict_method(self, found: Collection, name: str, args: Sequence[Operand]) -> Course:
        """The same for dicts."""
        default: Operand = args[1] if len(args) > 1 else ("None",)
        size = found.size
        grows = name == "setdefault"
        most = size if size is None or not grows else size + found.room(args[0])
        places = yield from self._places(most, EQUALS, int(grows), 1)
        if found.items is None:
            if name != "get":
                self._change(found)
            return (yield from self._asked(END))
        if isinstance(default, Display) and not default.label:
            default = None  # spelled out in this note, by the network
        if not places:
            return (yield from self._answered(default))
        if places[0] == size:
            value = yield from self._answered(default)
            self._change(found.inserted(places[0], args[0], value))
            return value
        if name == "pop":
            self._change(found.without(places[0]))
        return (yield from self._answered(found.at(places[0])))


def _known_items(found: Collection) -> Sequence[Operand]:
    """Its items; one that is not known, if they are not."""
    return (None,) if found.items is None else found.items


def is_integer(item: Operand) -> bool:
    return integer_of(plain(item)) is not None


def _are_alike(items: Sequence[Operand]) -> bool:
    """Whether they can be ordered: all numbers, all texts, or tuples of such side by side."""
    tokens = [plain(item) for item in items]
    if tokens and all(item is not None and item[0] == "(" for item in tokens):
        rows = [tuple(items_in(item)) for item in tokens if item is not None]
        alike = len({len(row) for row in rows}) == 1
        return alike and all(map(_are_alike, zip(*rows, strict=True)))
    return all(map(is_text, tokens)) or all(number_of(item) is not None for item in tokens)
