"""At which places of a list, text, tuple, dict or set of numbers an operation finds its value, or
which it changes.

A note that names them is easier to write, to check and to learn from than one that only repeats
what is there. Places are counted from 0, as positions are shown.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cwm_lab.training.texts import compares_texts, is_sought, text_within, value_of
from cwm_lab.worldmodel.course.memberships import IN_PLACE
from cwm_lab.worldmodel.course.operations import (
    APPLIED_METHODS,
    READ,
    SYMBOLS,
)
from cwm_lab.worldmodel.course.searching import is_searched, walk
from cwm_lab.worldmodel.course.set_tables import is_number
from cwm_lab.worldmodel.course.working import truly
from cwm_lab.worldmodel.values import MAX_ITEMS

Places = list[int]
_PLAIN = (bool, int, float, str, type(None))
SILENT = frozenset("append insert remove sort reverse add discard".split())
"""Methods of lists and sets that change them and give None."""
_SET_METHODS = ("add", "discard", "remove", "pop")
SET_OPERATIONS = {
    "union": "|", "intersection": "&", "difference": "-", "symmetric_difference": "^",
}  # fmt: skip
_COLLECTIONS = (list, tuple, str, dict)
_VIEWS = ("<items>", "<keys>", "<values>")
_EMPTY: dict[Any, Any] = {}
_DICT_VIEWS = (type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items()))
_TOLD = ({str}, {tuple})
_MISSING = object()
Lazy = tuple[str, tuple[Any, ...]]
Told = Callable[[set[Any]], list[Any] | None]
"""Gives the order in which a set of texts or tuples is told, if it is known."""


def part_of(function: Any, name: str, default: Any = None) -> Any:
    """An attribute of a function or class; an object of the program's own that is called is not
    asked for it."""
    return default if type(function).__module__ == "__main__" else getattr(function, name, default)


def items_of(thing: Any, told: Told | None = None) -> list[Any] | None:
    """What has places in a list, tuple, text, dict, where they are its keys, view of a dict, or set
    of integers; None if it has too many, and for other things. told: gives the order of other sets,
    where that counts."""
    if type(thing) is set:
        if len(thing) > MAX_ITEMS:
            return None
        # Texts are in another order in each run.
        return list(thing) if _all_numbers(thing) else told(thing) if told is not None else None
    if type(thing) not in (*_COLLECTIONS, *_DICT_VIEWS) or len(thing) > MAX_ITEMS:
        return None
    return list(thing)


def has_place(owner: Any, key: Any) -> bool:
    """Whether `owner[key]` names places, or that there is none."""
    items = items_of(owner) if type(owner) in _COLLECTIONS else None
    if items is None:
        return False
    return all_plain([key, *items]) if type(owner) is dict else type(key) in (int, bool)


def of_subscript(owner: Any, key: Any) -> Places | None:
    """The places that `owner[key]` gives the values of."""
    items = items_of(owner) if type(owner) in _COLLECTIONS else None
    if items is None:
        return None
    if type(owner) is dict:
        return [items.index(key)] if all_plain([key, *items]) else None
    found = range(len(items))[key]
    return list(found) if isinstance(found, range) else [found]


def of_node(node: ast.AST, vals: Mapping[int, Any], value: Any, told: Told) -> Places | None:
    """The places that a subscript, a comparison or an operation on sets found. vals: as `item_of`
    takes it."""
    if isinstance(node, ast.Subscript):
        return of_subscript(value_of(node.value, vals), key_of(node.slice, vals))
    if isinstance(node, ast.Compare) and compares_texts(node, vals):
        return None
    if isinstance(node, ast.BinOp):
        left, right = value_of(node.left, vals), value_of(node.right, vals)
        return of_sets(SYMBOLS[type(node.op)], left, right, value, told)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        within = value_of(node.comparators[0], vals)
        if not isinstance(node.ops[0], ast.In | ast.NotIn):
            return None
        if type(within) is str:
            text = text_within(node, vals)
            return None if text is None else truly(walk(within, "find", [text]))[1]
        items, wanted = items_of(within, told), value_of(node.left, vals)
        if items is None or not all_plain([wanted, *items]):
            return None
        return [items.index(wanted)] if value is isinstance(node.ops[0], ast.In) else []
    return None


def of_sets(
    symbol: str,
    left: Any,
    right: Any,
    value: Any,
    told: Told,
    before: list[Any] | None = None,
) -> Places | None:
    """The places that an operation on two sets notes: of the left one, what is left; of the right
    one, what is new. before: the left one's items, if it is itself changed."""
    if not (type(left) is type(right) is set and symbol in ("&", "-", "|")):
        return None
    mine, others = items_of(left, told) if before is None else before, items_of(right, told)
    if mine is None or others is None or len(mine) + len(others) > MAX_ITEMS:
        return None
    if symbol == "|":
        return [place for place, item in enumerate(others) if item not in mine]
    return [place for place, item in enumerate(mine) if item in value]


