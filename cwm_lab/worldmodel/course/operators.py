"""Operators of objects: which of their methods Python calls, and how it fails without."""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.attributes import Attributes
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.operands import Display, Known, Operand, Piece, plain
from cwm_lab.worldmodel.display import lineage
from cwm_lab.worldmodel.values import Atom, Cell

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift", "@": "matmul",
}  # fmt: skip
UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_COMPARISONS = {
    "==": ("__eq__",), "!=": ("__ne__", "__eq__"), "<": ("__lt__",), "<=": ("__le__",),
    ">": ("__gt__",), ">=": ("__ge__",),
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_SEQUENCES = ("str", "list", "tuple")
SINGLE = ("int", "float", "bool", "NoneType")
"""Builtin types that have no items."""
_NO_INDICES = ("float", "str", "NoneType", "list", "tuple", "dict", "set")


class Operators(Attributes):
    """Calls that operators make."""

    def _combined_by(
        self, symbol: str, left: Operand, right: Operand, *, grows: bool = False
    ) -> Known | None:
        """What an operator of an object has returned; None if it calls no method of the program's
        own. grows: of an augmented assignment. Raises Fails where there is no such method."""
        kind = OPERATORS.get(symbol)
        names = [f"__{way}{kind}__" for way in (("i", "") if grows else ("",))]
        if method := self._special(left, names):
            return self._through(left, method, [right])
        mine, other = self._class_of(left), self._class_of(right)
        if mine is None and other is None:
            return None
        told, against = self._type_name(left), self._type_name(right)
        turned = self._special(right, [f"__r{kind}__"]) if mine is not other else ""
        if turned and told and not (symbol == "%" and told == "str"):
            return self._through(right, turned, [left])
        sequences = told in _SEQUENCES or (symbol == "*" and against in _SEQUENCES)
        if turned or not told or not against or sequences or symbol == "@":
            return None
        sign = f"{symbol}=" if grows else "** or pow()" if symbol == "**" else symbol
        message = f"unsupported operand type(s) for {sign}: '{told}' and '{against}'"
        raise self._raised_with("TypeError", message)

    def _negated(self, symbol: str, operand: Operand) -> Known | None:
        """The same for an operator that stands before its one operand."""
        cls = self._class_of(operand)
        if cls is None:
            return None
        if method := self._special(operand, (UNARY[symbol],)):
            return self._through(operand, method)
        raise self._raised_with("TypeError", f"bad operand type for unary {symbol}: '{cls.name}'")

    def _compared_by(self, symbol: str, left: Operand, right: Operand) -> Known | None:
        """What a comparison of objects gives; None if it calls no method of the program's own and
        is not known without. Raises Fails where there is none."""
        if symbol not in _COMPARISONS:
            return None
        mine, other = self._class_of(left), self._class_of(right)
        if mine is None and other is None:
            return None
        sides = [(left, right, symbol), (right, left, _TURNED[symbol])]
        if mine is not None and other is not None and mine is not other:
            sides = sides[::-1] if mine in lineage(other) else sides
        for owner, against, sign in sides:
            if method := self._special(owner, _COMPARISONS[sign]):
                result = self._through(owner, method, [against])
                if sign == "!=" and method == "__eq__":
                    if result not in (("True",), ("False",)):
                        raise Unclear
                    return (str(result == ("False",)),)
                return result
        told, against_type = self._type_name(left), self._type_name(right)
        if not told or not against_type:
            return None
        if symbol in ("==", "!="):
            same = left is right or (plain(left) is not None and plain(left) == plain(right))
            return (str(same is (symbol == "==")),)
        message = f"'{symbol}' not supported between instances of '{told}' and '{against_type}'"
        raise self._raised_with("TypeError", message)

    def _sum_of(self, items: Sequence[Operand], start: Operand) -> Known | None:
        """What `sum` of objects has made; None if it adds others."""
        if not items or not all(map(self._class_of, items)):
            return None
        total = start
        for item in items:
            total = self._combined_by("+", total, item)
            if total is None:
                raise Unclear
        return total if isinstance(total, tuple | Display) else None

    def _must_give_items(self, owner: Operand) -> None:
        """Raise Fails if something has no items, as an object without `__getitem__`."""
        cls, cell = self._class_of(owner), self._cell(owner)
        name = "set" if cell is not None and cell.kind == "set" else self._type_name(owner)
        if name in ("set", *SINGLE) if cls is None else "__getitem__" not in cls.methods:
            raise self._raised_with("TypeError", f"'{name}' object is not subscriptable")

    def _must_be_index(self, owner: Operand, key: Sequence[Piece]) -> None:
        """Raise Fails if a list, tuple, text or range has no items by a key of that type."""
        tokens, found = plain(owner), self._collection(owner)
        kind = "range" if tokens is not None and tokens[0] == "range" else found and found.kind
        if kind not in ("list", "tuple", "text", "range"):
            return
        values = [piece[0] for piece in key if isinstance(piece, tuple)]
        names = [self._type_name(value) for value in values]
        if ":" in key:
            stepped = key.count(":") == 2 and key[-1] != ":"
            must = "slice indices must be integers or None or have an __index__ method"
            bad = [name in _NO_INDICES and name != "NoneType" for name in names]
            if stepped and plain(values[-1]) == ("0",):
                raise self._raised_with("ValueError", "slice step cannot be zero")
            if any(bad) and "" not in names:
                raise self._raised_with("TypeError", must)
        elif names[0] in _NO_INDICES:
            must = f"{kind} indices must be integers or slices, not {names[0]}"
            if kind == "text":
                must = f"string indices must be integers, not '{names[0]}'"
            raise self._raised_with("TypeError", must)

    def _hashed(self, within: Operand, key: Operand) -> None:
        """Have a dict or set look for a key: it asks an object for its hash first. Whether it then
        compares it with others is not known, but what these comparisons have returned is taken."""
        self._found_key = None
        found = self._members(within)
        cell = self._cell(within)
        kind = found.kind if found is not None else cell.kind if cell is not None else ""
        first = self._returned[0][0] if self._returned else None
        if kind not in ("dict", "set") or self._hash_of(key) is None:
            return
        asked = self._cell(key)
        if isinstance(key, Display) and first is not None and isinstance(first.callee, Cell):
            asked = first.callee
            self._hashed_as = self._known(asked)
        while self._returned:
            call, result = self._returned[0]
            if call.method != "__eq__" or call.args != (asked,):
                return
            if result == Atom("True") and isinstance(call.callee, Cell):
                self._found_key = self._known(call.callee)
            self._returned.pop(0)

    def _hash_of(self, key: Operand) -> Known | None:
        """What an object's own `__hash__` has returned; None for other keys. Raises Fails where a
        key has none."""
        cls, kind = self._class_of(key), self._kind(key)
        if self._special(key, ("__hash__",)):
            return self._through(key, "__hash__")
        if kind in ("list", "dict", "set") or (cls is not None and "__eq__" in cls.methods):
            name = kind if cls is None else cls.name
            raise self._raised_with("TypeError", f"unhashable type: '{name}'")
        return None

    def _each_once(self, keys: Sequence[Operand]) -> list[int]:
        """The places of keys that a new dict or set keeps, for which it asks objects for their
        hashes, and compares those that are alike."""
        kept: list[tuple[Known | None, int]] = []
        for place, key in enumerate(keys):
            told = self._hash_of(key)
            alike = (
                keys[other]
                for known, other in kept
                if keys[other] == key or (told is not None and known == told)
            )
            if not any(one == key or self._is_same(one, key) for one in alike):
                kept.append((told, place))
        return [place for _, place in kept]

    def _is_same(self, one: Operand, other: Operand) -> bool:
        """Whether two keys with the same hash are equal."""
        truth = self._known_truth(self._compared_by("==", one, other))
        if truth is None:
            raise Unclear
        return truth
