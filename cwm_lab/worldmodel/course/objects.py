"""Objects of the program's own classes that are looked for, ordered, and looked into.

`in`, `index`, `sorted` and the like call `__eq__` or `__lt__` of each, one after the other; which
they call next follows from what the last has returned.
"""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.operands import Known, Operand, Tokens, plain
from cwm_lab.worldmodel.course.operators import Operators
from cwm_lab.worldmodel.course.ordering import pairs


class Objects(Operators):
    """What operations on several objects call."""

    def _all_ours(self, items: Sequence[Operand] | None) -> list[Tokens]:
        """The items, if each is an object of the program's own classes; else none."""
        told = [tokens for item in items or () if (tokens := plain(item)) is not None]
        ours = all(map(self._class_of, told))
        return told if ours and len(told) == len(items or ()) else []

    def _truth_through(self, owner: Operand, method: str, args: Sequence[Operand]) -> bool:
        """Whether what such a call has returned is true."""
        truth = self._known_truth(self._through(owner, method, args))
        if truth is None:
            raise Unclear
        return truth

    def _is_held(self, within: Operand, wanted: Operand) -> bool | None:
        """Whether `in` finds something: by `__contains__` of an object, or by `__eq__` of each in a
        list of objects; None if it calls neither."""
        if self._special(within, ("__contains__",)):
            return self._truth_through(within, "__contains__", [wanted])
        found = self._collection(within)
        if found is None or found.kind not in ("list", "tuple"):
            return None
        items = self._all_compared(found.items, wanted)
        return bool(self._equal_places(items, wanted, 1)) if items else None

    def _all_compared(self, items: Sequence[Operand] | None, wanted: Operand) -> list[Tokens]:
        """The items, if each is compared with something by a method of the program's own, or by
        what it is; else none."""
        told = [tokens for item in items or () if (tokens := plain(item)) is not None]
        known = self._class_of(wanted) is not None or all(map(self._class_of, told))
        typed = all(map(self._type_name, [wanted, *told]))
        return told if known and typed and len(told) == len(items or ()) else []

    def _equal_places(self, items: Sequence[Tokens], wanted: Operand, most: int) -> list[int]:
        """The first places, of objects, that hold what is equal to something."""
        if plain(wanted) is None:
            raise Unclear
        places: list[int] = []
        for place, item in enumerate(items):
            compared = ("True",) if item == wanted else self._compared_by("==", item, wanted)
            truth = self._known_truth(compared)
            if truth is None:
                raise Unclear
            if truth:
                places.append(place)
                if len(places) == most:
                    break
        return places

    def _order_of(self, name: str, items: Sequence[Tokens], *, reverse: bool) -> list[int]:
        """The places of objects in the order that their own comparisons give them; of `min` and
        `max` the one of theirs."""
        steps = pairs(name, len(items), reverse=reverse)
        sign, true = (">", 1) if name == "max" else ("<", -1)
        order: int | None = None
        while True:
            try:
                k, other = next(steps) if order is None else steps.send(order)
            except StopIteration as ended:
                found: list[int] = ended.value
                return found
            holds = self._known_truth(self._compared_by(sign, items[k], items[other]))
            if holds is None:
                raise Unclear
            order = true if holds else -true

    def _found_among(self, method: str, items: Sequence[Tokens], wanted: Operand) -> Known | None:
        """What `index` or `count` of a list of objects gives; None if there is no such thing."""
        places = self._equal_places(items, wanted, len(items) if method == "count" else 1)
        if method == "count":
            return tuple(str(len(places)))
        return tuple(str(places[0])) if places else None