def set_order(node: ast.AST, vals: Mapping[int, Any], made: Sequence[Any], told: Told) -> list[Any]:
    """The order in which the items of a new set came. made: what the element of a comprehension has
    given."""
    if isinstance(node, ast.SetComp):
        return list(made)
    if isinstance(node, ast.Set):
        return [value_of(item, vals) for item in node.elts if not isinstance(item, ast.Starred)]
    sources: list[Any] = []
    if isinstance(node, ast.BinOp):
        sources = [value_of(node.left, vals), value_of(node.right, vals)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set":
        sources = [value_of(arg, vals) for arg in node.args]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        sources = [value_of(part, vals) for part in (node.func.value, *node.args)]
    return [item for source in sources for item in items_of(source, told) or ()]


def grown_order(
    function: Any, args: Sequence[Any], before: Sequence[Any] | None, told: Told
) -> list[Any]:
    """The texts or tuples of a set that a method has changed, in the order in which they came; none
    if it has not. before: what `before_call` gave."""
    owner, name = part_of(function, "__self__"), part_of(function, "__name__", "")
    if type(owner) is not set or name not in IN_PLACE or before is None:
        return []
    came = [*before, *(item for arg in args for item in row_of(arg, told) or ())]
    return [item for item in came if type(item) is str or _is_tuple_of_plain(item)]


def _is_tuple_of_plain(item: Any) -> bool:
    return type(item) is tuple and all_plain(item)


def before_call(function: Any, told: Told) -> list[Any] | None:
    """The items that a method may change, as they are now."""
    name = part_of(function, "__name__", "")
    owner = part_of(function, "__self__")
    if type(owner) is set and (name in _SET_METHODS or name in IN_PLACE):
        return items_of(owner, told)
    if type(owner) is list and (name in SILENT or name == "pop"):
        return list(owner)
    if type(owner) is dict and name in ("pop", "setdefault"):
        return list(owner)
    return None


def of_call(
    function: Any,
    args: Sequence[Any],
    keywords: Mapping[str, Any],
    before: list[Any] | None,
    value: Any,
    told: Told,
) -> Places | None:
    """The places that a call of a builtin function or method found or changed. before: what
    `before_call` gave."""
    owner, name = part_of(function, "__self__"), part_of(function, "__name__", "")
    if before is not None and len(before) >= MAX_ITEMS:
        return None
    if isinstance(owner, list | tuple) and name == "count" and len(owner) <= MAX_ITEMS:
        if not all_plain([*args, *owner]):
            return None
        return [place for place, item in enumerate(owner) if item == args[0]]
    if type(owner) is list:
        return _of_list_method(owner, name, args, before, value)
    if type(owner) is set and name in SET_OPERATIONS and len(args) == 1 and not keywords:
        return of_sets(SET_OPERATIONS[name], owner, args[0], value, told)
    if type(owner) is set:
        return (
            None
            if before is None or name in IN_PLACE
            else _of_set_method(name, args, before, value)
        )
    if type(owner) is dict and args and name in ("get", "pop", "setdefault"):
        keys = items_of(owner) if before is None else before
        if keys is None or not all_plain([args[0], *keys]):
            return None
        if args[0] in keys:
            return [keys.index(args[0])]
        return [len(keys)] if name == "setdefault" else []
    if owner is builtins and name in ("sorted", "min", "max") and len(args) == 1:
        items = row_of(args[0], told)
        if items is None or keywords.keys() - {"key", "reverse"}:
            return None
        return _moved(items, list(value) if name == "sorted" else [value])
    if owner is builtins and name == "len" and len(args) == 1:
        items = items_of(args[0], told)
        return None if items is None else list(range(len(items)))[-1:]
    if type(owner) is str and name in ("find", "index") and is_sought(owner, args):
        return [value] if value >= 0 else []
    if function is set and args:
        items = items_of(args[0], told)
        if items is None or not (_all_numbers(items) or {*map(type, items)} in _TOLD):
            return None
        return [*map(items.index, dict.fromkeys(items))]
    if type(owner) is str and not keywords and is_searched(owner, name, args):
        return truly(walk(owner, name, args))[1]
    if function is list or function is tuple:
        items = items_of(args[0]) if args else None
        return None if items is None else list(range(len(items)))
    return None


@dataclass(frozen=True)
class Sorts:
    """A call of `sorted`, `sort`, `min` or `max`. keys: what it compares. places: those that it
    finds; None if these are arguments side by side."""

    name: str
    keys: list[Any]
    reverse: bool
    places: Places | None


def as_sorts(
    function: Any,
    args: Sequence[Any],
    keywords: Mapping[str, Any],
    before: list[Any] | None,
    returned: Sequence[tuple[Any, Any]],
    places: Places | None,
    told: Told,
    heard: list[Any] | None = None,
) -> Sorts | None:
    """A call as one that orders; None if it does not, or what it compares is not known. before:
    what `before_call` gave. returned: the calls that the statement has made, and what they gave.
    places: those that it notes. heard: what an iterator has given to it."""
    owner, name = part_of(function, "__self__"), part_of(function, "__name__", "")
    if heard is not None:
        orders = name in ("sorted", "min", "max") and len(args) == 1
        reverse = bool(keywords.get("reverse"))
        return Sorts(name, heard, reverse=reverse, places=None) if orders else None
    if owner is builtins and name in ("min", "max") and [*keywords] == ["default"]:
        known = type(args[0]) in (list, tuple) and len(args[0]) <= MAX_ITEMS
        return Sorts(name, [*args[0]], reverse=False, places=None) if known else None
    if type(owner) is list and name == "sort":
        items = before
    elif owner is builtins and name in ("sorted", "min", "max") and len(args) == 1:
        items = row_of(args[0], told) if places is not None else None
    elif owner is builtins and name in ("min", "max") and not keywords:
        return Sorts(name, [*args], reverse=False, places=None)
    else:
        return None
    if items is None or keywords.keys() - {"key", "reverse"}:
        return None
    keys, key = items, keywords.get("key")
    if key is not None and (made := _keys_by(key, items)) is not None:
        keys = made
    elif key is not None:
        calls = returned[len(returned) - len(items) :]
        meant = getattr(key, "__self__", key) if isinstance(key, types.MethodType) else key
        if len(calls) < len(items) or not all(call[0] is meant for call, _ in calls):
            return None
        keys = [result for _, result in calls]
    return Sorts(name, keys, bool(keywords.get("reverse")), places)


def _keys_by(key: Any, items: Sequence[Any]) -> list[Any] | None:
    """What a builtin function or a dict's `get` makes of items that are ordered by it."""
    owner = part_of(key, "__self__")
    if type(owner) is dict and part_of(key, "__name__", "") == "get":
        return [owner.get(item) for item in items] if all_plain([*owner, *items]) else None
    kinds = {type(item) for item in items}
    if key is len and all(hasattr(item, "__len__") for item in items):
        return [*map(len, items)]
    if (key is abs and kinds <= {int, float}) or (key is str and kinds <= {int, float, str}):
        return [*map(key, items)]
    if type(key) is types.MethodDescriptorType and kinds == {str}:
        return [*map(key, items)] if key.__name__ in APPLIED_METHODS else None
    if key is int and kinds <= {int, str}:
        read = [str(item) for item in items]
        return [*map(int, read)] if all(READ["int"].fullmatch(text) for text in read) else None
    return None


def of_failed_call(
    function: Any, args: Sequence[Any], keywords: Mapping[str, Any], told: Told
) -> bool | None:
    """Whether a call that has raised names places; None if it has no note."""
    owner, name = part_of(function, "__self__"), part_of(function, "__name__", "")
    if keywords or not all_scalars(args):
        return None
    if (function is int or function is float) and len(args) == 1:
        return False
    if type(owner) is list and name in ("pop", "remove", "index") and len(owner) < MAX_ITEMS:
        if name == "index":
            return True if _is_index(owner, args) else None
        return True if name == "pop" or all_plain(owner) else None
    if type(owner) is str and name == "index" and is_sought(owner, args):
        return True
    if type(owner) is str and name == "rindex":
        return True if is_searched(owner, name, args) else None
    if type(owner) is set and name in ("remove", "pop"):
        return True if len(owner) < MAX_ITEMS and items_of(owner, told) is not None else None
    if type(owner) is dict and name == "pop" and args and len(owner) < MAX_ITEMS:
        return True if all_plain([*owner]) else None
    return None


def _of_list_method(
    owner: list[Any], name: str, args: Sequence[Any], before: list[Any] | None, value: Any
) -> Places | None:
    if before is None:
        if name == "copy" and len(owner) <= MAX_ITEMS:
            return list(range(len(owner)))
        return [value] if name == "index" and _is_index(owner, args) else None
    size = len(before)
    if name == "append":
        return [size]
    if name == "insert":
        return [slice(args[0], None).indices(size)[0]]
    if name == "reverse":
        return [*range(size)][::-1]
    if name == "pop":
        return [range(size)[args[0] if args else -1]]
    if name == "remove":
        return [before.index(args[0])] if all_plain([args[0], *before]) else None
    return _moved(before, owner)


def _of_set_method(name: str, args: Sequence[Any], before: list[Any], value: Any) -> Places | None:
    if name == "pop":
        return [before.index(value)]
    if not all_plain(args):
        return None
    if args[0] in before:
        return [before.index(args[0])]
    return [len(before)] if name == "add" else []


def _is_index(owner: list[Any], args: Sequence[Any]) -> bool:
    return len(args) == 1 and len(owner) < MAX_ITEMS and all_plain([*args, *owner])


def _moved(items: Sequence[Any], found: Sequence[Any]) -> Places | None:
    """From which places the found items come: of those that are the same, the first is taken
    first."""
    left = list(enumerate(items))
    out: Places = []
    for item in found:
        same = [k for k, (_, known) in enumerate(left) if known is item]
        same = same or [k for k, (_, known) in enumerate(left) if _is_copy(known, item)]
        if not same:
            return None
        out.append(left.pop(same[0])[0])
    return out


def _is_copy(one: Any, other: Any) -> bool:
    """Whether both are the same text or integer, or tuples of the same things: a view of a dict
    makes its pairs anew, a range its numbers, and the order of a set may have been told by another
    mention of its texts."""
    if type(one) is type(other) is tuple and len(one) == len(other):
        return all(a is b or _is_copy(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and type(one) in (str, int) and one == other


def all_scalars(items: Sequence[Any]) -> bool:
    """Whether all of them are numbers, texts, truth values or None."""
    return all(type(item) in _PLAIN for item in items)


def _all_numbers(items: Iterable[Any]) -> bool:
    return all(map(is_number, items))


def all_plain(items: Sequence[Any]) -> bool:
    """Whether none of them has an `__eq__` of the program's own."""
    return all(
        isinstance(item, _PLAIN) or (type(item) is tuple and all_plain(item)) for item in items
    )


def key_of(node: ast.expr, vals: Mapping[int, Any]) -> Any:
    """What a subscript says its place by."""
    if not isinstance(node, ast.Slice):
        return value_of(node, vals)
    edges = (node.lower, node.upper, node.step)
    return slice(*(None if edge is None else value_of(edge, vals) for edge in edges))


def of_visit(iterable: Any, lazy: Lazy | None, visit: int, *item: Any) -> Places | None:
    """The place at which a loop goes on; none if there is no further item. lazy: the kind of the
    iterable and what it was made of, if it is an iterator."""
    name, sources = lazy or ("", (iterable,))
    rows = _rows(name, sources)
    if rows is None:
        return None
    if not item:
        return []
    size = min(map(len, rows))
    place = size - 1 - visit if name == "reversed" else visit
    if not 0 <= place < size:
        return None
    parts = [items[place] for items in rows]
    if name == "zip":
        found = item[0]
    elif name == "enumerate":
        found = item[0][1:]
    elif name in ("<items>", "<values>"):
        return [place]
    else:
        found = item
    same = (
        a is b or (type(a) in (int, tuple) and a == b) for a, b in zip(found, parts, strict=True)
    )
    return [place] if all(same) else None


def of_pass(iterable: Any, lazy: Lazy | None, visit: int) -> Places | None:
    """The place that a pass of a comprehension is at."""
    name, sources = lazy or ("", (iterable,))
    rows = _rows(name, sources)
    if rows is None or name == "reversed" or visit >= min(map(len, rows)):
        return None
    return [visit]


def row_of(source: Any, told: Told | None = None) -> list[Any] | None:
    """What has places, or is in a range."""
    if type(source) is range:
        return list(source) if len(source) <= MAX_ITEMS else None
    return items_of(source, told)


def _rows(name: str, sources: Sequence[Any]) -> list[list[Any]] | None:
    """The items of what a loop goes through, or of all that it goes through side by side."""
    if name not in ("", "enumerate", "zip", "reversed", *_VIEWS) or not sources:
        return None
    bases = sources[:1] if name == "enumerate" else sources
    rows = [items for source in bases if (items := row_of(source)) is not None]
    return rows if len(rows) == len(bases) else None
